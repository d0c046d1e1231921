// I7 and I8 of cases: an open case has an office, a task and a deadline on each line, and closes
// only with the signatures of both lines or a recorded override; each missed deadline is recorded
// once, never before its end, and the line goes one office higher by it.
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "platform/base/civil.h"
#include "platform/base/hash.h"
#include "tests/simulation/auditor.h"

namespace twinline::simulation {
namespace {

namespace rv1 = registry::v1;
namespace cv1 = accountability::v1;
using namespace types::v1;  // lines and roles

base::Timestamp EndOf(const Deadline& deadline) {
  return base::EndOfDay(base::CivilDay{deadline.due().days()});
}

const cv1::Duties& LineOf(const cv1::CaseFacts& facts, Line line) {
  return line == LINE_GOVERNMENT ? facts.government() : facts.education();
}

// From which answered state a case may close how.
const std::map<std::string, std::string>& Endings() {
  static const std::map<std::string, std::string> table{
      {"RETURNED", "CLOSED_RETURN"},
      {"TRANSFERRED", "CLOSED_TRANSFER"},
      {"PLACED", "CLOSED_PLACED"},
      {"END_PROPOSED", "CLOSED_END"},
      {"FALSE_ALARM_PROPOSED", "CLOSED_FALSE_ALARM"}};
  return table;
}

class CaseCheck final : public Check {
 public:
  explicit CaseCheck(Findings* findings) : findings_(findings) {}

  void OnCommit(const EventAt& at) override { missed_here_.clear(); }

  void OnEvent(const EventAt& at, const Published& before) override {
    if (at.shard != kAccountability) return;
    ForCase(at, [&](const cv1::CaseFacts& facts) { OneCase(at, facts, before); });
    On<cv1::FalseAlarmProposed>(at,
                                [&](const auto& event) {
                                  proposer_[event.case_facts().case_id()] = event.proposed_by();
                                }) ||
        On<cv1::LineSigned>(at, [&](const auto& event) { Signed(at, event, before); }) ||
        On<cv1::CaseClosed>(at, [&](const auto& event) { Closed(at, event, before); }) ||
        On<cv1::DeadlineMissed>(at, [&](const auto& event) { Missed(at, event, before); }) ||
        On<cv1::Escalated>(at, [&](const auto& event) { Escalated(at, event, before); }) ||
        On<cv1::TaskOpened>(at, [&](const auto& event) { TaskSeen(at, event.task(), before); }) ||
        On<cv1::TaskEnded>(at, [&](const auto& event) { TaskSeen(at, event.task(), before); }) ||
        On<cv1::TaskMissed>(at, [&](const auto& event) { TaskMissed(at, event, before); }) ||
        On<cv1::AlertOffered>(at, [&](const auto& event) {
          if (!alerts_.insert(event.alert_id()).second) Add(at, "an alert is offered twice");
          if (event.office().empty()) Add(at, "an alert to nobody");
        });
  }

  void AtRest(const Published& now, base::Timestamp clock) override {
    for (const auto& [id, facts] : now.cases) {
      if (IsClosedCase(facts)) continue;
      const std::string name = "case " + base::ToHex(id) + " (" + facts.state() + ")";
      for (const cv1::Duties* line : {&facts.government(), &facts.education()}) {
        if (line->outcome().empty() && !line->overdue() && EndOf(line->deadline()) <= clock) {
          findings_->Add("I8: " + name + ": " + line->office() + " missed " + line->task() +
                         " and nothing says so");
        }
      }
      if (facts.has_confirm_due() &&
          base::StartOfDay(base::CivilDay{facts.confirm_due().days()}) <= clock) {
        findings_->Add("I8: " + name + ": the bureau was not asked to confirm");
      }
    }
    for (const auto& [id, task] : now.tasks) {
      if (task.state() == "OPEN" && task.has_deadline() && !task.overdue() &&
          EndOf(task.deadline()) <= clock) {
        findings_->Add("I8: task " + base::ToHex(id) + " of " + task.office() +
                       " is late and nothing says so");
      }
    }
  }

 private:
  void Add(const EventAt& at, const std::string& what) { findings_->Add(at.Text() + ": " + what); }

