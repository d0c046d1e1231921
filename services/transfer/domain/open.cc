#include "transfer/domain/open.h"

#include <algorithm>

#include "platform/calendar/adopted.h"
#include "transfer/domain/refusals.h"
#include "transfer/domain/rules.h"
#include "transfer/domain/transfer_domain.h"
#include "transfer/tables/tables.h"

namespace twinline::transfer {

using base::AsId;
using base::CivilDay;
using base::Context;
using base::Decision;
using base::Events;
using base::MakeEvent;
using base::Refusal;
using base::Rows;

namespace {

constexpr std::string_view kOut = "TRANSFER_OUT_PROVINCE";

bool IsTransfer(std::string_view kind) { return kind.starts_with("TRANSFER"); }

// Problems that block a transfer (2003) and nothing else (R-1.1, domain.md 1.11).
std::string BlockingProblems(const registry::v1::ChildFacts& facts) {
  static constexpr std::string_view kBlocking[] = {"ID_INVALID", "ID_DUPLICATE", "ID_MISMATCH",
                                                   "ID_CHANGED", "DUPLICATE_WITHOUT_ID"};
  std::string found;
  for (const std::string& problem : facts.problems()) {
    if (std::find(std::begin(kBlocking), std::end(kBlocking), problem) == std::end(kBlocking))
      continue;
    found += (found.empty() ? "" : ", ") + problem;
  }
  if (found.empty() && !facts.open_duplicate_task().empty()) found = "DUPLICATE";
  return found;
}

class Opener {
 public:
  Opener(const v1::OpenBusiness& command, const Rows& rows, const Context& context)
      : command_(command), rows_(rows), context_(context) {}

  Decision Run() {
    const auto child = base::Find<v1::ForeignChild>(rows_, AsId(command_.registration_id()));
    if (!child || child->facts().child_id() != command_.child_id()) return ChildUnknown();
    child_ = child->facts();
    if (auto refusal = CheckLock(rows_, command_.child_id())) return *refusal;
    const auto kind = Kind();
    rule_ = FindRule(kind);
    if (rule_ == nullptr) return KindUnknown(kind);
    if (auto refusal = IsTransfer(kind) ? CheckTransfer() : CheckStatusChange()) return *refusal;
    if (auto refusal = CheckStatusBefore()) return *refusal;
    if (auto refusal = CheckClass()) return *refusal;
    return Open(child->pos());
  }

 private:
  // What the application calls TRANSFER is one of three kinds, by where the present school is.
  std::string Kind() const {
    if (command_.kind() != "TRANSFER") return command_.kind();
    if (!command_.other_province().empty()) return "TRANSFER_CROSS_PROVINCE";
    return CountyOf(child_.school_code()) == CountyOf(command_.to_school_code())
               ? "TRANSFER_IN_COUNTY"
               : "TRANSFER_CROSS_COUNTY";
  }

  std::string CountyOf(const std::string& school_code) const {
    const auto school = base::Find<v1::ForeignSchool>(rows_, school_code);
    return school ? school->facts().county() : std::string();
  }

  std::optional<Refusal> CheckTransfer() {
    if (auto refusal = CheckReceivingSide()) return refusal;
    const base::YearMonthDay date = context_.today.ymd();
    // The national system stops new transfers from 15 July 00:00 to 14 August 24:00 (T07).
    if ((date.month == 7 && date.day >= 15) || (date.month == 8 && date.day <= 14)) {
      return FrozenSummer(CivilDay::FromYmd(date.year, 8, 15));
    }
    if (child_.status() == "SUSPENDED") {
      return WhileSuspended(CivilDay{child_.suspended_until().days()});
    }
    if (child_.has_sanction_until() && child_.sanction_until().days() >= context_.today.days) {
      return UnderSanction(CivilDay{child_.sanction_until().days()});
    }
    if (rule_->kind == kOut) {
      // Ground and grade are judged by the other province's book.
      if (command_.grade() != child_.grade()) warnings_.push_back("GRADE_DIFFERS_THERE");
    } else if (!IsTransferGround(command_.ground())) {
      return GroundMissing();
    } else if (command_.grade() != child_.grade()) {
      if (!(child_.special_education() && command_.committee_opinion() &&
            command_.grade() < child_.grade())) {
        return GradeDiffers(child_.grade(), command_.grade());
      }
      warnings_.push_back("LOWER_GRADE_SPECIAL_EDUCATION");
    }
    if (const std::string problems = BlockingProblems(child_); !problems.empty()) {
      return ProblemRecord(problems, child_.open_duplicate_task());
    }
    if (HasOpenCase()) warnings_.push_back("OPEN_DROPOUT_CASE");
    // Henan: normally within the first two months of a term; the province may narrow, so a flag
    // only.
    if (date.month != 9 && date.month != 10 && date.month != 2 && date.month != 3 &&
        date.month != 4) {
      warnings_.push_back("OUTSIDE_FIRST_TWO_MONTHS");
    }
    return std::nullopt;
  }

