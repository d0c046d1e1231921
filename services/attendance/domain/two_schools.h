// Children seen at two schools (D04): guests that a class marks present although they are
// registered elsewhere, and children with two registrations (A04). Both marks stay; the conflict is
// an event.
#pragma once

#include "attendance/domain/recount.h"
#include "platform/base/decision.h"
#include "twinline/attendance/v1/attendance_rows.pb.h"

namespace twinline::attendance {

// Appends PresentAtTwoSchools for everyone who, with `class_day` as it is after the roll call of
// `session`, is present here and elsewhere in the same half-day and was not reported before. Works
// from both sides, whichever roll call comes second.
void AddTwoSchoolConflicts(const base::Rows& rows, const v1::ForeignClass& class_facts,
                           const v1::ClassDayRow& class_day, uint32_t session,
                           base::Events* events);

// Guests that appear or disappear when the marks of a session change from `before` to `after`: adds
// the days of their home classes as they will be. Where such a day was judged already, the child's
// streak is counted again (C-6).
void AddGuests(const base::Rows& rows, const std::string& class_id, base::CivilDay day,
               uint32_t session, const v1::SessionMarks& before, const v1::SessionMarks& after,
               Changes* changes);

}  // namespace twinline::attendance
