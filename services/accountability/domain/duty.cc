#include "accountability/domain/duty.h"

#include <algorithm>
#include <iterator>

#include "accountability/domain/case_change.h"
#include "accountability/domain/open.h"
#include "accountability/domain/owners.h"
#include "accountability/domain/refusals.h"
#include "accountability/tables/tables.h"

namespace twinline::accountability {

using base::AsId;
using base::CivilDay;
using base::Context;
using base::Decision;
using base::Events;
using base::MakeEvent;
using base::Rows;
using types::v1::Line;
using types::v1::LINE_EDUCATION;
using types::v1::LINE_GOVERNMENT;

namespace {

constexpr size_t kCasesAtOnce = 60;  // bounds the commit
constexpr size_t kCasesOfOfficeMax = 100'000;

// Ids of the office's open cases behind `after`, in order; one more than fits a commit.
std::vector<std::string> CasesOf(const std::string& office, const std::string& after,
                                 const Rows& rows) {
  std::vector<std::string> ids;
  base::ScanIndex<v1::CaseRow>(
      rows, base::TableOf<v1::CaseRow>::kByOffice, kCasesOfOfficeMax,
      [&](const v1::CaseRow& row) {
        if (row.facts().case_id() > after) ids.push_back(row.facts().case_id());
        return true;
      },
      office);
  // An office in charge of both lines finds its case twice.
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  if (ids.size() > kCasesAtOnce + 1) ids.resize(kCasesAtOnce + 1);
  return ids;
}

// The case with the persons of its lines looked up again; no events when nobody changed.
Events ReviewCase(const v1::CaseFacts& facts, const std::string& office, const Rows& rows,
                  const Context& context) {
  CaseChange change(rows, context, facts);
  bool changed = false;
  for (const Line line : {LINE_GOVERNMENT, LINE_EDUCATION}) {
    if (change.Of(line).office() != office || !change.Of(line).outcome().empty()) continue;
    const uint32_t rung = change.Of(line).rung();
    if (!change.RefreshOwner(line)) continue;
    changed = true;
    // a vacancy starts the next rung at once.
    if (change.Of(line).owner().empty()) {
      change.PlaceLine(line, rung);
      if (change.Of(line).rung() != rung) change.StartTask(line, change.Of(line).task());
    }
  }
  if (!changed) return {};
  v1::CaseReassigned event;
  event.set_cause("DUTY");
  event.set_school_before(facts.school_code());
  event.set_township_before(facts.township());
  change.Emit(std::move(event));
  return change.Take();
}

journal::v1::Event Planned(const std::string& office, base::Timestamp due, const std::string& after,
                           uint32_t ordinal, const Context& context) {
  v1::OfficeReviewPlanned event;
  event.set_review_id(context.NewId("office_review", ordinal).str());
  event.set_office(office);
  event.set_due_us(due.us);
  event.set_after_case_id(after);
  return MakeEvent(event, context.today);
}

// Looks at the office's cases behind `after`; what does not fit goes on at once as a job of its
// own.
Events Review(const std::string& office, const std::string& after, const Rows& rows,
              const Context& context, uint32_t* cases) {
  std::vector<std::string> ids = CasesOf(office, after, rows);
  const bool more = ids.size() > kCasesAtOnce;
  if (more) ids.resize(kCasesAtOnce);
  Events all;
  uint32_t ordinal = 0;
  for (const std::string& id : ids) {
    const auto row = FindCase(rows, id);
    if (!row) continue;
    Context own = context;
    // Several cases in one commit: each with its own ids.
    own.request_id = context.NewId("case_of_duty", ordinal++);
    Events events = ReviewCase(row->facts(), office, rows, own);
    std::move(events.begin(), events.end(), std::back_inserter(all));
  }
  if (more) all.push_back(Planned(office, context.now, ids.back(), 0, context));
  *cases = static_cast<uint32_t>(ids.size());
  return all;
}

}  // namespace

Decision DecideNoteDuty(const v1::NoteDutyCommand& command, const Rows& rows,
                        const Context& context) {
  uint32_t cases = 0;
  Events events = Review(command.office(), {}, rows, context, &cases);
  // A day to come changes who is in charge on that day, not today.
  uint32_t ordinal = 1;
  const auto plan = [&](CivilDay day) {
    events.push_back(Planned(command.office(), base::StartOfDay(day), {}, ordinal++, context));
  };
  if (command.from_day() > context.today.days) plan(CivilDay{command.from_day()});
  if (command.to_day() != 0 && command.to_day() >= context.today.days) {
    plan(CivilDay{command.to_day()} + 1);
  }
  if (events.empty()) return AlreadySo();
  return events;
}

Decision DecideOfficeReview(const journal::v1::TimerRef& timer, const Rows& rows,
                            const Context& context) {
  const auto row = base::Find<v1::OfficeReviewRow>(rows, AsId(timer.entity()));
  if (!row) return AlreadySo();
  uint32_t cases = 0;
  Events events = Review(row->office(), row->after_case_id(), rows, context, &cases);
  v1::OfficeReviewed done;
  done.set_review_id(row->review_id());
  done.set_cases(cases);
  events.push_back(MakeEvent(done, context.today));
  return events;
}

}  // namespace twinline::accountability
