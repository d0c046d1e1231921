// I5 at every record of registry/0: a counted registration stands at exactly one known school, and
// while a transfer is open it names the other side too; school and status change only by a business
// that all its sides had approved, once. Class lists add up.
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "platform/base/hash.h"
#include "tests/simulation/auditor.h"

namespace twinline::simulation {
namespace {

namespace rv1 = registry::v1;
namespace tv1 = transfer::v1;

bool IsCounted(const rv1::ChildFacts& facts) {
  static const std::set<std::string> kCounted{"ACTIVE",      "SUSPENDED",       "REG_ABSENT",
                                              "DROPOUT",     "MISSING",         "HOME_TEACH",
                                              "SPECIALIZED", "TRANSFER_PENDING"};
  return facts.alias_of().empty() && kCounted.contains(facts.status());
}

// Axis A after each kind of business that moves nobody.
const std::map<std::string, std::string>& StatusAfter() {
  static const std::map<std::string, std::string> table{
      {"SUSPENSION", "SUSPENDED"},    {"RESUMPTION", "ACTIVE"},
      {"DEATH", "DECEASED"},          {"ABROAD", "ABROAD"},
      {"DROPOUT_KEPT", "DROPOUT"},    {"SPECIALIZED_SCHOOL", "SPECIALIZED"},
      {"HOME_TEACHING", "HOME_TEACH"}};
  return table;
}

class RegistrationCheck final : public Check {
 public:
  explicit RegistrationCheck(Findings* findings) : findings_(findings) {}

  void OnEvent(const EventAt& at, const Published& before) override {
    On<tv1::BusinessReassigned>(at, [&](const auto&) { merged_ = true; });
    if (at.shard != kRegistry) return;
    ForEachChild(at, [&](const rv1::ChildFacts& facts) { OneChild(at, facts, before); });
    ForEachClass(at, [&](const rv1::ClassFacts& facts) { OneClass(at, facts, before); });
    On<rv1::ChildRegistered>(at, [&](const auto& event) { Registered(event); }) ||
        On<rv1::DuplicateReported>(
            at, [&](const auto& event) { unreported_.erase(event.second().registration_id()); }) ||
        On<rv1::ClassPromoted>(at, [&](const auto& event) { Promoted(at, event, before); }) ||
        On<rv1::RegistrationMoved>(at, [&](const auto& event) { Moved(at, event, before); }) ||
        On<rv1::RegistrationStatusChanged>(
            at, [&](const auto& event) { StatusChanged(at, event, before); }) ||
        On<rv1::MoveRefused>(at, [&](const auto& event) {
          Answer(at, event.business_id(), before);
          if (absl::StrContains(event.code(), "UNKNOWN"))
            Add(at, "R-51: refused as " + event.code());
        });
  }

  void AfterCommit(const EventAt& at) override {
    if (!unreported_.empty()) Add(at, "A04: the same ID number twice, and no duplicate reported");
    unreported_.clear();
  }

  void AtRest(const Published& now, base::Timestamp) override {
    for (const auto& [id, facts] : now.children) {
      if (facts.pending_business().empty()) continue;
      const auto business = now.businesses.find(facts.pending_business());
      if (business == now.businesses.end() ||
          (business->second.state() != "OPEN" && business->second.state() != "NEEDS_ATTENTION")) {
        findings_->Add("I5: registration " + base::ToHex(id) + " waits for a business that ended");
      }
    }
    for (const auto& [id, business] : now.businesses) {
      if (business.state() != "OPEN") continue;
      const auto child = now.children.find(business.registration_id());
      if (child == now.children.end() || child->second.pending_business() != id) {
        findings_->Add("I5: business " + base::ToHex(id) +
                       " is open and the registry does not say so");
      }
    }
  }

 private:
  void Add(const EventAt& at, const std::string& what) { findings_->Add(at.Text() + ": " + what); }

