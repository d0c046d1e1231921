// One function per command, each pure: time of sessions and locks is the real clock and comes with
// the command, secrets are vault entries that the service has made before.
#pragma once

#include <optional>

#include "platform/base/decision.h"
#include "twinline/identity/v1/identity_commands.pb.h"
#include "twinline/identity/v1/identity_rows.pb.h"

namespace twinline::identity {

// Of one person at one time; the oldest gives way.
inline constexpr size_t kMostSessions = 20;
inline constexpr size_t kMostEndedAtOnce = 200;
inline constexpr size_t kMostJwksBytes = 64 * 1024;

#define TWINLINE_IDENTITY_DECIDE(Command)                                   \
  base::Decision Decide(const v1::Command& command, const base::Rows& rows, \
                        const base::Context& context)

// decide_account.cc
TWINLINE_IDENTITY_DECIDE(CreateAccountCommand);
TWINLINE_IDENTITY_DECIDE(CreateFirstAccountsCommand);
TWINLINE_IDENTITY_DECIDE(ChangePasswordCommand);
TWINLINE_IDENTITY_DECIDE(LockAccountCommand);
TWINLINE_IDENTITY_DECIDE(UnlockAccountCommand);
// decide_session.cc
TWINLINE_IDENTITY_DECIDE(StartSessionCommand);
TWINLINE_IDENTITY_DECIDE(RefreshSessionCommand);
TWINLINE_IDENTITY_DECIDE(EndSessionCommand);
TWINLINE_IDENTITY_DECIDE(EndExpiredSessionsCommand);
// decide_key.cc
TWINLINE_IDENTITY_DECIDE(PublishSigningKeysCommand);
TWINLINE_IDENTITY_DECIDE(RotateSigningKeyCommand);
TWINLINE_IDENTITY_DECIDE(TrustIssuerCommand);
TWINLINE_IDENTITY_DECIDE(DistrustIssuerCommand);

#undef TWINLINE_IDENTITY_DECIDE

// The account of a normal login name.
std::optional<v1::AccountRow> FindByLogin(const base::Rows& rows, std::string_view login);
// Running sessions of a person, oldest first.
std::vector<v1::SessionRow> SessionsOf(const base::Rows& rows, std::string_view subject);
bool IsLocked(const v1::AccountRow& account, int64_t real_time_us);
// SessionEnded for each of the person's sessions but `keep` (0: none is kept).
void EndSessions(const base::Rows& rows, std::string_view subject, uint64_t keep,
                 std::string_view reason, base::CivilDay today, base::Events* events);
journal::v1::Event SessionEndedEvent(const v1::SessionRow& session, std::string_view reason,
                                     base::CivilDay today);

}  // namespace twinline::identity
