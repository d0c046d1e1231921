// What the marks of a class-day say about one registration. Pure helpers over messages; the
// counting rules C-1 to C-7 of domain.md 2.3 are in judge.h and streak.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "platform/base/ids.h"
#include "platform/base/time.h"
#include "twinline/attendance/v1/attendance_events.pb.h"
#include "twinline/attendance/v1/attendance_rows.pb.h"

namespace twinline::attendance {

// Codes of a mark. Present is the absence of an exception and never stored.
enum MarkCode : uint32_t {
  kPresent = 0,
  kLate = 1,
  kSickLeave = 2,
  kPersonalLeave = 3,
  kOfficialLeave = 4,
  kUnexplained = 5,
  kGuest = 6,  // present here, registered elsewhere (D04)
};

inline constexpr uint32_t kMorning = 1;  // twinline.types.v1.Session
inline constexpr uint32_t kAfternoon = 2;
inline constexpr uint32_t SessionBit(uint32_t session) { return 1u << (session - 1); }

bool ShowsPresence(uint32_t code);  // present, late, guest: C-3, late is present
bool IsApprovedLeave(uint32_t code);

// True when the session was taken (a roll call exists, perhaps with an empty list).
bool Taken(const v1::ClassDayRow& row, uint32_t session);
uint32_t TakenSessions(const v1::ClassDayRow& row);  // bit mask
const v1::SessionMarks& MarksOf(const v1::ClassDayRow& row, uint32_t session);
v1::SessionMarks* MutableMarks(v1::ClassDayRow* row, uint32_t session);

// Ids packed into a bytes field, 16 bytes each.
size_t PackedCount(std::string_view packed);
std::string_view PackedAt(std::string_view packed, size_t index);
bool PackedHas(std::string_view packed, std::string_view id);

// One packed exception.
struct PackedMark {
  std::string_view registration;
  uint32_t code = kPresent;
  bool off_roster = false;  // on no roster of this class: kept, never counted
};
size_t MarkCount(const v1::SessionMarks& marks);
PackedMark MarkAt(const v1::SessionMarks& marks, size_t index);

// Code of `registration` in a taken session: kPresent when it is not among the exceptions.
uint32_t CodeOf(const v1::SessionMarks& marks, std::string_view registration);
bool Lists(const v1::SessionMarks& marks, std::string_view registration);
void SetCode(v1::SessionMarks* marks, std::string_view registration, uint32_t code);
void PackMarks(const v1::RollCallTaken& event, std::string_view by, base::Timestamp at,
               v1::SessionMarks* out);
// Equal in what they say, whoever said it and when.
bool SameMarks(const v1::SessionMarks& a, const v1::SessionMarks& b);

// Calls fn(registration, home class) for each guest among the marks.
template <typename Fn>
void ForEachGuest(const v1::SessionMarks& marks, Fn&& fn) {
  size_t guest = 0;
  for (size_t i = 0; i < MarkCount(marks); ++i) {
    const PackedMark mark = MarkAt(marks, i);
    if (mark.code == kGuest) fn(mark.registration, PackedAt(marks.guest_class_ids(), guest++));
  }
}

// Guests of this class elsewhere, as other classes noted them, and which classes did.
const std::string& GuestsOf(const v1::ClassDayRow& row, uint32_t session);
const std::string& GuestPlacesOf(const v1::ClassDayRow& row, uint32_t session);
void NoteGuest(v1::ClassDayRow* home, uint32_t session, std::string_view registration,
               std::string_view at_class);
void ForgetGuest(v1::ClassDayRow* home, uint32_t session, std::string_view registration,
                 std::string_view at_class);

}  // namespace twinline::attendance
