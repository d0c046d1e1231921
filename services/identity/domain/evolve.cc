// From events to rows. Nothing here depends on a secret or on a clock.
#include <algorithm>

#include "identity/domain/decide.h"
#include "identity/domain/identity_domain.h"
#include "identity/tables/tables.h"
#include "platform/base/dispatch.h"
#include "twinline/identity/v1/identity_events.pb.h"

namespace twinline::identity {

using base::AsId;
using base::EventContext;
using base::Rows;

namespace {

// Tokens of older keys have expired long before: each retired key stands for one token lifetime.
constexpr int kMostRetired = 3;

// Changes an account that must exist.
template <typename Change>
absl::Status With(Rows& rows, const std::string& subject, Change&& change) {
  auto row = base::Find<v1::AccountRow>(rows, AsId(subject));
  if (!row) return absl::DataLossError("an event names an account that does not exist");
  change(*row);
  base::Put(rows, *row);
  return absl::OkStatus();
}

absl::Status Fold(const v1::AccountCreated& event, const EventContext& context, Rows& rows) {
  v1::AccountRow row;
  row.set_subject(event.subject());
  row.set_login(event.login());
  row.set_password_entry(event.password_entry());
  row.set_must_change(event.must_change());
  row.set_created_us(context.recorded.us);
  row.set_password_set_us(context.recorded.us);
  base::Put(rows, row);
  return absl::OkStatus();
}

absl::Status Fold(const v1::FirstAccountsCreated&, const EventContext&, Rows&) {
  return absl::OkStatus();
}

absl::Status Fold(const v1::PasswordChanged& event, const EventContext& context, Rows& rows) {
  return With(rows, event.subject(), [&](v1::AccountRow& row) {
    row.set_password_entry(event.password_entry());
    row.set_must_change(event.by_admin());
    row.set_password_set_us(context.recorded.us);
  });
}

absl::Status Fold(const v1::PasswordRehashed& event, const EventContext&, Rows& rows) {
  return With(rows, event.subject(),
              [&](v1::AccountRow& row) { row.set_password_entry(event.password_entry()); });
}

absl::Status Fold(const v1::AccountLocked& event, const EventContext&, Rows& rows) {
  return With(rows, event.subject(), [&](v1::AccountRow& row) {
    row.set_lock_reason(event.reason());
    row.set_locked_until_us(event.until_us());
  });
}

absl::Status Fold(const v1::AccountUnlocked& event, const EventContext&, Rows& rows) {
  return With(rows, event.subject(), [](v1::AccountRow& row) {
    row.clear_lock_reason();
    row.clear_locked_until_us();
  });
}

absl::Status Fold(const v1::SessionStarted& event, const EventContext& context, Rows& rows) {
  v1::SessionRow row;
  row.set_session(event.session());
  row.set_subject(event.subject());
  row.set_assurance(event.assurance());
  row.set_factors(event.factors());
  row.set_issuer(event.issuer());
  row.set_expires_us(event.expires_us());
  row.set_refresh_entry(event.refresh_entry());
  row.set_started_us(context.recorded.us);
  row.set_started_pos(context.ref.pos());
  base::Put(rows, row);
  return absl::OkStatus();
}

absl::Status Fold(const v1::SessionRefreshed& event, const EventContext&, Rows& rows) {
  auto row = base::Find<v1::SessionRow>(rows, uint64_t{event.session()});
  if (!row) return absl::DataLossError("a session was refreshed that does not run");
  row->set_refresh_generation(event.generation());
  base::Put(rows, *row);
  return absl::OkStatus();
}

absl::Status Fold(const v1::SessionEnded& event, const EventContext&, Rows& rows) {
  const auto row = base::Find<v1::SessionRow>(rows, uint64_t{event.session()});
  if (!row) return absl::DataLossError("a session ended that does not run");
  base::Erase(rows, *row);
  return absl::OkStatus();
}

void PutRing(Rows& rows, v1::KeyRingRow ring) {
  ring.set_version(ring.version() + 1);
  base::Put(rows, ring);
}

absl::Status Fold(const v1::SigningKeyPublished& event, const EventContext&, Rows& rows) {
  v1::KeyRingRow ring = base::Find<v1::KeyRingRow>(rows).value_or(v1::KeyRingRow());
  v1::SigningKeyState* key = ring.add_keys();
  key->set_kid(event.kid());
  key->set_algorithm(event.algorithm());
  key->set_public_jwk(event.public_jwk());
  key->set_private_entry(event.private_entry());
  PutRing(rows, std::move(ring));
  return absl::OkStatus();
}

absl::Status Fold(const v1::SigningKeyRetired& event, const EventContext&, Rows& rows) {
  v1::KeyRingRow ring = base::Find<v1::KeyRingRow>(rows).value_or(v1::KeyRingRow());
  const auto key = std::find_if(ring.mutable_keys()->begin(), ring.mutable_keys()->end(),
                                [&](const auto& k) { return k.kid() == event.kid(); });
  if (key == ring.mutable_keys()->end()) {
    return absl::DataLossError("a signing key was retired that was never published");
  }
  key->set_retired_until_us(event.until_us());
  key->clear_private_entry();
  // Retired keys are the oldest, so they stand in front.
  const auto retired = std::count_if(ring.keys().begin(), ring.keys().end(),
                                     [](const auto& k) { return k.retired_until_us() != 0; });
  if (retired > kMostRetired) {
    ring.mutable_keys()->DeleteSubrange(0, static_cast<int>(retired) - kMostRetired);
  }
  PutRing(rows, std::move(ring));
  return absl::OkStatus();
}

absl::Status Fold(const v1::IssuerTrusted& event, const EventContext&, Rows& rows) {
  v1::IssuerRow row;
  row.set_issuer(event.issuer());
  row.set_audience(event.audience());
  row.set_jwks(event.jwks());
  row.set_subject_claim(event.subject_claim());
  base::Put(rows, row);
  return absl::OkStatus();
}

absl::Status Fold(const v1::IssuerDistrusted& event, const EventContext&, Rows& rows) {
  const auto row = base::Find<v1::IssuerRow>(rows, event.issuer());
  if (!row) return absl::DataLossError("an issuer was distrusted that was never trusted");
  base::Erase(rows, *row);
  return absl::OkStatus();
}

}  // namespace

absl::Status IdentityDomain::Evolve(const journal::v1::Event& event, const EventContext& context,
                                    Rows& rows) const {
  return base::FoldAny<v1::AccountCreated, v1::FirstAccountsCreated, v1::PasswordChanged,
                       v1::PasswordRehashed, v1::AccountLocked, v1::AccountUnlocked,
                       v1::SessionStarted, v1::SessionRefreshed, v1::SessionEnded,
                       v1::SigningKeyPublished, v1::SigningKeyRetired, v1::IssuerTrusted,
                       v1::IssuerDistrusted>(
      event, [&](const auto& message) { return Fold(message, context, rows); });
}

}  // namespace twinline::identity
