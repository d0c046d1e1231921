#include "attendance/domain/school_days.h"

#include <algorithm>
#include <map>
#include <set>

#include "attendance/domain/attendance_domain.h"
#include "attendance/domain/judge.h"
#include "attendance/domain/marks.h"
#include "attendance/domain/refusals.h"
#include "attendance/domain/schedule.h"
#include "attendance/tables/tables.h"
#include "platform/base/outages.h"
#include "platform/calendar/office_hours.h"

namespace twinline::attendance {

using base::AsId;
using base::CivilDay;
using base::Context;
using base::Decision;
using base::Events;
using base::MakeEvent;
using base::Rows;

namespace {

constexpr size_t kSchoolsMax = 50'000;  // a province in one shard
constexpr size_t kClassesPerSchoolMax = 300;
constexpr size_t kDaysMax = 20'000;  // of one calendar, kept for ever
constexpr int kTermDaysMax = 250;

base::Timestamp CloseTime(const Rows& rows, CivilDay day) {
  const uint32_t minute = RulesOn(rows, day).rules().day_close_minute();
  return {base::StartOfDay(day).us + int64_t{minute} * 60 * 1'000'000};
}

base::Timer CloseTimer(const v1::SchoolRow& school) {
  return {base::Timestamp{school.next_close_due_us()}, kTimerDayClose,
          SchoolEntity(school.school_code()), school.generation()};
}

// Moves a school's day close to `day` (0: none), cancelling the one that waits.
void SetNextClose(Rows& rows, v1::SchoolRow* school, int32_t day) {
  if (school->next_close_day() != 0) base::CancelTimer(rows, CloseTimer(*school));
  school->set_next_close_day(day);
  school->set_generation(school->generation() + 1);
  school->set_next_close_due_us(day == 0 ? 0 : CloseTime(rows, CivilDay{day}).us);
  if (day != 0) base::SetTimer(rows, CloseTimer(*school));
  base::Put(rows, *school);
}

// The first day whose close is still to come, school day or not.
CivilDay FirstOpenDay(const Rows& rows, const Context& context) {
  return context.now >= CloseTime(rows, context.today) ? context.today + 1 : context.today;
}

std::optional<base::Refusal> CheckCalendar(const v1::SchoolCalendar& calendar) {
  if (calendar.version().empty() || calendar.terms().empty()) {
    return CalendarInvalid("校历须有版本号和至少一个学期。",
                           "A calendar needs a version and at least one term.");
  }
  if ((calendar.weekdays() & 0x7f) == 0 || (calendar.sessions() & 3) == 0) {
    return CalendarInvalid("校历须写明每周上课日和每天的上课时段。",
                           "A calendar must name the weekdays and sessions with lessons.");
  }
  for (const v1::Term& term : calendar.terms()) {
    if (term.last_day() < term.first_day() || term.last_day() - term.first_day() > kTermDaysMax) {
      return CalendarInvalid("学期的起止日期不合理，请核对。",
                             "A term's first and last day are not plausible.");
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
  if (auto refusal = CheckCalendar(command.calendar())) return *std::move(refusal);
  v1::SchoolCalendarAdopted event;
  event.set_school_code(command.school_code());
  event.set_version(command.calendar().version());
  event.set_content(command.calendar().SerializeAsString());
  event.set_first_day(FirstOpenDay(rows, context).days);
  return Events{MakeEvent(event, context.today)};
}

Decision DecideStartSchoolDays(const v1::StartSchoolDays& command, const Rows& rows,
                               const Context& context) {
  if (base::Find<v1::SchoolRow>(rows, command.school_code())) return AlreadySo();
  const auto first = Schedule(rows).Next(command.school_code(), FirstOpenDay(rows, context) - 1);
  v1::SchoolDaysStarted event;
  event.set_school_code(command.school_code());
  event.set_first_day(first ? first->days : 0);
  return Events{MakeEvent(event, context.today)};
}

namespace {

class DayCloser {
 public:
  DayCloser(const Rows& rows, const v1::SchoolRow& school)
      : rows_(rows),
        schedule_(rows),
        school_code_(school.school_code()),
        day_{school.next_close_day()},
        lost_(calendar::IsLost(day_, base::KnownOutages(rows))) {}

  Events Run() {
    closed_.set_school_code(school_code_);
    closed_.set_day(day_.days);
    // A calendar adopted since may have freed this day.
    if (schedule_.On(school_code_, day_).sessions != 0) {
      base::ScanIndex<v1::ForeignClass>(
          rows_, base::TableOf<v1::ForeignClass>::kBySchool, kClassesPerSchoolMax,
          [&](const v1::ForeignClass& facts) {
            LookAt(facts);
            return true;
          },
          school_code_);
      JudgeWaiting();
    }
    const auto next = schedule_.Next(school_code_, day_);
    closed_.set_next_day(next ? next->days : 0);
    events_.push_back(MakeEvent(closed_, day_));
    return std::move(events_);
  }

 private:
  // A recorded day that waits to be judged.
  struct Waiting {
    v1::ClassDayRow class_day;
    v1::ForeignClass facts;
  };

  void LookAt(const v1::ForeignClass& facts) {
    const auto state =
        base::Find<v1::ClassStateRow>(rows_, AsId(facts.class_id())).value_or(v1::ClassStateRow());
    for (v1::ClassDayRow& open : OpenDays(rows_, state, day_))
      waiting_.push_back({std::move(open), facts});
    auto class_day = base::Find<v1::ClassDayRow>(rows_, AsId(facts.class_id()), day_.days);
    const bool recorded = class_day && TakenSessions(*class_day) != 0;
    // An empty class owes no roll call.
    if (facts.pupils() > 0) {
      closed_.set_classes(closed_.classes() + 1);
      // Nobody could hand in a roll call on a day that an outage took.
      if (!recorded && !lost_) AddUnmarked(facts, state);
    }
    if (recorded && !class_day->judged()) waiting_.push_back({*std::move(class_day), facts});
  }

  // Day after day, so that a child who moved between two classes is counted in order.
  void JudgeWaiting() {
    std::stable_sort(waiting_.begin(), waiting_.end(), [](const Waiting& a, const Waiting& b) {
      return a.class_day.day() < b.class_day.day();
    });
    Changes changes;
    std::map<std::string, ClassJudge> judges;
    for (const Waiting& waiting : waiting_) {
      const auto [judge, fresh] = judges.try_emplace(waiting.facts.class_id(), rows_, waiting.facts,
                                                     schedule_, &changes.days);
      judge->second.JudgeRecorded(waiting.class_day, &events_);
    }
    for (const auto& [class_id, judge] : judges) changes.sets.push_back(&judge.set());
    AddMoved(rows_, &changes);
    AddRecounts(rows_, schedule_, changes, &events_);
  }

  // C-5, D05: a data gap that alarms; nobody becomes absent or present by it.
  void AddUnmarked(const v1::ForeignClass& facts, const v1::ClassStateRow& state) {
    v1::ClassUnmarked unmarked;
    unmarked.set_class_id(facts.class_id());
    unmarked.set_school_code(school_code_);
    unmarked.set_days(state.unmarked_days() + 1);
    unmarked.set_first_day(state.unmarked_days() > 0 ? state.unmarked_first_day() : day_.days);
    unmarked.set_day(day_.days);
    if (!bureau_days_) bureau_days_ = RulesOn(rows_, day_).rules().unmarked_bureau();
    unmarked.set_level(unmarked.days() >= *bureau_days_ ? 2 : 1);
    closed_.set_unmarked(closed_.unmarked() + 1);
    events_.push_back(MakeEvent(unmarked, day_));
  }

  const Rows& rows_;
  Schedule schedule_;
  const std::string school_code_;
  const CivilDay day_;
  const bool lost_;
  std::optional<uint32_t> bureau_days_;
  std::vector<Waiting> waiting_;
  v1::SchoolDayClosed closed_;
  Events events_;
};

}  // namespace

Decision DecideDayClose(const journal::v1::TimerRef& timer, const Rows& rows, const Context&) {
  const auto school = base::Find<v1::SchoolRow>(rows, SchoolOfEntity(AsId(timer.entity())));
  if (!school || school->next_close_day() == 0 || school->generation() != timer.generation()) {
    return AlreadySo();
  }
  return DayCloser(rows, *school).Run();
}

namespace {

// The days that a newer version of a calendar replaces: those inside its term, and the rest of a
// term that it moved. Other terms keep theirs (C-7).
void EraseTerm(const v1::Term& term, std::string_view calendar, Rows& rows) {
  std::vector<v1::SchoolDayRow> all;
  std::set<int32_t> moved;
  base::ScanRows<v1::SchoolDayRow>(
      rows, kDaysMax,
      [&](const v1::SchoolDayRow& row) {
        if (row.day() >= term.first_day() && row.day() <= term.last_day())
          moved.insert(row.term_start());
        all.push_back(row);
        return true;
      },
      calendar);
  for (const v1::SchoolDayRow& row : all) {
    if (moved.count(row.term_start())) base::Erase(rows, row);
  }
}

void PutTerm(const v1::Term& term, const v1::SchoolCalendar& calendar, const std::string& name,
             Rows& rows) {
  std::set<int32_t> closed;
  for (const v1::ClosedDay& day : calendar.closures()) closed.insert(day.day());
  const std::set<int32_t> made_up(calendar.make_up_days().begin(), calendar.make_up_days().end());
  int32_t term_start = 0;
  for (int32_t day = term.first_day(); day <= term.last_day(); ++day) {
    const bool weekday = (calendar.weekdays() >> (CivilDay{day}.weekday() - 1)) & 1;
    if (!made_up.count(day) && (!weekday || closed.count(day))) continue;
    if (term_start == 0) term_start = day;
    v1::SchoolDayRow row;
    row.set_school_code(name);
    row.set_day(day);
    row.set_sessions(calendar.sessions() & 3);
    row.set_term_start(term_start);
    base::Put(rows, row);
  }
}

// A close that waits for an earlier day that is still a school day stays: no day is skipped.
void MoveClose(const std::string& school_code, CivilDay first_open, Rows& rows) {
  auto school = base::Find<v1::SchoolRow>(rows, school_code);
  if (!school) return;
  first_open = std::max(first_open, CivilDay{school->last_closed_day() + 1});
  Schedule schedule(rows);
  const auto next = schedule.Next(school_code, first_open - 1);
  const CivilDay waiting{school->next_close_day()};
  if (waiting.days != 0 && (!next || waiting <= *next) &&
      schedule.On(school_code, waiting).sessions != 0) {
    return;
  }
  const int32_t day = next ? next->days : 0;
  if (day != school->next_close_day()) SetNextClose(rows, &*school, day);
}

}  // namespace

absl::Status EvolveCalendarAdopted(const v1::SchoolCalendarAdopted& event, Rows& rows) {
  v1::SchoolCalendar calendar;
  if (!calendar.ParseFromString(event.content())) {
    return absl::DataLossError("a school calendar in the journal does not parse");
  }
  for (const v1::Term& term : calendar.terms()) {
    EraseTerm(term, event.school_code(), rows);
    PutTerm(term, calendar, event.school_code(), rows);
  }
  std::vector<std::string> following;
  if (event.school_code().empty()) {
    base::ScanRows<v1::SchoolRow>(rows, kSchoolsMax, [&](const v1::SchoolRow& school) {
      if (!school.own_calendar()) following.push_back(school.school_code());
      return true;
    });
  } else {
    auto school = base::Find<v1::SchoolRow>(rows, event.school_code()).value_or(v1::SchoolRow());
    school.set_school_code(event.school_code());
    school.set_own_calendar(true);
    base::Put(rows, school);
    following.push_back(event.school_code());
  }
  for (const std::string& school : following) MoveClose(school, CivilDay{event.first_day()}, rows);
  return absl::OkStatus();
}

absl::Status EvolveSchoolDaysStarted(const v1::SchoolDaysStarted& event, Rows& rows) {
  auto school = base::Find<v1::SchoolRow>(rows, event.school_code()).value_or(v1::SchoolRow());
  school.set_school_code(event.school_code());
  SetNextClose(rows, &school, event.first_day());
  return absl::OkStatus();
}

absl::Status EvolveSchoolDayClosed(const v1::SchoolDayClosed& event, Rows& rows) {
  auto school = base::Find<v1::SchoolRow>(rows, event.school_code());
  if (!school) return absl::DataLossError("day close of an unknown school");
  school->set_last_closed_day(event.day());
  SetNextClose(rows, &*school, event.next_day());
  return absl::OkStatus();
}

}  // namespace twinline::attendance
