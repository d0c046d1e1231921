#include "accountability/domain/moves.h"

#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "accountability/domain/case_change.h"
#include "accountability/domain/refusals.h"
#include "accountability/domain/rule_set.h"
#include "accountability/tables/tables.h"
#include "platform/base/outages.h"
#include "platform/calendar/adopted.h"

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

// A commit that fills up. Case facts weigh some kilobytes, so bytes are the limit that is met.
struct Part {
  Events events;
  size_t bytes = 0;

  void Add(Events more) {
    for (journal::v1::Event& event : more) {
      bytes += event.ByteSizeLong();
      events.push_back(std::move(event));
    }
  }
  // Leaves room for what one more row may add.
  bool Full() const {
    return events.size() + 2 > base::kOutageMovesMax || bytes >= base::kOutageBytesMax;
  }
};

// Looks at the rows of an index (a table when `index` is 0) behind `after`, which follows, until
// the part is full. True when all were looked at.
template <typename Row>
bool Look(const Rows& rows, uint8_t index, std::string* after, Part* part,
          const std::function<Events(const Row&)>& move) {
  const std::string prefix = index == 0 ? base::RowKey<Row>() : base::IndexPrefix<Row>(index);
  base::PageRequest request;
  request.size = 1;
  for (request.after_key = *after; !part->Full(); *after = request.after_key) {
    const auto page = base::ScanPage<Row>(rows, prefix, index != 0, request);
    if (!page.rows.empty()) part->Add(move(page.rows.front()));
    if (page.next_key.empty()) return true;
    request.after_key = page.next_key;
  }
  return false;
}

using NewDeadline =
    std::function<std::optional<calendar::MovedForOutage>(const types::v1::Deadline&)>;

// Moves what a line of the case still has to do by.
void MoveLine(CaseChange* change, Line line, const char* reason, const NewDeadline& move) {
  v1::Duties& duties = change->Of(line);
  if (!duties.has_deadline() || !duties.outcome().empty() || duties.overdue()) return;
  const auto moved = move(duties.deadline());
  if (!moved) return;
  v1::CaseDeadlineMoved event;
  event.set_line(line);
  *event.mutable_before() = duties.deadline();
  event.set_reason(reason);
  event.set_outage_days(static_cast<uint32_t>(moved->days));
  *duties.mutable_deadline() = moved->deadline;
  change->Emit(std::move(event));
}

Events MoveCase(const v1::CaseRow& row, const char* reason, const Rows& rows,
                const Context& context, const NewDeadline& move) {
  CaseChange change(rows, context, row.facts());
  MoveLine(&change, LINE_GOVERNMENT, reason, move);
  MoveLine(&change, LINE_EDUCATION, reason, move);
  return change.Take();
}

// One outage and the calendar, over each kind of row.
class OutageMoves {
 public:
  OutageMoves(const Rows& rows, const Context& context, const base::Outage& outage)
      : rows_(rows), context_(context), outage_(outage), calendar_(LoadCalendar(rows)) {}

  Events Case(const v1::CaseRow& row) const {
    return MoveCase(row, "OUTAGE", rows_, context_, [this](const types::v1::Deadline& deadline) {
      return calendar::MoveForOutage(calendar_, deadline, outage_, context_.today);
    });
  }
  Events Task(const v1::TaskRow& row) const {
    if (row.facts().overdue() || !row.facts().has_deadline()) return {};
    const auto moved =
        calendar::MoveForOutage(calendar_, row.facts().deadline(), outage_, context_.today);
    if (!moved) return {};
    v1::TaskDeadlineMoved event;
    *event.mutable_task() = row.facts();
    *event.mutable_task()->mutable_deadline() = moved->deadline;
    *event.mutable_before() = row.facts().deadline();
    event.set_reason("OUTAGE");
    event.set_outage_days(static_cast<uint32_t>(moved->days));
    return {MakeEvent(event, context_.today)};
  }
  Events Suspension(const v1::SuspensionWatchRow& row) const {
    const auto moved = Date(row.suspended_until(), row.check_on());
    if (!moved) return {};
    v1::SuspensionWatched event;
    event.set_registration_id(row.registration_id());
    event.set_child_id(row.child_id());
    *event.mutable_suspended_until() = row.suspended_until();
    event.mutable_check_on()->set_days(moved->day.days);
    event.set_generation(row.generation() + 1);
    event.set_counted_in("OUTAGE");
    event.set_outage_days(static_cast<uint32_t>(moved->days));
    return {MakeEvent(event, context_.today)};
  }
  Events Arrival(const v1::ArrivalWatchRow& row) const {
    const auto moved = Date(row.since(), row.check_on());
    if (!moved) return {};
    v1::ArrivalWatched event;
    event.set_registration_id(row.registration_id());
    event.set_child_id(row.child_id());
    event.set_school_code(row.school_code());
    *event.mutable_since() = row.since();
    event.mutable_check_on()->set_days(moved->day.days);
    event.set_generation(row.generation() + 1);
    event.set_outage_days(static_cast<uint32_t>(moved->days));
    return {MakeEvent(event, context_.today)};
  }

