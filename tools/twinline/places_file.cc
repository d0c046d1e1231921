// Headings, and cells that become facts.
#include "tools/twinline/places_file.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "fmt/format.h"
#include "registry/service/csv.h"
#include "registry/service/xlsx_reader.h"
#include "tools/twinline/parse.h"
#include "tools/twinline/words.h"

namespace twinline::cli {
namespace {

constexpr std::array<std::string_view, 5> kAreaHeadings = {"区划代码", "区划名称", "级别", "别名",
                                                           "代行乡镇代码"};
constexpr std::array<std::string_view, 5> kAreaExample = {"411282103", "豫灵镇", "乡镇", "", ""};
constexpr std::array<std::string_view, 8> kSchoolHeadings = {
    "学校标识码", "学校名称", "学校类型",     "所在乡镇代码",
    "所在村代码", "寄宿制",   "服务区村代码", "对口初中标识码"};
constexpr std::array<std::string_view, 8> kSchoolExample = {"2141128201",
                                                            "豫灵镇中心小学",
                                                            "小学",
                                                            "411282103",
                                                            "",
                                                            "否",
                                                            "411282103201、411282103202",
                                                            ""};
constexpr std::array<std::string_view, 4> kClassHeadings = {"学校标识码", "年级", "班号", "学年"};
constexpr std::array<std::string_view, 4> kClassExample = {"2141128201", "3", "1", "2026"};
constexpr std::array<std::string_view, 8> kPeopleHeadings = {
    "姓名", "所在单位", "角色", "任职单位", "任职起始日", "电话", "任职截止日", "副职"};
constexpr std::array<std::string_view, 8> kPeopleExample = {
    "王芳", "2141128201", "班主任", "2141128201/3-1", "2026-08-25", "13800000000", "", "否"};
constexpr std::array<std::string_view, 6> kAreaKinds = {"PROVINCE", "CITY",    "COUNTY",
                                                        "TOWNSHIP", "VILLAGE", "SPECIAL_UNIT"};
constexpr std::array<std::string_view, 5> kSchoolKinds = {"PRIMARY", "TEACHING_POINT", "JUNIOR",
                                                          "NINE_YEAR", "SPECIAL"};

struct Kind {
  PlacesKind kind;
  Text word;
  std::span<const std::string_view> headings;
  size_t mandatory;  // so many of the headings a file must have to be of the kind
  std::span<const std::string_view> example;
};
constexpr Kind kKinds[] = {
    {PlacesKind::kAreas, {"区划", "areas"}, kAreaHeadings, 3, kAreaExample},
    {PlacesKind::kSchools, {"学校", "schools"}, kSchoolHeadings, 4, kSchoolExample},
    {PlacesKind::kClasses, {"班级", "classes"}, kClassHeadings, 4, kClassExample},
    {PlacesKind::kPeople, {"人员任职", "people"}, kPeopleHeadings, 5, kPeopleExample},
};

const Kind& Of(PlacesKind kind) {
  return *std::find_if(std::begin(kKinds), std::end(kKinds),
                       [kind](const Kind& one) { return one.kind == kind; });
}

std::string Trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

// One row under its headings. What cannot be read is noted, and an empty value goes on.
class Cells {
 public:
  Cells(const std::map<std::string, size_t>& columns, const std::vector<registry::Cell>& row,
        unsigned number, std::vector<RowFault>* faults)
      : columns_(columns), row_(row), number_(number), faults_(faults) {}