  void OneChild(const EventAt& at, const rv1::ChildFacts& facts, const Published& before) {
    const uint32_t type = at.event->type();
    const auto known = before.children.find(facts.registration_id());
    const bool is_new = known == before.children.end();
    if (is_new != (type == base::EventType<rv1::ChildRegistered>())) {
      Add(at, "a registration is recorded twice, or never");
    }
    if (!is_new && facts.version() <= known->second.version()) {
      Add(at, "the version of a registration does not rise");
    }
    if (IsCounted(facts) && !before.schools.contains(facts.school_code())) {
      Add(at, "I5: a counted registration has no school");
    }
    if (!is_new) WhatMayChange(at, known->second, facts);
    OtherSide(at, facts, before);
    if (!is_new) members_[known->second.class_id()].erase(facts.registration_id());
    if (!facts.class_id().empty()) members_[facts.class_id()].insert(facts.registration_id());
  }

  void WhatMayChange(const EventAt& at, const rv1::ChildFacts& before,
                     const rv1::ChildFacts& after) {
    const uint32_t type = at.event->type();
    const bool moved = type == base::EventType<rv1::RegistrationMoved>();
    const bool status = type == base::EventType<rv1::RegistrationStatusChanged>();
    const bool promoted = type == base::EventType<rv1::ClassPromoted>();
    if (promoted && before.status() != after.status() && after.status() != "GRADUATED") {
      Add(at, "R-59: a class business makes " + before.status() + " " + after.status());
    }
    if (promoted) return;
    if (before.grade() != after.grade() && !moved &&
        type == base::EventType<rv1::BusinessNoted>()) {
      Add(at, "the grade changes without a business");
    }
    if (before.school_code() != after.school_code() && !moved) {
      Add(at, "I5: the school changes without a move");
    }
    if (before.status() != after.status() && !moved && !status) {
      Add(at, "R-59: the status changes without a business");
    }
    if (before.child_id() != after.child_id() &&
        type != base::EventType<rv1::DuplicateResolved>()) {
      Add(at, "a registration changes its child");
    }
  }

  // While a business is open the registration names it and its other side.
  void OtherSide(const EventAt& at, const rv1::ChildFacts& facts, const Published& before) {
    if (facts.pending_business().empty()) return;
    const auto business = before.businesses.find(facts.pending_business());
    if (business == before.businesses.end()) {
      Add(at, "I5: waits for a business that was never opened");
    } else if (business->second.registration_id() != facts.registration_id() ||
               (business->second.to_school_code() != facts.pending_school_code() &&
                !Succeeded(facts.pending_school_code(), business->second, before))) {
      Add(at, "I5: the open business names another child or another school");
    }
  }

  // The school was merged, and the registry has not yet heard that its successor has the business.
  static bool Succeeded(const std::string& school, const tv1::BusinessFacts& business,
                        const Published& before) {
    const auto known = before.schools.find(school);
    return known != before.schools.end() &&
           known->second.successor_code() == business.to_school_code();
  }

  // A whole class: each child was of it, was named by the business and waited for nothing else; it
  // has its new school at once (I5).
  void Promoted(const EventAt& at, const rv1::ClassPromoted& event, const Published& before) {
    const auto business = before.class_businesses.find(event.business_id());
    if (business == before.class_businesses.end() || business->second.state() != "APPROVED") {
      Add(at, "R-59: the registry acts on a class business that is not approved");
      return;
    }
    if (!answered_.insert(event.business_id()).second) {
      Add(at, "R-59: a class business takes effect twice");
    }
    std::set<std::string> named;
    for (const tv1::ClassMember& member : business->second.members()) {
      named.insert(member.registration_id());
    }
    const bool graduates = business->second.action() == "GRADUATE";
    for (const rv1::ChildFacts& child : event.children()) {
      const auto known = before.children.find(child.registration_id());
      if (named.erase(child.registration_id()) == 0 || known == before.children.end()) {
        Add(at, "R-59: somebody goes along whom the class business does not name, or twice");
        continue;
      }
      if (!known->second.pending_business().empty() || !child.pending_business().empty()) {
        Add(at, "R-59: a class business moves a child that has another one open");
      }
      if (child.school_code() !=
          (graduates ? known->second.school_code() : business->second.to_school_code())) {
        Add(at, "I5: a class business leads to another school than was approved");
      }
      const uint32_t grade = graduates ? known->second.grade() : business->second.to_grade();
      if (child.grade() != grade) Add(at, "a class business leads to another grade");
    }
    for (const rv1::LeftOut& left : event.except()) named.erase(left.registration_id());
    if (!named.empty()) Add(at, "R-59: a child of a class business is neither done nor left out");
  }