  void OneCase(const EventAt& at, const cv1::CaseFacts& facts, const Published& before) {
    const auto known = before.cases.find(facts.case_id());
    const bool opens = at.event->type() == base::EventType<cv1::CaseOpened>();
    if (opens != (known == before.cases.end())) Add(at, "a case is opened twice, or never");
    if (known != before.cases.end() && facts.version() != known->second.version() + 1) {
      Add(at, "a case skips a version");
    }
    std::string& open = open_case_[facts.child_id()];
    if (!IsClosedCase(facts)) {
      if (!open.empty() && open != facts.case_id()) Add(at, "two open cases of one child");
      open = facts.case_id();
      for (const cv1::Duties* line : {&facts.government(), &facts.education()}) {
        OpenLine(at, *line);
      }
    } else if (open == facts.case_id()) {
      open.clear();
    }
    for (const Line line : {LINE_GOVERNMENT, LINE_EDUCATION}) {
      const cv1::Duties& now = LineOf(facts, line);
      if (now.outcome().empty()) signed_.erase({facts.case_id(), line});
      if (known == before.cases.end()) continue;
      const cv1::Duties& then = LineOf(known->second, line);
      if (now.deadline().generation() < then.deadline().generation()) {
        Add(at, "the generation of a deadline goes back");
      }
      const bool moved = now.deadline().due().days() != then.deadline().due().days();
      if (moved && now.deadline().generation() == then.deadline().generation()) {
        Add(at, "a deadline moves without a new generation");
      }
    }
    StateChange(at, facts, known == before.cases.end() ? nullptr : &known->second);
  }

  void OpenLine(const EventAt& at, const cv1::Duties& line) {
    const std::string name = line.line() == LINE_GOVERNMENT ? "government" : "education";
    if (line.office().empty() || absl::EndsWith(line.office(), ":")) {
      Add(at, "I7: no office on the " + name + " line");
    }
    if (line.task().empty() || !line.has_deadline() || line.deadline().due().days() == 0) {
      Add(at, "I7: no deadline on the " + name + " line");
    }
    const Deadline& deadline = line.deadline();
    if (deadline.due().days() <
        deadline.start().days() + static_cast<int>(deadline.working_days())) {
      Add(at, "a deadline of " + std::to_string(deadline.working_days()) +
                  " working days is too short");
    }
  }

  // A case leaves the open states only by CaseClosed, and the closed ones only by CaseReopened.
  void StateChange(const EventAt& at, const cv1::CaseFacts& facts, const cv1::CaseFacts* before) {
    const bool was_closed = before != nullptr && IsClosedCase(*before);
    const uint32_t type = at.event->type();
    if (IsClosedCase(facts) != (was_closed ? type != base::EventType<cv1::CaseReopened>()
                                           : type == base::EventType<cv1::CaseClosed>())) {
      Add(at, "I7: the case closes or opens by another event");
    }
  }

  void Signed(const EventAt& at, const cv1::LineSigned& event, const Published& before) {
    const cv1::CaseFacts& facts = event.case_facts();
    const std::string& staff = at.commit->actor().subject();
    const std::string& office = at.commit->actor().office();
    const bool holds =
        event.line() == LINE_GOVERNMENT
            ? office == "township:" + facts.township() &&
                  before.EverHeld(staff, office, {ROLE_TOWNSHIP_OFFICIAL, ROLE_TOWNSHIP_HEAD})
            : (office == "school:" + facts.school_code() || absl::StartsWith(office, "bureau:")) &&
                  before.EverHeld(staff, office,
                                  {ROLE_PRINCIPAL, ROLE_BUREAU_OFFICIAL, ROLE_BUREAU_DIRECTOR});
    if (!holds) Add(at, "I7: signed at " + office + " by somebody who is not of that line");
    if (!signed_
             .emplace(std::pair(facts.case_id(), event.line()), std::pair(event.outcome(), staff))
             .second) {
      Add(at, "I7: a line signs twice");
    }
  }

  void Closed(const EventAt& at, const cv1::CaseClosed& event, const Published& before) {
    const cv1::CaseFacts& facts = event.case_facts();
    const auto known = before.cases.find(facts.case_id());
    if (known == before.cases.end()) return;
    if (event.override()) {
      const std::string& office = at.commit->actor().office();
      if (event.override_reason().ciphertext().empty() ||
          !before.EverHeld(at.commit->actor().subject(), office, {ROLE_BUREAU_DIRECTOR})) {
        Add(at, "I7: an override without a reason or not by the director");
      }
      return;
    }
    if (facts.state() == "CLOSED_MERGED") {
      if (at.commit->cause().journal() != "registry/0") Add(at, "I7: merged without the registry");
      return;
    }
    const auto ending = Endings().find(known->second.state());
    if (ending == Endings().end() || ending->second != facts.state()) {
      Add(at, "I7: closed as " + facts.state() + " from " + known->second.state());
    }
    const auto government = signed_.find({facts.case_id(), LINE_GOVERNMENT});
    const auto education = signed_.find({facts.case_id(), LINE_EDUCATION});
    if (government == signed_.end() || government->second.first != facts.state()) {
      Add(at, "I7: closed without the government line");
    }
    // A false alarm was proposed by the education line, or by a correction that its principal
    // signed.
    if (facts.state() == "CLOSED_FALSE_ALARM") {
      const auto proposer = proposer_.find(facts.case_id());
      if (proposer == proposer_.end() ||
          (government != signed_.end() && proposer->second == government->second.second)) {
        Add(at, "I7: a false alarm that nobody proposed, or signed by its proposer");
      }
      return;
    }
    if (education == signed_.end() || education->second.first != facts.state()) {
      Add(at, "I7: closed without the education line");
    } else if (government != signed_.end() &&
               government->second.second == education->second.second) {
      Add(at, "I7: the same person signed for both lines");
    }
    if (facts.state() == "CLOSED_RETURN" && !facts.probation_passed()) {
      Add(at, "K-4: closed before the probation was over");
    }
  }

