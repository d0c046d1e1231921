#include "registry/domain/registry_domain.h"

#include <map>

#include "platform/base/keys.h"
#include "registry/domain/decide.h"
#include "registry/domain/evolve.h"
#include "registry/domain/reactions.h"
#include "twinline/registry/v1/registry_events.pb.h"

namespace twinline::registry {
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
            return registry::Decide(command, rows, context);
          }};
}

const std::map<uint32_t, Decider>& Deciders() {
  static const auto* deciders = new std::map<uint32_t, Decider>{
      Entry<v1::RecordAreaCommand>(),        Entry<v1::RecordSchoolCommand>(),
      Entry<v1::RecordClassCommand>(),       Entry<v1::RecordStaffCommand>(),
      Entry<v1::StartDutyCommand>(),         Entry<v1::EndDutyCommand>(),
      Entry<v1::RegisterChildCommand>(),     Entry<v1::CorrectChildCommand>(),
      Entry<v1::PlaceChildCommand>(),        Entry<v1::SetWatchGroupsCommand>(),
      Entry<v1::ClearProblemCommand>(),      Entry<v1::ResolveDuplicateCommand>(),
      Entry<v1::AlarmUnlawfulCodeCommand>(), Entry<v1::NoteBusinessCommand>(),
      Entry<v1::ApplyBusinessCommand>(),     Entry<v1::RequestExportCommand>(),
      Entry<v1::ApproveExportCommand>(),     Entry<v1::OrderErasureCommand>(),
      Entry<v1::RequestErasureCommand>(),    Entry<v1::DeclineErasureCommand>(),
      Entry<v1::NoteKeyDestroyedCommand>(),  Entry<v1::StartTokenRenewalCommand>(),
      Entry<v1::RenewTokensCommand>(),       Entry<v1::CompleteErasuresCommand>(),
      Entry<v1::NoteKekRotatedCommand>(),    Entry<v1::ApplyClassBusinessCommand>(),
      Entry<v1::CloseMergedSchoolCommand>(), Entry<v1::RecordSanctionCommand>(),
      Entry<v1::FinishImportCommand>(),      Entry<v1::LogImportRowsCommand>(),
  };
  return *deciders;
}

// Ids named by one event, in the order that Outcome promises.
template <typename Event, typename Fn>
void With(const journal::v1::Event& event, Fn&& fn) {
  if (event.type() != base::EventType<Event>()) return;
  Event message;
  if (message.ParseFromString(event.data())) fn(message);
}

}  // namespace

base::Decision RegistryDomain::Decide(const base::CommandView& command, const base::Rows& rows,
                                      const base::Context& context) const {
  const auto decider = Deciders().find(command.type);
  if (decider == Deciders().end()) {
    return base::Refusal{"COMMAND_UNKNOWN", "系统不认识该命令。", "Unknown command.", {}};
  }
  return decider->second(command.body, rows, context);
}

absl::Status RegistryDomain::Evolve(const journal::v1::Event& event,
                                    const base::EventContext& context, base::Rows& rows) const {
  return EvolveEvent(event, context, rows);
}

bool RegistryDomain::Wants(uint32_t event_type) const { return WantsEvent(event_type); }

std::vector<std::string> RegistryDomain::Rules() const { return ReactionRules(); }

std::vector<base::DerivedCommand> RegistryDomain::React(const base::SourceEvent& source) const {
  return ReactTo(source);
}

std::vector<base::Id16> RegistryDomain::Outcome(const journal::v1::Commit& commit) const {
  std::vector<base::Id16> ids;
  const auto add = [&ids](const std::string& id) { ids.push_back(base::AsId(id)); };
  const auto facts = [&add](const auto& event) {
    add(event.facts().child_id());
    add(event.facts().registration_id());
  };
  for (const journal::v1::Event& event : commit.events()) {
    With<v1::ClassRecorded>(event, [&](const auto& e) { add(e.class_facts().class_id()); });
    With<v1::StaffRecorded>(event, [&](const auto& e) { add(e.staff_id()); });
    With<v1::DutyStarted>(event, [&](const auto& e) { add(e.duty().duty_id()); });
    With<v1::DutyEnded>(event, [&](const auto& e) { add(e.duty().duty_id()); });
    With<v1::ChildRegistered>(event, facts);
    With<v1::ChildCorrected>(event, facts);
    With<v1::ChildPlaced>(event, facts);
    With<v1::ProblemsChanged>(event, facts);
    With<v1::WatchGroupsChanged>(event, facts);
    With<v1::SanctionRecorded>(event, facts);
    With<v1::DuplicateReported>(event, [&](const auto& e) { add(e.task_id()); });
    With<v1::DuplicateResolved>(event, [&](const auto& e) { add(e.survivor_child_id()); });
    With<v1::ExportRequested>(event, [&](const auto& e) { add(e.export_id()); });
    With<v1::ExportApproved>(event, [&](const auto& e) { add(e.export_id()); });
    With<v1::ErasureRequested>(event, [&](const auto& e) { add(e.child_id()); });
    With<v1::ErasureOrdered>(event, [&](const auto& e) { add(e.child_id()); });
    With<v1::ErasureDeclined>(event, [&](const auto& e) { add(e.child_id()); });
  }
  return ids;
}

}  // namespace twinline::registry
