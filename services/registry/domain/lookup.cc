#include "registry/domain/lookup.h"

#include <algorithm>

namespace twinline::registry {
namespace {

bool AllDigits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return '0' <= c && c <= '9'; });
}

}  // namespace

std::optional<Subject> FindSubject(const base::Rows& rows, std::string_view child_id) {
  auto child = base::Find<v1::ChildRow>(rows, base::AsId(child_id));
  if (!child) return std::nullopt;
  auto registration = base::Find<v1::RegistrationRow>(rows, base::AsId(child->registration_id()));
  if (!registration) return std::nullopt;
  return Subject{std::move(*child), std::move(*registration)};
}

base::Id16 ResolveAlias(const base::Rows& rows, const base::Id16& child_id) {
  base::Id16 at = child_id;
  // A survivor may itself be merged later; a merge onto an own alias is refused, so this ends.
  for (int steps = 0; steps < 16; ++steps) {
    const auto row = base::Find<v1::ChildRow>(rows, at);
    if (!row || row->alias_of().empty()) return at;
    at = base::AsId(row->alias_of());
  }
  return at;
}

std::optional<v1::SchoolFacts> FindSchool(const base::Rows& rows, std::string_view code) {
  auto row = base::Find<v1::SchoolRow>(rows, code);
  if (!row) return std::nullopt;
  return row->school();
}

std::optional<v1::ClassFacts> FindClass(const base::Rows& rows, std::string_view class_id) {
  auto row = base::Find<v1::ClassRow>(rows, base::AsId(class_id));
  if (!row) return std::nullopt;
  return row->facts();
}

std::optional<v1::AreaFacts> FindArea(const base::Rows& rows, std::string_view code) {
  auto row = base::Find<v1::AreaRow>(rows, code);
  if (!row) return std::nullopt;
  return row->area();
}

v1::ChildFacts NextFacts(const v1::RegistrationRow& row) {
  v1::ChildFacts facts = row.facts();
  facts.set_version(facts.version() + 1);
  return facts;
}

v1::ClassFacts RosterChanged(v1::ClassFacts facts, int pupils) {
  facts.set_roster_version(facts.roster_version() + 1);
  facts.set_pupils(static_cast<uint32_t>(static_cast<int>(facts.pupils()) + pupils));
  return facts;
}

base::Refusal No(std::string_view code, std::string zh, std::string en,
                 std::vector<std::pair<std::string, std::string>> details) {
  return {std::string(code), std::move(zh), std::move(en), std::move(details)};
}

std::optional<base::Refusal> CheckPlace(const base::Rows& rows, std::string_view township,
                                        std::string_view village, std::string_view what_zh,
                                        std::string_view what_en) {
  const std::string zh(what_zh), en(what_en);
  if (!township.empty() && (township.size() != 9 || !AllDigits(township))) {
    return No("TOWNSHIP_CODE_INVALID", zh + "乡镇代码应为9位数字。",
              "The township code of the " + en + " must have 9 digits.",
              {{"township", std::string(township)}});
  }
  if (!village.empty() && (village.size() != 12 || !AllDigits(village))) {
    return No("VILLAGE_CODE_INVALID", zh + "村（居）代码应为12位数字。",
              "The village code of the " + en + " must have 12 digits.",
              {{"village", std::string(village)}});
  }
  if (!village.empty() && !township.empty() && village.substr(0, 9) != township) {
    return No("VILLAGE_NOT_IN_TOWNSHIP", zh + "村（居）不属于所填乡镇，请核对代码。",
              "The village of the " + en + " is not in the given township.",
              {{"township", std::string(township)}, {"village", std::string(village)}});
  }
  for (const std::string_view code : {township, village}) {
    if (code.empty() || !FindArea(rows, code.substr(0, 6)) || FindArea(rows, code)) continue;
    return No(
        "AREA_UNKNOWN",
        zh + "区划代码" + std::string(code) + "不在本县区划表内，请核对或先登记该区划。",
        "Area " + std::string(code) + " of the " + en + " is not in the county's list of areas.",
        {{"area", std::string(code)}});
  }
  return std::nullopt;
}

}  // namespace twinline::registry
