#include "registry/domain/reactions.h"

#include "twinline/registry/v1/registry_commands.pb.h"
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

}  // namespace

bool WantsEvent(uint32_t event_type) {
  return event_type == base::EventType<transfer::v1::BusinessOpened>() ||
         event_type == base::EventType<transfer::v1::BusinessApproved>() ||
         event_type == base::EventType<transfer::v1::BusinessRefused>() ||
         event_type == base::EventType<transfer::v1::BusinessWithdrawn>() ||
         event_type == base::EventType<transfer::v1::RefusalOverridden>() ||
         event_type == base::EventType<transfer::v1::BusinessCompleted>();
}

std::vector<base::DerivedCommand> ReactTo(const base::SourceEvent& source) {
  const uint32_t type = source.event->type();
  if (type == base::EventType<transfer::v1::BusinessOpened>()) {
    return {Note(kRuleNoteOpened, Business<transfer::v1::BusinessOpened>(source), true)};
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
