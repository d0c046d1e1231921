#include "attendance/domain/school_days.h"

#include <bit>
#include <set>

#include "attendance/domain/attendance_domain.h"
#include "attendance/domain/judge.h"
#include "attendance/domain/marks.h"
#include "attendance/domain/refusals.h"
#include "attendance/tables/tables.h"

namespace twinline::attendance {

using base::AsId;
using base::CivilDay;
using base::Context;
using base::Decision;
using base::Events;
using base::MakeEvent;
using base::Rows;

namespace {

constexpr size_t kSchoolsMax = 5000;      // per attendance shard
constexpr size_t kClassesPerSchoolMax = 300;
constexpr int kTermDaysMax = 250;

base::Timestamp CloseTime(const Rows& rows, CivilDay day) {
  const uint32_t minute = RulesOn(rows, day).rules().day_close_minute();
  return {base::StartOfDay(day).us + int64_t{minute} * 60 * 1'000'000};
}

base::Timer CloseTimer(const Rows& rows, const v1::SchoolRow& school) {
  return {CloseTime(rows, CivilDay{school.next_close_day()}), kTimerDayClose,
          SchoolEntity(school.school_code()), school.generation()};
}

// Moves a school's day close to `day` (0: none), cancelling the one that waits.
void SetNextClose(Rows& rows, v1::SchoolRow* school, int32_t day) {
  if (school->next_close_day() != 0) base::CancelTimer(rows, CloseTimer(rows, *school));
  school->set_next_close_day(day);
  school->set_generation(school->generation() + 1);
  if (day != 0) base::SetTimer(rows, CloseTimer(rows, *school));
  base::Put(rows, *school);
}

// The first school day whose close is still to come.
int32_t FirstClose(const Rows& rows, std::string_view school, const Context& context) {
  CivilDay from = context.today - 1;
  if (context.now >= CloseTime(rows, context.today)) from = context.today;
  const auto next = NextSchoolDay(rows, school, from);
  return next ? next->days : 0;
}

std::optional<base::Refusal> CheckCalendar(const v1::SchoolCalendar& calendar) {
  if (calendar.version().empty() || calendar.terms().empty()) {
    return CalendarInvalid("校历须有版本号和至少一个学期。", "A calendar needs a version and at least one term.");
  }
  if ((calendar.weekdays() & 0x7f) == 0 || (calendar.sessions() & 3) == 0) {
    return CalendarInvalid("校历须写明每周上课日和每天的上课时段。",
                           "A calendar must name the weekdays and sessions with lessons.");
  }
  for (const v1::Term& term : calendar.terms()) {
    if (term.last_day() < term.first_day() || term.last_day() - term.first_day() > kTermDaysMax) {
      return CalendarInvalid("学期的起止日期不合理，请核对。", "A term's first and last day are not plausible.");
    }
  }
  return std::nullopt;
}

}  // namespace

base::Id16 SchoolEntity(std::string_view school_code) {
  std::string padded(school_code.substr(0, base::Id16::kSize));
  padded.resize(base::Id16::kSize, '\0');
  return AsId(padded);
}

std::string SchoolOfEntity(const base::Id16& entity) {
  std::string code(entity.bytes());
  return code.substr(0, code.find('\0'));
}

Decision DecideAdoptCalendar(const v1::AdoptSchoolCalendar& command, const Rows& rows,
                             const Context& context) {
  if (auto refusal = CheckCalendar(command.calendar())) return *refusal;
  v1::SchoolCalendarAdopted event;
  event.set_school_code(command.school_code());
  event.set_version(command.calendar().version());
  event.set_content(command.calendar().SerializeAsString());
  Events events{MakeEvent(event, context.today)};
  // Schools that wait for a calendar start with it.
  v1::SchoolCalendar calendar = command.calendar();
  base::ScanRows<v1::SchoolRow>(rows, kSchoolsMax, [&](const v1::SchoolRow& school) {
    const bool theirs = command.school_code().empty() ? !school.own_calendar()
                                                      : school.school_code() == command.school_code();
    if (theirs) {
      v1::SchoolDaysStarted started;
      started.set_school_code(school.school_code());
      // The calendar's rows are not there yet: the fold finds the day from the record's own date.
      started.set_first_day(context.now >= CloseTime(rows, context.today) ? context.today.days + 1
                                                                          : context.today.days);
      started.set_from_calendar(true);
      events.push_back(MakeEvent(started, context.today));
    }
    return true;
  });
  return events;
}

Decision DecideStartSchoolDays(const v1::StartSchoolDays& command, const Rows& rows,
                               const Context& context) {
  if (base::Find<v1::SchoolRow>(rows, command.school_code())) return AlreadySo();
  v1::SchoolDaysStarted event;
  event.set_school_code(command.school_code());
  event.set_first_day(FirstClose(rows, command.school_code(), context));
  return Events{MakeEvent(event, context.today)};
}

Decision DecideDayClose(const std::string& school_code, const Rows& rows, const Context& context) {
  const auto school = base::Find<v1::SchoolRow>(rows, school_code);
  if (!school || school->next_close_day() == 0) return AlreadySo();
  const CivilDay day{school->next_close_day()};
  const uint32_t scheduled = ScheduledSessions(rows, school_code, day);
  const v1::RuleSetRow rules = RulesOn(rows, day);
  v1::SchoolDayClosed closed;
  closed.set_school_code(school_code);
  closed.set_day(day.days);
  Events events;
  base::ScanIndex<v1::ForeignClass>(
      rows, base::TableOf<v1::ForeignClass>::kBySchool, kClassesPerSchoolMax,
      [&](const v1::ForeignClass& facts) {
        if (facts.closed() || facts.pupils() == 0) return true;   // an empty class owes no roll call
        closed.set_classes(closed.classes() + 1);
        auto class_day = base::Find<v1::ClassDayRow>(rows, AsId(facts.class_id()), day.days);
        if (class_day && class_day->judged()) return true;
        if (class_day && (class_day->has_morning() || class_day->has_afternoon())) {
          Judgement judgement = JudgeDay(rows, facts, *class_day, day);
          v1::DayJudged judged;
          judged.set_class_id(facts.class_id());
          judged.set_day(day.days);
          judged.set_sessions_recorded(class_day->has_morning() + class_day->has_afternoon());
          judged.set_sessions_scheduled(std::popcount(scheduled));
          for (v1::Verdict& verdict : judgement.verdicts) *judged.add_verdicts() = std::move(verdict);
          std::move(judgement.tracked.begin(), judgement.tracked.end(), std::back_inserter(events));
          events.push_back(MakeEvent(judged, day));
          std::move(judgement.events.begin(), judgement.events.end(), std::back_inserter(events));
          return true;
        }
        const auto state = base::Find<v1::ClassStateRow>(rows, AsId(facts.class_id()));
        v1::ClassUnmarked unmarked;
        unmarked.set_class_id(facts.class_id());
        unmarked.set_school_code(school_code);
        unmarked.set_days(state ? state->unmarked_days() + 1 : 1);
        unmarked.set_first_day(state && state->unmarked_days() > 0 ? state->unmarked_first_day() : day.days);
        unmarked.set_day(day.days);
        unmarked.set_level(unmarked.days() >= rules.rules().unmarked_bureau() ? 2 : 1);
        closed.set_unmarked(closed.unmarked() + 1);
        events.push_back(MakeEvent(unmarked, day));
        return true;
      },
      school_code);
  const auto next = NextSchoolDay(rows, school_code, day);
  closed.set_next_day(next ? next->days : 0);
  events.push_back(MakeEvent(closed, day));
  return events;
}

absl::Status EvolveCalendarAdopted(const v1::SchoolCalendarAdopted& event, Rows& rows) {
  v1::SchoolCalendar calendar;
  if (!calendar.ParseFromString(event.content())) {
    return absl::DataLossError("a school calendar in the journal does not parse");
  }
  std::set<int32_t> closed;
  for (const v1::ClosedDay& day : calendar.closures()) closed.insert(day.day());
  const std::set<int32_t> made_up(calendar.make_up_days().begin(), calendar.make_up_days().end());
  for (const v1::Term& term : calendar.terms()) {
    // A newer calendar replaces the days of the terms it names; past terms keep theirs (C-7).
    std::vector<v1::SchoolDayRow> stale;
    base::ScanRows<v1::SchoolDayRow>(
        rows, 20'000,
        [&](const v1::SchoolDayRow& row) {
          if (row.day() >= term.first_day() && row.day() <= term.last_day()) stale.push_back(row);
          return true;
        },
        event.school_code());
    for (const v1::SchoolDayRow& row : stale) base::Erase(rows, row);
    int32_t term_start = 0;
    for (int32_t day = term.first_day(); day <= term.last_day(); ++day) {
      const bool weekday = (calendar.weekdays() >> (CivilDay{day}.weekday() - 1)) & 1;
      if (!made_up.count(day) && (!weekday || closed.count(day))) continue;
      if (term_start == 0) term_start = day;
      v1::SchoolDayRow row;
      row.set_school_code(event.school_code());
      row.set_day(day);
      row.set_sessions(calendar.sessions());
      row.set_term_start(term_start);
      base::Put(rows, row);
    }
  }
  if (!event.school_code().empty()) {
    auto school = base::Find<v1::SchoolRow>(rows, event.school_code()).value_or(v1::SchoolRow());
    school.set_school_code(event.school_code());
    school.set_own_calendar(true);
    base::Put(rows, school);
  }
  return absl::OkStatus();
}

absl::Status EvolveSchoolDaysStarted(const v1::SchoolDaysStarted& event, Rows& rows) {
  auto school = base::Find<v1::SchoolRow>(rows, event.school_code()).value_or(v1::SchoolRow());
  school.set_school_code(event.school_code());
  int32_t first = event.first_day();
  if (event.from_calendar()) {
    const auto next = NextSchoolDay(rows, event.school_code(), CivilDay{first - 1});
    first = next ? next->days : 0;
    // A waiting close that is earlier stays: no day is skipped by a new calendar.
    if (school.next_close_day() != 0 && (first == 0 || school.next_close_day() < first)) {
      if (ScheduledSessions(rows, event.school_code(), CivilDay{school.next_close_day()}) != 0) {
        return absl::OkStatus();
      }
    }
  }
  SetNextClose(rows, &school, first);
  return absl::OkStatus();
}

absl::Status EvolveSchoolDayClosed(const v1::SchoolDayClosed& event, Rows& rows) {
  auto school = base::Find<v1::SchoolRow>(rows, event.school_code());
  if (!school) return absl::DataLossError("day close of an unknown school");
  SetNextClose(rows, &*school, event.next_day());
  return absl::OkStatus();
}

}  // namespace twinline::attendance
