#include <algorithm>
#include <vector>

#include "attendance/domain/evolve.h"
#include "attendance/domain/marks.h"
#include "attendance/tables/tables.h"

namespace twinline::attendance {

using base::AsId;
using base::CivilDay;
using base::EventContext;
using base::Rows;

namespace {

v1::ClassDayRow ClassDayOf(const Rows& rows, std::string_view class_id, int32_t day) {
  auto row = base::Find<v1::ClassDayRow>(rows, AsId(class_id), day).value_or(v1::ClassDayRow());
  row.set_class_id(class_id.data(), class_id.size());
  row.set_day(day);
  return row;
}

struct MarkText {
  std::string reason;  // serialised Sealed
  uint32_t minutes_late = 0;
};

bool SaysNothing(const v1::MarkRow& mark) {
  return mark.morning() == kPresent && mark.afternoon() == kPresent && mark.guest() == 0;
}

// The child's own history: what its class said, and where it was seen as a guest. Each keeps its
// place, so that the order in which two schools report does not matter.
class ChildHistory {
 public:
  ChildHistory(Rows& rows, int32_t day, uint32_t session)
      : rows_(rows), day_(day), session_(session) {}

  void Put(std::string_view registration, uint32_t code, const std::string& class_id,
           MarkText text) {
    v1::MarkRow mark = Of(registration);
    mark.set_class_id(class_id);
    Lay(code, std::move(text), &mark);
    Store(mark);
  }

  // Takes back what this class said; another class's mark stays.
  void TakeBack(std::string_view registration, const std::string& class_id) {
    v1::MarkRow mark = Of(registration);
    if (mark.class_id() != class_id) return;
    Lay(kPresent, {}, &mark);
    Store(mark);
  }

  void SetGuest(std::string_view registration, bool seen) {
    v1::MarkRow mark = Of(registration);
    const uint32_t bit = SessionBit(session_);
    mark.set_guest(seen ? mark.guest() | bit : mark.guest() & ~bit);
    Store(mark);
  }

 private:
  v1::MarkRow Of(std::string_view registration) const {
    auto mark = base::Find<v1::MarkRow>(rows_, AsId(registration), day_).value_or(v1::MarkRow());
    mark.set_registration_id(registration.data(), registration.size());
    mark.set_day(day_);
    return mark;
  }

  void Lay(uint32_t code, MarkText text, v1::MarkRow* mark) const {
    if (session_ == kMorning) {
      mark->set_morning(code);
      mark->set_reason_morning(std::move(text.reason));
      mark->set_late_morning(text.minutes_late);
    } else {
      mark->set_afternoon(code);
      mark->set_reason_afternoon(std::move(text.reason));
      mark->set_late_afternoon(text.minutes_late);
    }
  }

  void Store(const v1::MarkRow& mark) {
    if (SaysNothing(mark)) {
      base::Erase(rows_, mark);
    } else {
      base::Put(rows_, mark);
    }
  }

