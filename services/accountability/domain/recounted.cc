#include <algorithm>

#include "accountability/domain/absence.h"
#include "accountability/domain/case_change.h"
#include "accountability/domain/open.h"
#include "accountability/domain/owners.h"
#include "accountability/domain/refusals.h"
#include "accountability/tables/tables.h"

namespace twinline::accountability {

using base::Context;
using base::Decision;
using base::Rows;

namespace {

using Thresholds = google::protobuf::RepeatedPtrField<std::string>;

bool Opens(const Thresholds& thresholds) { return !OpeningGround(thresholds).empty(); }

// One recount on what this service knows of the child.
class RecountDecider {
 public:
  RecountDecider(const v1::NoteRecountCommand& command, const Rows& rows, const Context& context)
      : command_(command), rows_(rows), context_(context), open_(command.streak()) {
    const auto child = FindChild(rows, open_.child_id(), open_.registration_id());
    if (child) open_.set_school_code(child->facts().school_code());
    row_ = CaseOfRegistration(rows, open_.registration_id());
    standing_ = Standing();
    fresh_ = standing_.has_value() && !Opens(command.thresholds_before());
  }

  Decision Decide() {
    if (row_ && !IsClosed(row_->facts().state())) return OnOpenCase();
    // A correction that makes a streak opens a case like any other, with deadlines from record time
    // also when the streak is over by now, or a false presence would have hidden it for
    // good.
    if (fresh_) return DecideCrossing(*standing_, rows_, context_);
    if (standing_) return AlreadySo();  // it had its case
    if (open_.days() > 0) return DecideCrossing(open_, rows_, context_);
    v1::NoteStreakEndedCommand ended;
    ended.set_registration_id(open_.registration_id());
    return DecideStreakEnded(ended, rows_, context_);
  }

 private:
  // The first streak of those looked at that opens a case, over or not.
  std::optional<v1::NoteCrossingCommand> Standing() const {
    for (const v1::NoteCrossingCommand& past : command_.past()) {
      if (!Opens(past.thresholds())) continue;
      v1::NoteCrossingCommand streak = open_;
      *streak.mutable_thresholds() = past.thresholds();
      streak.set_days(past.days());
      streak.set_first_day(past.first_day());
      streak.set_last_day(past.last_day());
      streak.clear_last_present_day();
      return streak;
    }
    if (Opens(open_.thresholds())) return open_;
    return std::nullopt;
  }

  // The case rests on an absence of the days that were counted again: what a streak did not open,
  // or one that lies further back, is not undone by it.
  bool Concerned() const {
    const v1::CaseFacts& facts = row_->facts();
    return (facts.ground() == "THRESHOLD" || facts.ground() == "TERM_START_NO_SHOW") &&
           facts.first_absent().days() >= command_.since_day();
  }

  Decision OnOpenCase() {
    const v1::CaseFacts& facts = row_->facts();
    const bool grew = open_.days() > command_.days_before();
    // On probation a child must not be absent even one day (K-4), whenever that is recorded.
    if (facts.state() == kReturned && grew && open_.last_day() >= facts.returned_on().days()) {
      return DecideCrossing(open_, rows_, context_);
    }
    if (!standing_) return Concerned() ? ProposeFalseAlarm() : AlreadySo();
    const bool standing_is_open = standing_->first_day() == open_.first_day();
    if (standing_is_open && (grew || fresh_)) return DecideCrossing(*standing_, rows_, context_);
    if (!Concerned()) return AlreadySo();
    return fresh_ && facts.state() == kFalseAlarmProposed ? TakeBack() : SetRight();
  }

  // Nobody's deadline moves: a correction cannot close a case alone (D03).
  Decision ProposeFalseAlarm() {
    const v1::CaseFacts& facts = row_->facts();
    const CaseRule* rule = FindSystemRule(facts.state(), kStreakCorrected);
    if (rule == nullptr) return AlreadySo();
    CaseChange change(rows_, context_, facts);
    const bool probation = facts.state() == kReturned && !facts.probation_passed();
    change.facts().set_state(std::string(rule->next));
    change.facts().set_absent_days(open_.days());
    change.facts().set_probation_days(0);
    change.facts().set_probation_passed(false);
    change.facts().clear_returned_on();
    v1::FalseAlarmProposed event;
    event.set_cause("CORRECTION");
    change.Emit(std::move(event));
    if (probation) change.Emit(v1::ProbationEnded());
    change.AlertAll("FALSE_ALARM_PROPOSED", "CORRECTION");
    return change.Take();
  }

  // A correction of the correction: the alarm was right.
  Decision TakeBack() {
    const CaseRule* rule = FindSystemRule(kFalseAlarmProposed, kCrossedAgain);
    CaseChange change(rows_, context_, row_->facts());
    change.facts().set_state(std::string(rule->next));
    change.facts().set_absent_days(standing_->days());
    change.facts().mutable_first_absent()->set_days(standing_->first_day());
    change.EmitChanged(kCrossedAgain);
    change.AlertAll("CASE_OPENED", "CROSSED_AGAIN");
    return change.Take();
  }

  // The case stands, on fewer or other days: the next correction is judged by these.
  Decision SetRight() {
    const v1::CaseFacts& facts = row_->facts();
    if (facts.first_absent().days() == standing_->first_day()) return AlreadySo();
    CaseChange change(rows_, context_, facts);
    change.facts().mutable_first_absent()->set_days(standing_->first_day());
    change.facts().set_absent_days(standing_->days());
    change.EmitChanged(kStreakCorrected);
    return change.Take();
  }

  const v1::NoteRecountCommand& command_;
  const Rows& rows_;
  const Context& context_;
  v1::NoteCrossingCommand open_;
  std::optional<v1::CaseRow> row_;
  std::optional<v1::NoteCrossingCommand> standing_;
  bool fresh_ = false;  // no streak of these days opened a case before
};

}  // namespace

Decision DecideRecount(const v1::NoteRecountCommand& command, const Rows& rows,
                       const Context& context) {
  return RecountDecider(command, rows, context).Decide();
}

}  // namespace twinline::accountability
