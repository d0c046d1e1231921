#include "registry/domain/rules.h"

#include <algorithm>

namespace twinline::registry {
namespace {

using types::v1::Line;
using types::v1::Role;

// domain.md 1.4. A dropout keeps the registration and stays on the class list: whoever takes the
// name off the list takes the child out of sight (D10). Suspended, home-taught and
// specialised-school pupils are lawfully elsewhere: on the list they would count as present by
// exception.
constexpr StatusRule kStatuses[] = {
    {"ACTIVE", "在籍在校", true, true, true, false},
    {"SUSPENDED", "休学", true, false, false, false},
    // From another province: sits here, counted there until the last approval (domain.md 1.6, T04).
    {"TRANSFER_PENDING", "转学办理中", false, true, true, false},
    {"REG_ABSENT", "在籍不在校", true, true, true, false},
    {"DROPOUT", "辍学（保留学籍）", true, false, true, false},
    {"HOME_TEACH", "送教上门", true, true, false, false},
    {"SPECIALIZED", "专门学校就读", true, true, false, false},
    {"ABROAD", "出国（境）", false, false, false, false},
    {"MISSING", "下落不明", true, false, true, false},
    {"GRADUATED", "毕业", false, false, false, true},
    {"COMPLETED", "结业", false, false, false, true},
    {"TRANSFERRED_OUT", "转出外省", false, false, false, true},
    {"DECEASED", "死亡", false, false, false, true},
};

// Which approval turns which status into which. TRANSFER_OUT_PROVINCE ends the registration here:
// the receiving school is another province's. Sources: domain.md 1.6 to 1.12.
constexpr BusinessRule kBusiness[] = {
    {"TRANSFER_IN_COUNTY", "ACTIVE REG_ABSENT DROPOUT MISSING", "ACTIVE", true, true},
    {"TRANSFER_CROSS_COUNTY", "ACTIVE REG_ABSENT DROPOUT MISSING", "ACTIVE", true, true},
    {"TRANSFER_CROSS_PROVINCE", "TRANSFER_PENDING ACTIVE REG_ABSENT DROPOUT MISSING", "ACTIVE",
     true, true},
    {"TRANSFER_OUT_PROVINCE", "ACTIVE REG_ABSENT DROPOUT MISSING", "TRANSFERRED_OUT", true, true},
    {"SUSPENSION", "ACTIVE REG_ABSENT DROPOUT SUSPENDED", "SUSPENDED", false, false},
    {"RESUMPTION", "SUSPENDED ABROAD DROPOUT MISSING HOME_TEACH SPECIALIZED REG_ABSENT", "ACTIVE",
     false, false},
    {"DEATH", "*", "DECEASED", false, false},
    {"ABROAD", "ACTIVE REG_ABSENT DROPOUT SUSPENDED MISSING", "ABROAD", false, false},
    {"KEY_DATA_CHANGE", "*", "", false, false},
    {"DROPOUT_KEPT", "ACTIVE REG_ABSENT MISSING SUSPENDED HOME_TEACH SPECIALIZED", "DROPOUT", false,
     false},
    {"SPECIALIZED_SCHOOL", "ACTIVE REG_ABSENT DROPOUT MISSING", "SPECIALIZED", false, false},
    {"HOME_TEACHING", "ACTIVE REG_ABSENT DROPOUT SUSPENDED", "HOME_TEACH", true, false},
};

struct SchoolKindRule {
  std::string_view kind;
  uint32_t first_grade;
  uint32_t last_grade;
};
constexpr SchoolKindRule kSchoolKinds[] = {
    {"PRIMARY", 1, 6},   {"TEACHING_POINT", 1, 6}, {"JUNIOR", 7, 9},
    {"NINE_YEAR", 1, 9}, {"SPECIAL", 1, 9},        {"SPECIALIZED", 1, 9},
};

constexpr RoleRule kRoles[] = {
    {Role::ROLE_CLASS_TEACHER, "class", Line::LINE_EDUCATION, true},
    {Role::ROLE_REGISTRAR, "school", Line::LINE_EDUCATION, false},
    {Role::ROLE_PRINCIPAL, "school", Line::LINE_EDUCATION, true},
    {Role::ROLE_VILLAGE_OFFICIAL, "village", Line::LINE_GOVERNMENT, false},
    {Role::ROLE_TOWNSHIP_OFFICIAL, "township", Line::LINE_GOVERNMENT, false},
    {Role::ROLE_TOWNSHIP_HEAD, "township", Line::LINE_GOVERNMENT, true},
    {Role::ROLE_BUREAU_OFFICIAL, "bureau", Line::LINE_EDUCATION, false},
    {Role::ROLE_BUREAU_DIRECTOR, "bureau", Line::LINE_EDUCATION, true},
    {Role::ROLE_COUNTY_HEAD, "county", Line::LINE_GOVERNMENT, true},
    {Role::ROLE_PROVINCE_OFFICIAL, "province", Line::LINE_EDUCATION, false},
    {Role::ROLE_AUDITOR, "auditor", Line::LINE_UNSPECIFIED, false},
    {Role::ROLE_SYSTEM_ADMIN, "bureau", Line::LINE_UNSPECIFIED, false},
    {Role::ROLE_SECURITY_ADMIN, "bureau", Line::LINE_UNSPECIFIED, false},
    {Role::ROLE_AUDIT_ADMIN, "bureau", Line::LINE_UNSPECIFIED, false},
};

// domain.md 2.10.
constexpr std::string_view kWatchGroups[] = {
    "LEFT_BEHIND_ONE", "LEFT_BEHIND_BOTH", "ACCOMPANYING",
    "ORPHAN",          "UNSUPPORTED",      "DISABLED",
    "IN_DIFFICULTY",   "POOR_MONITORED",   "FORMERLY_REGISTERED_POOR",
    "LONG_ABSENT",     "RETURNED_ONCE",    "SUSPENSION_ENDING",
};

constexpr std::string_view kOfficeKinds[] = {"class",  "school", "village",  "township", "bureau",
                                             "county", "city",   "province", "auditor"};

template <typename Table>
auto* FindBy(const Table& table, auto field, const auto& value) {
  const auto it = std::ranges::find_if(table, [&](const auto& row) { return row.*field == value; });
  return it == std::end(table) ? nullptr : &*it;
}

bool HasWord(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const size_t blank = words.find(' ');
    if (words.substr(0, blank) == word) return true;
    if (blank == std::string_view::npos) break;
    words.remove_prefix(blank + 1);
  }
  return false;
}

}  // namespace