  std::optional<Refusal> CheckReceivingSide() const {
    const auto to = base::Find<v1::ForeignSchool>(rows_, command_.to_school_code());
    if (rule_->kind == kOut) {
      // A school there; one of ours would come by its own registrar.
      if (to || command_.to_school_code().empty()) return SchoolUnknown(command_.to_school_code());
      return std::nullopt;
    }
    if (!to || to->facts().closed() || !to->facts().successor_code().empty()) {
      return SchoolUnknown(command_.to_school_code());
    }
    // T02: only the receiving school, on the guardian's application.
    if (command_.office() != "school:" + command_.to_school_code()) return NotReceivingSide();
    const bool cross_province = !command_.other_province().empty();
    if (!cross_province && child_.school_code() == command_.to_school_code()) return SameSchool();
    return std::nullopt;
  }

  std::optional<Refusal> CheckStatusChange() {
    if (command_.office() != "school:" + child_.school_code())
      return NotYourStep("school:" + child_.school_code());
    if (!command_.has_effective() || command_.effective().days() == 0 ||
        command_.effective().days() > context_.today.days + 366) {
      return DateMissing();
    }
    if (command_.kind() == "SUSPENSION") return CheckSuspension();
    if (command_.kind() == "DEATH" && !HasEvidence("DEATH_PROOF")) {
      return EvidenceMissing("死亡证明", "the death certificate");
    }
    return std::nullopt;
  }

  std::optional<Refusal> CheckSuspension() {
    const int days = command_.suspended_until().days() - command_.effective().days();
    if (!command_.has_suspended_until() || days <= 0) {
      return SuspensionTerm("请填写休学结束日期，且须晚于开始日期。",
                            "Give the last day of the suspension, after its first.");
    }
    if (days > 366) {
      return SuspensionTerm("休学一次不超过一学年；到期可申请延期。",
                            "A suspension lasts at most one school year; it can be extended.");
    }
    // Flags against hiding a truant behind a suspension (domain.md 1.7); approvers see them.
    if (!HasEvidence("DIAGNOSIS")) warnings_.push_back("NO_HOSPITAL_DIAGNOSIS");
    for (const v1::Evidence& evidence : command_.evidence()) {
      if (evidence.kind() == "DIAGNOSIS" && evidence.hospital_level() != "COUNTY_OR_HIGHER") {
        warnings_.push_back("HOSPITAL_BELOW_COUNTY");
      }
    }
    if (days < 90) warnings_.push_back("SHORTER_THAN_THREE_MONTHS");
    if (HasOpenCase()) warnings_.push_back("OPEN_DROPOUT_CASE");
    const auto open_case = base::Find<v1::ForeignCase>(rows_, AsId(command_.child_id()));
    if (open_case && open_case->first_absent() != 0 &&
        command_.effective().days() >= open_case->first_absent() && HasOpenCase()) {
      warnings_.push_back("STARTS_INSIDE_ABSENCE");
    }
    return std::nullopt;
  }

  std::optional<Refusal> CheckStatusBefore() const {
    const bool extends = command_.kind() == "SUSPENSION" && command_.extension();
    if (extends ? child_.status() == "SUSPENDED" : StartsFrom(*rule_, child_.status())) {
      return std::nullopt;
    }
    return StatusNotAllowed(child_.status(), rule_->kind);
  }

  std::optional<Refusal> CheckClass() const {
    if (command_.to_class_id().empty()) return std::nullopt;
    const auto to_class = base::Find<v1::ForeignClassRow>(rows_, AsId(command_.to_class_id()));
    const std::string& school =
        IsTransfer(rule_->kind) ? command_.to_school_code() : child_.school_code();
    if (!to_class || to_class->facts().closed() || to_class->facts().school_code() != school ||
        (command_.grade() != 0 && to_class->facts().grade() != command_.grade())) {
      return ClassNotOfSchool();
    }
    return std::nullopt;
  }

  bool HasEvidence(std::string_view kind) const {
    return std::any_of(command_.evidence().begin(), command_.evidence().end(),
                       [&](const v1::Evidence& evidence) { return evidence.kind() == kind; });
  }

  bool HasOpenCase() const {
    const auto open_case = base::Find<v1::ForeignCase>(rows_, AsId(command_.child_id()));
    return open_case && !open_case->state().starts_with("CLOSED");
  }

