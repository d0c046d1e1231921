#include "accountability/domain/evolve.h"
#include "accountability/tables/tables.h"
#include "platform/base/dispatch.h"

namespace twinline::accountability {

using base::AsId;
using base::EventContext;
using base::Rows;

namespace {

// What is special about one event: its timeline line, and rows beside the case.
struct Fold {
  const journal::v1::Event& event;
  const EventContext& context;
  Rows& rows;

  absl::Status Put(const v1::CaseFacts& facts, v1::TimelineRow line) const {
    return PutCase(facts, std::move(line), event, context, rows);
  }
};

v1::TimelineRow Line(const char* what, types::v1::Line line = types::v1::LINE_UNSPECIFIED) {
  v1::TimelineRow row;
  row.set_what(what);
  row.set_line(line);
  return row;
}

void AddText(v1::TimelineRow* line, const char* name, const types::v1::Sealed& sealed) {
  if (sealed.ciphertext().empty()) return;
  v1::SealedText* text = line->add_text();
  text->set_name(name);
  *text->mutable_sealed() = sealed;
}

// A case that goes through its own row once more after PutCase.
absl::Status Amend(const Fold& fold, const std::string& case_id,
                   void (*change)(v1::CaseRow*, const Fold&)) {
  auto row = base::Find<v1::CaseRow>(fold.rows, AsId(case_id));
  change(&*row, fold);
  base::Put(fold.rows, *row);
  return absl::OkStatus();
}

absl::Status Apply(const v1::CaseOpened& event, const Fold& fold) {
  v1::TimelineRow line = Line("OPENED");
  line.set_code(event.case_facts().ground());
  AddText(&line, "note", event.note());
  return fold.Put(event.case_facts(), std::move(line));
}

absl::Status Apply(const v1::CaseReopened& event, const Fold& fold) {
  v1::TimelineRow line = Line("REOPENED");
  line.set_code(event.case_facts().ground());
  AddText(&line, "note", event.note());
  absl::Status status = fold.Put(event.case_facts(), std::move(line));
  if (!status.ok()) return status;
  return Amend(fold, event.case_facts().case_id(), [](v1::CaseRow* row, const Fold& f) {
    row->set_opened_at_us(f.context.recorded.us);
    row->clear_false_alarm_by();
    row->clear_probation_day();
  });
}

absl::Status Apply(const v1::CaseChanged& event, const Fold& fold) {
  v1::TimelineRow line = Line(event.action().c_str(), event.line());
  AddText(&line, "note", event.note());
  AddText(&line, "reason_code", event.reason_code());
  *line.mutable_evidence() = event.evidence();
  line.set_entity_id(event.linked_case_id());
  line.set_code(event.case_facts().placement());
  absl::Status status = fold.Put(event.case_facts(), std::move(line));
  if (!status.ok() || event.action() != "PRESENT") return status;
  return Amend(fold, event.case_facts().case_id(), [](v1::CaseRow* row, const Fold& f) {
    row->set_probation_day(f.event.effective_date());
  });
}

absl::Status Apply(const v1::PersuasionRecorded& event, const Fold& fold) {
  v1::TimelineRow line = Line("PERSUADED", event.line());
  line.set_code(event.method());
  line.set_result(event.result());
  AddText(&line, "place", event.place());
  AddText(&line, "met", event.met());
  AddText(&line, "said", event.said());
  *line.mutable_evidence() = event.evidence();
  *line.mutable_sensitive() = event.sensitive();
  return fold.Put(event.case_facts(), std::move(line));
}

absl::Status Apply(const v1::DeadlineMissed& event, const Fold& fold) {
  v1::TimelineRow line = Line("MISSED", event.line());
  line.set_office(event.office());
  line.set_by(event.owner());  // who should have acted
  line.set_code(event.task());
  *line.mutable_deadline() = event.deadline();
  return fold.Put(event.case_facts(), std::move(line));
}

absl::Status Apply(const v1::Escalated& event, const Fold& fold) {
  v1::TimelineRow line = Line("ESCALATED", event.line());
  line.set_office(event.from_office());
  line.set_to_office(event.to_office());
  return fold.Put(event.case_facts(), std::move(line));
}

absl::Status Apply(const v1::CaseClosed& event, const Fold& fold) {
  v1::TimelineRow line = Line("CLOSED");
  line.set_code(event.outcome());
  line.set_result(event.override() ? "OVERRIDE" : "");
  AddText(&line, "reason", event.override_reason());
  return fold.Put(event.case_facts(), std::move(line));
}

absl::Status Apply(const v1::FalseAlarmProposed& event, const Fold& fold) {
  v1::TimelineRow line = Line("FALSE_ALARM_PROPOSED");
  line.set_code(event.cause());
  AddText(&line, "reason", event.reason());
  absl::Status status = fold.Put(event.case_facts(), std::move(line));
  if (!status.ok()) return status;
  return Amend(fold, event.case_facts().case_id(), [](v1::CaseRow* row, const Fold& f) {
    row->set_false_alarm_by(f.context.actor == nullptr ? std::string()
                                                       : f.context.actor->subject());
  });
}

absl::Status Apply(const v1::ProbationStarted& event, const Fold& fold) {
  absl::Status status = fold.Put(event.case_facts(), Line("PROBATION_STARTED"));
  if (!status.ok()) return status;
  return Amend(fold, event.case_facts().case_id(),
               [](v1::CaseRow* row, const Fold&) { row->clear_probation_day(); });
}

absl::Status Apply(const v1::ProbationEnded& event, const Fold& fold) {
  return fold.Put(event.case_facts(),
                  Line(event.passed() ? "PROBATION_PASSED" : "PROBATION_BROKEN"));
}

absl::Status Apply(const v1::LineSigned& event, const Fold& fold) {
  v1::TimelineRow line = Line("SIGNED", event.line());
  line.set_code(event.outcome());
  AddText(&line, "note", event.note());
  return fold.Put(event.case_facts(), std::move(line));
}

absl::Status Apply(const v1::CaseReassigned& event, const Fold& fold) {
  v1::TimelineRow line = Line("REASSIGNED");
  line.set_code(event.cause());
  return fold.Put(event.case_facts(), std::move(line));
}

absl::Status Apply(const v1::ResponsibilityDenied& event, const Fold& fold) {
  v1::TimelineRow line = Line("TOWNSHIP_DENIED", types::v1::LINE_GOVERNMENT);
  line.set_code(event.evidence_type());
  AddText(&line, "note", event.note());
  *line.mutable_evidence() = event.evidence();
  return fold.Put(event.case_facts(), std::move(line));
}

absl::Status Apply(const v1::TownshipDecided& event, const Fold& fold) {
  v1::TimelineRow line = Line("TOWNSHIP_DECIDED");
  line.set_code(event.township_before());
  line.set_to_office("township:" + event.case_facts().township());
  AddText(&line, "reason", event.reason());
  return fold.Put(event.case_facts(), std::move(line));
}

absl::Status Apply(const v1::CaseDeadlineMoved& event, const Fold& fold) {
  v1::TimelineRow line = Line("DEADLINE_MOVED", event.line());
  line.set_code(event.reason());
  *line.mutable_deadline() = event.before();
  return fold.Put(event.case_facts(), std::move(line));
}

absl::Status Apply(const v1::PaperIssued& event, const Fold& fold) {
  v1::PaperCounterRow counter;
  counter.set_issuer(event.issuer());
  counter.set_year(event.year());
  counter.set_kind(event.kind());
  const auto before =
      base::Find<v1::PaperCounterRow>(fold.rows, event.issuer(), event.year(), event.kind());
  if (event.number() != (before ? before->last() : 0) + 1)
    return absl::DataLossError("a paper number is skipped");
  counter.set_last(event.number());
  base::Put(fold.rows, counter);
  v1::PaperRow paper;
  paper.set_paper_id(event.paper_id());
  paper.set_case_id(event.case_facts().case_id());
  paper.set_child_id(event.case_facts().child_id());
  paper.set_kind(event.kind());
  paper.set_issuer(event.issuer());
  paper.set_year(event.year());
  paper.set_number(event.number());
  paper.set_title(event.title());
  paper.mutable_issued_on()->set_days(fold.event.effective_date());
  if (event.has_return_by()) *paper.mutable_return_by() = event.return_by();
  *paper.mutable_missing_steps() = event.missing_steps();
  paper.mutable_addressee()->set_name("addressee");
  *paper.mutable_addressee()->mutable_sealed() = event.addressee();
  base::Put(fold.rows, paper);
  v1::TimelineRow line = Line("PAPER_ISSUED", event.line());
  line.set_code(event.kind());
  line.set_result(event.title());
  line.set_entity_id(event.paper_id());
  return fold.Put(event.case_facts(), std::move(line));
}

absl::Status Apply(const v1::PaperServed& event, const Fold& fold) {
  auto paper = base::Find<v1::PaperRow>(fold.rows, AsId(event.paper_id()));
  if (!paper) return absl::DataLossError("an unknown paper was served");
  *paper->mutable_served_on() = event.served_on();
  paper->set_served_by_method(event.method());
  *paper->mutable_receipt() = event.evidence();
  base::Put(fold.rows, *paper);
  v1::TimelineRow line = Line("PAPER_SERVED");
  line.set_code(event.method());
  line.set_entity_id(event.paper_id());
  *line.mutable_evidence() = event.evidence();
  return fold.Put(event.case_facts(), std::move(line));
}

absl::Status Apply(const v1::PaperVoided& event, const Fold& fold) {
  auto paper = base::Find<v1::PaperRow>(fold.rows, AsId(event.paper_id()));
  if (!paper) return absl::DataLossError("an unknown paper was voided");
  paper->set_voided(true);
  base::Put(fold.rows, *paper);
  v1::TimelineRow line = Line("PAPER_VOIDED");
  line.set_entity_id(event.paper_id());
  AddText(&line, "reason", event.reason());
  return fold.Put(event.case_facts(), std::move(line));
}

// A finding beside the case: the case itself is in the event before it.
absl::Status Apply(const v1::OwnerVacant& event, const Fold& fold) {
  auto row = base::Find<v1::CaseRow>(fold.rows, AsId(event.case_id()));
  if (!row) return absl::DataLossError("a vacancy of an unknown case");
  v1::TimelineRow line = Line("OWNER_VACANT", event.line());
  line.set_office(event.office());
  line.set_to_office(event.roster_office());
  AddToTimeline(&*row, std::move(line), fold.event, fold.context, fold.rows);
  base::Put(fold.rows, *row);
  return absl::OkStatus();
}

}  // namespace

std::optional<absl::Status> EvolveCase(const journal::v1::Event& event, const EventContext& context,
                                       Rows& rows) {
  const struct Fold fold { event, context, rows };
  return base::FoldIfAny<v1::CaseOpened, v1::CaseReopened, v1::CaseChanged, v1::PersuasionRecorded,
                         v1::DeadlineMissed, v1::Escalated, v1::CaseClosed, v1::FalseAlarmProposed,
                         v1::ProbationStarted, v1::ProbationEnded, v1::LineSigned,
                         v1::CaseReassigned, v1::ResponsibilityDenied, v1::TownshipDecided,
                         v1::CaseDeadlineMoved, v1::PaperIssued, v1::PaperServed, v1::PaperVoided,
                         v1::OwnerVacant>(
      event, [&](const auto& message) { return Apply(message, fold); });
}

}  // namespace twinline::accountability
