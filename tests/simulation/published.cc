#include "tests/simulation/published.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace twinline::simulation {

namespace rv1 = registry::v1;
namespace tv1 = transfer::v1;
namespace av1 = attendance::v1;
namespace cv1 = accountability::v1;

std::string EventAt::Text() const {
  std::string text = absl::StrCat(header->journal(), " ", pos, "/", commit_index);
  if (event != nullptr) absl::StrAppend(&text, "/", event_index, " (type ", event->type(), ")");
  return text;
}

void ForEachChild(const EventAt& at, const std::function<void(const rv1::ChildFacts&)>& fn) {
  const auto one = [&](const auto& event) { fn(event.facts()); };
  On<rv1::ChildRegistered>(at, one) || On<rv1::ChildCorrected>(at, one) ||
      On<rv1::ChildPlaced>(at, one) || On<rv1::RegistrationMoved>(at, one) ||
      On<rv1::RegistrationStatusChanged>(at, one) || On<rv1::BusinessNoted>(at, one) ||
      On<rv1::ProblemsChanged>(at, one) || On<rv1::WatchGroupsChanged>(at, one) ||
      On<rv1::SanctionRecorded>(at, one) ||
      On<rv1::ClassPromoted>(at,
                             [&](const auto& event) {
                               for (const rv1::ChildFacts& child : event.children()) fn(child);
                             }) ||
      On<rv1::DuplicateReported>(at,
                                 [&](const auto& event) {
                                   fn(event.first());
                                   fn(event.second());
                                 }) ||
      On<rv1::DuplicateResolved>(at, [&](const auto& event) {
        fn(event.survivor());
        fn(event.alias());
      });
}

void ForEachClass(const EventAt& at, const std::function<void(const rv1::ClassFacts&)>& fn) {
  const auto both = [&](const auto& event) {
    if (event.has_class_before()) fn(event.class_before());
    if (event.has_class_after()) fn(event.class_after());
  };
  On<rv1::ClassRecorded>(at, [&](const auto& event) { fn(event.class_facts()); }) ||
      On<rv1::ClassPromoted>(at,
                             [&](const auto& event) {
                               for (const rv1::ClassFacts& room : event.classes()) fn(room);
                             }) ||
      On<rv1::ChildRegistered>(at,
                               [&](const auto& event) {
                                 if (event.has_class_after()) fn(event.class_after());
                               }) ||
      On<rv1::ChildPlaced>(at, both) || On<rv1::RegistrationMoved>(at, both) ||
      On<rv1::RegistrationStatusChanged>(at, both) || On<rv1::DuplicateResolved>(at, both);
}

void ForBusiness(const EventAt& at, const std::function<void(const tv1::BusinessFacts&)>& fn) {
  const auto one = [&](const auto& event) { fn(event.business()); };
  On<tv1::BusinessOpened>(at, one) || On<tv1::StepDecided>(at, one) ||
      On<tv1::BusinessApproved>(at, one) || On<tv1::BusinessRefused>(at, one) ||
      On<tv1::BusinessWithdrawn>(at, one) || On<tv1::BusinessCompleted>(at, one) ||
      On<tv1::BusinessNeedsAttention>(at, one) || On<tv1::StepOverdue>(at, one) ||
      On<tv1::DeadlineMoved>(at, one) || On<tv1::RefusalOverridden>(at, one) ||
      On<tv1::BusinessLongOverdue>(at, one) || On<tv1::BusinessReassigned>(at, one) ||
      On<tv1::HubAnswerIgnored>(at, one);
}

void ForCase(const EventAt& at, const std::function<void(const cv1::CaseFacts&)>& fn) {
  const auto one = [&](const auto& event) { fn(event.case_facts()); };
  On<cv1::CaseOpened>(at, one) || On<cv1::CaseChanged>(at, one) ||
      On<cv1::PersuasionRecorded>(at, one) || On<cv1::DeadlineMissed>(at, one) ||
      On<cv1::Escalated>(at, one) || On<cv1::CaseClosed>(at, one) ||
      On<cv1::CaseReopened>(at, one) || On<cv1::FalseAlarmProposed>(at, one) ||
      On<cv1::LineSigned>(at, one) || On<cv1::CaseReassigned>(at, one) ||
      On<cv1::ResponsibilityDenied>(at, one) || On<cv1::TownshipDecided>(at, one) ||
      On<cv1::PaperIssued>(at, one) || On<cv1::PaperServed>(at, one) ||
      On<cv1::PaperVoided>(at, one) || On<cv1::ProbationStarted>(at, one) ||
      On<cv1::ProbationEnded>(at, one) || On<cv1::CaseDeadlineMoved>(at, one);
}

