#include "identity/domain/identity_domain.h"

#include <map>

#include "identity/domain/decide.h"
#include "identity/domain/session_id.h"
#include "platform/base/keys.h"
#include "twinline/identity/v1/identity_events.pb.h"

namespace twinline::identity {
namespace {

using Decider = base::Decision (*)(std::string_view, const base::Rows&, const base::Context&);

template <typename Command>
std::pair<const uint32_t, Decider> Entry() {
  return {base::CommandType<Command>(),
          [](std::string_view body, const base::Rows& rows,
             const base::Context& context) -> base::Decision {
            Command command;
            if (!command.ParseFromArray(body.data(), static_cast<int>(body.size()))) {
              return base::Refusal{
                  "COMMAND_MALFORMED", "命令格式有误。", "The command does not parse.", {}};
            }
            return identity::Decide(command, rows, context);
          }};
}

const std::map<uint32_t, Decider>& Deciders() {
  static const auto* deciders = new std::map<uint32_t, Decider>{
      Entry<v1::CreateAccountCommand>(),      Entry<v1::CreateFirstAccountsCommand>(),
      Entry<v1::ChangePasswordCommand>(),     Entry<v1::LockAccountCommand>(),
      Entry<v1::UnlockAccountCommand>(),      Entry<v1::StartSessionCommand>(),
      Entry<v1::RefreshSessionCommand>(),     Entry<v1::EndSessionCommand>(),
      Entry<v1::EndExpiredSessionsCommand>(), Entry<v1::PublishSigningKeysCommand>(),
      Entry<v1::RotateSigningKeyCommand>(),   Entry<v1::TrustIssuerCommand>(),
      Entry<v1::DistrustIssuerCommand>(),
  };
  return *deciders;
}

template <typename Event, typename Fn>
void With(const journal::v1::Event& event, Fn&& fn) {
  if (event.type() != base::EventType<Event>()) return;
  Event message;
  if (message.ParseFromString(event.data())) fn(message);
}

}  // namespace

base::Decision IdentityDomain::Decide(const base::CommandView& command, const base::Rows& rows,
                                      const base::Context& context) const {
  const auto decider = Deciders().find(command.type);
  if (decider == Deciders().end()) {
    return base::Refusal{"COMMAND_UNKNOWN", "系统不认识该命令。", "Unknown command.", {}};
  }
  return decider->second(command.body, rows, context);
}

std::vector<base::Id16> IdentityDomain::Outcome(const journal::v1::Commit& commit) const {
  std::vector<base::Id16> ids;
  std::vector<base::Id16> unused;
  const auto drop = [&unused](const std::string& entry) {
    if (const base::Id16 id = base::AsId(entry); !id.empty()) unused.push_back(id);
  };
  for (const journal::v1::Event& event : commit.events()) {
    With<v1::SessionStarted>(event,
                             [&](const auto& e) { ids.push_back(SessionEntity(e.session())); });
    With<v1::SessionRefreshed>(event,
                               [&](const auto& e) { ids.push_back(SessionEntity(e.session())); });
    With<v1::AccountCreated>(event, [&](const auto& e) { ids.push_back(base::AsId(e.subject())); });
    With<v1::PasswordChanged>(event, [&](const auto& e) { drop(e.destroyed_entry()); });
    With<v1::PasswordRehashed>(event, [&](const auto& e) { drop(e.destroyed_entry()); });
    With<v1::SigningKeyRetired>(event, [&](const auto& e) { drop(e.private_entry()); });
  }
  ids.insert(ids.end(), unused.begin(), unused.end());
  return ids;
}

}  // namespace twinline::identity
