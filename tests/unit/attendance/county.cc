#include "tests/unit/attendance/county.h"

#include <gtest/gtest.h>

#include "attendance/domain/schedule.h"
#include "attendance/tables/tables.h"
#include "platform/base/outages.h"

namespace twinline::attendance {

namespace rv1 = registry::v1;
namespace cv1 = accountability::v1;
using base::AsId;

std::vector<std::string> Result::Crossed(const Id16& registration) const {
  std::vector<std::string> names;
  for (const auto& event : All<v1::StreakCrossed>()) {
    if (event.registration_id() == registration.bytes()) names.push_back(event.threshold());
  }
  return names;
}

namespace {

journal::v1::Actor ActorOf(const std::string& name) {
  journal::v1::Actor actor;
  actor.set_subject(County::Person(name).str());
  return actor;
}

void Append(Result* into, Result&& more) {
  if (into->refusal.empty()) into->refusal = more.refusal;
  std::move(more.events.begin(), more.events.end(), std::back_inserter(into->events));
}

}  // namespace

County::County(CountyShare share, bool calendar) : rows_(&below_), domain_(std::move(share)) {
  now_ = base::Timestamp{base::StartOfDay(Day(8, 20)).us + 8 * 3'600'000'000ll};
  for (const base::DerivedCommand& seed : domain_.Seed()) Run(seed.type, seed.body, "install");
  if (calendar) Adopt(DefaultCalendar());
  AddSchool(kPrimary);
  AddSchool(kJunior);
  GoTo(Day(9, 1));
}

v1::SchoolCalendar County::DefaultCalendar() {
  v1::SchoolCalendar calendar;
  calendar.set_version("2026-1");
  for (const auto& [first, last] :
       {std::pair(Day(9, 1), Day(1, 22, 2027)), std::pair(Day(2, 22, 2027), Day(7, 2, 2027))}) {
    v1::Term* term = calendar.add_terms();
    term->set_first_day(first.days);
    term->set_last_day(last.days);
  }
  for (int day = 1; day <= 7; ++day) {
    v1::ClosedDay* closed = calendar.add_closures();
    closed->set_day(Day(10, day).days);
    closed->set_reason("国庆节");
  }
  calendar.add_make_up_days(Day(10, 10).days);  // Saturday, 调休上课
  calendar.set_weekdays(0x1f);
  calendar.set_sessions(3);
  return calendar;
}

v1::RuleSet County::DefaultRules() {
  v1::AdoptRuleSet command;
  command.ParseFromString(DefaultRuleSetCommand());
  return command.rules();
}

base::Context County::ContextOf(const journal::v1::Actor& actor) {
  base::Context context;
  context.now = now_;
  context.today = base::DayOf(now_);
  context.actor = actor;
  context.installation = base::DeriveId({"installation"});
  context.request_id = base::DeriveId({"request", std::to_string(++made_)});
  return context;
}

void County::Trouble(const std::string& what) {
  if (trouble_.empty()) trouble_ = what;
  ADD_FAILURE() << what;
}

Result County::Fold(base::Decision decision, const journal::v1::Actor& actor, bool client) {
  Result result;
  EXPECT_FALSE(rows_.TakeViolation()) << "Decide touched a forbidden row";
  if (const auto* refusal = std::get_if<base::Refusal>(&decision)) {
    result.refusal = refusal->code;
    EXPECT_FALSE(refusal->zh.empty());
    EXPECT_FALSE(refusal->en.empty());
    return result;
  }
  result.events = std::get<base::Events>(std::move(decision));
  rows_.Enter(store::Room::kEvolve);
  base::EventContext context;
  context.recorded = now_;
  context.actor = &actor;
  context.ref.set_pos(++pos_);
  for (const journal::v1::Event& event : result.events) {
    const absl::Status folded = domain_.Evolve(event, context, rows_);
    if (!folded.ok()) Trouble(std::string(folded.message()));
  }
  if (const auto violation = rows_.TakeViolation()) Trouble(*violation);
  rows_.Enter(store::Room::kDecide);
  for (const auto& proposed : result.All<v1::CorrectionProposed>()) {
    result.correction = AsId(proposed.correction_id());
  }
  return result;
}

Result County::Run(uint32_t type, const std::string& body, const std::string& by) {
  const journal::v1::Actor actor = ActorOf(by);
  rows_.Enter(store::Room::kDecide);
  return Fold(domain_.Decide({type, body}, rows_, ContextOf(actor)), actor, /*client=*/true);
}

Result County::PublishEvent(const journal::v1::Event& event) {
  journal::v1::RecordHeader header;
  header.set_time_unix_us(now_.us);
  base::SourceEvent source;
  source.header = &header;
  source.event = &event;
  Result result;
  if (!domain_.Wants(event.type())) return result;
  rows_.Enter(store::Room::kFollow);
  domain_.Follow(source, rows_);
  EXPECT_FALSE(rows_.TakeViolation()) << "Follow touched a forbidden row";
  rows_.Enter(store::Room::kDecide);
  for (const base::DerivedCommand& command : domain_.React(source)) {
    Result more = Run(command.type, command.body, "service");
    EXPECT_TRUE(more.ok() || more.refusal == "ALREADY_SO") << more.refusal;
    more.refusal.clear();
    Append(&result, std::move(more));
  }
  return result;
}

void County::Outage(base::Timestamp from, base::Timestamp to) {
  journal::v1::OutageRow row;
  row.set_down_from_us(from.us);
  row.set_down_to_us(to.us);
  row.set_state(base::kOutageDone);
  base::PutOutage(below_, row);
}

std::vector<journal::v1::TimerRef> County::Timers() const {
  std::vector<journal::v1::TimerRef> timers;
  rows_.Scan(base::EncodeKey(base::Space::kOwn, 0, 0), {},
             [&](std::string_view, std::string_view value) {
               timers.emplace_back().ParseFromArray(value.data(), static_cast<int>(value.size()));
               return true;
             });
  return timers;
}

Result County::Fire(const journal::v1::TimerRef& timer) {
  const journal::v1::Actor actor = ActorOf("service");
  rows_.Enter(store::Room::kDecide);
  const std::string body = timer.SerializeAsString();
  base::Decision decision = domain_.Decide({base::kTimerFired, body}, rows_, ContextOf(actor));
  EXPECT_FALSE(rows_.TakeViolation()) << "Decide touched a forbidden row";
  rows_.Enter(store::Room::kEvolve);
  base::CancelTimer(rows_, {base::Timestamp{timer.due_us()}, timer.kind(), AsId(timer.entity()),
                            timer.generation()});
  EXPECT_FALSE(rows_.TakeViolation());
  return Fold(std::move(decision), actor, /*client=*/false);
}

Result County::GoTo(CivilDay day, int hour, int minute) {
  const base::Timestamp target{base::StartOfDay(day).us +
                               (int64_t{hour} * 60 + minute) * 60'000'000};
  Result result;
  for (;;) {
    const auto timers = Timers();
    if (timers.empty() || timers.front().due_us() > target.us) break;
    now_ = std::max(now_, base::Timestamp{timers.front().due_us()});
    Append(&result, Fire(timers.front()));
  }
  now_ = target;
  return result;
}

Result County::NextSchoolDay() {
  const auto next = Schedule(rows_).Next(kJunior, today());
  EXPECT_TRUE(next);
  return next ? GoTo(*next) : Result();
}

void County::AddSchool(const std::string& code, const std::string& county) {
  rv1::SchoolRecorded event;
  event.mutable_school()->set_school_code(code);
  event.mutable_school()->set_county(county);
  Publish(event);
}

Id16 County::AddClass(const std::string& school, uint32_t grade, uint32_t number) {
  const Id16 id = base::DeriveId({"class", std::to_string(++made_)});
  rv1::ClassFacts& facts = classes_[id];
  facts.set_class_id(id.str());
  facts.set_school_code(school);
  facts.set_grade(grade);
  facts.set_number(number);
  facts.set_roster_version(1);
  rv1::ClassRecorded event;
  *event.mutable_class_facts() = facts;
  Publish(event);
  return id;
}

void County::CloseClass(const Id16& class_id) {
  classes_[class_id].set_closed(true);
  rv1::ClassRecorded event;
  *event.mutable_class_facts() = classes_[class_id];
  Publish(event);
}

Id16 County::AddPupil(const Id16& class_id) {
  const Id16 id = base::DeriveId({"registration", std::to_string(++made_)});
  rv1::ClassFacts& place = classes_[class_id];
  place.set_roster_version(place.roster_version() + 1);
  place.set_pupils(place.pupils() + 1);
  rv1::ChildFacts& facts = pupils_[id];
  facts.set_registration_id(id.str());
  facts.set_child_id(base::DeriveId({"child", id.bytes()}).str());
  facts.set_status("ACTIVE");
  facts.set_school_code(place.school_code());
  facts.set_class_id(class_id.str());
  rv1::ChildRegistered event;
  *event.mutable_facts() = facts;
  *event.mutable_class_after() = place;
  Publish(event);
  return id;
}

Result County::MoveTo(const Id16& registration, const Id16& class_id, bool placed,
                      const std::string& status) {
  rv1::ChildFacts& facts = pupils_[registration];
  const std::string old_school = facts.school_code();
  rv1::RegistrationMoved moved;
  if (!facts.class_id().empty()) {
    rv1::ClassFacts& from = classes_[AsId(facts.class_id())];
    from.set_roster_version(from.roster_version() + 1);
    from.set_pupils(from.pupils() - 1);
    *moved.mutable_class_before() = from;
  }
  if (!class_id.empty()) {
    rv1::ClassFacts& to = classes_[class_id];
    to.set_roster_version(to.roster_version() + 1);
    to.set_pupils(to.pupils() + 1);
    *moved.mutable_class_after() = to;
    facts.set_school_code(to.school_code());
  }
  facts.set_class_id(class_id.empty() ? std::string() : class_id.str());
  facts.set_status(status);
  *moved.mutable_facts() = facts;
  if (!placed) {
    rv1::RegistrationStatusChanged changed;
    *changed.mutable_facts() = facts;
    if (moved.has_class_before()) *changed.mutable_class_before() = moved.class_before();
    if (moved.has_class_after()) *changed.mutable_class_after() = moved.class_after();
    return Publish(changed);
  }
  if (old_school != facts.school_code()) return Publish(moved);
  rv1::ChildPlaced event;
  *event.mutable_facts() = facts;
  *event.mutable_class_before() = moved.class_before();
  *event.mutable_class_after() = moved.class_after();
  return Publish(event);
}

Result County::Place(const Id16& registration, const Id16& class_id) {
  return MoveTo(registration, class_id, /*placed=*/true, "ACTIVE");
}

Result County::ChangeStatus(const Id16& registration, const std::string& status,
                            const Id16& class_id) {
  return MoveTo(registration, class_id, /*placed=*/false, status);
}

void County::ReportDouble(const Id16& first, const Id16& second) {
  rv1::DuplicateReported event;
  for (const Id16& id : {first, second}) {
    pupils_[id].set_open_duplicate_task(base::DeriveId({"task", first.bytes()}).str());
  }
  *event.mutable_first() = pupils_[first];
  *event.mutable_second() = pupils_[second];
  Publish(event);
}

Result County::MergeDouble(const Id16& survivor, const Id16& alias) {
  rv1::DuplicateResolved event;
  event.set_outcome("MERGED");
  rv1::ClassFacts& from = classes_[AsId(pupils_[alias].class_id())];
  from.set_roster_version(from.roster_version() + 1);
  from.set_pupils(from.pupils() - 1);
  *event.mutable_class_before() = from;
  pupils_[alias].clear_class_id();
  for (const Id16& id : {survivor, alias}) pupils_[id].clear_open_duplicate_task();
  *event.mutable_survivor() = pupils_[survivor];
  *event.mutable_alias() = pupils_[alias];
  return Publish(event);
}

uint32_t County::RosterOf(const Id16& class_id) const {
  return classes_.at(class_id).roster_version();
}

Id16 County::ChildOf(const Id16& registration) const {
  return AsId(pupils_.at(registration).child_id());
}

Result County::Watch(const Id16& registration, bool on) {
  cv1::CaseFacts facts;
  facts.set_registration_id(registration.str());
  facts.set_child_id(pupils_.at(registration).child_id());
  facts.set_class_id(pupils_.at(registration).class_id());
  if (on) {
    cv1::ProbationStarted event;
    *event.mutable_case_facts() = facts;
    return Publish(event);
  }
  cv1::ProbationEnded event;
  *event.mutable_case_facts() = facts;
  return Publish(event);
}

Result County::CloseCase(const Id16& registration) {
  cv1::CaseClosed event;
  event.mutable_case_facts()->set_registration_id(registration.str());
  return Publish(event);
}

Result County::RollCall(const Id16& class_id, uint32_t session, const Marks& marks, How how) {
  v1::TakeRollCall command;
  command.set_class_id(class_id.str());
  command.set_day(how.day.days != 0 ? how.day.days : today().days);
  command.set_session(session);
  const auto known = classes_.find(class_id);
  const uint32_t newest = known != classes_.end() ? known->second.roster_version() : 0;
  command.set_roster_version(how.roster >= 0 ? static_cast<uint32_t>(how.roster) : newest);
  for (const auto& [registration, code] : marks) {
    v1::Exception* exception = command.add_exceptions();
    exception->set_registration_id(registration.str());
    exception->set_code(code);
  }
  command.set_signed_by_principal(how.signed_late);
  if (how.signed_late && how.reason) command.mutable_late_reason()->set_ciphertext("sealed");
  return Do(command, how.by);
}

Result County::WholeDay(const Id16& class_id, const Marks& marks) {
  const Result morning = RollCall(class_id, kMorning, marks);
  EXPECT_TRUE(morning.ok()) << morning.refusal;
  Result afternoon = RollCall(class_id, kAfternoon, marks);
  EXPECT_TRUE(afternoon.ok()) << afternoon.refusal;
  return afternoon;
}

Result County::Propose(const Id16& class_id, CivilDay day, uint32_t session,
                       const Id16& registration, uint32_t code, const std::string& by) {
  v1::ProposeCorrection command;
  command.set_class_id(class_id.str());
  command.set_day(day.days);
  command.set_session(session);
  command.set_registration_id(registration.str());
  command.set_code_after(code);
  command.mutable_reason()->set_ciphertext("sealed");
  return Do(command, by);
}

Result County::Sign(const Id16& correction, const Id16& class_id, const std::string& by) {
  v1::SignCorrection command;
  command.set_correction_id(correction.str());
  command.set_class_id(class_id.str());
  return Do(command, by);
}

Result County::Correct(const Id16& class_id, CivilDay day, uint32_t session,
                       const Id16& registration, uint32_t code) {
  const Result proposed = Propose(class_id, day, session, registration, code);
  if (!proposed.ok()) return proposed;
  return Sign(proposed.correction, class_id);
}

Result County::Resolve(const Id16& class_id, CivilDay day, uint32_t session, bool second_wins) {
  v1::ResolveConflict command;
  command.set_class_id(class_id.str());
  command.set_day(day.days);
  command.set_session(session);
  command.set_second_wins(second_wins);
  return Do(command, "principal");
}

Result County::Adopt(const v1::SchoolCalendar& calendar, const std::string& school) {
  v1::AdoptSchoolCalendar command;
  command.set_school_code(school);
  *command.mutable_calendar() = calendar;
  return Do(command, "bureau");
}

Result County::AdoptRules(const std::string& version, CivilDay valid_from,
                          const v1::RuleSet& rules) {
  v1::AdoptRuleSet command;
  command.set_version(version);
  command.set_valid_from(valid_from.days);
  *command.mutable_rules() = rules;
  return Do(command, "director");
}

std::optional<v1::TrackedChild> County::Tracked(const Id16& registration) const {
  std::optional<v1::TrackedChild> found;
  base::ScanRows<v1::TrackedSetRow>(rows_, 1000, [&](const v1::TrackedSetRow& set) {
    if (const v1::TrackedChild* child = FindChild(set, registration.bytes())) {
      EXPECT_FALSE(found) << "tracked twice";
      found = *child;
    }
    return true;
  });
  EXPECT_EQ(found.has_value(), base::Find<v1::TrackRow>(rows_, registration).has_value());
  return found;
}

uint32_t County::Streak(const Id16& registration) const {
  const auto tracked = Tracked(registration);
  return tracked ? tracked->days() : 0;
}

v1::ClassDayRow County::ClassDay(const Id16& class_id, CivilDay day) const {
  return base::Find<v1::ClassDayRow>(rows_, class_id, day.days).value_or(v1::ClassDayRow());
}

std::optional<v1::MarkRow> County::MarkOf(const Id16& registration, CivilDay day) const {
  return base::Find<v1::MarkRow>(rows_, registration, day.days);
}

}  // namespace twinline::attendance
