#include "registry/domain/reactions.h"

#include "platform/base/dispatch.h"
#include "twinline/registry/v1/registry_commands.pb.h"
#include "twinline/transfer/v1/transfer_class_events.pb.h"
#include "twinline/transfer/v1/transfer_events.pb.h"

namespace twinline::registry {
namespace {

template <typename Event>
transfer::v1::BusinessFacts Business(const base::SourceEvent& source) {
  Event event;
  event.ParseFromString(source.event->data());
  return event.business();
}

base::DerivedCommand Note(std::string_view rule, const transfer::v1::BusinessFacts& business,
                          bool open) {
  v1::NoteBusinessCommand command;
  command.set_business_id(business.business_id());
  command.set_child_id(business.child_id());
  command.set_registration_id(business.registration_id());
  command.set_to_school_code(business.to_school_code());
  command.set_open(open);
  return {std::string(rule), base::AsId(business.business_id()),
          base::CommandType<v1::NoteBusinessCommand>(), command.SerializeAsString()};
}

base::DerivedCommand Apply(const transfer::v1::BusinessFacts& business) {
  v1::ApplyBusinessCommand command;
  command.set_business_id(business.business_id());
  command.set_kind(business.kind());
  command.set_child_id(business.child_id());
  command.set_registration_id(business.registration_id());
  command.set_from_school_code(business.from_school_code());
  command.set_to_school_code(business.to_school_code());
  command.set_to_class_id(business.to_class_id());
  command.set_grade(business.grade());
  command.set_status_after(business.status_after());
  if (business.has_effective()) *command.mutable_effective() = business.effective();
  if (business.has_suspended_until())
    *command.mutable_suspended_until() = business.suspended_until();
  command.set_other_province(business.other_province());
  return {std::string(kRuleApplyApproved), base::AsId(business.business_id()),
          base::CommandType<v1::ApplyBusinessCommand>(), command.SerializeAsString()};
}

base::DerivedCommand ApplyClass(const transfer::v1::ClassBusinessFacts& business) {
  v1::ApplyClassBusinessCommand command;
  command.set_business_id(business.business_id());
  command.set_action(business.action());
  command.set_class_id(business.class_id());
  command.set_school_code(business.school_code());
  command.set_to_school_code(business.to_school_code());
  command.set_to_grade(business.to_grade());
  command.set_to_school_year(business.to_school_year());
  for (const transfer::v1::ClassMember& member : business.members()) {
    v1::ClassMemberRef* ref = command.add_members();
    ref->set_registration_id(member.registration_id());
    ref->set_child_id(member.child_id());
  }
  // Who is suspended resumes elsewhere; everybody else who is left out keeps the class open.
  uint32_t left_behind = 0;
  for (const transfer::v1::ClassException& left : business.except()) {
    left_behind += left.reason() == "SUSPENDED" ? 0 : 1;
  }
  command.set_left_behind(left_behind);
  return {std::string(kRuleApplyClass), base::AsId(business.business_id()),
          base::CommandType<v1::ApplyClassBusinessCommand>(), command.SerializeAsString()};
}

std::vector<base::DerivedCommand> CloseMerged(const transfer::v1::ClassRunFacts& run) {
  if (run.kind() != "MERGER") return {};
  v1::CloseMergedSchoolCommand command;
  command.set_school_code(run.school_code());
  command.set_successor_code(run.successor_code());
  return {{std::string(kRuleCloseMerged), base::AsId(run.run_id()),
           base::CommandType<v1::CloseMergedSchoolCommand>(), command.SerializeAsString()}};
}

}  // namespace

std::vector<std::string> ReactionRules() {
  return {std::string(kRuleNoteOpened), std::string(kRuleNoteClosed),
          std::string(kRuleApplyApproved), std::string(kRuleApplyClass),
          std::string(kRuleCloseMerged)};
}

bool WantsEvent(uint32_t event_type) {
  using namespace transfer::v1;
  return base::IsAnyOf<BusinessOpened, BusinessApproved, BusinessRefused, BusinessWithdrawn,
                       RefusalOverridden, BusinessCompleted, BusinessReassigned,
                       ClassBusinessApproved, ClassRunFinished>(event_type);
}

std::vector<base::DerivedCommand> ReactTo(const base::SourceEvent& source) {
  const uint32_t type = source.event->type();
  if (type == base::EventType<transfer::v1::BusinessOpened>()) {
    return {Note(kRuleNoteOpened, Business<transfer::v1::BusinessOpened>(source), true)};
  }
  // Another school has the business now; the child's other side is that one.
  if (type == base::EventType<transfer::v1::BusinessReassigned>()) {
    return {Note(kRuleNoteOpened, Business<transfer::v1::BusinessReassigned>(source), true)};
  }
  if (const auto event = base::As<transfer::v1::ClassBusinessApproved>(*source.event)) {
    return {ApplyClass(event->business())};
  }
  if (const auto event = base::As<transfer::v1::ClassRunFinished>(*source.event)) {
    return CloseMerged(event->run());
  }
  // Refused, then open again by the bureau's word (T03): without the note its approval would find
  // nothing pending.
  if (type == base::EventType<transfer::v1::RefusalOverridden>()) {
    return {Note(kRuleNoteOpened, Business<transfer::v1::RefusalOverridden>(source), true)};
  }
  if (type == base::EventType<transfer::v1::BusinessApproved>()) {
    return {Apply(Business<transfer::v1::BusinessApproved>(source))};
  }
  if (type == base::EventType<transfer::v1::BusinessRefused>()) {
    return {Note(kRuleNoteClosed, Business<transfer::v1::BusinessRefused>(source), false)};
  }
  if (type == base::EventType<transfer::v1::BusinessWithdrawn>()) {
    return {Note(kRuleNoteClosed, Business<transfer::v1::BusinessWithdrawn>(source), false)};
  }
  if (type == base::EventType<transfer::v1::BusinessCompleted>()) {
    return {Note(kRuleNoteClosed, Business<transfer::v1::BusinessCompleted>(source), false)};
  }
  return {};
}

}  // namespace twinline::registry
