#include "tests/unit/accountability/county.h"

#include <gtest/gtest.h>

#include "accountability/domain/owners.h"
#include "platform/base/outages.h"

namespace twinline::accountability {

namespace av1 = attendance::v1;
namespace rv1 = registry::v1;
using namespace types::v1;  // role names
using base::AsId;

std::vector<std::string> Result::Alerted(std::string_view kind) const {
  std::vector<std::string> offices;
  for (const auto& alert : All<v1::AlertOffered>()) {
    if (alert.kind() == kind) offices.push_back(alert.office());
  }
  return offices;
}

County::County() : rows_(&below_) {
  now_ = base::Timestamp{base::StartOfDay(Day(8, 20)).us};
  for (const base::DerivedCommand& seed : domain_.Seed()) {
    journal::v1::Actor actor;
    actor.set_service("service:install");
    Fold(domain_.Decide({seed.type, seed.body}, rows_, NewContext(actor)), actor);
  }
  for (const std::string_view code : {kTown, kOtherTown}) {
    rv1::AreaRecorded area;
    area.mutable_area()->set_code(std::string(code));
    area.mutable_area()->set_kind("TOWNSHIP");
    Publish(area, "registry/0");
  }
  AddSchool(kPrimary, "PRIMARY", kTown);
  AddSchool(kJunior, "JUNIOR", kTown);
  AddSchool(kJuniorB, "JUNIOR", kOtherTown);
  av1::SchoolCalendarAdopted adopted;
  av1::SchoolCalendar calendar;
  calendar.set_version("2026");
  calendar.set_weekdays(0x1f);
  for (const auto& [first, last] :
       {std::pair(Day(9, 1), Day(1, 22, 2027)), std::pair(Day(2, 22, 2027), Day(7, 2, 2027))}) {
    calendar.add_terms()->set_first_day(first.days);
    calendar.mutable_terms()->rbegin()->set_last_day(last.days);
  }
  for (int day = 1; day <= 7; ++day) calendar.add_closures()->set_day(Day(10, day).days);
  adopted.set_content(calendar.SerializeAsString());
  Publish(adopted);

  const std::string town(kTown);
  Add(ROLE_VILLAGE_OFFICIAL, "village:" + std::string(kVillage));
  Add(ROLE_TOWNSHIP_OFFICIAL, "township:" + town);
  Add(ROLE_TOWNSHIP_HEAD, "township:" + town);
  Add(ROLE_COUNTY_HEAD, "county:411282");
  Add(ROLE_CLASS_TEACHER, ClassOffice(class_id_.bytes()));
  Add(ROLE_REGISTRAR, "school:" + std::string(kJunior));
  Add(ROLE_PRINCIPAL, "school:" + std::string(kJunior));
  Add(ROLE_BUREAU_OFFICIAL, "bureau:411282");
  Add(ROLE_BUREAU_DIRECTOR, "bureau:411282");

  child_.set_child_id(base::DeriveId({"child"}).str());
  child_.set_registration_id(base::DeriveId({"registration"}).str());
  child_.set_version(1);
  child_.set_status("ACTIVE");
  child_.set_school_code(std::string(kJunior));
  child_.set_class_id(class_id_.str());
  child_.set_grade(7);
  child_.set_entry_cohort(2020);
  child_.set_hukou_township(town);
  child_.set_hukou_village(std::string(kVillage));
  child_.set_residence_township(std::string(kOtherTown));
  child_.set_residence_village(std::string(kOtherVillage));
  rv1::ChildRegistered registered;
  *registered.mutable_facts() = child_;
  Publish(registered, "registry/0");
  GoTo(Day(9, 14));
}

void County::AddSchool(std::string_view code, const char* kind, std::string_view township) {
  rv1::SchoolRecorded school;
  school.mutable_school()->set_school_code(std::string(code));
  school.mutable_school()->set_kind(kind);
  school.mutable_school()->set_township(std::string(township));
  school.mutable_school()->set_county("411282");
  Publish(school, "registry/0");
}

void County::Add(Role role, const std::string& office) {
  Appoint({base::DeriveId({"staff", Role_Name(role), office}),
           base::DeriveId({"duty", Role_Name(role), office}), role, office});
}

void County::Appoint(const Staff& staff) {
  rv1::DutyStarted started;
  started.mutable_duty()->set_duty_id(staff.duty.str());
  started.mutable_duty()->set_staff_id(staff.id.str());
  started.mutable_duty()->set_role(staff.role);
  started.mutable_duty()->set_office(staff.office);
  started.mutable_duty()->mutable_from()->set_days(Day(8, 1).days);
  staff_.push_back(staff);
  Publish(started, "registry/0");
}

Staff County::Vacate(Role role) {
  for (auto it = staff_.begin(); it != staff_.end(); ++it) {
    if (it->role != role) continue;
    const Staff gone = *it;
    staff_.erase(it);
    rv1::DutyEnded ended;
    ended.mutable_duty()->set_duty_id(gone.duty.str());
    ended.mutable_duty()->set_staff_id(gone.id.str());
    ended.mutable_duty()->set_role(gone.role);
    ended.mutable_duty()->set_office(gone.office);
    ended.mutable_duty()->mutable_from()->set_days(Day(8, 1).days);
    ended.mutable_duty()->mutable_to()->set_days((today() - 1).days);
    Publish(ended, "registry/0");
    return gone;
  }
  ADD_FAILURE() << "nobody holds role " << role;
  return {};
}

const Staff& County::Person(Role role) const {
  for (const Staff& staff : staff_) {
    if (staff.role == role) return staff;
  }
  ADD_FAILURE() << "nobody holds role " << role;
  return staff_.front();
}

base::Context County::NewContext(const journal::v1::Actor& actor) {
  base::Context context;
  context.now = now_;
  context.today = base::DayOf(now_);
  context.actor = actor;
  context.installation = base::DeriveId({"installation"});
  context.request_id = base::DeriveId({"request", std::to_string(++made_)});
  return context;
}

Result County::Fold(base::Decision decision, const journal::v1::Actor& actor) {
  Result result;
  EXPECT_FALSE(rows_.TakeViolation()) << "Decide touched a forbidden row";
  if (const auto* refusal = std::get_if<base::Refusal>(&decision)) {
    result.refusal = refusal->code;
    EXPECT_FALSE(refusal->zh.empty());
    EXPECT_FALSE(refusal->en.empty());
    return result;
  }
  result.events = std::get<base::Events>(std::move(decision));
  EXPECT_FALSE(result.events.empty());
  rows_.Enter(store::Room::kEvolve);
  base::EventContext context;
  context.recorded = now_;
  context.actor = &actor;
  context.ref.set_pos(++pos_);
  for (size_t i = 0; i < result.events.size(); ++i) {
    // The engine's own; it folds it itself.
    if (result.events[i].type() == base::EventType<journal::v1::OutageWorked>()) continue;
    context.ref.set_event(static_cast<uint32_t>(i));
    const absl::Status folded = domain_.Evolve(result.events[i], context, rows_);
    EXPECT_TRUE(folded.ok()) << folded.message();
  }
  const auto violation = rows_.TakeViolation();
  EXPECT_FALSE(violation) << *violation;
  rows_.Enter(store::Room::kDecide);
  CheckInvariants();
  return result;
}

Result County::Run(uint32_t type, const std::string& body, const Staff& by) {
  journal::v1::Actor actor;
  actor.set_subject(by.id.str());
  actor.set_duty(by.duty.str());
  actor.set_office(by.office);
  rows_.Enter(store::Room::kDecide);
  return Fold(domain_.Decide({type, body}, rows_, NewContext(actor)), actor);
}

Result County::Work(const std::string& body) {
  journal::v1::Actor actor;
  actor.set_service("service:engine");
  rows_.Enter(store::Room::kDecide);
  return Fold(domain_.Decide({base::kMoveForOutage, body}, rows_, NewContext(actor)), actor);
}

void County::AnotherChild(const std::string& name) {
  child_.set_child_id(base::DeriveId({name}).str());
  child_.set_registration_id(base::DeriveId({name, "registration"}).str());
  rv1::ChildRegistered registered;
  *registered.mutable_facts() = child_;
  Publish(registered, "registry/0");
}

Result County::PublishEvent(const journal::v1::Event& event, std::string_view journal) {
  Result all;
  if (!domain_.Wants(event.type())) return all;
  base::SourceEvent source;
  source.event = &event;
  source.ref.set_journal(std::string(journal));
  source.ref.set_pos(++pos_);
  rows_.Enter(store::Room::kFollow);
  domain_.Follow(source, rows_);
  EXPECT_FALSE(rows_.TakeViolation()) << "Follow touched a forbidden row";
  rows_.Enter(store::Room::kDecide);
  journal::v1::Actor actor;
  actor.set_service("service:accountability");
  for (const base::DerivedCommand& command : domain_.React(source)) {
    Result one =
        Fold(domain_.Decide({command.type, command.body}, rows_, NewContext(actor)), actor);
    if (!one.refusal.empty()) all.refusal = one.refusal;
    std::move(one.events.begin(), one.events.end(), std::back_inserter(all.events));
  }
  return all;
}

bool County::FireDue(base::Timestamp until, Result* into) {
  std::optional<std::string> key;
  journal::v1::TimerRef timer;
  rows_.Scan(base::EncodeKey(base::Space::kOwn, 0, 0), {},
             [&](std::string_view k, std::string_view value) {
               key = std::string(k);
               timer.ParseFromArray(value.data(), static_cast<int>(value.size()));
               return false;
             });
  if (!key || timer.due_us() > until.us) return false;
  now_ = base::Timestamp{std::max(now_.us, timer.due_us())};
  journal::v1::Actor actor;
  actor.set_service("service:accountability");
  const std::string body = timer.SerializeAsString();
  const base::Decision decision =
      domain_.Decide({base::kTimerFired, body}, rows_, NewContext(actor));
  rows_.Enter(store::Room::kEvolve);
  rows_.Remove(*key);
  rows_.Enter(store::Room::kDecide);
  Result one = Fold(decision, actor);
  std::move(one.events.begin(), one.events.end(), std::back_inserter(into->events));
  return true;
}

Result County::GoTo(CivilDay day, int hour) {
  const base::Timestamp until{base::StartOfDay(day).us + hour * 3'600'000'000ll};
  Result all;
  while (FireDue(until, &all)) {
  }
  now_ = until;
  return all;
}

bool County::HasCase() const {
  return base::Find<v1::ChildCaseRow>(rows_, AsId(child_.child_id())).has_value();
}

v1::CaseFacts County::Case() const {
  const auto link = base::Find<v1::ChildCaseRow>(rows_, AsId(child_.child_id()));
  if (!link) {
    ADD_FAILURE() << "the child has no case";
    return {};
  }
  return base::Find<v1::CaseRow>(rows_, AsId(link->case_id()))->facts();
}

std::vector<v1::TimelineRow> County::Timeline() const {
  std::vector<v1::TimelineRow> lines;
  base::ScanRows<v1::TimelineRow>(
      rows_, 1000,
      [&](const v1::TimelineRow& row) {
        lines.push_back(row);
        return true;
      },
      AsId(Case().case_id()));
  return lines;
}

std::vector<v1::AlertRow> County::Alerts(std::string_view office) const {
  std::vector<v1::AlertRow> alerts;
  base::ScanIndex<v1::AlertRow>(
      rows_, base::TableOf<v1::AlertRow>::kByOffice, 1000,
      [&](const v1::AlertRow& row) {
        alerts.push_back(row);
        return true;
      },
      office);
  return alerts;
}

void County::CheckInvariants() const {
  base::ScanRows<v1::CaseRow>(rows_, 1000, [&](const v1::CaseRow& row) {
    if (IsClosed(row.facts().state())) return true;
    for (const v1::Duties* line : {&row.facts().government(), &row.facts().education()}) {
      EXPECT_FALSE(line->office().empty()) << row.facts().state();
      EXPECT_GT(line->deadline().due().days(), 0) << row.facts().state();
      EXPECT_FALSE(line->deadline().calendar_version().empty());
      EXPECT_FALSE(line->task().empty());
    }
    return true;
  });
}

}  // namespace twinline::accountability
