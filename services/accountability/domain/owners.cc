#include "accountability/domain/owners.h"

#include <algorithm>

#include "accountability/tables/tables.h"

namespace twinline::accountability {

using base::AsId;
using base::CivilDay;
using base::Rows;

namespace {

bool Known(const Rows& rows, const std::string& township) {
  return !township.empty() && base::Find<v1::ForeignArea>(rows, township).has_value();
}

// A development zone has a code but no township government: another acts for it.
std::string Acting(const Rows& rows, const std::string& township) {
  const auto area = base::Find<v1::ForeignArea>(rows, township);
  return area && !area->facts().acting_township().empty() ? area->facts().acting_township()
                                                          : township;
}

}  // namespace

std::optional<v1::ForeignChild> FindChild(const Rows& rows, std::string_view child_id,
                                          std::string_view registration_id) {
  if (!registration_id.empty()) {
    auto row = base::Find<v1::ForeignChild>(rows, AsId(registration_id));
    if (row && (child_id.empty() || row->facts().child_id() == child_id)) return row;
    return std::nullopt;
  }
  std::optional<v1::ForeignChild> found;
  base::ScanIndex<v1::ForeignChild>(
      rows, base::TableOf<v1::ForeignChild>::kByChild, 8,
      [&](const v1::ForeignChild& row) {
        if (!found || (row.facts().alias_of().empty() && row.pos() > found->pos())) found = row;
        return true;
      },
      AsId(child_id));
  return found;
}

Townships TownshipsOf(const Rows& rows, const registry::v1::ChildFacts& facts,
                      const v1::RuleSet& rules) {
  std::string first = facts.hukou_township();
  std::string second = facts.residence_township();
  std::string first_village = facts.hukou_village();
  std::string second_village = facts.residence_village();
  if (rules.township_by() == "RESIDENCE") {
    std::swap(first, second);
    std::swap(first_village, second_village);
  }
  if (!Known(rows, first) && Known(rows, second)) {
    std::swap(first, second);
    std::swap(first_village, second_village);
  }
  if (!Known(rows, first)) {
    const auto school = base::Find<v1::ForeignSchool>(rows, facts.school_code());
    if (school && !school->facts().township().empty()) {
      second = first.empty() ? second : first;
      first = school->facts().township();
      first_village.clear();
    } else if (first.empty()) {
      std::swap(first, second);
      std::swap(first_village, second_village);
    }
  }
  Townships townships;
  townships.responsible = Acting(rows, first);
  townships.other = second == first ? std::string() : Acting(rows, second);
  if (townships.other == townships.responsible) townships.other.clear();
  if (!first.empty() && first_village.starts_with(first)) townships.village = first_village;
  return townships;
}

std::string OfficeOn(const v1::Rung& rung, const v1::CaseFacts& facts) {
  const std::string& kind = rung.office();
  if (kind == "VILLAGE")
    return facts.village().empty() ? std::string() : "village:" + facts.village();
  if (kind == "TOWNSHIP")
    return facts.township().empty() ? std::string() : "township:" + facts.township();
  if (kind == "COUNTY") {
    return "county:" + (facts.township().empty() ? facts.county() : facts.township().substr(0, 6));
  }
  if (kind == "CLASS")
    return facts.class_id().empty() ? std::string() : ClassOffice(facts.class_id());
  if (kind == "SCHOOL")
    return facts.school_code().empty() ? std::string() : "school:" + facts.school_code();
  return BureauOffice(facts);
}

const google::protobuf::RepeatedPtrField<v1::Rung>& RungsOf(const v1::RuleSet& rules,
                                                            types::v1::Line line) {
  return line == types::v1::LINE_GOVERNMENT ? rules.government() : rules.education();
}

Person InCharge(const Rows& rows, const std::string& office,
                const google::protobuf::RepeatedField<uint32_t>& roles, CivilDay day) {
  constexpr size_t kDutiesMax = 200;
  for (const uint32_t role : roles) {
    std::optional<registry::v1::DutyFacts> best;
    base::ScanIndex<v1::ForeignDuty>(
        rows, base::TableOf<v1::ForeignDuty>::kByOffice, kDutiesMax,
        [&](const v1::ForeignDuty& row) {
          const auto& duty = row.facts();
          if (duty.from().days() > day.days) return true;
          if (duty.has_to() && duty.to().days() != 0 && duty.to().days() < day.days) return true;
          const bool better =
              !best || (best->deputy() && !duty.deputy()) ||
              (best->deputy() == duty.deputy() && duty.from().days() < best->from().days());
          if (better) best = duty;
          return true;
        },
        office, role);
    if (best) return {best->staff_id(), best->duty_id()};
  }
  return {};
}

std::string RosterOffice(std::string_view office, const v1::CaseFacts& facts) {
  if (office.starts_with("village:")) return "township:" + facts.township();
  if (office.starts_with("township:")) return "county:" + std::string(office.substr(9, 6));
  if (office.starts_with("class:")) return "school:" + facts.school_code();
  if (office.starts_with("school:")) return BureauOffice(facts);
  if (office.starts_with("bureau:")) return "county:" + std::string(office.substr(7));
  return "city:" + std::string(office.substr(office.find(':') + 1, 4));
}

bool OnLine(const v1::CaseFacts& facts, types::v1::Line line, std::string_view office) {
  v1::Rung rung;
  const auto is = [&](const char* kind) {
    rung.set_office(kind);
    const std::string own = OfficeOn(rung, facts);
    return !own.empty() && own == office;
  };
  if (line == types::v1::LINE_GOVERNMENT) return is("VILLAGE") || is("TOWNSHIP") || is("COUNTY");
  return is("CLASS") || is("SCHOOL") || is("BUREAU");
}

}  // namespace twinline::accountability