std::span<const StatusRule> Statuses() { return kStatuses; }
const StatusRule* FindStatus(std::string_view code) {
  return FindBy(kStatuses, &StatusRule::code, code);
}

std::span<const BusinessRule> BusinessRules() { return kBusiness; }
const BusinessRule* FindBusinessRule(std::string_view kind) {
  return FindBy(kBusiness, &BusinessRule::kind, kind);
}
bool Allows(const BusinessRule& rule, std::string_view status) {
  const StatusRule* known = FindStatus(status);
  if (known == nullptr) return false;
  return rule.from == "*" ? !known->ended : HasWord(rule.from, status);
}

bool KnownSchoolKind(std::string_view kind) {
  return FindBy(kSchoolKinds, &SchoolKindRule::kind, kind) != nullptr;
}
bool TeachesGrade(std::string_view school_kind, uint32_t grade) {
  const SchoolKindRule* rule = FindBy(kSchoolKinds, &SchoolKindRule::kind, school_kind);
  return rule != nullptr && rule->first_grade <= grade && grade <= rule->last_grade;
}

// 45 in primary and 50 in junior school (domain.md 4.2).
uint32_t ClassSizeStandard(uint32_t grade) { return grade <= 6 ? 45 : 50; }

std::string ClassName(uint32_t grade, uint32_t number) {
  static constexpr std::string_view kDigits[] = {"零", "一", "二", "三", "四",
                                                 "五", "六", "七", "八", "九"};
  std::string name(grade < std::size(kDigits) ? kDigits[grade] : "?");
  return name + "年级" + std::to_string(number) + "班";
}

std::optional<Office> ParseOffice(std::string_view office) {
  const size_t colon = office.find(':');
  if (colon == std::string_view::npos || colon + 1 == office.size()) return std::nullopt;
  const Office parsed{office.substr(0, colon), office.substr(colon + 1)};
  if (std::ranges::find(kOfficeKinds, parsed.kind) == std::end(kOfficeKinds)) return std::nullopt;
  return parsed;
}

const RoleRule* FindRole(uint32_t role) {
  return FindBy(kRoles, &RoleRule::role, static_cast<Role>(role));
}

bool KnownWatchGroup(std::string_view code) { return Contains(kWatchGroups, code); }
bool KnownBoarding(std::string_view code) {
  static constexpr std::string_view kCodes[] = {"1", "2", "3", "9"};
  return Contains(kCodes, code);
}
bool KnownEntryKind(std::string_view code) {
  static constexpr std::string_view kCodes[] = {"NORMAL", "LATER_GRADE", "TRANSFER_OUTSIDE",
                                                "HOME_TEACH"};
  return Contains(kCodes, code);
}
bool KnownIdKind(std::string_view code) {
  static constexpr std::string_view kCodes[] = {"RESIDENT_ID", "PASSPORT", "HK_MACAU", "TAIWAN",
                                                "NONE"};
  return Contains(kCodes, code);
}
bool KnownRelation(std::string_view text) {
  static constexpr std::string_view kTexts[] = {"父亲", "母亲", "祖父母", "外祖父母", "其他监护人"};
  return Contains(kTexts, text);
}
bool BlocksTransfer(std::string_view problem) {
  static constexpr std::string_view kCodes[] = {"ID_INVALID", "ID_DUPLICATE", "ID_MISMATCH",
                                                "ID_CHANGED", "DUPLICATE_WITHOUT_ID"};
  return Contains(kCodes, problem);
}
bool UnlawfulStatusCode(std::string_view national_code) {
  static constexpr std::string_view kCodes[] = {"03", "04", "09", "14"};
  return Contains(kCodes, national_code);
}

base::CivilDay EntryCutOff(int school_year) {
  return base::CivilDay::FromYmd(school_year - 6, 8, 31);
}

int EntryCohort(base::CivilDay birth) {
  const base::YearMonthDay day = birth.ymd();
  return day.year + 6 + (day.month >= 9 ? 1 : 0);
}

}  // namespace twinline::registry