namespace {

bool TakeFromAttendance(const EventAt& at, Published* all) {
  return On<av1::RollCallTaken>(at,
                                [&](const auto& event) {
                                  all->roll_calls.emplace(event.class_id(), event.day(),
                                                          event.session());
                                }) ||
         On<av1::CorrectionProposed>(
             at,
             [&](const auto& event) { all->open_corrections[event.correction_id()] = event; }) ||
         On<av1::MarkCorrected>(
             at, [&](const auto& event) { all->open_corrections.erase(event.correction_id()); }) ||
         On<av1::RollCallConflict>(
             at, [&](const auto& event) { all->open_conflicts.push_back(event); }) ||
         On<av1::RollCallConflictResolved>(at, [&](const auto& event) {
           std::erase_if(all->open_conflicts, [&](const auto& open) {
             return open.second().class_id() == event.class_id() &&
                    open.second().day() == event.day() &&
                    open.second().session() == event.session();
           });
         });
}

bool TakeFromAccountability(const EventAt& at, Published* all) {
  const auto task = [&](const auto& event) { all->tasks[event.task().task_id()] = event.task(); };
  return On<cv1::TaskOpened>(at, task) || On<cv1::TaskEnded>(at, task) ||
         On<cv1::TaskMissed>(at, task) ||
         On<cv1::AlertOffered>(
             at, [&](const auto& event) { all->open_alerts[event.alert_id()] = event; }) ||
         On<cv1::AlertAcknowledged>(
             at, [&](const auto& event) { all->open_alerts.erase(event.alert_id()); });
}

bool TakeFromRegistry(const EventAt& at, Published* all) {
  const auto duty = [&](const auto& event) { all->duties[event.duty().duty_id()] = event.duty(); };
  return On<rv1::SchoolRecorded>(at,
                                 [&](const auto& event) {
                                   all->schools[event.school().school_code()] = event.school();
                                 }) ||
         On<rv1::DutyStarted>(at, duty) || On<rv1::DutyEnded>(at, duty) ||
         On<rv1::DuplicateReported>(
             at, [&](const auto& event) { all->open_duplicates.push_back(event); }) ||
         On<rv1::DuplicateResolved>(at, [&](const auto& event) {
           std::erase_if(all->open_duplicates,
                         [&](const auto& open) { return open.task_id() == event.task_id(); });
         });
}

bool TakeFromTransfer(const EventAt& at, Published* all) {
  const auto run = [&](const auto& event) { all->class_runs[event.run().run_id()] = event.run(); };
  const auto business = [&](const auto& event) {
    run(event);
    all->class_businesses[event.business().business_id()] = event.business();
  };
  return On<tv1::ClassRunPlanned>(at, run) || On<tv1::ClassRunApproved>(at, run) ||
         On<tv1::ClassBusinessApproved>(at, business) ||
         On<tv1::ClassBusinessCompleted>(at, business) || On<tv1::ClassRunAllStarted>(at, run) ||
         On<tv1::ClassRunFinished>(at, run) || On<tv1::ClassRunCancelled>(at, run);
}

}  // namespace

void Published::Take(const EventAt& at) {
  ForEachChild(at,
               [&](const rv1::ChildFacts& facts) { children[facts.registration_id()] = facts; });
  ForEachClass(at, [&](const rv1::ClassFacts& facts) { classes[facts.class_id()] = facts; });
  ForBusiness(at,
              [&](const tv1::BusinessFacts& facts) { businesses[facts.business_id()] = facts; });
  ForCase(at, [&](const cv1::CaseFacts& facts) { cases[facts.case_id()] = facts; });
  TakeFromRegistry(at, this) || TakeFromTransfer(at, this) || TakeFromAttendance(at, this) ||
      TakeFromAccountability(at, this);
}

std::vector<const rv1::ChildFacts*> Published::PupilsOf(const std::string& class_id) const {
  std::vector<const rv1::ChildFacts*> pupils;
  for (const auto& [id, facts] : children) {
    if (facts.class_id() == class_id) pupils.push_back(&facts);
  }
  return pupils;
}

const rv1::DutyFacts* Published::Holder(const std::string& office,
                                        std::initializer_list<types::v1::Role> roles,
                                        base::CivilDay day, size_t nth) const {
  std::vector<const rv1::DutyFacts*> holders;
  for (const auto& [id, duty] : duties) {
    const bool now =
        duty.from().days() <= day.days && (!duty.has_to() || duty.to().days() >= day.days);
    const bool role = std::any_of(roles.begin(), roles.end(), [&duty](types::v1::Role wanted) {
      return duty.role() == static_cast<uint32_t>(wanted);
    });
    if (duty.office() == office && now && role) holders.push_back(&duty);
  }
  return holders.empty() ? nullptr : holders[nth % holders.size()];
}

bool Published::EverHeld(const std::string& staff, const std::string& office,
                         std::initializer_list<types::v1::Role> roles) const {
  return std::any_of(duties.begin(), duties.end(), [&](const auto& entry) {
    const rv1::DutyFacts& duty = entry.second;
    return duty.staff_id() == staff && duty.office() == office &&
           std::any_of(roles.begin(), roles.end(), [&duty](types::v1::Role wanted) {
             return duty.role() == static_cast<uint32_t>(wanted);
           });
  });
}

}  // namespace twinline::simulation
