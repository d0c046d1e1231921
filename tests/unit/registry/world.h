// A registry in memory for Given/When/Then tests: commands are decided and folded as the engine
// does it, over MapRows. Sealing is played by a stub: domain code never looks inside a sealed
// value.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "platform/base/hash.h"
#include "platform/base/text/name_text.h"
#include "registry/domain/classify.h"
#include "registry/domain/lookup.h"
#include "registry/domain/registry_domain.h"
#include "twinline/registry/v1/registry_commands.pb.h"
#include "twinline/registry/v1/registry_events.pb.h"
#include "twinline/transfer/v1/transfer_events.pb.h"

namespace twinline::registry {

inline base::CivilDay Day(std::string_view text) { return *base::CivilDay::Parse(text); }

class World {
 public:
  static constexpr std::string_view kCounty = "411282";
  static constexpr std::string_view kTownship = "411282103";
  static constexpr std::string_view kPrimary = "2141000001";
  static constexpr std::string_view kPrimaryB = "2141000002";
  static constexpr std::string_view kJunior = "3141000001";

  World() { Install(); }

  // Decides and, when accepted, folds. Returns the decision.
  template <typename Command>
  base::Decision Do(const Command& command) {
    const base::Context context = NextContext();
    const std::string body = command.SerializeAsString();
    base::Decision decision = domain_.Decide({base::CommandType<Command>(), body}, rows_, context);
    if (const auto* events = std::get_if<base::Events>(&decision)) Apply(*events);
    return decision;
  }

  // The same, which must be accepted; returns the ids of Outcome.
  template <typename Command>
  std::vector<base::Id16> Must(const Command& command) {
    const base::Decision decision = Do(command);
    if (const auto* refusal = std::get_if<base::Refusal>(&decision)) {
      ADD_FAILURE() << "refused: " << refusal->code << " " << refusal->en;
      return {};
    }
    return domain_.Outcome(last_commit_);
  }

  // The refusal code, or "" when it was accepted.
  template <typename Command>
  std::string Code(const Command& command) {
    const base::Decision decision = Do(command);
    const auto* refusal = std::get_if<base::Refusal>(&decision);
    return refusal == nullptr ? std::string() : refusal->code;
  }

  // Feeds an event of transfer/0 through React, as the engine does.
  template <typename Event>
  base::Events Transfer(const Event& event) {
    const journal::v1::Event raw = base::MakeEvent(event, today);
    base::SourceEvent source;
    source.event = &raw;
    base::Events all;
    if (!domain_.Wants(raw.type())) return all;
    actor.set_service("service:registry");
    for (const base::DerivedCommand& derived : domain_.React(source)) {
      const base::Context context = NextContext();
      base::Decision decision = domain_.Decide({derived.type, derived.body}, rows_, context);
      const auto* events = std::get_if<base::Events>(&decision);
      EXPECT_NE(events, nullptr) << "a reaction must never refuse (R-09)";
      if (events == nullptr) continue;
      EXPECT_FALSE(events->empty());
      Apply(*events);
      all.insert(all.end(), events->begin(), events->end());
    }
    actor.clear_service();
    return all;
  }

  base::Id16 AddClass(std::string_view school, uint32_t grade, uint32_t number,
                      uint32_t school_year = 2024) {
    v1::RecordClassCommand command;
    auto& facts = *command.mutable_class_facts();
    facts.set_school_code(std::string(school));
    facts.set_grade(grade);
    facts.set_number(number);
    facts.set_school_year(school_year);
    return First(Must(command));
  }

  // A registration command as the service builds it from plain data.
  v1::RegisterChildCommand Child(std::string_view name, std::string_view id_number,
                                 const base::Id16& class_id, std::string_view birth = "",
                                 std::string_view school = kPrimary) {
    v1::PersonInput person;
    person.set_name(std::string(name));
    person.set_id_number(std::string(id_number));
    if (!birth.empty()) person.mutable_birth_date()->set_days(Day(birth).days);
    auto classified = ClassifyPerson(person, today, false);
    if (const auto* no = std::get_if<base::Refusal>(&classified)) {
      ADD_FAILURE() << "not classified: " << no->code;
      return {};
    }
    const auto& plain = std::get<ClassifiedPerson>(classified);
    v1::RegisterChildCommand command;
    *command.mutable_person() = Seal(plain.person);
    *command.mutable_classified() = plain.result;
    // 411299 is the area of made-up numbers: expected in tests, so not a finding here.
    RemoveCode(command.mutable_classified()->mutable_id_problems(), "DEMO_AREA");
    command.set_school_code(std::string(school));
    if (!class_id.empty()) command.set_class_id(class_id.str());
    command.set_entry_kind("NORMAL");
    command.mutable_entered_on()->set_days(Day("2024-09-01").days);
    return command;
  }

  static v1::SealedPerson Seal(const v1::PersonInput& plain) {
    v1::SealedPerson sealed;
    sealed.mutable_name()->set_ciphertext("sealed:" + plain.name());
    sealed.set_id_kind(plain.id_kind());
    if (!plain.id_number().empty()) {
      sealed.mutable_id_number()->set_ciphertext("sealed:" + plain.id_number());
      *sealed.mutable_id_token() = Token(plain.id_number());
    }
    *sealed.mutable_same_person_token() = Token(SamePersonKey(plain));
    return sealed;
  }

  static types::v1::SearchToken Token(std::string_view value) {
    types::v1::SearchToken token;
    token.set_pepper_version(1);
    token.set_token(std::string(base::View(base::Sha256({value})).substr(0, 16)));
    return token;
  }

  static v1::ExternalNumber Number(std::string_view kind, std::string_view number) {
    v1::ExternalNumber out;
    out.set_kind(std::string(kind));
    out.set_number(std::string(kind) + "…");
    *out.mutable_token() = Token(number);
    return out;
  }

