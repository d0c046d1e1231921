// How a streak is counted, day by day: the one place that Decide, Evolve and recounts share, so
// that a streak counted again from the marks is the streak that was counted as they came (D03).
//   C-1 only scheduled school days are offered here; other days neither count nor break.
//   C-3 presence ends the streak; late is present.
//   C-4 approved leave pauses: it does not count and does not reset.
//   C-5 an unrecorded day is neither absence nor presence.
//   C-7 thresholds are those in force on the day that is judged.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "platform/base/civil.h"
#include "twinline/attendance/v1/attendance_events.pb.h"
#include "twinline/attendance/v1/attendance_rows.pb.h"

namespace twinline::attendance {

enum Outcome : uint32_t {
  kOutcomePresent = 1,
  kOutcomeUnexplained = 2,
  kOutcomeLeave = 3,
  kOutcomeNoData = 4,
};

// The verdict of one more judged day.
v1::Verdict CountDay(const v1::TrackedChild& child, uint32_t outcome, base::CivilDay day,
                     base::CivilDay term_start);
void ApplyVerdict(const v1::Verdict& verdict, base::CivilDay day, v1::TrackedChild* child);

// Thresholds that the streak, already counted up to `day`, reaches under `rules` and has not
// crossed before, in rising order. CONTACT, SCHOOL_REPORT, SUSPECTED count the streak's days;
// TERM_START_NO_SHOW those of the term of a child not seen since the term began (D06); CONFIRM_DUE
// the days since it was suspected, and not before a calendar month has passed (domain.md 2.3).
std::vector<std::string> ReachedThresholds(const v1::RuleSet& rules, const v1::TrackedChild& child,
                                           base::CivilDay day, base::CivilDay term_start);
void ApplyCrossed(std::string_view threshold, uint32_t days, base::CivilDay day,
                  v1::TrackedChild* child);

v1::TrackedChild* FindChild(v1::TrackedSetRow* set, std::string_view registration);
const v1::TrackedChild* FindChild(const v1::TrackedSetRow& set, std::string_view registration);
// Removes and returns it; an empty message when it is not there.
v1::TrackedChild RemoveChild(v1::TrackedSetRow* set, std::string_view registration);

// The child as it begins to be tracked in a class.
v1::TrackedChild ChildOf(const v1::Tracked& event);
// Class-days as they will be once what is being decided is stored.
using ClassDays = std::vector<v1::ClassDayRow>;

using Places = google::protobuf::RepeatedPtrField<v1::Place>;
// The place that `day` belongs to; its class id is empty when it belongs to none.
const v1::Place& PlaceOn(const Places& places, base::CivilDay day);
// True when that is not the place where it is now.
bool MovedSince(const Places& places, base::CivilDay day);

}  // namespace twinline::attendance
