#include "platform/calendar/adopted.h"

#include "platform/calendar/office_hours.h"

namespace twinline::calendar {

v1::HolidayCalendar ToProto(const HolidayCalendar& calendar) {
  v1::HolidayCalendar proto;
  proto.set_year(calendar.year);
  proto.set_version(calendar.version);
  proto.set_source(calendar.source);
  proto.set_provisional(calendar.provisional);
  for (const HolidayDay& day : calendar.days) {
    v1::HolidayDay* entry = proto.add_days();
    entry->set_day(day.day.days);
    entry->set_kind(static_cast<uint32_t>(day.kind));
    entry->set_festival(day.festival);
  }
  return proto;
}

std::optional<HolidayCalendar> FromProto(const v1::HolidayCalendar& proto) {
  HolidayCalendar calendar;
  calendar.year = proto.year();
  calendar.version = proto.version();
  calendar.source = proto.source();
  calendar.provisional = proto.provisional();
  for (const v1::HolidayDay& day : proto.days()) {
    if (day.kind() < 1 || day.kind() > 2) return std::nullopt;
    calendar.days.push_back(
        {CivilDay{day.day()}, static_cast<DayKind>(day.kind()), day.festival()});
  }
  if (ValidateHolidayCalendar(calendar)) return std::nullopt;
  return calendar;
}

types::v1::Deadline MakeDeadline(const WorkingCalendar& calendar, CivilDay start, int working_days,
                                 std::string_view rule_version) {
  const DueExplanation why = calendar.ExplainDue(start, working_days);
  types::v1::Deadline deadline;
  deadline.mutable_start()->set_days(start.days);
  deadline.set_working_days(static_cast<uint32_t>(working_days));
  deadline.mutable_due()->set_days(why.due.days);
  deadline.mutable_lawful_due()->set_days(why.due.days);
  deadline.set_calendar_version(why.calendar_version);
  deadline.set_rule_version(std::string(rule_version));
  deadline.set_provisional(why.provisional);
  for (const SkippedDay& day : why.skipped) {
    types::v1::SkippedDay* entry = deadline.add_skipped();
    entry->mutable_day()->set_days(day.day.days);
    entry->set_reason_zh(day.zh);
    entry->set_reason_en(day.en);
  }
  return deadline;
}

std::optional<types::v1::Deadline> Recompute(const WorkingCalendar& calendar,
                                             const types::v1::Deadline& deadline, CivilDay today) {
  const CivilDay start{deadline.start().days()};
  const int n = static_cast<int>(deadline.working_days());
  types::v1::Deadline moved = MakeDeadline(calendar, start, n, deadline.rule_version());
  if (moved.due().days() == deadline.lawful_due().days()) return std::nullopt;
  const int lost = static_cast<int>(deadline.outage_days());
  moved.mutable_due()->set_days(
      lost == 0 ? calendar.RecomputeDue(start, n, today).days
                : calendar.MoveForOutage(CivilDay{moved.due().days()}, lost, today).days);
  moved.set_outage_days(deadline.outage_days());
  moved.set_generation(deadline.generation() + 1);
  return moved;
}

std::optional<MovedDate> MoveForOutage(const WorkingCalendar& calendar, CivilDay since,
                                       CivilDay due, const base::Outage& outage, CivilDay today) {
  // What was due before nobody was there is due; what began afterwards has all its days.
  if (base::EndOfDay(due) <= outage.from || since >= base::DayOf(outage.to)) return std::nullopt;
  const int lost = LostWorkingDays(calendar, since, outage);
  const CivilDay moved = calendar.MoveForOutage(due, lost, today);
  if (moved <= due) return std::nullopt;
  return MovedDate{moved, lost};
}

std::optional<MovedForOutage> MoveForOutage(const WorkingCalendar& calendar,
                                            const types::v1::Deadline& deadline,
                                            const base::Outage& outage, CivilDay today) {
  const auto date = MoveForOutage(calendar, CivilDay{deadline.start().days()},
                                  CivilDay{deadline.due().days()}, outage, today);
  if (!date) return std::nullopt;
  MovedForOutage moved{deadline, date->days};
  moved.deadline.mutable_due()->set_days(date->day.days);
  moved.deadline.set_outage_days(deadline.outage_days() + static_cast<uint32_t>(date->days));
  moved.deadline.set_generation(deadline.generation() + 1);
  return moved;
}

}  // namespace twinline::calendar
