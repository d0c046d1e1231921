#include "accountability/domain/rule_set.h"

#include <algorithm>

#include "accountability/tables/tables.h"
#include "platform/calendar/adopted.h"
#include "twinline/attendance/v1/attendance_rows.pb.h"
#include "twinline/types/v1/options.pb.h"

namespace twinline::accountability {

using base::CivilDay;
using base::Rows;

namespace {

constexpr int kRuleSetsMax = 10'000;

v1::Rung* AddRung(google::protobuf::RepeatedPtrField<v1::Rung>* line, const char* office,
                  std::initializer_list<types::v1::Role> roles, uint32_t days,
                  uint32_t persuade_days) {
  v1::Rung* rung = line->Add();
  rung->set_office(office);
  for (const types::v1::Role role : roles) rung->add_roles(role);
  rung->set_days(days);
  v1::TaskDays* task = rung->add_tasks();
  task->set_task("PERSUADE");
  task->set_days(persuade_days);
  return rung;
}

bool IsValidLine(const google::protobuf::RepeatedPtrField<v1::Rung>& line,
                 std::initializer_list<std::string_view> offices) {
  if (line.empty() || line.size() > 6) return false;
  for (const v1::Rung& rung : line) {
    if (std::find(offices.begin(), offices.end(), rung.office()) == offices.end()) return false;
    if (rung.roles().empty() || rung.days() == 0 || rung.days() > 60) return false;
    for (const v1::TaskDays& task : rung.tasks()) {
      if (task.task().empty() || task.days() == 0 || task.days() > 60) return false;
    }
  }
  return true;
}

}  // namespace

v1::RuleSet DefaultRules() {
  using namespace types::v1;
  v1::RuleSet rules;
  auto* government = rules.mutable_government();
  AddRung(government, "VILLAGE", {ROLE_VILLAGE_OFFICIAL}, 2, 5);
  AddRung(government, "TOWNSHIP", {ROLE_TOWNSHIP_OFFICIAL, ROLE_TOWNSHIP_HEAD}, 3, 5);
  AddRung(government, "COUNTY", {ROLE_COUNTY_HEAD}, 5, 10);
  auto* education = rules.mutable_education();
  AddRung(education, "CLASS", {ROLE_CLASS_TEACHER}, 2, 5);
  AddRung(education, "SCHOOL", {ROLE_PRINCIPAL}, 3, 5);
  AddRung(education, "BUREAU", {ROLE_BUREAU_OFFICIAL, ROLE_BUREAU_DIRECTOR}, 5, 10);
  rules.set_township_by("HUKOU");
  rules.set_probation_days(10);
  rules.set_confirm_school_days(20);
  rules.set_resumption_school_days(10);
  rules.set_arrival_school_days(10);
  rules.set_no_show_school_days(3);
  rules.set_report_days(1);
  rules.set_conflict_days(3);
  rules.set_sign_days(3);
  rules.set_grace_days(5);
  return rules;
}

bool IsValidRuleSet(const v1::RuleSet& rules) {
  return IsValidLine(rules.government(), {"VILLAGE", "TOWNSHIP", "COUNTY"}) &&
         IsValidLine(rules.education(), {"CLASS", "SCHOOL", "BUREAU"}) &&
         (rules.township_by() == "HUKOU" || rules.township_by() == "RESIDENCE") &&
         rules.probation_days() > 0 && rules.probation_days() <= 100 &&
         rules.confirm_school_days() > 0 && rules.resumption_school_days() > 0 &&
         rules.arrival_school_days() > 0 && rules.report_days() > 0 && rules.conflict_days() > 0 &&
         rules.sign_days() > 0;
}

v1::RuleSetRow RulesOn(const Rows& rows, CivilDay day) {
  v1::RuleSetRow found;
  base::ScanRows<v1::RuleSetRow>(rows, kRuleSetsMax, [&](const v1::RuleSetRow& row) {
    if (row.valid_from() > day.days) return false;
    found = row;
    return true;
  });
  if (found.version().empty()) {
    found.set_version("built-in");
    *found.mutable_rules() = DefaultRules();
  }
  return found;
}

int DaysFor(const v1::Rung& rung, std::string_view task) {
  for (const v1::TaskDays& days : rung.tasks()) {
    if (days.task() == task) return static_cast<int>(days.days());
  }
  return static_cast<int>(rung.days());
}

calendar::WorkingCalendar LoadCalendar(const Rows& rows) {
  calendar::WorkingCalendar working;
  base::ScanRows<v1::CalendarRow>(rows, 100, [&](const v1::CalendarRow& row) {
    calendar::v1::HolidayCalendar proto;
    if (proto.ParseFromString(row.content())) {
      if (auto year = calendar::FromProto(proto)) working.Adopt(*std::move(year));
    }
    return true;
  });
  return working;
}

struct SchoolDays::Calendar {
  attendance::v1::SchoolCalendar content;
};

SchoolDays::SchoolDays(const Rows& rows, const std::string& school_code)
    : calendar_(std::make_unique<Calendar>()) {
  auto row = base::Find<v1::ForeignCalendar>(rows, school_code);
  if (!row) row = base::Find<v1::ForeignCalendar>(rows, std::string());
  if (row) calendar_->content.ParseFromString(row->content());
}

SchoolDays::~SchoolDays() = default;

bool SchoolDays::Knows(CivilDay day) const {
  const auto& terms = calendar_->content.terms();
  return std::any_of(terms.begin(), terms.end(),
                     [&](const auto& term) { return term.last_day() >= day.days; });
}

bool SchoolDays::IsSchoolDay(CivilDay day) const {
  const attendance::v1::SchoolCalendar& calendar = calendar_->content;
  const bool in_term =
      std::any_of(calendar.terms().begin(), calendar.terms().end(), [&](const auto& term) {
        return term.first_day() <= day.days && day.days <= term.last_day();
      });
  if (!in_term) return false;
  if (std::any_of(calendar.closures().begin(), calendar.closures().end(),
                  [&](const auto& closed) { return closed.day() == day.days; })) {
    return false;
  }
  if (std::find(calendar.make_up_days().begin(), calendar.make_up_days().end(), day.days) !=
      calendar.make_up_days().end()) {
    return true;
  }
  return (calendar.weekdays() >> (day.weekday() - 1) & 1U) != 0;
}

std::optional<CivilDay> SchoolDays::Add(CivilDay start, int n) const {
  constexpr int kCivilDaysMax = 400;
  CivilDay day = start;
  for (int i = 0; i < kCivilDaysMax && Knows(day + 1); ++i) {
    day = day + 1;
    if (IsSchoolDay(day) && --n <= 0) return day;
  }
  return std::nullopt;
}

SchoolDayCount AddSchoolDays(const Rows& rows, const std::string& school_code, CivilDay start,
                             int n) {
  if (const auto day = SchoolDays(rows, school_code).Add(start, n)) return {*day, true};
  return {LoadCalendar(rows).AddWorkingDays(start, n), false};
}

}  // namespace twinline::accountability
