// What is done about approvals: transfers between schools, changes of status, steps decided by the
// right person and by the wrong one, withdrawals and overrides.
#include "absl/strings/match.h"
#include "tests/simulation/officers.h"
#include "twinline/transfer/v1/transfer_commands.pb.h"

namespace twinline::simulation {

namespace rv1 = registry::v1;
namespace tv1 = transfer::v1;
using namespace types::v1;  // role names

void Officers::OpenTransfer() {
  const rv1::ChildFacts* child = Any(published_->children);
  if (child == nullptr) return;
  const auto apply = [&] {
    const rv1::ClassFacts* place = Any(published_->classes);
    tv1::OpenBusiness command;
    command.set_kind("TRANSFER");
    command.set_child_id(child->child_id());
    command.set_registration_id(child->registration_id());
    command.set_to_school_code(place->school_code());
    if (Chance(600) && place->grade() == child->grade()) command.set_to_class_id(place->class_id());
    command.set_grade(child->grade());
    command.set_ground("RESIDENCE_MOVED");
    // The sending school may not start it (T02).
    const std::string office =
        "school:" + (Chance(busy_.wrong) ? child->school_code() : place->school_code());
    command.set_office(office);
    Ask(kTransfer, command, Holder(office, {ROLE_REGISTRAR}));
  };
  apply();
  if (Chance(300)) apply();  // two schools race for one child (T01)
}

void Officers::OpenStatusChange() {
  const rv1::ChildFacts* child = Any(published_->children);
  if (child == nullptr) return;
  tv1::OpenBusiness command;
  static constexpr const char* kKinds[] = {"SUSPENSION", "SUSPENSION",    "DROPOUT_KEPT",
                                           "ABROAD",     "HOME_TEACHING", "DEATH"};
  command.set_kind(kKinds[prng_->Below(6)]);
  if (child->status() == "SUSPENDED" || child->status() == "DROPOUT")
    command.set_kind("RESUMPTION");
  command.set_child_id(child->child_id());
  command.set_registration_id(child->registration_id());
  command.mutable_effective()->set_days(today_.days);
  if (command.kind() == "SUSPENSION") {
    command.mutable_suspended_until()->set_days(
        (today_ + 10 + static_cast<int>(prng_->Below(60))).days);
    tv1::Evidence* diagnosis = command.add_evidence();
    diagnosis->set_kind("DIAGNOSIS");
    diagnosis->set_hospital_level(Chance(700) ? "COUNTY_OR_HIGHER" : "BELOW_COUNTY");
  }
  if (command.kind() == "DEATH" && Chance(700)) command.add_evidence()->set_kind("DEATH_PROOF");
  const std::string office = "school:" + child->school_code();
  command.set_office(office);
  Ask(kTransfer, command, Holder(office, {ROLE_REGISTRAR}));
}

const rv1::DutyFacts* Officers::Decider(const tv1::Step& step) {
  const std::string& office =
      !step.or_office().empty() && Chance(500) ? step.or_office() : step.office();
  if (absl::StartsWith(office, "school:")) return Holder(office, {ROLE_PRINCIPAL});
  if (absl::StartsWith(office, "bureau:")) {
    return Holder(office, {ROLE_BUREAU_OFFICIAL, ROLE_BUREAU_DIRECTOR});
  }
  return Holder(office, {ROLE_TOWNSHIP_OFFICIAL, ROLE_TOWNSHIP_HEAD});
}

void Officers::Decide(const tv1::BusinessFacts& facts, const Duty* person, bool refuse,
                      uint32_t step) {
  if (person == nullptr) return;
  tv1::DecideStep command;
  command.set_business_id(facts.business_id());
  command.set_office(person->office());
  command.set_role(person->role());
  command.set_step(step);
  command.set_outcome(refuse ? "REFUSED" : "DONE");
  if (refuse) command.set_reason_code("NO_SEAT");
  Ask(kTransfer, command, person);
}

void Officers::DecideStep() {
  const tv1::BusinessFacts* facts = AnyOf(
      published_->businesses, [](const auto& business) { return business.state() == "OPEN"; });
  if (facts == nullptr) return;
  const tv1::Step& step = facts->steps(static_cast<int>(facts->step()));
  const Duty* person = Chance(busy_.wrong) ? Anybody() : Decider(step);
  // Who read an old page decides a step that was decided meanwhile.
  const uint32_t seen = facts->step() > 0 && Chance(30) ? facts->step() - 1 : facts->step();
  Decide(*facts, person, Chance(busy_.refuse), seen);
}

void Officers::EndBusiness() {
  const tv1::BusinessFacts* facts = AnyOf(published_->businesses, [this](const auto& business) {
    return business.state() != "COMPLETED" || Chance(10);
  });
  if (facts == nullptr) return;
  if (facts->state() == "REFUSED") {
    tv1::OverrideRefusal command;
    command.set_business_id(facts->business_id());
    const auto school = published_->schools.find(facts->to_school_code());
    if (school == published_->schools.end()) return;
    command.set_office("bureau:" + school->second.county());
    *command.mutable_reason() = SealedText("划片内学生");
    Ask(kTransfer, command, Holder(command.office(), {ROLE_BUREAU_OFFICIAL}));
    return;
  }
  tv1::WithdrawBusiness command;
  command.set_business_id(facts->business_id());
  command.set_reason("家长撤回");
  const Duty* person = Chance(busy_.wrong)
                           ? Anybody()
                           : Holder(facts->opened_by_office(), {ROLE_REGISTRAR, ROLE_PRINCIPAL});
  if (person == nullptr) return;
  command.set_office(person->office());
  Ask(kTransfer, command, person);
}

// A promotion or a merger: one person of the bureau looks and asks, another one, who saw the
// same plan, approves; sometimes the wrong one, too late, or both.
void Officers::RunClasses() {
  const std::string office = "bureau:411282";
  const auto roles = {ROLE_BUREAU_OFFICIAL, ROLE_BUREAU_DIRECTOR};
  const tv1::ClassRunFacts* open =
      AnyOf(published_->class_runs, [](const auto& run) { return run.state() == "PLANNED"; });
  if (open == nullptr) {
    if (!dry_run_ || !Chance(500)) return;
    tv1::StartClassRun command;
    command.set_kind(Chance(900) ? "PROMOTION" : "MERGER");
    command.set_school_year(2026);
    command.set_office(office);
    // One school at a time mostly: what changes between the look and the answer spoils the plan.
    static constexpr std::string_view kSchools[] = {kPrimary, kPrimaryB, kJunior};
    if (Chance(700)) command.set_school_code(std::string(kSchools[prng_->Below(3)]));
    if (command.kind() == "MERGER") {
      command.set_school_code(std::string(kPrimaryB));
      command.set_successor_code(std::string(kPrimary));
    }
    command.set_digest(Chance(busy_.wrong) ? "" : dry_run_(command));
    Ask(kTransfer, command, Holder(office, roles));
    return;
  }
  if (Chance(150)) {
    tv1::CancelClassRun command;
    command.set_run_id(open->run_id());
    command.set_office(office);
    Ask(kTransfer, command, Holder(office, roles));
    return;
  }
  tv1::ApproveClassRun command;
  command.set_run_id(open->run_id());
  command.set_digest(open->digest());
  command.set_office(office);
  Ask(kTransfer, command, Holder(office, roles));
}

size_t Officers::FinishBusinesses(base::Timestamp now) {
  now_ = now;
  today_ = base::DayOf(now);
  size_t asked = 0;
  for (const auto& [id, facts] : published_->businesses) {
    if (facts.state() != "OPEN") continue;
    const Duty* person = Decider(facts.steps(static_cast<int>(facts.step())));
    if (person == nullptr) continue;
    Decide(facts, person, /*refuse=*/false, facts.step());
    ++asked;
  }
  return asked;
}

void Officers::ProbeLocks(base::Timestamp now) {
  now_ = now;
  today_ = base::DayOf(now);
  probes_.clear();
  for (const auto& [id, child] : published_->children) {
    tv1::OpenBusiness command;
    command.set_kind("SUSPENSION");  // without a date: refused in any case
    command.set_child_id(child.child_id());
    command.set_registration_id(id);
    command.set_office("school:" + child.school_code());
    const bool locked =
        AnyOf(published_->businesses, [&child](const auto& business) {
          return business.child_id() == child.child_id() &&
                 (business.state() == "OPEN" || business.state() == "NEEDS_ATTENTION");
        }) != nullptr;
    Request* request = Ask(kTransfer, command, Anybody());
    if (request != nullptr) probes_.emplace_back(request, locked);
  }
}

void Officers::JudgeLocks(Findings* findings) const {
  for (const auto& [request, locked] : probes_) {
    if (request->told != Told::kRefused || (request->refusal == "BUSINESS_IN_PROGRESS") != locked) {
      findings->Add("T01: a child " + std::string(locked ? "with" : "without") +
                    " an open business is answered " + request->refusal);
    }
  }
}

}  // namespace twinline::simulation