  std::string Text(std::string_view heading, bool mandatory = false) {
    const auto it = columns_.find(std::string(heading));
    std::string text;
    if (it != columns_.end() && it->second < row_.size()) {
      if (!row_[it->second].fault.empty()) {
        Fault(heading, "单元格不能是公式、错误值或过长文字", "no formula, error or long text here");
        return {};
      }
      text = Trim(row_[it->second].text);
    }
    if (text.empty() && mandatory) Fault(heading, "必须填写", "must be filled in");
    return text;
  }
  uint32_t Number(std::string_view heading, uint32_t low, uint32_t high) {
    const std::string text = Text(heading, true);
    if (text.empty()) return 0;
    const bool digits = text.size() <= 4 && std::all_of(text.begin(), text.end(), [](char c) {
                          return c >= '0' && c <= '9';
                        });
    const uint32_t number = digits ? static_cast<uint32_t>(std::stoul(text)) : 0;
    if (!digits || number < low || number > high) {
      Fault(heading, fmt::format("应为 {} 到 {} 的数字", low, high),
            fmt::format("expected a number from {} to {}", low, high));
    }
    return number;
  }
  bool YesNo(std::string_view heading) {
    const std::string text = Text(heading);
    if (text.empty() || text == "否" || text == "no" || text == "0") return false;
    if (text == "是" || text == "yes" || text == "1") return true;
    Fault(heading, "应为“是”或“否”", "expected 是 or 否");
    return false;
  }
  std::vector<std::string> List(std::string_view heading) {
    std::vector<std::string> parts;
    std::string text = Text(heading);
    for (const std::string_view separator : {"、", "，", ";", "；", ","}) {
      for (size_t at; (at = text.find(separator)) != std::string::npos;)
        text.replace(at, separator.size(), " ");
    }
    size_t at = 0;
    while ((at = text.find_first_not_of(' ', at)) != std::string::npos) {
      const size_t end = std::min(text.find(' ', at), text.size());
      parts.push_back(text.substr(at, end - at));
      at = end;
    }
    return parts;
  }
  std::optional<base::CivilDay> Day(std::string_view heading, bool mandatory) {
    const std::string text = Text(heading, mandatory);
    if (text.empty()) return std::nullopt;
    const auto day = ParseDay(text);
    if (!day || !day->fixed) {
      Fault(heading, "应为日期，如 2026-09-01", "expected a day such as 2026-09-01");
      return std::nullopt;
    }
    return *day->fixed;
  }
  std::string Code(std::string_view heading, std::span<const std::string_view> codes) {
    const std::string text = Text(heading, true);
    if (text.empty()) return {};
    if (const auto code = CodeOfWord(text, codes)) return *code;
    std::string words;
    for (const std::string_view code : codes) {
      if (!words.empty()) words += "、";
      words += Word(Lang::kZh, code);
    }
    Fault(heading, "应为：" + words, "expected one of: " + words);
    return {};
  }
  void Fault(std::string_view heading, std::string zh, std::string en) {
    faults_->push_back({number_, std::string(heading), std::move(zh), std::move(en)});
  }

