// What is done in schools: roll calls, corrections, new pupils, class lists, and who is on duty.
#include "absl/strings/str_cat.h"
#include "platform/base/hash.h"
#include "platform/base/keys.h"
#include "tests/simulation/officers.h"
#include "twinline/attendance/v1/attendance_commands.pb.h"

namespace twinline::simulation {

namespace rv1 = registry::v1;
namespace av1 = attendance::v1;
using namespace types::v1;  // role names

namespace {

constexpr int64_t kHourUs = 3'600'000'000;
constexpr uint32_t kMorning = 1;
constexpr uint32_t kAfternoon = 2;

const base::CivilDay kFirstDay = base::CivilDay::FromYmd(2026, 9, 1);

int HourOf(base::Timestamp now) {
  return static_cast<int>((now.us - base::StartOfDay(base::DayOf(now)).us) / kHourUs);
}

}  // namespace

uint32_t Officers::MarkOf(const rv1::ChildFacts& child, base::CivilDay day) const {
  uint64_t nature = truancy_;
  for (const char byte : child.registration_id()) {
    nature = nature * 1'099'511'628'211u + static_cast<unsigned char>(byte);
  }
  journal::SimPrng draws(nature);
  const uint64_t kind = draws.Below(10);
  const int start = static_cast<int>(draws.Below(28));
  static constexpr int kLengths[] = {2, 5, 9, 14, 35};
  const int length = kLengths[draws.Below(5)];
  const int since = day - kFirstDay;
  if (kind < 3 && since >= start && since < start + length) return 5;  // stays away for a while
  if (kind == 3 && draws.Below(3) == 0 && since < 12) return 5;        // did not come in September
  journal::SimPrng luck(nature ^ static_cast<uint64_t>(day.days) * 2'654'435'761u);
  if (luck.Chance(25)) return 2;
  if (luck.Chance(15)) return 1;
  return luck.Chance(8) ? 5 : 0;
}

void Officers::TakeRollCalls() {
  const int hour = HourOf(now_);
  const uint32_t session = hour >= 8 && hour < 12    ? kMorning
                           : hour >= 14 && hour < 18 ? kAfternoon
                                                     : 0;
  if (session == 0 || today_ < kFirstDay) return;
  if (today_.weekday() > 5 && !Chance(20)) return;
  for (const auto& [id, facts] : published_->classes) {
    // Of last year's class only a teacher who has not noticed takes the roll.
    if (facts.closed() && !Chance(20)) continue;
    const bool taken = published_->roll_calls.contains({id, today_.days, session});
    if (taken ? Chance(5) : Chance(busy_.roll_calls)) TakeRollCall(facts, session);
  }
}

void Officers::TakeRollCall(const rv1::ClassFacts& facts, uint32_t session) {
  av1::TakeRollCall command;
  command.set_class_id(facts.class_id());
  base::CivilDay day = today_;
  const Duty* person = Holder("class:" + base::ToHex(facts.class_id()), {ROLE_CLASS_TEACHER});
  if (Chance(25)) {
    // Late, for an earlier day: only the principal may, with a reason.
    day = today_ - 1 - static_cast<int>(prng_->Below(3));
    command.set_signed_by_principal(Chance(700));
    *command.mutable_late_reason() = SealedText("补登");
    person = Holder("school:" + facts.school_code(), {ROLE_PRINCIPAL});
  } else if (Chance(15)) {
    person = Holder("school:" + facts.school_code(), {ROLE_PRINCIPAL});  // somebody else, too
  }
  command.set_day(day.days);
  command.set_session(session);
  uint32_t roster = facts.roster_version();
  if (Chance(30) && roster > 1) --roster;
  if (Chance(10)) ++roster;
  command.set_roster_version(roster);
  for (const rv1::ChildFacts* child : published_->PupilsOf(facts.class_id())) {
    const uint32_t code = MarkOf(*child, day);
    if (code == 0) continue;
    av1::Exception* exception = command.add_exceptions();
    exception->set_registration_id(child->registration_id());
    exception->set_code(code);
  }
  if (Chance(10)) {
    const rv1::ChildFacts* guest = Any(published_->children);
    if (guest != nullptr && guest->class_id() != facts.class_id()) {
      av1::Exception* exception = command.add_exceptions();
      exception->set_registration_id(guest->registration_id());
      exception->set_code(6);
    }
  }
  Ask(kAttendance, command, person);
}

void Officers::CorrectMarks() {
  if (const av1::CorrectionProposed* open = Any(published_->open_corrections);
      open && Chance(600)) {
    const auto place = published_->classes.find(open->class_id());
    av1::SignCorrection command;
    command.set_correction_id(open->correction_id());
    command.set_class_id(open->class_id());
    Ask(kAttendance, command,
        Chance(busy_.wrong) ? Anybody()
                            : Holder("school:" + place->second.school_code(), {ROLE_PRINCIPAL}));
    return;
  }
  if (!published_->open_conflicts.empty() && Chance(400)) {
    const av1::RollCallTaken& second = published_->open_conflicts.front().second();
    const auto place = published_->classes.find(second.class_id());
    av1::ResolveConflict command;
    command.set_class_id(second.class_id());
    command.set_day(second.day());
    command.set_session(second.session());
    command.set_second_wins(Chance(500));
    Ask(kAttendance, command, Holder("school:" + place->second.school_code(), {ROLE_PRINCIPAL}));
    return;
  }
  const rv1::ChildFacts* child = Any(published_->children);
  if (child == nullptr || child->class_id().empty()) return;
  av1::ProposeCorrection command;
  command.set_class_id(child->class_id());
  command.set_day((today_ - static_cast<int>(prng_->Below(8))).days);
  command.set_session(Chance(500) ? kMorning : kAfternoon);
  command.set_registration_id(child->registration_id());
  static constexpr uint32_t kCodes[] = {0, 2, 5};
  command.set_code_after(kCodes[prng_->Below(3)]);
  *command.mutable_reason() = SealedText("登记有误");
  Ask(kAttendance, command,
      Holder("class:" + base::ToHex(child->class_id()), {ROLE_CLASS_TEACHER}));
}

void Officers::RegisterChild() {
  const rv1::ClassFacts* place = Any(published_->classes);
  if (place == nullptr) return;
  // Sometimes a child that is registered already, somewhere (A04).
  const uint64_t person = Chance(150) ? 1 + prng_->Below(20) : next_person_++;
  rv1::RegisterChildCommand command = Pupil(*place, person);
  if (Chance(50)) command.set_grade(place->grade() + 1);  // refused
  Ask(kRegistry, command, Holder("school:" + place->school_code(), {ROLE_REGISTRAR}));
}

void Officers::ChangePlaces() {
  const rv1::ChildFacts* child = Any(published_->children);
  if (child == nullptr) return;
  const Duty* person = Holder("school:" + child->school_code(), {ROLE_REGISTRAR});
  if (Chance(500)) {
    const rv1::ClassFacts* place = Any(published_->classes);  // often of another school: refused
    rv1::PlaceChildCommand command;
    command.set_child_id(child->child_id());
    command.set_class_id(place->class_id());
    command.set_reason("调班");
    Ask(kRegistry, command, person);
    return;
  }
  rv1::CorrectChildCommand command;
  command.set_child_id(child->child_id());
  const bool other = child->hukou_township() == kTown;
  rv1::Placement& placement = *command.mutable_placement();
  placement.set_hukou_township(std::string(other ? kOtherTown : kTown));
  placement.set_hukou_village(std::string(other ? kOtherVillage : kVillage));
  placement.set_residence_township(child->residence_township());
  command.add_changed("hukou_township");
  command.set_reason("户籍迁移");
  Ask(kRegistry, command, person);
}

void Officers::ResolveDuplicate() {
  if (published_->open_duplicates.empty()) return;
  const rv1::DuplicateReported& task =
      published_->open_duplicates[prng_->Below(published_->open_duplicates.size())];
  rv1::ResolveDuplicateCommand command;
  command.set_task_id(task.task_id());
  command.set_outcome(Chance(600) ? "MERGED" : "DIFFERENT_CHILDREN");
  command.set_reason("核查");
  Ask(kRegistry, command, Holder("bureau:411282", {ROLE_BUREAU_OFFICIAL}));
}

// A duty ends, and sooner or later somebody else has it.
void Officers::ChangeDuties() {
  const Duty* duty = Anybody();
  const Duty* director = Holder("bureau:411282", {ROLE_BUREAU_DIRECTOR});
  if (duty == nullptr || director == nullptr || duty->duty_id() == director->duty_id()) return;
  if (!duty->has_to()) {
    rv1::EndDutyCommand command;
    command.set_duty_id(duty->duty_id());
    command.mutable_to()->set_days((today_ - 1).days);
    command.set_reason("调动");
    Ask(kRegistry, command, director);
    return;
  }
  const Duty* successor = Anybody();
  rv1::StartDutyCommand command;
  command.set_staff_id(successor->staff_id());
  command.set_role(duty->role());
  command.set_office(duty->office());
  command.mutable_from()->set_days(today_.days);
  Ask(kRegistry, command, director);
}

}  // namespace twinline::simulation