  void Missed(const EventAt& at, const cv1::DeadlineMissed& event, const Published& before) {
    const auto known = before.cases.find(event.case_facts().case_id());
    if (known == before.cases.end()) return;
    const cv1::Duties& line = LineOf(known->second, event.line());
    if (IsClosedCase(known->second) || !line.outcome().empty() || line.overdue() ||
        line.office() != event.office() || line.task() != event.task() ||
        line.deadline().SerializeAsString() != event.deadline().SerializeAsString()) {
      Add(at, "I8: another deadline is missed than the one that was running");
    }
    if (event.fired_at_us() < EndOf(line.deadline()).us || at.recorded() < EndOf(line.deadline())) {
      Add(at, "I8: missed before its end");
    }
    const std::string once =
        absl::StrCat(base::ToHex(known->first), "/", static_cast<int>(event.line()), "/",
                     line.deadline().generation());
    if (!missed_.insert(once).second) Add(at, "I8: missed twice");
    missed_here_[{known->first, event.line()}] = event.office();
  }

  void Escalated(const EventAt& at, const cv1::Escalated& event, const Published& before) {
    const cv1::CaseFacts& facts = event.case_facts();
    const cv1::Duties& now = LineOf(facts, event.line());
    const auto missed = missed_here_.find({facts.case_id(), event.line()});
    if (missed == missed_here_.end() || missed->second != event.from_office()) {
      Add(at, "I8: escalated without a missed deadline");
    }
    const auto known = before.cases.find(facts.case_id());
    if (known == before.cases.end()) return;
    const cv1::Duties& then = LineOf(known->second, event.line());
    if (now.rung() <= then.rung() || now.office() != event.to_office() ||
        event.to_office() == event.from_office()) {
      Add(at, "I8: escalated, but not to a higher office");
    }
    // A new office has its days from now.
    if (now.deadline().start().days() != base::DayOf(at.recorded()).days || now.overdue() ||
        now.deadline().generation() != then.deadline().generation() + 1) {
      Add(at, "I8: the higher office has no clock of its own");
    }
    missed_here_.erase({facts.case_id(), event.line()});
  }

  void TaskSeen(const EventAt& at, const cv1::TaskFacts& task, const Published& before) {
    const auto known = before.tasks.find(task.task_id());
    const bool opens = at.event->type() == base::EventType<cv1::TaskOpened>();
    if (opens != (known == before.tasks.end())) Add(at, "a task is opened twice, or never");
    if (!opens && known != before.tasks.end() && known->second.state() != "OPEN") {
      Add(at, "a task ends twice");
    }
  }

  void TaskMissed(const EventAt& at, const cv1::TaskMissed& event, const Published& before) {
    const auto known = before.tasks.find(event.task().task_id());
    if (known == before.tasks.end() || known->second.state() != "OPEN" || known->second.overdue()) {
      Add(at, "I8: a task is missed that is not running");
    } else if (at.recorded() < EndOf(known->second.deadline())) {
      Add(at, "I8: a task is missed before its end");
    }
  }

  Findings* findings_;
  std::map<std::string, std::string> open_case_;  // child -> case
  // Case and line -> outcome and person, since the line was last without an outcome.
  std::map<std::pair<std::string, Line>, std::pair<std::string, std::string>> signed_;
  std::map<std::string, std::string>
      proposer_;  // case -> who said false alarm; empty: a correction
  std::set<std::string> missed_;
  std::map<std::pair<std::string, Line>, std::string> missed_here_;  // in this commit
  std::set<std::string> alerts_;
};

}  // namespace

std::unique_ptr<Check> MakeCaseCheck(Findings* findings) {
  return std::make_unique<CaseCheck>(findings);
}

}  // namespace twinline::simulation
