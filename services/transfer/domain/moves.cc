#include "transfer/domain/moves.h"

#include <functional>
#include <optional>
#include <utility>

#include "platform/base/outages.h"
#include "platform/calendar/adopted.h"
#include "transfer/domain/transfer_domain.h"
#include "transfer/tables/tables.h"
#include "twinline/transfer/v1/transfer_events.pb.h"

namespace twinline::transfer {

using base::CivilDay;
using base::Context;
using base::Decision;
using base::Events;
using base::MakeEvent;
using base::Rows;

namespace {

struct Part {
  Events events;
  std::string last_id;  // of the newest business that was looked at; empty: none
  bool more = false;
};

// Looks at open businesses behind `after`, in order of their ids, until the commit is full.
Part Look(const Rows& rows, const Context& context, const std::string& after,
          const std::function<std::optional<v1::DeadlineMoved>(const v1::BusinessRow&)>& move) {
  Part part;
  size_t bytes = 0;
  base::ScanIndex<v1::BusinessRow>(
      rows, base::TableOf<v1::BusinessRow>::kOpen, 1'000'000, [&](const v1::BusinessRow& row) {
        if (row.facts().business_id() <= after) return true;
        part.more = part.events.size() >= base::kOutageMovesMax || bytes >= base::kOutageBytesMax;
        if (part.more) return false;
        part.last_id = row.facts().business_id();
        if (auto moved = move(row)) {
          moved->mutable_business()->set_version(row.facts().version() + 1);
          part.events.push_back(MakeEvent(*moved, context.today));
          bytes += part.events.back().ByteSizeLong();
        }
        return true;
      });
  return part;
}

const v1::Step& StepOf(const v1::BusinessRow& row) {
  return row.facts().steps(static_cast<int>(row.facts().step()));
}

// The event with the current step due on another day.
v1::DeadlineMoved Moved(const v1::BusinessRow& row, const types::v1::Deadline& deadline,
                        const char* reason) {
  v1::DeadlineMoved event;
  *event.mutable_business() = row.facts();
  *event.mutable_business()
       ->mutable_steps(static_cast<int>(row.facts().step()))
       ->mutable_deadline() = deadline;
  event.set_step(row.facts().step());
  *event.mutable_before() = StepOf(row).deadline();
  event.set_reason(reason);
  return event;
}

}  // namespace

Decision DecideRecompute(const Rows& rows, const Context& context) {
  const auto progress = base::Find<v1::RecomputeRow>(rows);
  const calendar::WorkingCalendar calendar = LoadCalendar(rows);
  Part part = Look(rows, context, progress ? progress->after_business_id() : std::string(),
                   [&](const v1::BusinessRow& row) -> std::optional<v1::DeadlineMoved> {
                     const v1::Step& step = StepOf(row);
                     if (step.overdue()) return std::nullopt;
                     const auto moved =
                         calendar::Recompute(calendar, step.deadline(), context.today);
                     if (!moved) return std::nullopt;
                     return Moved(row, *moved, "CALENDAR");
                   });
  v1::DeadlinesRecomputed done;
  done.set_round(progress ? progress->round() + 1 : 1);
  done.set_moved(static_cast<uint32_t>(part.events.size()));
  done.set_more(part.more);
  done.set_after_business_id(part.last_id);
  part.events.push_back(MakeEvent(done, context.today));
  return std::move(part.events);
}

Decision DecideMoveForOutage(std::string_view body, const Rows& rows, const Context& context) {
  journal::v1::OutageWork work;
  work.ParseFromArray(body.data(), static_cast<int>(body.size()));
  const base::Outage outage{{work.down_from_us()}, {work.down_to_us()}};
  const calendar::WorkingCalendar calendar = LoadCalendar(rows);
  Part part = Look(
      rows, context, work.after(),
      [&](const v1::BusinessRow& row) -> std::optional<v1::DeadlineMoved> {
        const v1::Step& step = StepOf(row);
        std::optional<calendar::MovedForOutage> moved;
        if (!step.overdue()) {
          moved = calendar::MoveForOutage(calendar, step.deadline(), outage, context.today);
        }
        // The forty working days until a business is listed as too long (T04).
        std::optional<calendar::MovedDate> listed;
        if (!row.long_overdue()) {
          listed = calendar::MoveForOutage(calendar, CivilDay{row.facts().opened_on().days()},
                                           CivilDay{row.long_overdue_day()}, outage, context.today);
        }
        if (!moved && !listed) return std::nullopt;
        v1::DeadlineMoved event = Moved(row, moved ? moved->deadline : step.deadline(), "OUTAGE");
        event.set_outage_days(static_cast<uint32_t>(moved ? moved->days : listed->days));
        if (listed) event.mutable_long_overdue_day()->set_days(listed->day.days);
        return event;
      });
  journal::v1::OutageWorked done;
  done.set_down_from_us(work.down_from_us());
  done.set_moved(static_cast<uint32_t>(part.events.size()));
  done.set_more(part.more);
  done.set_after(part.last_id);
  part.events.push_back(MakeEvent(done, context.today));
  return std::move(part.events);
}

}  // namespace twinline::transfer
