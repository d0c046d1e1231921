// Given / When / Then over the pure domain: events are folded as the engine folds them, foreign
// facts come in through Follow, and time is whatever the test says.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "transfer/domain/transfer_domain.h"
#include "transfer/tables/tables.h"
#include "twinline/registry/v1/registry_events.pb.h"
#include "twinline/transfer/v1/transfer_events.pb.h"

namespace twinline::transfer {

inline base::Id16 Id(std::string_view name) { return base::DeriveId({name}); }
inline base::CivilDay Day(std::string_view text) { return *base::CivilDay::Parse(text); }

struct Person {
  std::string name;
  std::string office;
  types::v1::Role role;
};

class TransferTest : public testing::Test {
 protected:
  static constexpr const char* kA = "2141128201";    // sending school, county 411282
  static constexpr const char* kB = "2141128202";    // receiving school, county 411282
  static constexpr const char* kC = "2141128203";    // another school of 411282
  static constexpr const char* kFar = "2141128101";  // a school of county 411281

  const Person reg_a_{"reg-a", "school:2141128201", types::v1::ROLE_REGISTRAR};
  const Person prin_a_{"prin-a", "school:2141128201", types::v1::ROLE_PRINCIPAL};
  const Person reg_b_{"reg-b", "school:2141128202", types::v1::ROLE_REGISTRAR};
  const Person prin_b_{"prin-b", "school:2141128202", types::v1::ROLE_PRINCIPAL};
  const Person reg_c_{"reg-c", "school:2141128203", types::v1::ROLE_REGISTRAR};
  const Person reg_far_{"reg-far", "school:2141128101", types::v1::ROLE_REGISTRAR};
  const Person prin_far_{"prin-far", "school:2141128101", types::v1::ROLE_PRINCIPAL};
  const Person bureau_{"bureau", "bureau:411282", types::v1::ROLE_BUREAU_OFFICIAL};
  const Person bureau_far_{"bureau-far", "bureau:411281", types::v1::ROLE_BUREAU_OFFICIAL};
  const Person township_{"township", "township:411282103", types::v1::ROLE_TOWNSHIP_OFFICIAL};

  void SetUp() override {
    for (const auto& seed : domain_.Seed()) {
      const base::Decision decision =
          domain_.Decide({seed.type, seed.body}, rows_, ContextOf(Service()));
      Apply(std::get<base::Events>(decision), Service());
    }
    FireDueTimers();
    School(kA, "411282");
    School(kB, "411282");
    School(kC, "411282");
    School(kFar, "411281");
    Child("x", kA, 4);
  }

  static Person Service() { return {"", "", types::v1::ROLE_UNSPECIFIED}; }

  void At(std::string_view day, int hour = 9, int minute = 0) {
    now_ = {base::StartOfDay(Day(day)).us + (int64_t{hour} * 60 + minute) * 60'000'000};
  }

  base::Context ContextOf(const Person& person) {
    base::Context context;
    context.now = now_;
    context.today = base::DayOf(now_);
    if (!person.name.empty()) context.actor.set_subject(Id(person.name).str());
    context.actor.set_office(person.office);
    context.installation = Id("installation");
    context.request_id = Id("request-" + std::to_string(++requests_));
    return context;
  }

  void Apply(const base::Events& events, const Person& person) {
    journal::v1::Actor actor;
    if (!person.name.empty()) actor.set_subject(Id(person.name).str());
    actor.set_office(person.office);
    base::EventContext context;
    context.recorded = now_;
    context.actor = &actor;
    context.ref.set_journal("transfer/0");
    context.ref.set_pos(++transfer_pos_);
    uint32_t ordinal = 0;
    for (const journal::v1::Event& event : events) {
      context.ref.set_event(ordinal++);
      ASSERT_TRUE(domain_.Evolve(event, context, rows_).ok());
      history_.push_back(event);
    }
  }

  // Decides and folds; the code of the refusal, or "" when accepted.
  template <typename Command>
  std::string Submit(const Command& command, const Person& person) {
    const std::string body = command.SerializeAsString();
    base::Decision decision =
        domain_.Decide({base::CommandType<Command>(), body}, rows_, ContextOf(person));
    if (const auto* refusal = std::get_if<base::Refusal>(&decision)) {
      refusal_ = *refusal;
      EXPECT_FALSE(refusal->zh.empty());
      EXPECT_FALSE(refusal->en.empty());
      return refusal->code;
    }
    Apply(std::get<base::Events>(decision), person);
    return "";
  }

  template <typename Message>
  void FollowRegistry(const Message& message) {
    journal::v1::Event event = base::MakeEvent(message, base::DayOf(now_));
    base::SourceEvent source;
    source.event = &event;
    source.ref.set_journal("registry/0");
    source.ref.set_pos(++registry_pos_);
    domain_.Follow(source, rows_);
    for (const base::DerivedCommand& derived : domain_.React(source)) {
      base::Decision decision =
          domain_.Decide({derived.type, derived.body}, rows_, ContextOf(Service()));
      if (auto* events = std::get_if<base::Events>(&decision)) Apply(*events, Service());
    }
  }

