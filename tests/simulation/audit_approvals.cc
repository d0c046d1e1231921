// I6 and the deadlines of approvals: one open business per child, each step decided once, in order,
// by somebody of the office whose step it is and never by who entered the business or decided
// another step of it; "no action by X" once per deadline and never before its end.
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
namespace tv1 = transfer::v1;
using namespace types::v1;  // role names

bool IsLocked(const std::string& state) {
  return state == "OPEN" || state == "APPROVED" || state == "NEEDS_ATTENTION";
}

class ApprovalCheck final : public Check {
 public:
  explicit ApprovalCheck(Findings* findings) : findings_(findings) {}

  void OnEvent(const EventAt& at, const Published& before) override {
    const auto done = [&](const auto& event) { registry_did_[event.business_id()] = true; };
    if (at.shard == kRegistry) {
      On<rv1::RegistrationMoved>(at, done) || On<rv1::RegistrationStatusChanged>(at, done) ||
          On<rv1::MoveRefused>(
              at, [&](const auto& event) { registry_did_[event.business_id()] = false; });
      return;
    }
    if (at.shard != kTransfer) return;
    On<tv1::BusinessOpened>(at, [&](const auto& event) { Opened(at, event, before); }) ||
        On<tv1::StepDecided>(at, [&](const auto& event) { Decided(at, event, before); }) ||
        On<tv1::RefusalOverridden>(at, [&](const auto& event) { Overridden(at, event, before); }) ||
        On<tv1::BusinessApproved>(at, [&](const auto& event) { Approved(at, event.business()); }) ||
        On<tv1::BusinessWithdrawn>(at, [&](const auto& event) { Withdrawn(at, event, before); }) ||
        On<tv1::BusinessCompleted>(
            at, [&](const auto& event) { Ended(at, event.business(), before, true); }) ||
        On<tv1::BusinessNeedsAttention>(
            at, [&](const auto& event) { Ended(at, event.business(), before, false); }) ||
        On<tv1::StepOverdue>(at, [&](const auto& event) { Overdue(at, event, before); }) ||
        On<tv1::BusinessLongOverdue>(at, [&](const auto& event) { LongOverdue(at, event); });
    On<tv1::ClassRunApproved>(at, [&](const auto& event) { RunApproved(at, event.run(), before); });
    On<tv1::ClassBusinessApproved>(
        at, [&](const auto& event) { ClassLock(at, event.business(), before, true); });
    On<tv1::ClassBusinessCompleted>(
        at, [&](const auto& event) { ClassLock(at, event.business(), before, false); });
    ForBusiness(at, [&](const tv1::BusinessFacts& facts) { Lock(at, facts); });
  }

  void AtRest(const Published& now, base::Timestamp clock) override {
    for (const auto& [id, run] : now.class_runs) {
      if (run.state() == "RUNNING") findings_->Add("R-29: a class run stands still");
      if (run.started() != run.ended()) findings_->Add("R-59: a class business has no answer");
    }
    for (const auto& [id, facts] : now.businesses) {
      const std::string name = "business " + base::ToHex(id);
      if (facts.state() == "APPROVED") findings_->Add(name + " is approved and nothing follows");
      if (facts.state() != "OPEN") continue;
      const tv1::Step& step = facts.steps(static_cast<int>(facts.step()));
      if (!step.overdue() && EndOf(step.deadline()) <= clock) {
        findings_->Add("I8: " + name + ": nobody acted in time and nothing says so");
      }
      if (!long_overdue_.contains(id) &&
          base::EndOfDay(base::CivilDay{long_overdue_day_[id]}) <= clock) {
        findings_->Add("I8: " + name + " is open for 40 working days and nothing says so");
      }
    }
  }

 private:
  void Add(const EventAt& at, const std::string& what) { findings_->Add(at.Text() + ": " + what); }
  static base::Timestamp EndOf(const Deadline& deadline) {
    return base::EndOfDay(base::CivilDay{deadline.due().days()});
  }

  // One open business per child, whatever it is about (T01).
  void Lock(const EventAt& at, const tv1::BusinessFacts& facts) {
    std::string& holder = lock_[facts.child_id()];
    if (IsLocked(facts.state())) {
      if (!holder.empty() && holder != facts.business_id())
        Add(at, "T01: two open businesses of one child");
      holder = facts.business_id();
    } else if (holder == facts.business_id()) {
      holder.clear();
    }
  }

