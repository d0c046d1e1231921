// Accounts and their locks. An account gives no right; it lets a person prove who they are.
#include "identity/domain/decide.h"
#include "identity/domain/login.h"
#include "identity/domain/refusals.h"
#include "identity/tables/tables.h"
#include "twinline/identity/v1/identity_events.pb.h"

namespace twinline::identity {

using base::AsId;
using base::Events;
using base::MakeEvent;
using base::Rows;

namespace {

constexpr char kInitService[] = "service:init";

std::optional<base::Refusal> CheckNewAccount(const v1::CreateAccountCommand& command,
                                             const Rows& rows) {
  if (AsId(command.subject()).empty() || AsId(command.password_entry()).empty()) {
    return StaffIdInvalid();
  }
  if (auto no = CheckLogin(command.login())) return no;
  if (const auto has = base::Find<v1::AccountRow>(rows, AsId(command.subject()))) {
    return AccountExists(has->login());
  }
  if (FindByLogin(rows, command.login())) return LoginTaken(command.login());
  return std::nullopt;
}

journal::v1::Event AccountCreatedEvent(const v1::CreateAccountCommand& command,
                                       const base::Context& context) {
  v1::AccountCreated event;
  event.set_subject(command.subject());
  event.set_login(command.login());
  event.set_password_entry(command.password_entry());
  event.set_must_change(true);
  return MakeEvent(event, context.today);
}

}  // namespace

std::optional<v1::AccountRow> FindByLogin(const Rows& rows, std::string_view login) {
  std::optional<v1::AccountRow> found;
  base::ScanIndex<v1::AccountRow>(
      rows, base::TableOf<v1::AccountRow>::kByLogin, 1,
      [&](const v1::AccountRow& row) {
        found = row;
        return false;
      },
      login);
  return found;
}

bool IsLocked(const v1::AccountRow& account, int64_t real_time_us) {
  return !account.lock_reason().empty() &&
         (account.locked_until_us() == 0 || real_time_us < account.locked_until_us());
}

base::Decision Decide(const v1::CreateAccountCommand& command, const Rows& rows,
                      const base::Context& context) {
  if (auto no = CheckNewAccount(command, rows)) return *no;
  return Events{AccountCreatedEvent(command, context)};
}

// Once, on the host, while there is no account that could create one.
base::Decision Decide(const v1::CreateFirstAccountsCommand& command, const Rows& rows,
                      const base::Context& context) {
  bool any = context.actor.service() != kInitService;
  base::ScanRows<v1::AccountRow>(rows, 1, [&any](const v1::AccountRow&) {
    any = true;
    return false;
  });
  if (any) return AlreadyInitialised();
  Events events;
  v1::FirstAccountsCreated first;
  for (const v1::CreateAccountCommand& account : command.accounts()) {
    if (auto no = CheckNewAccount(account, rows)) return *no;
    events.push_back(AccountCreatedEvent(account, context));
    first.add_subject(account.subject());
  }
  *first.mutable_present() = command.present();
  first.set_present_owner(command.present_owner());
  events.push_back(MakeEvent(first, context.today));
  return events;
}

// Whoever knew the old password is out: all other sessions end.
base::Decision Decide(const v1::ChangePasswordCommand& command, const Rows& rows,
                      const base::Context& context) {
  const auto account = base::Find<v1::AccountRow>(rows, AsId(command.subject()));
  if (!account) return AccountUnknown();
  const bool own = context.actor.subject() == command.subject();
  if (command.by_admin() && own) return OwnPasswordReset();
  if (!command.by_admin() && (!own || command.verified_entry() != account->password_entry())) {
    return OldPasswordWrong();
  }
  v1::PasswordChanged event;
  event.set_subject(command.subject());
  event.set_password_entry(command.password_entry());
  event.set_destroyed_entry(account->password_entry());
  event.set_by_admin(command.by_admin());
  Events events{MakeEvent(event, context.today)};
  EndSessions(rows, command.subject(), own ? context.actor.session() : 0, "PASSWORD_CHANGED",
              context.today, &events);
  return events;
}

// Wrong passwords lock log-in and nothing else: whoever is at work stays, or anybody could throw a
// teacher out by guessing. An administrator's lock ends everything.
base::Decision Decide(const v1::LockAccountCommand& command, const Rows& rows,
                      const base::Context& context) {
  const auto account = base::Find<v1::AccountRow>(rows, AsId(command.subject()));
  if (!account) return AccountUnknown();
  const bool by_admin = command.reason() == "ADMIN";
  if (!by_admin && (command.reason() != "FAILED_LOGINS" || command.until_us() <= 0)) {
    return LockReasonInvalid();
  }
  if (by_admin && context.actor.subject() == command.subject()) return OwnAccount();
  if (account->lock_reason() == "ADMIN") return AccountAlreadyLocked();
  v1::AccountLocked event;
  event.set_subject(command.subject());
  event.set_reason(command.reason());
  event.set_until_us(by_admin ? 0 : command.until_us());
  if (command.has_note()) *event.mutable_note() = command.note();
  Events events{MakeEvent(event, context.today)};
  if (by_admin) {
    EndSessions(rows, command.subject(), 0, "LOCKED", context.today, &events);
  }
  return events;
}

base::Decision Decide(const v1::UnlockAccountCommand& command, const Rows& rows,
                      const base::Context& context) {
  const auto account = base::Find<v1::AccountRow>(rows, AsId(command.subject()));
  if (!account) return AccountUnknown();
  if (account->lock_reason().empty()) return AccountNotLocked();
  v1::AccountUnlocked event;
  event.set_subject(command.subject());
  return Events{MakeEvent(event, context.today)};
}

}  // namespace twinline::identity
