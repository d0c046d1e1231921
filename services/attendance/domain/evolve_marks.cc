#include <algorithm>
#include <vector>

#include "attendance/domain/evolve.h"
#include "attendance/domain/marks.h"
#include "attendance/tables/scratch.h"
#include "attendance/tables/tables.h"

namespace twinline::attendance {

using base::AsId;
using base::CivilDay;
using base::EventContext;
using base::Rows;

namespace {

void ReadClassDay(const Rows& rows, std::string_view class_id, int32_t day, v1::ClassDayRow* row) {
  FindInto(rows, row, AsId(class_id), day);
  row->set_class_id(class_id.data(), class_id.size());
  row->set_day(day);
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
  ChildHistory(Rows& rows, int32_t day, uint32_t session, Scratch& scratch)
      : rows_(rows), day_(day), session_(session), mark_(*scratch.New<v1::MarkRow>()) {}

  void Put(std::string_view registration, uint32_t code, const std::string& class_id,
           const MarkText& text) {
    Read(registration);
    mark_.set_class_id(class_id);
    Lay(code, text);
    Store();
  }

  // Takes back what this class said; another class's mark stays.
  void TakeBack(std::string_view registration, const std::string& class_id) {
    Read(registration);
    if (mark_.class_id() != class_id) return;
    Lay(kPresent, {});
    Store();
  }

  void SetGuest(std::string_view registration, bool seen) {
    Read(registration);
    const uint32_t bit = SessionBit(session_);
    mark_.set_guest(seen ? mark_.guest() | bit : mark_.guest() & ~bit);
    Store();
  }

 private:
  void Read(std::string_view registration) {
    FindInto(rows_, &mark_, AsId(registration), day_);
    mark_.set_registration_id(registration.data(), registration.size());
    mark_.set_day(day_);
  }

  void Lay(uint32_t code, const MarkText& text) {
    if (session_ == kMorning) {
      mark_.set_morning(code);
      mark_.set_reason_morning(text.reason);
      mark_.set_late_morning(text.minutes_late);
    } else {
      mark_.set_afternoon(code);
      mark_.set_reason_afternoon(text.reason);
      mark_.set_late_afternoon(text.minutes_late);
    }
  }

  void Store() {
    if (SaysNothing(mark_)) {
      base::Erase(rows_, mark_);
    } else {
      base::Put(rows_, mark_);
    }
  }

  Rows& rows_;
  const int32_t day_;
  const uint32_t session_;
  v1::MarkRow& mark_;
};

// A guest is noted beside its home class's day, and forgotten there when the mark is taken back.
void ChangeGuests(Rows& rows, const v1::ClassDayRow& here, uint32_t session,
                  const v1::SessionMarks& marks, bool seen, Scratch& scratch) {
  ForEachGuest(marks, [&](std::string_view guest, std::string_view home) {
    if (home == here.class_id()) return;
    auto* day = scratch.New<v1::ClassDayRow>();
    ReadClassDay(rows, home, here.day(), day);
    if (seen) {
      NoteGuest(day, session, guest, here.class_id());
    } else {
      ForgetGuest(day, session, guest, here.class_id());
    }
    base::Put(rows, *day);
    ChildHistory(rows, here.day(), session, scratch)
        .SetGuest(guest, PackedHas(GuestsOf(*day, session), guest));
  });
}

// Replaces the marks of a session everywhere they are kept. `texts`, when given, is in step with
// them.
void SetSession(Rows& rows, v1::ClassDayRow* row, uint32_t session, const v1::SessionMarks& marks,
                const std::vector<MarkText>& texts, Scratch& scratch) {
  ChildHistory history(rows, row->day(), session, scratch);
  if (Taken(*row, session)) {
    const v1::SessionMarks& before = MarksOf(*row, session);
    for (size_t i = 0; i < MarkCount(before); ++i) {
      history.TakeBack(MarkAt(before, i).registration, row->class_id());
    }
    ChangeGuests(rows, *row, session, before, /*seen=*/false, scratch);
  }
  for (size_t i = 0; i < MarkCount(marks); ++i) {
    const PackedMark mark = MarkAt(marks, i);
    if (mark.off_roster || mark.code == kGuest) continue;
    history.Put(mark.registration, mark.code, row->class_id(),
                i < texts.size() ? texts[i] : MarkText());
  }
  ChangeGuests(rows, *row, session, marks, /*seen=*/true, scratch);
  *MutableMarks(row, session) = marks;
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
  Scratch scratch;
  auto* row = scratch.New<v1::ClassDayRow>();
  ReadClassDay(rows, event.class_id(), event.day(), row);
  if (event.judged()) row->set_judged(true);
  std::vector<MarkText> texts;
  texts.reserve(static_cast<size_t>(event.exceptions_size()));
  for (const v1::Exception& exception : event.exceptions()) {
    texts.push_back(
        {exception.has_reason() ? exception.reason().SerializeAsString() : std::string(),
         exception.minutes_late()});
  }
  auto* marks = scratch.New<v1::SessionMarks>();
  PackMarks(event, context.actor->subject(), context.recorded, marks);
  SetSession(rows, row, event.session(), *marks, texts, scratch);
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
  Scratch scratch;
  ChangeGuests(rows, *row, event.session(), before, /*seen=*/false, scratch);
  ChangeGuests(rows, *row, event.session(), marks, /*seen=*/true, scratch);
  *MutableMarks(&*row, event.session()) = std::move(marks);
  base::Put(rows, *row);
  ChildHistory(rows, event.day(), event.session(), scratch)
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
  PackMarks(second, context.actor->subject(), context.recorded,
            second.session() == kMorning ? row->mutable_conflict_morning()
                                         : row->mutable_conflict_afternoon());
  base::Put(rows, *row);
  return absl::OkStatus();
}

absl::Status Fold(const v1::RollCallConflictResolved& event, const EventContext&, Rows& rows) {
  auto row = base::Find<v1::ClassDayRow>(rows, AsId(event.class_id()), event.day());
  if (!row) return absl::DataLossError("a resolved conflict has no class-day");
  const bool morning = event.session() == kMorning;
  const v1::SessionMarks second = morning ? row->conflict_morning() : row->conflict_afternoon();
  if (morning) {
    row->clear_conflict_morning();
  } else {
    row->clear_conflict_afternoon();
  }
  if (event.second_wins()) {
    Scratch scratch;
    SetSession(rows, &*row, event.session(), second, {}, scratch);
  } else {
    base::Put(rows, *row);
  }
  return absl::OkStatus();
}

}  // namespace twinline::attendance