  Rows& rows_;
  const int32_t day_;
  const uint32_t session_;
};

// A guest is noted beside its home class's day, and forgotten there when the mark is taken back.
void ChangeGuests(Rows& rows, const v1::ClassDayRow& here, uint32_t session,
                  const v1::SessionMarks& marks, bool seen) {
  ForEachGuest(marks, [&](std::string_view guest, std::string_view home) {
    if (home == here.class_id()) return;
    v1::ClassDayRow day = ClassDayOf(rows, home, here.day());
    if (seen) {
      NoteGuest(&day, session, guest, here.class_id());
    } else {
      ForgetGuest(&day, session, guest, here.class_id());
    }
    base::Put(rows, day);
    ChildHistory(rows, here.day(), session)
        .SetGuest(guest, PackedHas(GuestsOf(day, session), guest));
  });
}

// Replaces the marks of a session everywhere they are kept. `texts`, when given, is in step with
// them.
void SetSession(Rows& rows, v1::ClassDayRow* row, uint32_t session, v1::SessionMarks marks,
                const std::vector<MarkText>& texts) {
  ChildHistory history(rows, row->day(), session);
  if (Taken(*row, session)) {
    const v1::SessionMarks& before = MarksOf(*row, session);
    for (size_t i = 0; i < MarkCount(before); ++i) {
      history.TakeBack(MarkAt(before, i).registration, row->class_id());
    }
    ChangeGuests(rows, *row, session, before, /*seen=*/false);
  }
  for (size_t i = 0; i < MarkCount(marks); ++i) {
    const PackedMark mark = MarkAt(marks, i);
    if (mark.off_roster || mark.code == kGuest) continue;
    history.Put(mark.registration, mark.code, row->class_id(),
                i < texts.size() ? texts[i] : MarkText());
  }
  ChangeGuests(rows, *row, session, marks, /*seen=*/true);
  *MutableMarks(row, session) = std::move(marks);
  base::Put(rows, *row);
}

// A day whose close is past waits for the next one, or for a later roll call, to be judged.
void NoteRollCall(Rows& rows, const v1::RollCallTaken& event) {
  if (!event.after_close()) return;
  auto state =
      base::Find<v1::ClassStateRow>(rows, AsId(event.class_id())).value_or(v1::ClassStateRow());
  state.set_class_id(event.class_id());
  std::vector<int32_t> open(state.open_days().begin(), state.open_days().end());
  if (std::find(open.begin(), open.end(), event.day()) != open.end()) return;
  open.push_back(event.day());
  std::sort(open.begin(), open.end());
  state.mutable_open_days()->Assign(open.begin(), open.end());
  base::Put(rows, state);
}

}  // namespace

absl::Status Fold(const v1::RollCallTaken& event, const EventContext& context, Rows& rows) {
  v1::ClassDayRow row = ClassDayOf(rows, event.class_id(), event.day());
  if (event.judged()) row.set_judged(true);
  std::vector<MarkText> texts;
  for (const v1::Exception& exception : event.exceptions()) {
    texts.push_back(
        {exception.has_reason() ? exception.reason().SerializeAsString() : std::string(),
         exception.minutes_late()});
  }
  SetSession(rows, &row, event.session(),
             PackMarks(event, context.actor->subject(), context.recorded), texts);
  NoteRollCall(rows, event);
  // A signed late roll call changes streaks by StreakRecomputed, not by verdicts.
  if (event.judged() && !event.signed_late()) {
    ApplyVerdicts(rows, event.class_id(), CivilDay{event.day()}, event.verdicts());
  }
  return absl::OkStatus();
}

absl::Status Fold(const v1::DayJudged& event, const EventContext&, Rows& rows) {
  auto row = base::Find<v1::ClassDayRow>(rows, AsId(event.class_id()), event.day());
  if (!row) return absl::DataLossError("a judged class-day has no roll call");
  row->set_judged(true);
  base::Put(rows, *row);
  ApplyVerdicts(rows, event.class_id(), CivilDay{event.day()}, event.verdicts());
  return absl::OkStatus();
}

absl::Status Fold(const v1::MarkCorrected& event, const EventContext&, Rows& rows) {
  auto row = base::Find<v1::ClassDayRow>(rows, AsId(event.class_id()), event.day());
  if (!row || !Taken(*row, event.session())) {
    return absl::DataLossError("a corrected session was not taken");
  }
  v1::SessionMarks marks = MarksOf(*row, event.session());
  const v1::SessionMarks before = marks;
  SetCode(&marks, event.registration_id(), event.code_after());
  ChangeGuests(rows, *row, event.session(), before, /*seen=*/false);
  ChangeGuests(rows, *row, event.session(), marks, /*seen=*/true);
  *MutableMarks(&*row, event.session()) = std::move(marks);
  base::Put(rows, *row);
  ChildHistory(rows, event.day(), event.session())
      .Put(event.registration_id(), event.code_after(), event.class_id(), {});
  if (auto correction = base::Find<v1::CorrectionRow>(rows, AsId(event.correction_id()))) {
    correction->set_is_signed(true);
    base::Put(rows, *correction);
  }
  return absl::OkStatus();
}

absl::Status Fold(const v1::RollCallConflict& event, const EventContext& context, Rows& rows) {
  const v1::RollCallTaken& second = event.second();
  auto row = base::Find<v1::ClassDayRow>(rows, AsId(second.class_id()), second.day());
  if (!row) return absl::DataLossError("a conflicting roll call has no first one");
  *(second.session() == kMorning ? row->mutable_conflict_morning()
                                 : row->mutable_conflict_afternoon()) =
      PackMarks(second, context.actor->subject(), context.recorded);
  base::Put(rows, *row);
  return absl::OkStatus();
}

absl::Status Fold(const v1::RollCallConflictResolved& event, const EventContext&, Rows& rows) {
  auto row = base::Find<v1::ClassDayRow>(rows, AsId(event.class_id()), event.day());
  if (!row) return absl::DataLossError("a resolved conflict has no class-day");
  const bool morning = event.session() == kMorning;
  v1::SessionMarks second = morning ? row->conflict_morning() : row->conflict_afternoon();
  if (morning) {
    row->clear_conflict_morning();
  } else {
    row->clear_conflict_afternoon();
  }
  if (event.second_wins()) {
    SetSession(rows, &*row, event.session(), std::move(second), {});
  } else {
    base::Put(rows, *row);
  }
  return absl::OkStatus();
}

}  // namespace twinline::attendance
