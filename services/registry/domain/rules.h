// The tables by which the registry decides: which school teaches which grade, which role sits at
// which office, what an approved business does to axis A, which codes exist. Pure data and
// look-ups; every sentence about the law is at its table in rules.cc.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "platform/base/civil.h"
#include "twinline/types/v1/options.pb.h"
#include "twinline/types/v1/types.pb.h"

namespace twinline::registry {

// --- axis A, the record state (domain.md 1.4)
struct StatusRule {
  std::string_view code;
  std::string_view zh;
  bool registered;  // counted 在籍
  bool in_school;   // counted 在校
  bool on_roster;   // stands on the class list of the daily roll call
  bool ended;       // nothing follows but a correction by the bureau
};
std::span<const StatusRule> Statuses();
const StatusRule* FindStatus(std::string_view code);  // nullptr: no such status

// What a business of the transfer service does when it is approved.
struct BusinessRule {
  std::string_view kind;
  std::string_view
      from;  // statuses that may be changed, blank-separated; "*": any that has not ended
  std::string_view to;      // status afterwards; empty: unchanged
  bool moves_school;        // to_school_code counts
  bool blocked_by_problem;  // an unsettled problem record stops it (domain.md 1.11, T12)
};
std::span<const BusinessRule> BusinessRules();
const BusinessRule* FindBusinessRule(std::string_view kind);
bool Allows(const BusinessRule& rule, std::string_view status);

// --- schools
bool KnownSchoolKind(std::string_view kind);
bool TeachesGrade(std::string_view school_kind, uint32_t grade);
// Pupils above which a class is "large" (大班额); a warning, never a refusal.
uint32_t ClassSizeStandard(uint32_t grade);
// "七年级3班".
std::string ClassName(uint32_t grade, uint32_t number);

// --- offices and duties
struct Office {
  std::string_view kind;  // class school village township bureau county city province auditor
  std::string_view code;
};
std::optional<Office> ParseOffice(std::string_view office);

struct RoleRule {
  types::v1::Role role;
  std::string_view office_kind;
  types::v1::Line line;
  bool single;  // one holder at a time who is not a deputy: the named owner of K-2
};
const RoleRule* FindRole(uint32_t role);

// --- flags and codes
bool KnownWatchGroup(std::string_view code);
bool KnownBoarding(std::string_view code);
bool KnownEntryKind(std::string_view code);
bool KnownIdKind(std::string_view code);
bool KnownRelation(std::string_view text);
// These five block a transfer and nothing else.
bool BlocksTransfer(std::string_view problem);
// 03 04 09 14 of the official status table: no lawful outcome in grades 1 to 9 (domain.md 1.4,
// A12).
bool UnlawfulStatusCode(std::string_view national_code);

// --- age
// Last birthday that may enter grade 1 in the autumn of `school_year`: six by 31 August inclusive
// (domain.md 3.1).
base::CivilDay EntryCutOff(int school_year);
// School year in which a child born on `birth` reaches entry age.
int EntryCohort(base::CivilDay birth);

template <typename Repeated>
bool Contains(const Repeated& values, std::string_view value) {
  for (const auto& v : values) {
    if (v == value) return true;
  }
  return false;
}

}  // namespace twinline::registry