  std::string OfficeOf(Party party, std::string* or_office) const {
    const bool transfer = IsTransfer(rule_->kind);
    switch (party) {
      case Party::kReceivingSchool:
        return "school:" + command_.to_school_code();
      case Party::kSendingSchool:
      case Party::kOwnSchool:
        return "school:" + child_.school_code();
      case Party::kReceivingBureau:
        return "bureau:" + CountyOf(transfer ? command_.to_school_code() : child_.school_code());
      case Party::kSendingBureau:
      case Party::kOwnBureau:
        return "bureau:" + CountyOf(child_.school_code());
      case Party::kTownshipOrBureau:
        if (!child_.hukou_township().empty()) *or_office = "township:" + child_.hukou_township();
        return "bureau:" + CountyOf(child_.school_code());
      case Party::kHub:
        return "hub:" + command_.other_province();
    }
    return {};
  }

  Decision Open(uint64_t registry_pos) {
    v1::BusinessOpened event;
    v1::BusinessFacts* facts = event.mutable_business();
    facts->set_business_id(context_.NewId("business").str());
    facts->set_kind(std::string(rule_->kind));
    facts->set_child_id(command_.child_id());
    facts->set_registration_id(command_.registration_id());
    const bool transfer = IsTransfer(rule_->kind);
    const bool cross_province = rule_->kind == "TRANSFER_CROSS_PROVINCE";
    facts->set_from_school_code(cross_province ? std::string() : child_.school_code());
    facts->set_to_school_code(transfer ? command_.to_school_code() : child_.school_code());
    facts->set_to_class_id(command_.to_class_id());
    facts->set_grade(command_.grade() != 0 ? command_.grade() : child_.grade());
    facts->set_status_after(std::string(rule_->status_after));
    facts->mutable_effective()->set_days(transfer ? context_.today.days
                                                  : command_.effective().days());
    if (command_.has_suspended_until())
      *facts->mutable_suspended_until() = command_.suspended_until();
    facts->set_state("OPEN");
    facts->set_version(1);
    facts->set_ground(command_.ground());
    facts->set_opened_by_office(command_.office());
    facts->mutable_opened_on()->set_days(context_.today.days);
    facts->set_other_province(command_.other_province());
    facts->set_hub_application_id(command_.hub_application_id());
    const calendar::WorkingCalendar calendar = LoadCalendar(rows_);
    for (const StepRule& step_rule : rule_->steps) {
      v1::Step* step = facts->add_steps();
      step->set_kind(std::string(step_rule.kind));
      std::string or_office;
      step->set_office(OfficeOf(step_rule.party, &or_office));
      step->set_or_office(or_office);
    }
    *facts->mutable_steps(0)->mutable_deadline() =
        calendar::MakeDeadline(calendar, context_.today, kStepWorkingDays, kRulesVersion);
    *event.mutable_evidence() = command_.evidence();
    *event.mutable_applicant() = command_.applicant();
    *event.mutable_remark() = command_.remark();
    *event.mutable_student_number() = command_.student_number();
    event.set_based_on_registry_pos(registry_pos);
    for (std::string& warning : warnings_) event.add_warnings(std::move(warning));
    event.mutable_long_overdue_day()->set_days(
        calendar.AddWorkingDays(context_.today, kLongOverdueWorkingDays).days);
    return Events{MakeEvent(event, context_.today)};
  }

  const v1::OpenBusiness& command_;
  const Rows& rows_;
  const Context& context_;
  registry::v1::ChildFacts child_;
  const BusinessRule* rule_ = nullptr;
  std::vector<std::string> warnings_;
};

}  // namespace

// Axis D: decided by this row and nothing else.
std::optional<Refusal> CheckLock(const Rows& rows, std::string_view child_id) {
  const auto open = base::Find<v1::OpenBusinessRow>(rows, AsId(child_id));
  if (!open) return std::nullopt;
  if (const auto own = base::Find<v1::BusinessRow>(rows, AsId(open->business_id()))) {
    return BusinessInProgress(own->facts().kind(), own->facts().opened_by_office(),
                              CivilDay{own->facts().opened_on().days()});
  }
  const auto of_class = base::Find<v1::ClassBusinessRow>(rows, AsId(open->business_id()));
  if (!of_class) return std::nullopt;
  const auto run = base::Find<v1::ClassRunRow>(rows, AsId(of_class->facts().run_id()));
  return BusinessInProgress(of_class->facts().action(), run ? run->facts().office() : "",
                            base::DayOf(base::Timestamp{run ? run->planned_us() : 0}));
}

Decision DecideOpen(const v1::OpenBusiness& command, const Rows& rows, const Context& context) {
  return Opener(command, rows, context).Run();
}

}  // namespace twinline::transfer
