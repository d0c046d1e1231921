// Signing keys and outside issuers. Two of our public keys are always published: the one that signs
// and the next, so that a verifier knows a key long before the first token that it signed.
#include <algorithm>

#include "identity/domain/decide.h"
#include "identity/domain/key_set.h"
#include "identity/domain/refusals.h"
#include "identity/tables/tables.h"
#include "platform/base/absl_view.h"
#include "twinline/identity/v1/identity_events.pb.h"

namespace twinline::identity {

using base::Events;
using base::MakeEvent;
using base::Rows;

namespace {

constexpr size_t kMostText = 256;
constexpr std::string_view kHttps = "https://";

bool IsComplete(const v1::SigningKeyPublished& key) {
  return !key.kid().empty() && !key.algorithm().empty() && !key.public_jwk().empty() &&
         !base::AsId(key.private_entry()).empty();
}

bool IsText(std::string_view text) {
  return !text.empty() && text.size() <= kMostText &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

base::Decision Decide(const v1::PublishSigningKeysCommand& command, const Rows& rows,
                      const base::Context& context) {
  if (base::Find<v1::KeyRingRow>(rows)) return SigningKeysExist();
  Events events;
  for (const v1::SigningKeyPublished& key : command.keys()) {
    if (!IsComplete(key)) return SigningKeyInvalid();
    events.push_back(MakeEvent(key, context.today));
  }
  if (events.size() != 2 || command.keys(0).kid() == command.keys(1).kid()) {
    return SigningKeyInvalid();
  }
  return events;
}

base::Decision Decide(const v1::RotateSigningKeyCommand& command, const Rows& rows,
                      const base::Context& context) {
  const auto ring = base::Find<v1::KeyRingRow>(rows);
  if (!ring) return SigningKeysMissing();
  if (!IsComplete(command.next()) || command.until_us() <= 0) return SigningKeyInvalid();
  const v1::SigningKeyState* signs = nullptr;
  for (const v1::SigningKeyState& key : ring->keys()) {
    if (key.kid() == command.next().kid()) return SigningKeyInvalid();
    if (signs == nullptr && key.retired_until_us() == 0) signs = &key;
  }
  if (signs == nullptr) return SigningKeysMissing();
  v1::SigningKeyRetired retired;
  retired.set_kid(signs->kid());
  retired.set_until_us(command.until_us());
  retired.set_private_entry(signs->private_entry());
  return Events{MakeEvent(retired, context.today), MakeEvent(command.next(), context.today)};
}

base::Decision Decide(const v1::TrustIssuerCommand& command, const Rows&,
                      const base::Context& context) {
  if (!IsText(command.issuer()) || command.issuer().rfind(kHttps, 0) != 0 ||
      command.issuer().size() == kHttps.size()) {
    return IssuerInvalid("issuer");
  }
  if (!IsText(command.audience())) return IssuerInvalid("audience");
  if (!IsText(command.subject_claim())) return IssuerInvalid("subject_claim");
  if (command.jwks().size() > kMostJwksBytes) return IssuerKeysInvalid("more than 64 KiB");
  const auto keys = KeySet::Parse(command.jwks());
  if (!keys.ok()) return IssuerKeysInvalid(base::ToStd(keys.status().message()));
  v1::IssuerTrusted event;
  event.set_issuer(command.issuer());
  event.set_audience(command.audience());
  event.set_jwks(command.jwks());
  event.set_subject_claim(command.subject_claim());
  return Events{MakeEvent(event, context.today)};
}

base::Decision Decide(const v1::DistrustIssuerCommand& command, const Rows& rows,
                      const base::Context& context) {
  if (!base::Find<v1::IssuerRow>(rows, command.issuer())) return IssuerUnknown();
  v1::IssuerDistrusted event;
  event.set_issuer(command.issuer());
  return Events{MakeEvent(event, context.today)};
}

}  // namespace twinline::identity
