#include "transfer/domain/hub.h"

#include <algorithm>

#include "transfer/domain/open.h"
#include "transfer/domain/refusals.h"
#include "transfer/domain/steps.h"
#include "transfer/tables/tables.h"

namespace twinline::transfer {

using base::AsId;
using base::Context;
using base::Decision;
using base::Events;
using base::MakeEvent;
using base::Rows;

namespace {

constexpr size_t kNumbersPerToken = 4;

// The national system's words for why the sending side cannot begin (domain.md 1.6).
std::string_view NationalCode(std::string_view refusal) {
  if (refusal == "CHILD_UNKNOWN") return "2001";
  if (refusal == "BUSINESS_IN_PROGRESS") return "2002";
  if (refusal == "PROBLEM_RECORD") return "2003";
  return "";
}

Events ApplicationRefused(const v1::HubApplied& command, const std::string& registration,
                          std::string_view detail, const Context& context) {
  v1::HubApplicationRefused event;
  event.set_application_id(command.application_id());
  event.set_province(command.province());
  event.set_school_code(command.school_code());
  event.set_code(std::string(NationalCode(detail)));
  event.set_detail(std::string(detail));
  event.set_registration_id(registration);
  return {MakeEvent(event, context.today)};
}

// Registrations here that carry one of the numbers; an alias leads nowhere, its survivor has them
// too.
std::vector<registry::v1::ChildFacts> ChildrenWith(const v1::HubApplied& command,
                                                   const Rows& rows) {
  std::vector<registry::v1::ChildFacts> found;
  for (const types::v1::SearchToken& token : command.numbers()) {
    base::ScanRows<v1::ForeignNumber>(
        rows, kNumbersPerToken,
        [&](const v1::ForeignNumber& number) {
          const auto child = base::Find<v1::ForeignChild>(rows, AsId(number.registration_id()));
          if (!child || !child->facts().alias_of().empty()) return true;
          const auto same = [&](const registry::v1::ChildFacts& other) {
            return other.registration_id() == child->facts().registration_id();
          };
          if (std::none_of(found.begin(), found.end(), same)) found.push_back(child->facts());
          return true;
        },
        token.pepper_version(), token.token());
  }
  return found;
}

std::optional<v1::BusinessRow> FindBusiness(const v1::HubAnswered& command, const Rows& rows) {
  std::string id = command.business_id();
  if (!command.application_id().empty()) {
    const auto application = base::Find<v1::HubApplicationRow>(rows, command.application_id());
    if (!application) return std::nullopt;
    id = application->business_id();
  }
  return base::Find<v1::BusinessRow>(rows, AsId(id));
}

bool AtHub(const v1::BusinessFacts& facts) {
  return facts.state() == "OPEN" &&
         facts.steps(static_cast<int>(facts.step())).office().starts_with("hub:");
}

int HubStep(const v1::BusinessFacts& facts) {
  for (int i = 0; i < facts.steps_size(); ++i) {
    if (facts.steps(i).office().starts_with("hub:")) return i;
  }
  return -1;
}

}  // namespace

Decision DecideHubApplied(const v1::HubApplied& command, const Rows& rows, const Context& context) {
  if (base::Find<v1::HubApplicationRow>(rows, command.application_id())) return AlreadySo();
  const std::vector<registry::v1::ChildFacts> children = ChildrenWith(command, rows);
  if (children.empty()) return ApplicationRefused(command, {}, "CHILD_UNKNOWN", context);
  const registry::v1::ChildFacts& child = children.front();
  if (children.size() > 1) {
    return ApplicationRefused(command, child.registration_id(), "PROBLEM_RECORD", context);
  }
  v1::OpenBusiness open;
  open.set_kind("TRANSFER_OUT_PROVINCE");
  open.set_child_id(child.child_id());
  open.set_registration_id(child.registration_id());
  open.set_to_school_code(command.school_code());
  open.set_grade(command.grade());
  open.set_other_province(command.province());
  open.set_office("hub:" + command.province());
  open.set_hub_application_id(command.application_id());
  Decision decision = DecideOpen(open, rows, context);
  if (const auto* refusal = std::get_if<base::Refusal>(&decision)) {
    return ApplicationRefused(command, child.registration_id(), refusal->code, context);
  }
  return decision;
}

Decision DecideHubAnswered(const v1::HubAnswered& command, const Rows& rows,
                           const Context& context) {
  const auto row = FindBusiness(command, rows);
  if (!row) return BusinessUnknown();
  v1::BusinessFacts facts = row->facts();
  const auto& heard = row->hub_heard();
  if (std::find(heard.begin(), heard.end(), command.outcome()) != heard.end()) return AlreadySo();
  // Their application: they may take it back until the file is pulled.
  if (command.outcome() == "WITHDRAWN" && facts.state() == "WITHDRAWN") return AlreadySo();
  if (command.outcome() == "WITHDRAWN" && !facts.hub_application_id().empty() &&
      facts.state() == "OPEN") {
    facts.set_state("WITHDRAWN");
    facts.set_version(facts.version() + 1);
    v1::BusinessWithdrawn event;
    *event.mutable_business() = std::move(facts);
    event.set_reason("OTHER_PROVINCE");
    return Events{MakeEvent(event, context.today)};
  }
  if (AtHub(facts) && (command.outcome() == "DONE" || command.outcome() == "REFUSED")) {
    return StepEvents(std::move(facts), command.outcome(), command.code(), types::v1::Sealed(),
                      rows, context);
  }
  facts.set_version(facts.version() + 1);
  v1::HubAnswerIgnored event;
  *event.mutable_business() = std::move(facts);
  event.set_outcome(command.outcome());
  event.set_code(command.code());
  return Events{MakeEvent(event, context.today)};
}

Decision DecideHubInformed(const v1::NoteHubInformed& command, const Rows& rows,
                           const Context& context) {
  if (!base::Find<v1::HubMessageRow>(rows, AsId(command.message_id()))) return AlreadySo();
  v1::HubInformed event;
  event.set_message_id(command.message_id());
  return Events{MakeEvent(event, context.today)};
}

std::string HubMessageKind(const v1::BusinessFacts* before, const v1::BusinessFacts& after) {
  const int hub = HubStep(after);
  if (hub < 0) return {};
  const bool theirs = !after.hub_application_id().empty();
  const bool reached = AtHub(after) && (before == nullptr || !AtHub(*before));
  if (reached) return theirs ? "RELEASED" : "APPLICATION";
  if (before == nullptr || before->state() == after.state()) return {};
  if (after.state() == "COMPLETED") return theirs ? "COMPLETED" : "PULLED";
  const bool by_them = after.steps(hub).outcome() == "REFUSED";
  if (theirs) return after.state() == "REFUSED" && !by_them ? "REFUSED" : "";
  // Ours ended although the other province has it on its desk.
  const bool asked = after.step() >= static_cast<uint32_t>(hub);
  const bool ended = after.state() == "WITHDRAWN" || after.state() == "REFUSED";
  return asked && ended && !by_them ? "WITHDRAWAL" : "";
}

void QueueHubMessage(v1::HubMessageRow row, const base::EventContext& context, Rows& rows) {
  const journal::v1::EventRef& ref = context.ref;
  row.set_pos(ref.pos());
  row.set_commit(ref.commit());
  row.set_event(ref.event());
  row.set_message_id(base::DeriveId({"hub-message", row.business_id(), row.application_id(),
                                     row.kind(), std::to_string(ref.pos()),
                                     std::to_string(ref.commit()), std::to_string(ref.event())})
                         .str());
  base::Put(rows, row);
}

}  // namespace twinline::transfer