 private:
  std::optional<calendar::MovedDate> Date(const types::v1::Date& since,
                                          const types::v1::Date& due) const {
    return calendar::MoveForOutage(calendar_, CivilDay{since.days()}, CivilDay{due.days()}, outage_,
                                   context_.today);
  }

  const Rows& rows_;
  const Context& context_;
  const base::Outage outage_;
  const calendar::WorkingCalendar calendar_;
};

}  // namespace

Decision DecideRecompute(const Rows& rows, const Context& context) {
  const auto progress = base::Find<v1::RecomputeRow>(rows);
  if (!progress) return AlreadySo();
  const calendar::WorkingCalendar calendar = LoadCalendar(rows);
  const std::string prefix = base::IndexPrefix<v1::CaseRow>(base::TableOf<v1::CaseRow>::kOpen);
  std::string after;
  if (!progress->after_case_id().empty()) {
    after = prefix + base::RowKey<v1::CaseRow>(AsId(progress->after_case_id()));
  }
  Part part;
  const auto recompute =
      [&](const types::v1::Deadline& deadline) -> std::optional<calendar::MovedForOutage> {
    auto moved = calendar::Recompute(calendar, deadline, context.today);
    if (!moved) return std::nullopt;
    return calendar::MovedForOutage{*std::move(moved), 0};
  };
  const bool all = Look<v1::CaseRow>(
      rows, base::TableOf<v1::CaseRow>::kOpen, &after, &part,
      [&](const v1::CaseRow& row) { return MoveCase(row, "CALENDAR", rows, context, recompute); });
  v1::CaseDeadlinesRecomputed done;
  done.set_moved(static_cast<uint32_t>(part.events.size()));
  done.set_more(!all);
  done.set_round(progress->round() + 1);
  if (!all) done.set_after_case_id(after.substr(after.size() - base::Id16::kSize));
  part.events.push_back(MakeEvent(done, context.today));
  return std::move(part.events);
}

Decision DecideMoveForOutage(std::string_view body, const Rows& rows, const Context& context) {
  journal::v1::OutageWork work;
  work.ParseFromArray(body.data(), static_cast<int>(body.size()));
  const OutageMoves moves(rows, context, {{work.down_from_us()}, {work.down_to_us()}});
  // `after` is the kind of row, from 0, and the key of the newest one that was looked at.
  size_t kind = work.after().empty() ? 0 : static_cast<size_t>(work.after().front());
  std::string after = work.after().empty() ? std::string() : work.after().substr(1);
  Part part;
  const std::function<bool()> looks[] = {
      [&] {
        return Look<v1::CaseRow>(rows, base::TableOf<v1::CaseRow>::kOpen, &after, &part,
                                 [&](const v1::CaseRow& row) { return moves.Case(row); });
      },
      [&] {
        // By an index that a moved date does not change.
        return Look<v1::TaskRow>(rows, base::TableOf<v1::TaskRow>::kByRegistration, &after, &part,
                                 [&](const v1::TaskRow& row) { return moves.Task(row); });
      },
      [&] {
        return Look<v1::SuspensionWatchRow>(
            rows, 0, &after, &part,
            [&](const v1::SuspensionWatchRow& row) { return moves.Suspension(row); });
      },
      [&] {
        return Look<v1::ArrivalWatchRow>(
            rows, 0, &after, &part,
            [&](const v1::ArrivalWatchRow& row) { return moves.Arrival(row); });
      },
  };
  for (; kind < std::size(looks) && looks[kind](); ++kind) after.clear();
  journal::v1::OutageWorked done;
  done.set_down_from_us(work.down_from_us());
  done.set_moved(static_cast<uint32_t>(part.events.size()));
  done.set_more(kind < std::size(looks));
  if (done.more()) done.set_after(std::string(1, static_cast<char>(kind)) + after);
  part.events.push_back(MakeEvent(done, context.today));
  return std::move(part.events);
}

}  // namespace twinline::accountability
