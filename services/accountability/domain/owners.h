// Who is in charge: offices of the two lines, the person on duty there, and the township that
// answers for a child. An owner is an office; the person is copied from the registry's duties. A
// vacant office starts the next rung at once and is itself a finding.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/civil.h"
#include "platform/base/rows.h"
#include "twinline/accountability/v1/accountability_rows.pb.h"

namespace twinline::accountability {

// A case's child as the registry last told it. `registration` may be empty: the newest counted one
// then.
std::optional<v1::ForeignChild> FindChild(const base::Rows& rows, std::string_view child_id,
                                          std::string_view registration_id);

struct Townships {
  std::string responsible;
  std::string other;    // informed
  std::string village;  // of the responsible one; may be empty
};
// Hukou or residence by the rule set; where a place has no township government, the acting one
// (ASK-16); a township that this installation does not know cannot be responsible while another is
// known.
Townships TownshipsOf(const base::Rows& rows, const registry::v1::ChildFacts& facts,
                      const v1::RuleSet& rules);

// Office code of a rung for this case; empty when the case has no such office (no village, no class
// yet).
std::string OfficeOn(const v1::Rung& rung, const v1::CaseFacts& facts);
const google::protobuf::RepeatedPtrField<v1::Rung>& RungsOf(const v1::RuleSet& rules,
                                                            types::v1::Line line);

struct Person {
  std::string staff;
  std::string duty;
  bool vacant() const { return staff.empty(); }
};
// By the order of the rung's roles, holders before deputies, then the longer in office.
Person InCharge(const base::Rows& rows, const std::string& office,
                const google::protobuf::RepeatedField<uint32_t>& roles, base::CivilDay day);

// The office that keeps the roster of another, and answers for a vacancy there.
std::string RosterOffice(std::string_view office, const v1::CaseFacts& facts);

// True when `office` stands on `line` of this case.
bool OnLine(const v1::CaseFacts& facts, types::v1::Line line, std::string_view office);

inline std::string ClassOffice(std::string_view class_id) {
  return "class:" + base::AsId(class_id).hex();
}
inline std::string BureauOffice(const v1::CaseFacts& facts) { return "bureau:" + facts.county(); }

}  // namespace twinline::accountability