 private:
  const std::map<std::string, size_t>& columns_;
  const std::vector<registry::Cell>& row_;
  const unsigned number_;
  std::vector<RowFault>* faults_;
};

registry::v1::AreaFacts Area(Cells cells) {
  registry::v1::AreaFacts area;
  area.set_code(cells.Text("区划代码", true));
  area.set_name(cells.Text("区划名称", true));
  area.set_kind(cells.Code("级别", kAreaKinds));
  for (std::string& alias : cells.List("别名")) area.add_aliases(std::move(alias));
  area.set_acting_township(cells.Text("代行乡镇代码"));
  return area;
}

registry::v1::SchoolFacts School(Cells cells) {
  constexpr size_t kCountyDigits = 6;
  registry::v1::SchoolFacts school;
  school.set_school_code(cells.Text("学校标识码", true));
  school.set_name(cells.Text("学校名称", true));
  school.set_kind(cells.Code("学校类型", kSchoolKinds));
  school.set_township(cells.Text("所在乡镇代码", true));
  school.set_county(school.township().substr(0, kCountyDigits));
  school.set_village(cells.Text("所在村代码"));
  school.set_boarding(cells.YesNo("寄宿制"));
  for (std::string& village : cells.List("服务区村代码")) {
    school.add_zone_villages(std::move(village));
  }
  school.set_junior_school_code(cells.Text("对口初中标识码"));
  return school;
}

registry::v1::ClassFacts Class(Cells cells) {
  registry::v1::ClassFacts one;
  one.set_school_code(cells.Text("学校标识码", true));
  one.set_grade(cells.Number("年级", 1, 9));
  one.set_number(cells.Number("班号", 1, 99));
  one.set_school_year(cells.Number("学年", 2000, 2100));
  return one;
}

PersonRow Person(Cells cells) {
  PersonRow person;
  person.name = cells.Text("姓名", true);
  person.phone = cells.Text("电话");
  const std::string home = cells.Text("所在单位", true);
  if (const auto office = home.empty() ? std::nullopt : ParseOffice(home)) {
    person.home_office = *office;
  } else if (!home.empty()) {
    cells.Fault("所在单位", "应为单位代码，如 2141128201 或 township:411282103",
                "expected an office such as 2141128201 or township:411282103");
  }
  const std::string role = cells.Text("角色");
  if (role.empty()) return person;
  if (const auto known = RoleOfWord(role)) {
    person.role = *known;
  } else {
    cells.Fault("角色", "没有这种角色", "there is no such role");
  }
  const std::string office = cells.Text("任职单位");
  if (const auto ref = ParseClass(office); ref && !office.empty()) {
    person.office = ref->id.empty() ? "class:" + office : "class:" + ref->id.hex();
  } else if (const auto named = ParseOffice(office.empty() ? home : office)) {
    person.office = *named;
  } else {
    cells.Fault("任职单位", "应为单位代码，或班级如 2141128201/3-1",
                "expected an office, or a class such as 2141128201/3-1");
  }
  if (const auto from = cells.Day("任职起始日", true)) person.from = *from;
  person.to = cells.Day("任职截止日", false);
  person.deputy = cells.YesNo("副职");
  return person;
}

}  // namespace

std::span<const std::string_view> PlacesHeadings(PlacesKind kind) { return Of(kind).headings; }
std::span<const std::string_view> PlacesExample(PlacesKind kind) { return Of(kind).example; }
Text PlacesWord(PlacesKind kind) { return Of(kind).word; }

std::vector<std::string> PlacesNames() {
  std::vector<std::string> names;
  for (const Kind& kind : kKinds) names.emplace_back(kind.word.en);
  return names;
}

std::optional<PlacesKind> PlacesNamed(std::string_view name) {
  for (const Kind& kind : kKinds) {
    if (kind.word.en == name) return kind.kind;
  }
  return std::nullopt;
}

std::optional<std::string> CodeOfWord(std::string_view text,
                                      std::span<const std::string_view> codes) {
  for (const std::string_view code : codes) {
    if (text == code || text == Word(Lang::kZh, code) || text == Word(Lang::kEn, code)) {
      return std::string(code);
    }
  }
  return std::nullopt;
}

std::optional<types::v1::Role> RoleOfWord(std::string_view text) {
  for (int number = types::v1::ROLE_CLASS_TEACHER; number < types::v1::Role_ARRAYSIZE; ++number) {
    const auto role = static_cast<types::v1::Role>(number);
    if (text == RoleWord(Lang::kZh, role) || text == RoleWord(Lang::kEn, role) ||
        "ROLE_" + std::string(text) == types::v1::Role_Name(role)) {
      return role;
    }
  }
  return std::nullopt;
}

std::span<const std::string_view> AreaKinds() { return kAreaKinds; }
std::span<const std::string_view> SchoolKinds() { return kSchoolKinds; }

std::variant<PlacesFile, base::Refusal> ReadPlaces(std::string_view bytes) {
  auto read = registry::LooksLikeZip(bytes) ? registry::ReadXlsx(bytes) : registry::ReadCsv(bytes);
  if (auto* refusal = std::get_if<base::Refusal>(&read)) return std::move(*refusal);
  const registry::Sheet& sheet = std::get<registry::Sheet>(read);
  std::map<std::string, size_t> columns;
  if (!sheet.rows.empty()) {
    for (size_t c = 0; c < sheet.rows[0].size(); ++c) columns[Trim(sheet.rows[0][c].text)] = c;
  }
  columns.erase("");
  const Kind* kind = std::find_if(std::begin(kKinds), std::end(kKinds), [&](const Kind& one) {
    const auto headings = one.headings.first(one.mandatory);
    return std::all_of(headings.begin(), headings.end(), [&](std::string_view heading) {
      return columns.contains(std::string(heading));
    });
  });
  if (kind == std::end(kKinds)) {
    return base::Refusal{
        "PLACES_COLUMNS",
        "第一行的列名不属于区划、学校、班级、人员中的任何一种；用 twinline places template "
        "取得模板。",
        "the first row is the heading of no kind of file: areas, schools, classes, people. Get a "
        "template with: twinline places template",
        {}};
  }
  PlacesFile file;
  file.kind = kind->kind;
  const auto known = kind->headings;
  for (const auto& [heading, column] : columns) {
    if (std::find(known.begin(), known.end(), heading) == known.end()) {
      file.faults.push_back({1, heading, "没有这一列，请对照模板改正列名或删去该列",
                             "no such column: correct its name or remove it"});
    }
  }
  for (size_t r = 1; r < sheet.rows.size(); ++r) {
    const unsigned number = sheet.numbers[r];
    const size_t before = file.faults.size();
    Cells cells(columns, sheet.rows[r], number, &file.faults);
    PlacesRow row;
    row.number = number;
    if (file.kind == PlacesKind::kAreas) row.what = Area(cells);
    if (file.kind == PlacesKind::kSchools) row.what = School(cells);
    if (file.kind == PlacesKind::kClasses) row.what = Class(cells);
    if (file.kind == PlacesKind::kPeople) row.what = Person(cells);
    if (file.faults.size() == before) file.rows.push_back(std::move(row));
  }
  return file;
}

}  // namespace twinline::cli
