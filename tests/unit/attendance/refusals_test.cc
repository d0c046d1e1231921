// Every refusal that attendance declares is produced by a command here, with its exact code, and
// leaves nothing behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "tests/unit/attendance/county.h"

namespace twinline::attendance {
namespace {

std::set<std::string> DeclaredCodes() {
  std::ifstream file(TWINLINE_REFUSALS_CC);
  std::stringstream text;
  text << file.rdbuf();
  const std::string source = text.str();
  const std::regex code("\\{\"([A-Z][A-Z_]+)\"");
  std::set<std::string> found;
  for (std::sregex_iterator it(source.begin(), source.end(), code), end; it != end; ++it) {
    found.insert((*it)[1]);
  }
  return found;
}

class Refusals {
 public:
  void Expect(const std::string& code, const Result& result) {
    EXPECT_EQ(result.refusal, code);
    EXPECT_TRUE(result.events.empty());
    produced_.insert(result.refusal);
  }
  const std::set<std::string>& produced() const { return produced_; }

 private:
  std::set<std::string> produced_;
};

void RefuseRollCalls(County& county, const Id16& class_id, const Id16& x, Refusals* seen) {
  seen->Expect("CLASS_UNKNOWN", county.RollCall(County::Person("no class"), kMorning, {}));
  const Id16 closed = county.AddClass(kJunior, 9, 9);
  county.CloseClass(closed);
  seen->Expect("CLASS_UNKNOWN", county.RollCall(closed, kMorning, {}));
  County::How how;
  how.day = Day(9, 5);
  how.day = county.today() + 1;
  seen->Expect("DATE_IN_FUTURE", county.RollCall(class_id, kMorning, {}, how));
  how.day = Day(8, 29);
  seen->Expect("NOT_A_SCHOOL_DAY", county.RollCall(class_id, kMorning, {}, how));
  seen->Expect("SESSION_NOT_SCHEDULED", county.RollCall(class_id, 3, {}));
  seen->Expect("SESSION_NOT_SCHEDULED", county.RollCall(class_id, 0, {}));
  how = {};
  how.roster = 99;
  seen->Expect("UNAVAILABLE_ROSTER_NEWER", county.RollCall(class_id, kMorning, {}, how));
  seen->Expect("MARK_CODE_UNKNOWN", county.RollCall(class_id, kMorning, {{x, 7}}));
  seen->Expect("MARK_CODE_UNKNOWN", county.RollCall(class_id, kMorning, {{x, kPresent}}));
  seen->Expect("REGISTRATION_UNKNOWN",
               county.RollCall(class_id, kMorning, {{County::Person("nobody"), kLate}}));
  seen->Expect("REGISTRATION_LISTED_TWICE",
               county.RollCall(class_id, kMorning, {{x, kLate}, {x, kUnexplained}}));
}

void RefuseCorrections(County& county, const Id16& class_id, const Id16& x, Refusals* seen) {
  const Id16 other = county.AddClass(kPrimary, 6, 1);
  const Id16 stranger = county.AddPupil(other);
  const CivilDay first = Day(9, 1);
  seen->Expect("ROLL_CALL_NOT_TAKEN", county.Propose(class_id, first, kMorning, x, kUnexplained));
  county.WholeDay(class_id, {});
  county.NextSchoolDay();
  seen->Expect("MARK_CODE_UNKNOWN", county.Propose(class_id, first, kMorning, x, kGuest));
  seen->Expect("REGISTRATION_UNKNOWN",
               county.Propose(class_id, first, kMorning, County::Person("nobody"), kLate));
  seen->Expect("REGISTRATION_NOT_IN_CLASS",
               county.Propose(class_id, first, kMorning, stranger, kUnexplained));
  seen->Expect("NOTHING_TO_CORRECT", county.Propose(class_id, first, kMorning, x, kPresent));
  v1::ProposeCorrection without_reason;
  without_reason.set_class_id(class_id.str());
  without_reason.set_day(first.days);
  without_reason.set_session(kMorning);
  without_reason.set_registration_id(x.str());
  without_reason.set_code_after(kUnexplained);
  seen->Expect("REASON_MISSING", county.Do(without_reason));

  const Result proposed = county.Propose(class_id, first, kMorning, x, kUnexplained);
  seen->Expect("CORRECTION_UNKNOWN", county.Sign(County::Person("no correction"), class_id));
  seen->Expect("CORRECTION_UNKNOWN", county.Sign(proposed.correction, other));  // another school's
  seen->Expect("SIGNER_IS_PROPOSER", county.Sign(proposed.correction, class_id, "teacher"));
  EXPECT_TRUE(county.Sign(proposed.correction, class_id).ok());
  seen->Expect("CORRECTION_ALREADY_SIGNED", county.Sign(proposed.correction, class_id));
  County::How how;
  how.day = first;
  seen->Expect("USE_CORRECTION", county.RollCall(class_id, kMorning, {}, how));
  seen->Expect("NO_CONFLICT", county.Resolve(class_id, first, kMorning, true));
  seen->Expect("NO_CONFLICT", county.Resolve(class_id, first, 3, true));
}

void RefuseLateRollCalls(County& county, const Id16& class_id, Refusals* seen) {
  const CivilDay missed = county.today();
  county.NextSchoolDay();
  county.WholeDay(class_id, {});
  County::How how;
  how.day = missed;
  seen->Expect("LATE_ROLL_CALL_NEEDS_SIGNATURE", county.RollCall(class_id, kMorning, {}, how));
  how.signed_late = true;
  how.reason = false;
  seen->Expect("REASON_MISSING", county.RollCall(class_id, kMorning, {}, how));
}

void RefuseData(County& county, Refusals* seen) {
  v1::SchoolCalendar calendar = County::DefaultCalendar();
  const auto invalid = [&](auto&& change) {
    v1::SchoolCalendar broken = calendar;
    change(&broken);
    seen->Expect("CALENDAR_INVALID", county.Adopt(broken));
  };
  invalid([](v1::SchoolCalendar* c) { c->clear_version(); });
  invalid([](v1::SchoolCalendar* c) { c->clear_terms(); });
  invalid([](v1::SchoolCalendar* c) { c->set_weekdays(0); });
  invalid([](v1::SchoolCalendar* c) { c->set_sessions(4); });
  invalid([](v1::SchoolCalendar* c) { c->mutable_terms(0)->set_last_day(0); });
  invalid([](v1::SchoolCalendar* c) {
    c->mutable_terms(0)->set_last_day(c->terms(0).first_day() + 400);
  });

  const auto refuse_rules = [&](auto&& change) {
    v1::RuleSet rules = County::DefaultRules();
    change(&rules);
    seen->Expect("RULE_SET_INVALID", county.AdoptRules("v", Day(9, 1), rules));
  };
  refuse_rules([](v1::RuleSet* r) { r->set_contact(0); });
  refuse_rules([](v1::RuleSet* r) { r->set_school_report(0); });
  refuse_rules([](v1::RuleSet* r) { r->set_suspected(2); });
  refuse_rules([](v1::RuleSet* r) { r->set_term_start_no_show(0); });
  refuse_rules([](v1::RuleSet* r) { r->set_unmarked_bureau(0); });
  refuse_rules([](v1::RuleSet* r) { r->set_day_close_minute(1440); });
  seen->Expect("RULE_SET_INVALID", county.AdoptRules("", Day(9, 1), County::DefaultRules()));
}

TEST(AttendanceRefusals, EveryDeclaredCodeIsProduced) {
  County county;
  const Id16 class_id = county.AddClass(kJunior, 7, 3);
  const Id16 x = county.AddPupil(class_id);
  Refusals seen;
  RefuseRollCalls(county, class_id, x, &seen);
  RefuseCorrections(county, class_id, x, &seen);
  RefuseLateRollCalls(county, class_id, &seen);
  RefuseData(county, &seen);
  // Reactions that find nothing to do.
  v1::StartSchoolDays again;
  again.set_school_code(kJunior);
  seen.Expect("ALREADY_SO", county.Do(again));

  const std::set<std::string> declared = DeclaredCodes();
  EXPECT_GE(declared.size(), 20u);
  EXPECT_EQ(seen.produced(), declared);
}

TEST(AttendanceRefusals, AnUnknownCommandIsToldToUpgrade) {
  County county;
  EXPECT_EQ(county.Run(3999, "", "teacher").refusal, "COMMAND_UNKNOWN");
  EXPECT_EQ(county.Run(base::CommandType<v1::TakeRollCall>(), "\xff\xff", "teacher").refusal,
            "COMMAND_UNKNOWN");
}

}  // namespace
}  // namespace twinline::attendance
