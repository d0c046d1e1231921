#include "attendance/domain/two_schools.h"

#include "attendance/domain/marks.h"
#include "attendance/domain/streak.h"
#include "attendance/tables/tables.h"

namespace twinline::attendance {

using base::AsId;
using base::CivilDay;
using base::Events;
using base::MakeEvent;
using base::Rows;

namespace {

// Present by the roll call of its own class: on the list that was read, and not absent.
bool PresentIn(const v1::ClassDayRow& class_day, uint32_t session,
               const v1::ForeignRegistration& facts) {
  if (!Taken(class_day, session)) return false;
  const v1::Place& place = PlaceOn(facts.places(), CivilDay{class_day.day()});
  if (place.class_id() != class_day.class_id()) return false;
  const v1::SessionMarks& marks = MarksOf(class_day, session);
  const uint32_t code = CodeOf(marks, facts.registration_id());
  return ShowsPresence(code) && (code != kPresent || marks.roster_version() >= place.roster_from());
}

class Conflicts {
 public:
  Conflicts(const Rows& rows, const v1::ForeignClass& class_facts, const v1::ClassDayRow& class_day,
            uint32_t session, Events* events)
      : rows_(rows),
        class_(class_facts),
        class_day_(class_day),
        session_(session),
        events_(events) {}

  // Guests that this roll call names and that their own class saw too.
  void GuestsHere() {
    ForEachGuest(MarksOf(class_day_, session_), [&](std::string_view guest, std::string_view home) {
      if (home == class_.class_id()) return;
      const auto facts = base::Find<v1::ForeignRegistration>(rows_, AsId(guest));
      const auto there = base::Find<v1::ClassDayRow>(rows_, AsId(home), class_day_.day());
      if (facts && there && PresentIn(*there, session_, *facts)) {
        Add(*facts, class_.school_code());
      }
    });
  }

  // Pupils of this class that another class named as guests.
  void GuestsElsewhere() {
    const std::string& guests = GuestsOf(class_day_, session_);
    for (size_t i = 0; i < PackedCount(guests); ++i) {
      const auto place = base::Find<v1::ForeignClass>(
          rows_, AsId(PackedAt(GuestPlacesOf(class_day_, session_), i)));
      AddIfPresentHere(PackedAt(guests, i), place ? place->school_code() : std::string());
    }
  }

  // Pupils of this class that may be registered a second time (A04).
  void Doubles() {
    using Table = base::TableOf<v1::ForeignRegistration>;
    base::ScanIndex<v1::ForeignRegistration>(
        rows_, Table::kByClass, 200,
        [&](const v1::ForeignRegistration& here) {
          if (here.duplicate()) DoubleOf(here);
          return true;
        },
        AsId(class_.class_id()));
  }

 private:
  void DoubleOf(const v1::ForeignRegistration& here) {
    using Table = base::TableOf<v1::ForeignRegistration>;
    base::ScanIndex<v1::ForeignRegistration>(
        rows_, Table::kByTwin, 4,
        [&](const v1::ForeignRegistration& there) {
          if (there.registration_id() == here.registration_id() || there.class_id().empty())
            return true;
          const auto day =
              base::Find<v1::ClassDayRow>(rows_, AsId(there.class_id()), class_day_.day());
          if (day && PresentIn(*day, session_, there)) {
            AddIfPresentHere(here.registration_id(), there.school_code());
          }
          return true;
        },
        AsId(here.duplicate_task()));
  }

  void AddIfPresentHere(std::string_view registration, const std::string& other_school) {
    const auto facts = base::Find<v1::ForeignRegistration>(rows_, AsId(registration));
    if (facts && PresentIn(class_day_, session_, *facts)) {
      Add(*facts, other_school);
    }
  }

  void Add(const v1::ForeignRegistration& facts, const std::string& other_school) {
    const auto known = base::Find<v1::ConflictRow>(rows_, class_day_.day(), session_,
                                                   AsId(facts.registration_id()));
    if (known) return;
    v1::PresentAtTwoSchools conflict;
    conflict.set_child_id(facts.child_id());
    conflict.set_registration_id(facts.registration_id());
    conflict.set_school_code(facts.school_code());
    conflict.set_other_school_code(other_school);
    conflict.set_day(class_day_.day());
    conflict.set_session(session_);
    events_->push_back(MakeEvent(conflict, CivilDay{class_day_.day()}));
  }

  const Rows& rows_;
  const v1::ForeignClass& class_;
  const v1::ClassDayRow& class_day_;
  const uint32_t session_;
  Events* events_;
};

}  // namespace

void AddTwoSchoolConflicts(const Rows& rows, const v1::ForeignClass& class_facts,
                           const v1::ClassDayRow& class_day, uint32_t session, Events* events) {
  Conflicts conflicts(rows, class_facts, class_day, session, events);
  conflicts.GuestsHere();
  conflicts.GuestsElsewhere();
  if (class_facts.doubles() > 0) conflicts.Doubles();
}

void AddGuests(const Rows& rows, const std::string& class_id, CivilDay day, uint32_t session,
               const v1::SessionMarks& before, const v1::SessionMarks& after, Changes* changes) {
  const auto day_of = [&](std::string_view home) -> v1::ClassDayRow* {
    for (v1::ClassDayRow& row : changes->days) {
      if (row.class_id() == home && row.day() == day.days) return &row;
    }
    auto stored = base::Find<v1::ClassDayRow>(rows, AsId(home), day.days);
    if (!stored) return nullptr;
    changes->days.push_back(*std::move(stored));
    return &changes->days.back();
  };
  ForEachGuest(before, [&](std::string_view guest, std::string_view home) {
    v1::ClassDayRow* row = home == class_id ? nullptr : day_of(home);
    if (row == nullptr) return;
    ForgetGuest(row, session, guest, class_id);
    changes->affected.emplace_back(guest);
  });
  ForEachGuest(after, [&](std::string_view guest, std::string_view home) {
    v1::ClassDayRow* row = home == class_id ? nullptr : day_of(home);
    if (row == nullptr) return;
    NoteGuest(row, session, guest, class_id);
    changes->affected.emplace_back(guest);
  });
}

}  // namespace twinline::attendance
