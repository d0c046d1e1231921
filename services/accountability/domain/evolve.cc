#include "accountability/domain/evolve.h"

#include <algorithm>

#include "accountability/domain/accountability_domain.h"
#include "accountability/domain/timers.h"
#include "accountability/tables/tables.h"

namespace twinline::accountability {

using base::AsId;
using base::EventContext;
using base::Rows;

namespace {

bool Same(const base::Timer& a, const base::Timer& b) {
  return a.due == b.due && a.kind == b.kind && a.entity == b.entity && a.generation == b.generation;
}

// Cancels what the case no longer wants and sets what it wants now. A timer that has fired was
// erased by its own commit and is not wanted any more, since its line is overdue.
void MoveTimers(const std::vector<base::Timer>& before, const std::vector<base::Timer>& after,
                Rows& rows) {
  const auto in = [](const std::vector<base::Timer>& list, const base::Timer& timer) {
    return std::any_of(list.begin(), list.end(),
                       [&](const base::Timer& other) { return Same(other, timer); });
  };
  for (const base::Timer& timer : before) {
    if (!in(after, timer)) base::CancelTimer(rows, timer);
  }
  for (const base::Timer& timer : after) {
    if (!in(before, timer)) base::SetTimer(rows, timer);
  }
}

void Count(const v1::CaseFacts& facts, int by, Rows& rows) {
  std::vector<std::string> scopes{"county:" + facts.county(), "school:" + facts.school_code(),
                                  "township:" + facts.township()};
  for (std::string& scope : scopes) {
    const std::string stage = facts.grade() >= 7 ? "JUNIOR" : "PRIMARY";
    auto row = base::Find<v1::CountRow>(rows, scope, stage, facts.state()).value_or(v1::CountRow());
    row.set_scope(std::move(scope));
    row.set_stage(stage);
    row.set_state(facts.state());
    row.set_cases(row.cases() + by);
    if (row.cases() == 0) {
      base::Erase(rows, row);
    } else {
      base::Put(rows, row);
    }
  }
}

template <typename Row>
void Link(Rows& rows, Row row, const std::string& case_id) {
  row.set_case_id(case_id);
  base::Put(rows, row);
}

}  // namespace

void AddToTimeline(v1::CaseRow* row, v1::TimelineRow line, const journal::v1::Event& event,
                   const EventContext& context, Rows& rows) {
  row->set_timeline(row->timeline() + 1);
  line.set_case_id(row->facts().case_id());
  line.set_number(row->timeline());
  line.set_at_us(context.recorded.us);
  line.mutable_effective()->set_days(event.effective_date());
  line.set_state(row->facts().state());
  if (context.actor != nullptr && context.actor->service().empty()) {
    line.set_by(context.actor->subject());
    if (line.office().empty()) line.set_office(context.actor->office());
  }
  base::Put(rows, line);
}

absl::Status PutCase(const v1::CaseFacts& after, v1::TimelineRow line,
                     const journal::v1::Event& event, const EventContext& context, Rows& rows) {
  v1::CaseRow row;
  std::vector<base::Timer> timers;
  const auto before = base::Find<v1::CaseRow>(rows, AsId(after.case_id()));
  if (before) {
    row = *before;
    timers = TimersOf(before->facts());
    Count(before->facts(), -1, rows);
  } else {
    row.set_opened_at_us(context.recorded.us);
  }
  if (after.version() != row.facts().version() + 1)
    return absl::DataLossError("a case event skips a version");
  *row.mutable_facts() = after;
  row.set_changed_at_us(context.recorded.us);
  MoveTimers(timers, TimersOf(after), rows);
  Count(after, 1, rows);
  v1::ChildCaseRow child;
  child.set_child_id(after.child_id());
  Link(rows, child, after.case_id());
  v1::RegistrationCaseRow registration;
  registration.set_registration_id(after.registration_id());
  Link(rows, registration, after.case_id());
  AddToTimeline(&row, std::move(line), event, context, rows);
  base::Put(rows, row);
  return absl::OkStatus();
}

absl::Status Evolve(const journal::v1::Event& event, const EventContext& context, Rows& rows) {
  if (event.type() == base::EventType<journal::v1::NoEffect>()) return absl::OkStatus();
  if (auto status = EvolveCase(event, context, rows)) return *std::move(status);
  if (auto status = EvolveOther(event, context, rows)) return *std::move(status);
  return absl::DataLossError("unknown event type " + std::to_string(event.type()));
}

}  // namespace twinline::accountability
