#include "attendance/domain/schedule.h"

#include "attendance/tables/tables.h"

namespace twinline::attendance {

using base::CivilDay;
using base::Rows;

const v1::SchoolRow* Schedule::School(std::string_view school_code) {
  if (!read_ || school_code_ != school_code) {
    school_code_ = school_code;
    school_ = base::Find<v1::SchoolRow>(rows_, school_code);
    read_ = true;
  }
  return school_ ? &*school_ : nullptr;
}

std::string_view Schedule::CalendarOf(std::string_view school_code) {
  const v1::SchoolRow* school = School(school_code);
  return school != nullptr && school->own_calendar() ? school_code : std::string_view();
}

DayPlan Schedule::On(std::string_view school_code, CivilDay day) {
  const auto row = base::Find<v1::SchoolDayRow>(rows_, CalendarOf(school_code), day.days);
  if (!row) return {};
  return {row->sessions(), CivilDay{row->term_start()}};
}

std::optional<CivilDay> Schedule::Next(std::string_view school_code, CivilDay day) {
  const std::string_view calendar = CalendarOf(school_code);
  std::optional<CivilDay> next;
  rows_.Scan(base::RowKey<v1::SchoolDayRow>(calendar),
             base::RowKey<v1::SchoolDayRow>(calendar, day.days + 1),
             [&](std::string_view, std::string_view value) {
               v1::SchoolDayRow row;
               row.ParseFromArray(value.data(), static_cast<int>(value.size()));
               next = CivilDay{row.day()};
               return false;
             });
  return next;
}

v1::RuleSetRow RulesOn(const Rows& rows, CivilDay day) {
  v1::RuleSetRow in_force;
  // Rule sets are few for ever: one a year at most.
  base::ScanRows<v1::RuleSetRow>(rows, 1000, [&](const v1::RuleSetRow& row) {
    if (row.valid_from() > day.days) return false;
    in_force = row;
    return true;
  });
  return in_force;
}

}  // namespace twinline::attendance