  // Two persons, one plan (N14).
  void RunApproved(const EventAt& at, const tv1::ClassRunFacts& run, const Published& before) {
    const auto planned = before.class_runs.find(run.run_id());
    if (planned == before.class_runs.end() || planned->second.state() != "PLANNED" ||
        planned->second.digest() != run.digest()) {
      Add(at, "N14: a class run is approved that nobody planned");
      return;
    }
    if (planned->second.planned_by() == at.commit->actor().subject()) {
      Add(at, "I6: the same person plans and approves a class run");
    }
  }

  // The same lock as for a business of one child (R-59, T01).
  void ClassLock(const EventAt& at, const tv1::ClassBusinessFacts& facts, const Published& before,
                 bool take) {
    const auto run = before.class_runs.find(facts.run_id());
    if (take && (run == before.class_runs.end() || run->second.state() != "RUNNING")) {
      Add(at, "R-59: a class business of a run that does not run");
    }
    for (const tv1::ClassMember& member : facts.members()) {
      std::string& holder = lock_[member.child_id()];
      if (take && !holder.empty()) Add(at, "T01: a class takes a child with an open business");
      if (!take && holder != facts.business_id()) Add(at, "T01: a class frees what it never held");
      holder = take ? facts.business_id() : std::string();
    }
  }

  void Opened(const EventAt& at, const tv1::BusinessOpened& event, const Published& before) {
    const tv1::BusinessFacts& facts = event.business();
    if (before.businesses.contains(facts.business_id())) Add(at, "a business is opened twice");
    const auto child = before.children.find(facts.registration_id());
    if (child == before.children.end() || child->second.child_id() != facts.child_id()) {
      Add(at, "a business about a child that the registry does not have");
    }
    if (facts.state() != "OPEN" || facts.step() != 0 || facts.steps().empty() ||
        !facts.steps(0).has_deadline()) {
      Add(at, "a business opens without a first step that is on the clock");
    }
    for (const tv1::Step& step : facts.steps()) {
      if (!absl::StrContains(step.office(), ':') || absl::EndsWith(step.office(), ":")) {
        Add(at, "a step that is nobody's");
      }
    }
    opener_[facts.business_id()] = at.commit->actor().subject();
    long_overdue_day_[facts.business_id()] = event.long_overdue_day().days();
  }

  static bool MayDecide(const tv1::Step& step, const std::string& staff, const std::string& office,
                        const Published& before) {
    if (step.kind() == "PULL_FILE") return before.EverHeld(staff, office, {ROLE_REGISTRAR});
    if (absl::StartsWith(office, "school:"))
      return before.EverHeld(staff, office, {ROLE_PRINCIPAL});
    if (absl::StartsWith(office, "bureau:")) {
      return before.EverHeld(staff, office, {ROLE_BUREAU_OFFICIAL, ROLE_BUREAU_DIRECTOR});
    }
    return before.EverHeld(staff, office, {ROLE_TOWNSHIP_OFFICIAL, ROLE_TOWNSHIP_HEAD});
  }

  void Decided(const EventAt& at, const tv1::StepDecided& event, const Published& before) {
    const tv1::BusinessFacts& after = event.business();
    const auto known = before.businesses.find(after.business_id());
    if (known == before.businesses.end() || known->second.state() != "OPEN" ||
        known->second.step() != event.step() ||
        event.step() >= static_cast<uint32_t>(known->second.steps_size())) {
      Add(at, "I6: a step is decided that is not the current one of an open business");
      return;
    }
    const tv1::Step& step = known->second.steps(static_cast<int>(event.step()));
    if (!step.outcome().empty()) Add(at, "I6: a step is decided twice");
    const std::string& staff = at.commit->actor().subject();
    const std::string& office = at.commit->actor().office();
    if (office != step.office() && (step.or_office().empty() || office != step.or_office())) {
      Add(at, "I6: a step of " + step.office() + " is decided at " + office);
    }
    if (!MayDecide(step, staff, office, before))
      Add(at, "I6: decided by somebody without the duty");
    if (step.kind() != "PULL_FILE" && staff == opener_[after.business_id()]) {
      Add(at, "I6: entered and decided by the same person");
    }
    if (!deciders_[after.business_id()].insert(staff).second && step.kind() != "PULL_FILE") {
      Add(at, "I6: two steps decided by the same person");
    }
    const tv1::Step& decided = after.steps(static_cast<int>(event.step()));
    if (decided.by() != staff || decided.outcome() != event.outcome()) {
      Add(at, "I6: the step does not say who decided it");
    }
    const bool refused = event.outcome() == "REFUSED";
    if (refused && (event.reason_code().empty() || after.state() != "REFUSED")) {
      Add(at, "a refusal without a reason or without an end");
    }
  }

