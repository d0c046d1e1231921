#include "identity/service/followed_keys.h"

#include <limits>
#include <utility>

#include "identity/service/public_keys.h"
#include "identity/service/verified_token.h"
#include "platform/base/decision.h"
#include "twinline/identity/v1/identity_events.pb.h"

namespace twinline::identity {

FollowedKeys::FollowedKeys(const base::Id16& installation, bool demo_realm,
                           const base::Clock* real_clock)
    : real_clock_(real_clock),
      verifier_(ExpectationsOf(installation, demo_realm), KeySet()),
      next_end_us_(std::numeric_limits<int64_t>::max()) {}

absl::Status FollowedKeys::Follow(std::shared_ptr<journal::Journal> identity) {
  follower_ = std::make_unique<rpc::JournalFollower>(
      std::move(identity), [this](const std::vector<journal::Admitted>& records) {
        for (const journal::Admitted& admitted : records) {
          for (const journal::v1::Commit& commit : admitted.record->commits()) {
            for (const journal::v1::Event& event : commit.events()) Apply(event);
          }
        }
      });
  return follower_->Start();
}

void FollowedKeys::Apply(const journal::v1::Event& event) {
  v1::SigningKeyPublished published;
  v1::SigningKeyRetired retired;
  const bool is_published = event.type() == base::EventType<v1::SigningKeyPublished>() &&
                            published.ParseFromString(event.data());
  const bool is_retired = event.type() == base::EventType<v1::SigningKeyRetired>() &&
                          retired.ParseFromString(event.data());
  if (!is_published && !is_retired) return;
  const base::Timestamp now = real_clock_->Now();
  const std::lock_guard lock(mutex_);
  if (is_published) {
    v1::SigningKeyState& key = keys_.emplace_back();
    key.set_kid(published.kid());
    key.set_public_jwk(published.public_jwk());
  }
  for (v1::SigningKeyState& key : keys_) {
    if (is_retired && key.kid() == retired.kid()) key.set_retired_until_us(retired.until_us());
  }
  Replace(now);
}

void FollowedKeys::Replace(base::Timestamp now) {
  verifier_.ReplaceKeys(PublicKeys(keys_, now));
  next_end_us_.store(NextEndUs(keys_, now));
}

std::variant<rpc::VerifiedToken, rpc::TokenProblem> FollowedKeys::Verify(std::string_view jwt,
                                                                         base::Timestamp now) {
  if (now.us >= next_end_us_.load()) {
    const std::lock_guard lock(mutex_);
    Replace(now);
  }
  return AsVerified(verifier_.VerifyUntil(jwt, now));
}

}  // namespace twinline::identity
