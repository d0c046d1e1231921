#include "attendance/domain/marks.h"

#include <algorithm>

namespace twinline::attendance {

using base::Id16;

namespace {

constexpr uint8_t kOffRoster = 0x80;

void AppendId(std::string* packed, std::string_view id) {
  packed->append(id.size() == Id16::kSize ? id : Id16().bytes());
}

}  // namespace

bool ShowsPresence(uint32_t code) { return code == kPresent || code == kLate || code == kGuest; }

bool IsApprovedLeave(uint32_t code) {
  return code == kSickLeave || code == kPersonalLeave || code == kOfficialLeave;
}

bool Taken(const v1::ClassDayRow& row, uint32_t session) {
  return session == kMorning ? row.has_morning() : row.has_afternoon();
}

uint32_t TakenSessions(const v1::ClassDayRow& row) {
  return (row.has_morning() ? SessionBit(kMorning) : 0) |
         (row.has_afternoon() ? SessionBit(kAfternoon) : 0);
}

const v1::SessionMarks& MarksOf(const v1::ClassDayRow& row, uint32_t session) {
  return session == kMorning ? row.morning() : row.afternoon();
}

v1::SessionMarks* MutableMarks(v1::ClassDayRow* row, uint32_t session) {
  return session == kMorning ? row->mutable_morning() : row->mutable_afternoon();
}

size_t PackedCount(std::string_view packed) { return packed.size() / Id16::kSize; }

std::string_view PackedAt(std::string_view packed, size_t index) {
  return index < PackedCount(packed) ? packed.substr(index * Id16::kSize, Id16::kSize)
                                     : std::string_view();
}

bool PackedHas(std::string_view packed, std::string_view id) {
  for (size_t i = 0; i < PackedCount(packed); ++i) {
    if (PackedAt(packed, i) == id) return true;
  }
  return false;
}

size_t MarkCount(const v1::SessionMarks& marks) {
  return std::min(marks.codes().size(), PackedCount(marks.registration_ids()));
}

PackedMark MarkAt(const v1::SessionMarks& marks, size_t index) {
  const uint8_t code = static_cast<uint8_t>(marks.codes()[index]);
  return {PackedAt(marks.registration_ids(), index), code & ~uint32_t{kOffRoster},
          (code & kOffRoster) != 0};
}

uint32_t CodeOf(const v1::SessionMarks& marks, std::string_view registration) {
  for (size_t i = 0; i < MarkCount(marks); ++i) {
    const PackedMark mark = MarkAt(marks, i);
    if (mark.registration == registration) return mark.code;
  }
  return kPresent;
}

bool Lists(const v1::SessionMarks& marks, std::string_view registration) {
  return PackedHas(marks.registration_ids(), registration);
}

void SetCode(v1::SessionMarks* marks, std::string_view registration, uint32_t code) {
  std::string ids;
  std::string codes;
  std::string homes;
  size_t guest = 0;
  for (size_t i = 0; i < MarkCount(*marks); ++i) {
    const PackedMark mark = MarkAt(*marks, i);
    const std::string_view home =
        mark.code == kGuest ? PackedAt(marks->guest_class_ids(), guest++) : std::string_view();
    if (mark.registration == registration) continue;
    ids += mark.registration;
    codes += marks->codes()[i];
    homes += home;
  }
  if (code != kPresent) {
    ids += registration;
    codes += static_cast<char>(code);
  }
  marks->set_registration_ids(std::move(ids));
  marks->set_codes(std::move(codes));
  marks->set_guest_class_ids(std::move(homes));
}

void PackMarks(const v1::RollCallTaken& event, std::string_view by, base::Timestamp at,
               v1::SessionMarks* out) {
  out->Clear();
  out->set_roster_version(event.roster_version());
  out->set_by(by.data(), by.size());
  out->set_at_us(at.us);
  if (event.has_late_reason()) out->set_late_reason(event.late_reason().SerializeAsString());
  if (event.exceptions().empty()) return;
  std::string* ids = out->mutable_registration_ids();
  std::string* codes = out->mutable_codes();
  ids->reserve(event.exceptions_size() * Id16::kSize);
  for (const v1::Exception& exception : event.exceptions()) {
    AppendId(ids, exception.registration_id());
    codes->push_back(
        static_cast<char>(exception.code() | (exception.not_on_roster() ? kOffRoster : 0)));
    if (exception.code() == kGuest) {
      AppendId(out->mutable_guest_class_ids(), exception.home_class_id());
    }
  }
}

bool SameMarks(const v1::SessionMarks& a, const v1::SessionMarks& b) {
  if (a.roster_version() != b.roster_version() || MarkCount(a) != MarkCount(b)) return false;
  for (size_t i = 0; i < MarkCount(a); ++i) {
    const PackedMark mark = MarkAt(a, i);
    if (!Lists(b, mark.registration) || CodeOf(b, mark.registration) != mark.code) return false;
  }
  return true;
}

const std::string& GuestsOf(const v1::ClassDayRow& row, uint32_t session) {
  return session == kMorning ? row.guest_morning() : row.guest_afternoon();
}

const std::string& GuestPlacesOf(const v1::ClassDayRow& row, uint32_t session) {
  return session == kMorning ? row.guest_morning_at() : row.guest_afternoon_at();
}

namespace {

struct GuestFields {
  std::string* ids;
  std::string* places;
};

GuestFields MutableGuests(v1::ClassDayRow* row, uint32_t session) {
  return session == kMorning
             ? GuestFields{row->mutable_guest_morning(), row->mutable_guest_morning_at()}
             : GuestFields{row->mutable_guest_afternoon(), row->mutable_guest_afternoon_at()};
}

}  // namespace

void NoteGuest(v1::ClassDayRow* home, uint32_t session, std::string_view registration,
               std::string_view at_class) {
  ForgetGuest(home, session, registration, at_class);
  const GuestFields guests = MutableGuests(home, session);
  AppendId(guests.ids, registration);
  AppendId(guests.places, at_class);
}

void ForgetGuest(v1::ClassDayRow* home, uint32_t session, std::string_view registration,
                 std::string_view at_class) {
  const GuestFields guests = MutableGuests(home, session);
  for (size_t i = 0; i < PackedCount(*guests.ids); ++i) {
    if (PackedAt(*guests.ids, i) != registration || PackedAt(*guests.places, i) != at_class)
      continue;
    guests.ids->erase(i * Id16::kSize, Id16::kSize);
    guests.places->erase(i * Id16::kSize, Id16::kSize);
    return;
  }
}

}  // namespace twinline::attendance