  void School(const std::string& code, const std::string& county) {
    registry::v1::SchoolRecorded event;
    event.mutable_school()->set_school_code(code);
    event.mutable_school()->set_county(county);
    event.mutable_school()->add_zone_villages("411282103201");
    FollowRegistry(event);
  }

  registry::v1::ChildFacts Facts(const std::string& name, const std::string& school,
                                 uint32_t grade) {
    registry::v1::ChildFacts facts;
    facts.set_child_id(Id("child-" + name).str());
    facts.set_registration_id(Id("registration-" + name).str());
    facts.set_status("ACTIVE");
    facts.set_school_code(school);
    facts.set_grade(grade);
    facts.set_hukou_township("411282103");
    facts.set_hukou_village("411282103201");
    return facts;
  }

  void Publish(const registry::v1::ChildFacts& facts) {
    registry::v1::ChildCorrected event;
    *event.mutable_facts() = facts;
    FollowRegistry(event);
  }

  void Child(const std::string& name, const std::string& school, uint32_t grade) {
    registry::v1::ChildRegistered event;
    *event.mutable_facts() = Facts(name, school, grade);
    FollowRegistry(event);
  }

  v1::OpenBusiness Transfer(const std::string& child, const std::string& to, uint32_t grade = 4) {
    v1::OpenBusiness command;
    command.set_kind("TRANSFER");
    command.set_child_id(Id("child-" + child).str());
    command.set_registration_id(Id("registration-" + child).str());
    command.set_to_school_code(to);
    command.set_grade(grade);
    command.set_ground("RESIDENCE_MOVED");
    command.set_office("school:" + to);
    return command;
  }

  v1::OpenBusiness Status(const std::string& kind, const std::string& child,
                          const std::string& school) {
    v1::OpenBusiness command;
    command.set_kind(kind);
    command.set_child_id(Id("child-" + child).str());
    command.set_registration_id(Id("registration-" + child).str());
    command.set_office("school:" + school);
    command.mutable_effective()->set_days(base::DayOf(now_).days);
    return command;
  }

  // The newest business of a child.
  v1::BusinessFacts Business(const std::string& child) {
    v1::BusinessFacts newest;
    base::ScanIndex<v1::BusinessRow>(
        rows_, base::TableOf<v1::BusinessRow>::kByChild, 100,
        [&](const v1::BusinessRow& row) {
          if (newest.business_id().empty() ||
              row.facts().opened_on().days() >= newest.opened_on().days()) {
            if (row.facts().state() == "OPEN" || newest.state() != "OPEN") newest = row.facts();
          }
          return true;
        },
        Id("child-" + child));
    return newest;
  }

  std::string Step(const std::string& child, const Person& person,
                   const std::string& outcome = "DONE", const std::string& reason = "") {
    const v1::BusinessFacts facts = Business(child);
    v1::DecideStep command;
    command.set_business_id(facts.business_id());
    command.set_office(person.office);
    command.set_role(person.role);
    command.set_step(facts.step());
    command.set_outcome(outcome);
    command.set_reason_code(reason);
    return Submit(command, person);
  }

  // Fires every timer that is due now, in due order, as the engine does.
  int FireDueTimers() {
    int fired = 0;
    for (;;) {
      std::optional<journal::v1::TimerRef> due;
      std::string due_key;
      rows_.Scan(base::EncodeKey(base::Space::kOwn, 0, 0), {},
                 [&](std::string_view key, std::string_view value) {
                   due.emplace();
                   due->ParseFromArray(value.data(), static_cast<int>(value.size()));
                   due_key = key;
                   return false;
                 });
      if (!due || due->due_us() > now_.us) return fired;
      base::Decision decision = domain_.Decide({base::kTimerFired, due->SerializeAsString()}, rows_,
                                               ContextOf(Service()));
      rows_.Remove(due_key);
      if (auto* events = std::get_if<base::Events>(&decision)) Apply(*events, Service());
      ++fired;
    }
  }

  template <typename Message>
  std::vector<Message> All() const {
    std::vector<Message> found;
    for (const journal::v1::Event& event : history_) {
      if (event.type() != base::EventType<Message>()) continue;
      found.emplace_back().ParseFromString(event.data());
    }
    return found;
  }

  TransferDomain domain_;
  base::MapRows rows_;
  base::Timestamp now_{base::StartOfDay(Day("2025-09-29")).us + 9LL * 3600 * 1'000'000};
  base::Refusal refusal_;
  std::vector<journal::v1::Event> history_;
  int requests_ = 0;
  uint64_t registry_pos_ = 0;
  uint64_t transfer_pos_ = 0;
};

}  // namespace twinline::transfer
