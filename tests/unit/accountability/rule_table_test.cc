// The rule table, row by row: every row is hit by a real command, everything that has no row is
// refused, and whatever happens an open case keeps an office and a deadline on each line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <tuple>

#include "tests/unit/accountability/county.h"

namespace twinline::accountability {
namespace {

using namespace types::v1;  // role names

constexpr Role kRoles[] = {ROLE_CLASS_TEACHER,    ROLE_REGISTRAR,         ROLE_PRINCIPAL,
                           ROLE_VILLAGE_OFFICIAL, ROLE_TOWNSHIP_OFFICIAL, ROLE_TOWNSHIP_HEAD,
                           ROLE_BUREAU_OFFICIAL,  ROLE_BUREAU_DIRECTOR,   ROLE_COUNTY_HEAD};

bool IsPaper(std::string_view action) {
  return action == kIssuePersuadeNotice || action == kIssueReturnByDate || action == kIssueOrder ||
         action == kIssueCourt;
}

std::string CodeFor(std::string_view action, std::string_view state) {
  if (action == kSignClose) return std::string(ClosingState(state));
  if (action == kOverrideClose) return std::string(kClosedEnd);
  if (action == kProposePlacement) return "HOME_TEACHING";
  if (action == kProposeEnd) return "DECEASED";
  return {};
}

// What must be true in the registry, and how far time must be, for an act to be complete.
void Prepare(County* county, std::string_view action) {
  if (action == kProposePlacement) county->Status("HOME_TEACH");
  if (action == kProposeEnd) county->Status("DECEASED");
  if (action == kConfirmDropout && county->Case().state() != kConfirmed)
    county->GoTo(county->today() + 40);
  if (action == kIssueCourt) {
    const v1::CaseFacts facts = county->Case();
    if (std::count(facts.papers().begin(), facts.papers().end(), kIssueOrder) == 0 &&
        facts.state() != kSuspected && facts.state() != kPersuading) {
      county->Issue(kIssueOrder, county->Person(ROLE_TOWNSHIP_HEAD));
    }
  }
  if (action == kSignClose && county->Case().state() == kReturned) county->PassProbation();
}

Result Perform(County* county, std::string_view action, const Staff& by) {
  if (action == kPersuade) return county->Persuade(by);
  if (IsPaper(action)) return county->Issue(action, by);
  v1::ActOnCaseCommand command;
  command.set_action(std::string(action));
  command.set_code(CodeFor(action, county->Case().state()));
  command.set_evidence_type("HUKOU_MOVED");
  command.set_township(std::string(County::kOtherTown));
  command.add_evidence("digest");
  *command.mutable_note() = SealedText("理由");
  *command.mutable_reason_code() = SealedText("厌学");
  return county->Act(command, by);
}

TEST(RuleTable, NoRowIsDoubleAndEveryNextStateIsOne) {
  std::set<std::tuple<std::string, std::string, Role>> seen;
  std::set<std::string_view> states(OpenStates().begin(), OpenStates().end());
  states.insert(ClosedStates().begin(), ClosedStates().end());
  for (const CaseRule& rule : CaseRules()) {
    for (const Role role : rule.roles) {
      EXPECT_TRUE(seen.emplace(rule.state, rule.action, role).second)
          << rule.state << " " << rule.action << " " << role;
      // The line of an act is the line of its role; the bureau's decisions belong to none.
      if (rule.line != LINE_UNSPECIFIED) {
        EXPECT_EQ(rule.line, LineOf(role));
      }
    }
    EXPECT_TRUE(states.contains(rule.state));
    EXPECT_TRUE(rule.next.empty() || states.contains(rule.next)) << rule.next;
  }
}

TEST(RuleTable, EveryRowOfPeopleIsHitAndEverythingElseRefused) {
  std::set<const CaseRule*> hit;
  for (const std::string_view state : OpenStates()) {
    for (const std::string_view action : Actions()) {
      for (const Role role : kRoles) {
        County county;
        county.BringTo(state);
        const CaseRule* rule = FindRule(state, action, role);
        if (rule != nullptr) Prepare(&county, action);
        if (county.Case().state() != state && rule != nullptr) {
          // Preparing the court needs an order, which is a state of its own: judged there.
          continue;
        }
        Staff by = county.Person(role);
        const Result result = Perform(&county, action, by);
        const std::string where =
            std::string(state) + " " + std::string(action) + " " + Role_Name(role);
        if (rule == nullptr) {
          EXPECT_TRUE(result.refusal == "ACTION_NOT_POSSIBLE" ||
                      result.refusal == "NOT_YOUR_ACTION")
              << where << " " << result.refusal;
          EXPECT_EQ(county.Case().state(), state) << where;
          continue;
        }
        if (action == kIssueCourt && (state == kSuspected || state == kPersuading)) {
          EXPECT_EQ(result.refusal, "COURT_LOCKED") << where;
          hit.insert(rule);
          continue;
        }
        if (action == kTakeOver && state == kConfirmed) {
          // After so long the line stands above the township.
          EXPECT_EQ(result.refusal, "CASE_ESCALATED") << where;
          hit.insert(rule);
          continue;
        }
        EXPECT_EQ(result.refusal, "") << where;
        if (!result.refusal.empty()) continue;
        hit.insert(rule);
        if (!rule->next.empty()) {
          EXPECT_EQ(county.Case().state(), rule->next) << where;
        }
      }
    }
  }
  for (const CaseRule& rule : CaseRules()) {
    if (rule.roles.empty()) continue;
    // From CONFIRMED the order that the court needs leads to ORDERED first.
    if (rule.state == kConfirmed && rule.action == kIssueCourt) continue;
    EXPECT_TRUE(hit.contains(&rule)) << rule.state << " " << rule.action;
  }
}

TEST(RuleTable, FromConfirmedTheCourtIsOpenOnceAnOrderWasIssued) {
  County county;
  county.Cross("SUSPECTED", 5);
  county.Issue(kIssueOrder, county.Person(ROLE_TOWNSHIP_HEAD));
  county.GoTo(county.today() + 40);
  EXPECT_EQ(county.Act(kConfirmDropout, county.Person(ROLE_BUREAU_OFFICIAL)).refusal, "");
  EXPECT_EQ(county.Issue(kIssueCourt, county.Person(ROLE_TOWNSHIP_HEAD)).refusal, "");
  EXPECT_EQ(county.Case().state(), kLitigation);
}

// Drives each row of the system by the fact that it is made for.
Result Happen(County* county, std::string_view action, std::string_view state) {
  if (action == kStreakCorrected) return county->Recount(5, 1);
  if (action == kCrossedAgain || action == kReopen) return county->Cross("SUSPECTED", 6);
  if (action == kRelapse)
    return state == kReturned ? county->Verdict(false) : county->Cross("SUSPECTED", 5);
  transfer::v1::BusinessCompleted completed;
  completed.mutable_business()->set_kind("TRANSFER_IN_COUNTY");
  completed.mutable_business()->set_child_id(county->child().child_id());
  completed.mutable_business()->set_registration_id(county->child().registration_id());
  completed.mutable_business()->set_to_school_code(std::string(County::kJuniorB));
  return county->Publish(completed, "transfer/0");
}

TEST(RuleTable, EveryRowOfTheSystemIsHit) {
  for (const CaseRule& rule : CaseRules()) {
    if (!rule.roles.empty() || rule.state == kClosedMerged) continue;
    County county;
    county.BringTo(rule.state);
    const Result result = Happen(&county, rule.action, rule.state);
    EXPECT_FALSE(result.events.empty()) << rule.state << " " << rule.action;
    EXPECT_EQ(county.Case().state(), rule.next) << rule.state << " " << rule.action;
  }
}

TEST(RuleTable, AnOfficeOfAnotherCaseMayDoNothing) {
  for (const Role role : kRoles) {
    County county;
    county.Cross("SUSPECTED", 5);
    Staff stranger = county.Person(role);
    const size_t colon = stranger.office.find(':');
    stranger.office = stranger.office.substr(0, colon + 1) + "999999999";
    const Result result = county.Persuade(stranger);
    EXPECT_TRUE(result.refusal == "NOT_YOUR_CASE" || result.refusal == "NOT_YOUR_ACTION")
        << Role_Name(role);
  }
}

// Random histories from a seed: facts, acts and time in any order. The county checks after each
// commit that an open case has office, task and deadline on each line; here: that every deadline
// fires once and not before its day is over.
TEST(Property, EveryOpenCaseHasOfficeAndDeadlineAndFiresOnceNeverEarly) {
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto pick = [&](size_t n) { return static_cast<size_t>(random() % n); };
    County county;
    std::set<std::tuple<std::string, int, uint32_t>> fired;
    for (int step = 0; step < 60; ++step) {
      switch (pick(6)) {
        case 0:
          county.Cross(pick(2) == 0 ? "SUSPECTED" : "CONTACT", 5);
          break;
        case 1:
          county.Verdict(pick(4) != 0);
          break;
        case 2:
          county.Recount(5, static_cast<uint32_t>(pick(4)));
          break;
        default:
          if (county.HasCase()) {
            Perform(&county, Actions()[pick(Actions().size())],
                    county.Person(kRoles[pick(std::size(kRoles))]));
          }
      }
      const Result passed = county.GoTo(county.today() + static_cast<int>(pick(4)), 12);
      for (const v1::DeadlineMissed& missed : passed.All<v1::DeadlineMissed>()) {
        EXPECT_GE(missed.fired_at_us(),
                  base::EndOfDay(CivilDay{missed.deadline().due().days()}).us);
        EXPECT_TRUE(fired
                        .emplace(missed.case_facts().case_id(), missed.line(),
                                 missed.deadline().generation())
                        .second);
      }
    }
  }
}

}  // namespace
}  // namespace twinline::accountability