  v1::ChildFacts Facts(const base::Id16& child) const {
    const auto subject = FindSubject(rows_, child.bytes());
    return subject ? subject->facts() : v1::ChildFacts();
  }
  v1::ClassFacts Class(const base::Id16& id) const {
    return FindClass(rows_, id.bytes()).value_or(v1::ClassFacts());
  }
  int64_t Pupils(std::string_view school, uint32_t grade, std::string_view status) const {
    const auto row = base::Find<v1::CountRow>(rows_, school, grade, status);
    return row ? row->pupils() : 0;
  }
  std::vector<v1::DuplicateTaskRow> Tasks() const {
    std::vector<v1::DuplicateTaskRow> tasks;
    base::ScanRows<v1::DuplicateTaskRow>(rows_, 100, [&tasks](const auto& row) {
      tasks.push_back(row);
      return true;
    });
    return tasks;
  }
  size_t HistoryLines(const base::Id16& child) const {
    size_t lines = 0;
    base::ScanRows<v1::HistoryRow>(
        rows_, 1000,
        [&lines](const auto&) {
          ++lines;
          return true;
        },
        child);
    return lines;
  }

  // A business of the transfer service about this child, as its events carry it.
  transfer::v1::BusinessFacts Business(std::string_view kind, const base::Id16& child) const {
    const v1::ChildFacts facts = Facts(child);
    transfer::v1::BusinessFacts business;
    business.set_business_id(base::DeriveId({"business", kind, child.bytes()}).str());
    business.set_kind(std::string(kind));
    business.set_child_id(child.str());
    business.set_registration_id(facts.registration_id());
    business.set_from_school_code(facts.school_code());
    business.set_grade(facts.grade());
    return business;
  }
  template <typename Event>
  base::Events Transfer(const transfer::v1::BusinessFacts& business) {
    Event event;
    *event.mutable_business() = business;
    return Transfer(event);
  }

  static base::Id16 First(const std::vector<base::Id16>& ids) {
    return ids.empty() ? base::Id16() : ids.front();
  }

  const base::MapRows& rows() const { return rows_; }
  const journal::v1::Commit& last_commit() const { return last_commit_; }
  // State rebuilt from the journal of this world; must equal the live one.
  std::map<std::string, std::string, std::less<>> Replay() const {
    base::MapRows again;
    for (size_t pos = 0; pos < journal_.size(); ++pos) FoldCommit(journal_[pos], pos, &again);
    return again.map();
  }

  base::CivilDay today = Day("2024-09-02");
  journal::v1::Actor actor;

 private:
  base::Context NextContext() {
    base::Context context;
    context.today = today;
    context.now = {base::StartOfDay(today).us + 8 * 3'600'000'000};
    context.actor = actor;
    context.installation = base::DeriveId({"installation"});
    context.request_id = base::DeriveId({"request", std::to_string(++requests_)});
    return context;
  }

  struct Recorded {
    journal::v1::Commit commit;
    base::Timestamp time;
  };

  void FoldCommit(const Recorded& recorded, size_t pos, base::MapRows* rows) const {
    for (int i = 0; i < recorded.commit.events_size(); ++i) {
      base::EventContext context;
      context.recorded = recorded.time;
      context.actor = &recorded.commit.actor();
      context.ref.set_journal("registry/0");
      context.ref.set_epoch(1);
      context.ref.set_pos(pos);
      context.ref.set_event(static_cast<uint32_t>(i));
      const absl::Status status = domain_.Evolve(recorded.commit.events(i), context, *rows);
      EXPECT_TRUE(status.ok()) << status;
    }
  }

  void Apply(const base::Events& events) {
    last_commit_.Clear();
    *last_commit_.mutable_actor() = actor;
    for (const auto& event : events) *last_commit_.add_events() = event;
    const int64_t time =
        base::StartOfDay(today).us + 8 * 3'600'000'000 + static_cast<int64_t>(journal_.size());
    journal_.push_back({last_commit_, {time}});
    FoldCommit(journal_.back(), journal_.size() - 1, &rows_);
  }

  void AddArea(std::string_view code, std::string_view name, std::string_view kind) {
    v1::RecordAreaCommand command;
    command.mutable_area()->set_code(std::string(code));
    command.mutable_area()->set_name(std::string(name));
    command.mutable_area()->set_kind(std::string(kind));
    Must(command);
  }

  void AddSchool(std::string_view code, std::string_view kind, std::string_view name) {
    v1::RecordSchoolCommand command;
    auto& school = *command.mutable_school();
    school.set_school_code(std::string(code));
    school.set_kind(std::string(kind));
    school.set_name(std::string(name));
    school.set_township(std::string(kTownship));
    school.set_county(std::string(kCounty));
    Must(command);
  }

  void Install() {
    actor.set_subject(base::DeriveId({"clerk"}).str());
    actor.set_office("school:" + std::string(kPrimary));
    AddArea("41", "河南省", "PROVINCE");
    AddArea("4112", "三门峡市", "CITY");
    AddArea(kCounty, "灵宝市", "COUNTY");
    AddArea(kTownship, "阳平镇", "TOWNSHIP");
    AddArea("411282103201", "阳平村", "VILLAGE");
    AddSchool(kPrimary, "PRIMARY", "阳平镇中心小学");
    AddSchool(kPrimaryB, "PRIMARY", "故县镇中心小学");
    AddSchool(kJunior, "JUNIOR", "阳平镇初级中学");
  }

  RegistryDomain domain_;
  base::MapRows rows_;
  std::vector<Recorded> journal_;
  journal::v1::Commit last_commit_;
  uint64_t requests_ = 0;
};

}  // namespace twinline::registry