  void OneClass(const EventAt& at, const rv1::ClassFacts& facts, const Published& before) {
    const size_t members = members_[facts.class_id()].size();
    if (facts.pupils() != members) {
      Add(at, absl::StrCat("a class says ", facts.pupils(), " pupils and has ", members));
    }
    const auto known = before.classes.find(facts.class_id());
    if (known == before.classes.end()) return;
    const bool changed = facts.pupils() != known->second.pupils();
    if (facts.roster_version() < known->second.roster_version() + (changed ? 1 : 0)) {
      Add(at, "the roster changed and its version did not");
    }
  }

  void Registered(const rv1::ChildRegistered& event) {
    const std::string& token = event.person().id_token().token();
    if (token.empty()) return;
    if (!by_token_[token].empty()) unreported_.insert(event.facts().registration_id());
    by_token_[token].insert(event.facts().registration_id());
  }

  // The registry answers each approved business once, and no other.
  const tv1::BusinessFacts* Answer(const EventAt& at, const std::string& id,
                                   const Published& before) {
    const auto business = before.businesses.find(id);
    if (business == before.businesses.end() || business->second.state() != "APPROVED") {
      Add(at, "I5: the registry acts on a business that is not approved");
      return nullptr;
    }
    if (!answered_.insert(id).second) Add(at, "I5: a business takes effect twice");
    return &business->second;
  }

  bool SidesAgree(const tv1::BusinessFacts& business, bool transfer) const {
    bool receiving = !transfer || merged_;
    for (const tv1::Step& step : business.steps()) {
      if (step.outcome() != "DONE") return false;
      receiving = receiving || (step.kind() == "RECEIVING_AUDIT" &&
                                step.office() == "school:" + business.to_school_code());
    }
    return receiving;
  }

  void Moved(const EventAt& at, const rv1::RegistrationMoved& event, const Published& before) {
    const tv1::BusinessFacts* business = Answer(at, event.business_id(), before);
    const auto child = before.children.find(event.facts().registration_id());
    if (business == nullptr || child == before.children.end()) return;
    if (!absl::StartsWith(business->kind(), "TRANSFER_") || !SidesAgree(*business, true)) {
      Add(at, "I5: moved without the receiving side's acceptance");
    }
    if (business->registration_id() != event.facts().registration_id() ||
        event.from_school_code() != child->second.school_code() ||
        event.from_school_code() != business->from_school_code() ||
        event.facts().school_code() != business->to_school_code()) {
      Add(at, "I5: moved from or to another school than was approved");
    }
    if (!event.facts().pending_business().empty()) Add(at, "I5: moved and still waiting");
  }

  void StatusChanged(const EventAt& at, const rv1::RegistrationStatusChanged& event,
                     const Published& before) {
    const tv1::BusinessFacts* business = Answer(at, event.business_id(), before);
    if (business == nullptr) return;
    const auto after = StatusAfter().find(business->kind());
    if (after == StatusAfter().end() || after->second != event.facts().status() ||
        business->registration_id() != event.facts().registration_id() ||
        !SidesAgree(*business, false)) {
      Add(at,
          absl::StrCat("R-59: ", business->kind(), " leads from ", event.status_before(), " to ",
                       event.facts().status(), ", which was not approved for this registration"));
    }
  }

  Findings* findings_;
  std::map<std::string, std::set<std::string>> members_;   // class -> registrations
  std::map<std::string, std::set<std::string>> by_token_;  // ID number token -> registrations
  std::set<std::string> unreported_;
  std::set<std::string> answered_;  // businesses
  // A school was merged: what it had accepted, its successor inherits.
  bool merged_ = false;
};

}  // namespace

std::unique_ptr<Check> MakeRegistrationCheck(Findings* findings) {
  return std::make_unique<RegistrationCheck>(findings);
}

}  // namespace twinline::simulation
