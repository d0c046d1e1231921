#include "attendance/domain/marks.h"

#include "attendance/tables/tables.h"

namespace twinline::attendance {

using base::CivilDay;
using base::Id16;
using base::Rows;

bool ShowsPresence(uint32_t code) { return code == kPresent || code == kLate || code == kGuest; }

bool IsApprovedLeave(uint32_t code) {
  return code == kSickLeave || code == kPersonalLeave || code == kOfficialLeave;
}

bool Taken(const v1::ClassDayRow& row, uint32_t session) {
  return session == kMorning ? row.has_morning() : row.has_afternoon();
}

const v1::SessionMarks& MarksOf(const v1::ClassDayRow& row, uint32_t session) {
  return session == kMorning ? row.morning() : row.afternoon();
}

v1::SessionMarks* MutableMarks(v1::ClassDayRow* row, uint32_t session) {
  return session == kMorning ? row->mutable_morning() : row->mutable_afternoon();
}

uint32_t CodeOf(const v1::SessionMarks& marks, std::string_view registration) {
  const std::string& ids = marks.registration_ids();
  for (size_t i = 0; (i + 1) * Id16::kSize <= ids.size() && i < marks.codes().size(); ++i) {
    if (std::string_view(ids).substr(i * Id16::kSize, Id16::kSize) == registration) {
      return static_cast<uint8_t>(marks.codes()[i]);
    }
  }
  return kPresent;
}

void SetCode(v1::SessionMarks* marks, std::string_view registration, uint32_t code) {
  std::string ids;
  std::string codes;
  for (size_t i = 0; i < marks->codes().size(); ++i) {
    const std::string_view id =
        std::string_view(marks->registration_ids()).substr(i * Id16::kSize, Id16::kSize);
    if (id == registration) continue;
    ids += id;
    codes += marks->codes()[i];
  }
  if (code != kPresent) {
    ids += registration;
    codes += static_cast<char>(code);
  }
  marks->set_registration_ids(std::move(ids));
  marks->set_codes(std::move(codes));
}

v1::SessionMarks PackMarks(const v1::RollCallTaken& event, std::string_view by, base::Timestamp at) {
  v1::SessionMarks marks;
  marks.set_roster_version(event.roster_version());
  marks.set_by(std::string(by));
  marks.set_at_us(at.us);
  std::string ids;
  std::string codes;
  for (const v1::Exception& exception : event.exceptions()) {
    ids += exception.registration_id();
    codes += static_cast<char>(exception.code());
  }
  marks.set_registration_ids(std::move(ids));
  marks.set_codes(std::move(codes));
  return marks;
}

namespace {

// Schools with a calendar of their own are few; everybody else reads the default.
std::string CalendarOf(const Rows& rows, std::string_view school) {
  const auto row = base::Find<v1::SchoolRow>(rows, school);
  return row && row->own_calendar() ? std::string(school) : std::string();
}

}  // namespace

uint32_t ScheduledSessions(const Rows& rows, std::string_view school, CivilDay day,
                           CivilDay* term_start) {
  const auto row = base::Find<v1::SchoolDayRow>(rows, CalendarOf(rows, school), day.days);
  if (!row) return 0;
  if (term_start != nullptr) *term_start = CivilDay{row->term_start()};
  return row->sessions();
}

std::optional<CivilDay> NextSchoolDay(const Rows& rows, std::string_view school, CivilDay day) {
  const std::string calendar = CalendarOf(rows, school);
  std::optional<CivilDay> next;
  rows.Scan(base::RowKey<v1::SchoolDayRow>(calendar),
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
