// Sessions: what a token names and what can be ended, so that a short-lived token can be taken back
// within the lag of a follower.
#include "identity/domain/decide.h"
#include "identity/domain/refusals.h"
#include "identity/domain/session_id.h"
#include "identity/tables/tables.h"
#include "twinline/identity/v1/identity_events.pb.h"

namespace twinline::identity {

using base::AsId;
using base::Events;
using base::MakeEvent;
using base::Rows;

namespace {

uint64_t NewSession(const Rows& rows, const base::Context& context) {
  for (uint32_t ordinal = 0;; ++ordinal) {
    const uint64_t session = SessionOf(context.NewId("session", ordinal));
    if (session != 0 && !base::Find<v1::SessionRow>(rows, session)) return session;
  }
}

std::optional<base::Refusal> CheckPassword(const v1::StartSessionCommand& command,
                                           const v1::AccountRow& account) {
  if (IsLocked(account, command.real_time_us())) return AccountLocked(account.locked_until_us());
  // Changed while it was being verified: the one that matched is no longer the password.
  if (account.password_entry() != command.verified_entry()) return LoginFailed();
  if (account.must_change() && command.new_password_entry().empty()) return PasswordMustChange();
  return std::nullopt;
}

// Wrong passwords of others do not stop somebody whom an outside issuer vouches for.
std::optional<base::Refusal> CheckOutside(const v1::StartSessionCommand& command,
                                          const v1::AccountRow& account, const Rows& rows) {
  if (account.lock_reason() == "ADMIN") return AccountLocked(0);
  if (!base::Find<v1::IssuerRow>(rows, command.issuer())) return IssuerUnknown();
  return std::nullopt;
}

// A demonstration's token needs no account: the person need only have duties.
std::optional<base::Refusal> CheckStart(const v1::StartSessionCommand& command, const Rows& rows,
                                        const base::Context& context) {
  if (AsId(command.subject()).empty()) return StaffIdInvalid();
  if (command.expires_us() <= command.real_time_us()) return SessionInvalid();
  if (command.assurance() == "DEMO") {
    return context.demo_realm ? std::nullopt : std::optional(DemoOnly());
  }
  const auto account = base::Find<v1::AccountRow>(rows, AsId(command.subject()));
  if (!account) return AccountUnknown();
  if (command.assurance() == "PASSWORD") return CheckPassword(command, *account);
  if (command.assurance() == "OIDC") return CheckOutside(command, *account, rows);
  return SessionInvalid();
}

void AddPasswordEvents(const v1::StartSessionCommand& command, const Rows& rows,
                       const base::Context& context, Events* events) {
  if (!command.new_password_entry().empty()) {
    v1::PasswordChanged changed;
    changed.set_subject(command.subject());
    changed.set_password_entry(command.new_password_entry());
    changed.set_destroyed_entry(command.verified_entry());
    events->push_back(MakeEvent(changed, context.today));
    EndSessions(rows, command.subject(), 0, "PASSWORD_CHANGED", context.today, events);
  } else if (!command.rehashed_entry().empty()) {
    v1::PasswordRehashed rehashed;
    rehashed.set_subject(command.subject());
    rehashed.set_password_entry(command.rehashed_entry());
    rehashed.set_destroyed_entry(command.verified_entry());
    events->push_back(MakeEvent(rehashed, context.today));
  }
}

}  // namespace

std::vector<v1::SessionRow> SessionsOf(const Rows& rows, std::string_view subject) {
  std::vector<v1::SessionRow> sessions;
  base::ScanIndex<v1::SessionRow>(
      rows, base::TableOf<v1::SessionRow>::kBySubject, 2 * kMostSessions,
      [&](const v1::SessionRow& row) {
        sessions.push_back(row);
        return true;
      },
      AsId(subject));
  return sessions;
}

journal::v1::Event SessionEndedEvent(const v1::SessionRow& session, std::string_view reason,
                                     base::CivilDay today) {
  v1::SessionEnded event;
  event.set_session(session.session());
  event.set_subject(session.subject());
  event.set_reason(std::string(reason));
  return MakeEvent(event, today);
}

void EndSessions(const Rows& rows, std::string_view subject, uint64_t keep, std::string_view reason,
                 base::CivilDay today, Events* events) {
  for (const v1::SessionRow& session : SessionsOf(rows, subject)) {
    if (session.session() != keep) events->push_back(SessionEndedEvent(session, reason, today));
  }
}

base::Decision Decide(const v1::StartSessionCommand& command, const Rows& rows,
                      const base::Context& context) {
  if (auto no = CheckStart(command, rows, context)) return *no;
  v1::SessionStarted event;
  event.set_session(NewSession(rows, context));
  event.set_subject(command.subject());
  event.set_assurance(command.assurance());
  event.set_issuer(command.issuer());
  event.set_expires_us(command.expires_us());
  event.set_refresh_entry(command.refresh_entry());
  event.set_factors(command.factors());
  Events events{MakeEvent(event, context.today)};
  AddPasswordEvents(command, rows, context, &events);
  if (command.new_password_entry().empty()) {
    const std::vector<v1::SessionRow> running = SessionsOf(rows, command.subject());
    for (size_t i = 0; i + kMostSessions <= running.size(); ++i) {
      events.push_back(SessionEndedEvent(running[i], "REPLACED", context.today));
    }
  }
  return events;
}

// A refresh token that was used before is in two hands, and nobody can tell which one is the
// thief's: the session ends.
base::Decision Decide(const v1::RefreshSessionCommand& command, const Rows& rows,
                      const base::Context& context) {
  const auto session = base::Find<v1::SessionRow>(rows, uint64_t{command.session()});
  if (!session || session->refresh_entry().empty() ||
      session->expires_us() <= command.real_time_us() ||
      command.generation() > session->refresh_generation()) {
    return RefreshInvalid();
  }
  if (command.generation() < session->refresh_generation()) {
    return Events{SessionEndedEvent(*session, "REFRESH_REUSED", context.today)};
  }
  if (!session->issuer().empty() && !base::Find<v1::IssuerRow>(rows, session->issuer())) {
    return Events{SessionEndedEvent(*session, "ISSUER_DISTRUSTED", context.today)};
  }
  v1::SessionRefreshed event;
  event.set_session(session->session());
  event.set_subject(session->subject());
  event.set_generation(session->refresh_generation() + 1);
  return Events{MakeEvent(event, context.today)};
}

base::Decision Decide(const v1::EndSessionCommand& command, const Rows& rows,
                      const base::Context& context) {
  const auto session = base::Find<v1::SessionRow>(rows, uint64_t{command.session()});
  const bool log_out = command.reason() == "LOG_OUT";
  if (!session || (log_out && session->subject() != context.actor.subject())) {
    return SessionUnknown();
  }
  return Events{SessionEndedEvent(*session, log_out ? "LOG_OUT" : "REVOKED", context.today)};
}

base::Decision Decide(const v1::EndExpiredSessionsCommand& command, const Rows& rows,
                      const base::Context& context) {
  Events events;
  base::ScanIndex<v1::SessionRow>(
      rows, base::TableOf<v1::SessionRow>::kByExpiry, kMostEndedAtOnce,
      [&](const v1::SessionRow& session) {
        if (session.expires_us() > command.real_time_us()) return false;
        events.push_back(SessionEndedEvent(session, "EXPIRED", context.today));
        return true;
      });
  if (events.empty()) return NothingExpired();
  return events;
}

}  // namespace twinline::identity
