// Verifying tokens where identity itself does not run: its public keys, followed from `identity/0`
// . The next key is published long before it signs, so following a little late refuses
// nobody.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "identity/service/token_verifier.h"
#include "platform/journal/journal.h"
#include "platform/rpc/journal_follower.h"
#include "platform/rpc/token.h"
#include "twinline/identity/v1/identity_rows.pb.h"

namespace twinline::identity {

class FollowedKeys {
 public:
  // `real_clock` outlives the keys.
  FollowedKeys(const base::Id16& installation, bool demo_realm, const base::Clock* real_clock);

  // Reads `identity` to its end, then follows it. Called once.
  absl::Status Follow(std::shared_ptr<journal::Journal> identity);
  void Stop() { follower_.reset(); }

  // `now` is the real clock. Thread-safe.
  std::variant<rpc::VerifiedToken, rpc::TokenProblem> Verify(std::string_view jwt,
                                                             base::Timestamp now);

 private:
  void Apply(const journal::v1::Event& event);
  void Replace(base::Timestamp now);

  const base::Clock* const real_clock_;
  TokenVerifier verifier_;
  std::mutex mutex_;
  std::vector<v1::SigningKeyState> keys_;
  std::atomic<int64_t> next_end_us_;
  std::unique_ptr<rpc::JournalFollower> follower_;
};

}  // namespace twinline::identity