  void Overridden(const EventAt& at, const tv1::RefusalOverridden& event, const Published& before) {
    const auto known = before.businesses.find(event.business().business_id());
    if (known == before.businesses.end() || known->second.state() != "REFUSED" ||
        !absl::StartsWith(at.commit->actor().office(), "bureau:")) {
      Add(at, "T03: an override of what was not refused, or not by the bureau");
    }
    deciders_[event.business().business_id()].insert(at.commit->actor().subject());
  }

  void Approved(const EventAt& at, const tv1::BusinessFacts& facts) {
    for (const tv1::Step& step : facts.steps()) {
      if (step.outcome() != "DONE") Add(at, "I6: approved with an open step");
    }
  }

  void Withdrawn(const EventAt& at, const tv1::BusinessWithdrawn& event, const Published& before) {
    const auto known = before.businesses.find(event.business().business_id());
    if (known == before.businesses.end() || !IsLocked(known->second.state()) ||
        known->second.state() == "APPROVED") {
      Add(at, "withdrawn although it was not open");
    }
    // Its school was merged into the one where the child is already (T14): by reaction, not by
    // people.
    const bool merged = event.reason() == "SCHOOL_MERGED" && at.commit->has_cause() &&
                        event.business().to_school_code() == event.business().from_school_code();
    if (!merged && at.commit->actor().office() != event.business().opened_by_office()) {
      Add(at, "withdrawn by another office");
    }
  }

  void Ended(const EventAt& at, const tv1::BusinessFacts& facts, const Published& before,
             bool done) {
    const auto known = before.businesses.find(facts.business_id());
    const auto answer = registry_did_.find(facts.business_id());
    if (known == before.businesses.end() || known->second.state() != "APPROVED" ||
        answer == registry_did_.end() || answer->second != done) {
      Add(at, "the business does not end as the registry answered");
    }
  }

  void Overdue(const EventAt& at, const tv1::StepOverdue& event, const Published& before) {
    const auto known = before.businesses.find(event.business().business_id());
    if (known == before.businesses.end() || known->second.state() != "OPEN" ||
        known->second.step() != event.step()) {
      Add(at, "I8: overdue, but it is nobody's turn");
      return;
    }
    const Deadline& deadline = known->second.steps(static_cast<int>(event.step())).deadline();
    if (event.fired_at_us() < EndOf(deadline).us || at.recorded() < EndOf(deadline)) {
      Add(at, "I8: overdue before the deadline's end");
    }
    const std::string once = absl::StrCat(base::ToHex(event.business().business_id()), "/",
                                          event.step(), "/", deadline.generation());
    if (!overdue_.insert(once).second) Add(at, "I8: overdue twice");
    if (event.escalated_to().empty()) Add(at, "I8: overdue and nobody is told");
  }

  void LongOverdue(const EventAt& at, const tv1::BusinessLongOverdue& event) {
    const std::string& id = event.business().business_id();
    if (at.recorded() < base::EndOfDay(base::CivilDay{long_overdue_day_[id]})) {
      Add(at, "I8: long overdue too early");
    }
    if (!long_overdue_.insert(id).second) Add(at, "I8: long overdue twice");
  }

  Findings* findings_;
  std::map<std::string, std::string> lock_;                // child -> business
  std::map<std::string, std::string> opener_;              // business -> person
  std::map<std::string, std::set<std::string>> deciders_;  // business -> persons
  std::map<std::string, int32_t> long_overdue_day_;
  std::map<std::string, bool> registry_did_;
  std::set<std::string> overdue_;
  std::set<std::string> long_overdue_;
};

}  // namespace

std::unique_ptr<Check> MakeApprovalCheck(Findings* findings) {
  return std::make_unique<ApprovalCheck>(findings);
}

}  // namespace twinline::simulation
