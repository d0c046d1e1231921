#include "registry/service/form.h"

#include <algorithm>
#include <map>

#include "platform/base/civil.h"
#include "platform/base/identifier_text.h"
#include "registry/domain/lookup.h"
#include "registry/domain/rules.h"
#include "registry/service/form_codes.h"

namespace twinline::registry {
namespace {

v1::RowProblem* Complain(FormRow* row, std::string_view column, std::string_view code,
                         std::string_view zh, std::string_view en) {
  row->problems.emplace_back();
  v1::RowProblem& problem = row->problems.back();
  problem.set_row(row->number);
  problem.set_column(std::string(column));
  problem.set_code(std::string(code));
  problem.set_message_zh(std::string(zh));
  problem.set_message_en(std::string(en));
  return &problem;
}

struct Reading {
  FormRow* row;
  std::string_view heading;
  std::string_view text;  // never empty
  int school_year;

  void Bad(std::string_view zh) const {
    Complain(row, heading, "CELL_VALUE", std::string(heading) + "：" + std::string(zh),
             "The value of this cell is not understood.");
  }
  // Stores a coded text or complains.
  template <typename Set>
  void Coded(const std::optional<std::string>& code, Set&& set) const {
    if (code) {
      set(*code);
    } else {
      Bad("“" + std::string(text) + "”不在代码表内");
    }
  }
  v1::PersonInput& person() const { return *row->input.mutable_person(); }
  v1::GuardianInput& guardian(int index) const {
    while (row->input.guardians_size() <= index) row->input.add_guardians();
    return *row->input.mutable_guardians(index);
  }
};

void ReadIdNumber(const Reading& r) {
  const std::string folded = base::FoldIdentifier(r.text);
  if (folded.find("E+") != std::string::npos) {
    return r.Bad("证件号被存成数字，末几位已丢失，请把该列设为文本后重新填写");
  }
  if (folded.find('*') != std::string::npos) return r.Bad("证件号已脱敏，不能导入");
  r.person().set_id_number(std::string(r.text));
}

void ReadPhone(const Reading& r) {
  if (r.text.find('*') != std::string_view::npos) return r.Bad("电话已脱敏，不能导入");
  r.person().set_phone(std::string(r.text));
}

void ReadHukou(const Reading& r) {
  const std::string code = base::FoldIdentifier(r.text);
  if (code.find_first_not_of("0123456789") != std::string::npos ||
      (code.size() != 6 && code.size() != 9 && code.size() != 12)) {
    Complain(r.row, r.heading, "AREA_TEXT", "户口所在地应填9位乡镇代码或12位村代码，本列未采用",
             "The hukou is not a 9- or 12-digit code and was not taken.")
        ->set_warning(true);
    return;
  }
  if (code.size() >= 9) r.row->input.set_hukou_township(code.substr(0, 9));
  if (code.size() == 12) r.row->input.set_hukou_village(code);
}

void ReadResidence(const Reading& r) {
  const std::string code = base::FoldIdentifier(r.text);
  if (code.size() >= 9) r.row->input.set_residence_township(code.substr(0, 9));
  if (code.size() == 12) r.row->input.set_residence_village(code);
  if (code.size() != 9 && code.size() != 12) r.Bad("应填9位乡镇代码或12位村代码");
}

void ReadGroup(const Reading& r, std::string_view group) {
  const auto yes = YesNo(r.text);
  if (!yes) return r.Bad("应填“是”或“否”");
  r.row->groups_given = true;
  if (*yes) r.row->input.add_watch_groups(std::string(group));
}

void ReadLeftBehind(const Reading& r) {
  r.Coded(LeftBehindGroup(r.text), [&r](const std::string& group) {
    r.row->groups_given = true;
    if (!group.empty()) r.row->input.add_watch_groups(group);
  });
}

void ReadDisability(const Reading& r) {
  const auto disabled = Disabled(r.text);
  if (!disabled) return r.Bad("“" + std::string(r.text) + "”不在残疾类型代码表内");
  r.row->groups_given = true;
  if (*disabled) r.row->input.add_watch_groups("DISABLED");
}

// 1 is "no", the others name the disability with which the child learns in an ordinary class.
void ReadInclusive(const Reading& r) {
  const auto yes = Disabled(r.text);
  if (!yes && !YesNo(r.text)) return r.Bad("“" + std::string(r.text) + "”不在代码表内");
  r.row->input.set_special_education(yes.value_or(false) || YesNo(r.text).value_or(false));
  if (base::FoldIdentifier(r.text) == "1") r.row->input.set_special_education(false);
}

void ReadGradeCell(const Reading& r) {
  const uint32_t grade = ReadGrade(r.text, r.school_year);
  if (grade == 0) return r.Bad("无法识别年级“" + std::string(r.text) + "”");
  r.row->input.set_grade(grade);
}

void ReadClassCell(const Reading& r) {
  r.row->class_number = ReadClassNumber(r.text);
  if (r.row->class_number == 0) r.Bad("无法识别班级“" + std::string(r.text) + "”");
}

void ReadDateInto(const Reading& r, types::v1::Date* out) {
  const auto day = ReadDate(r.text);
  if (!day) return r.Bad("日期“" + std::string(r.text) + "”无法识别，请写成2018-03-05");
  out->set_days(day->days);
}

struct Column {
  std::string_view heading;
  std::string_view field;  // of a correction; "" when the column is no correctable field
  void (*read)(const Reading&);
};

#define TWINLINE_PERSON_TEXT(name) \
  [](const Reading& r) { r.person().set_##name(std::string(r.text)); }
#define TWINLINE_GUARDIAN_TEXT(index, name) \
  [](const Reading& r) { r.guardian(index).set_##name(std::string(r.text)); }
#define TWINLINE_GUARDIAN_RELATION(index)                                       \
  [](const Reading& r) {                                                        \
    r.Coded(RelationText(r.text),                                               \
            [&r](const std::string& t) { r.guardian(index).set_relation(t); }); \
  }

const Column kColumns[] = {
    {"学校标识码", "",
     [](const Reading& r) { r.row->input.set_school_code(base::FoldIdentifier(r.text)); }},
    {"姓名", "name", TWINLINE_PERSON_TEXT(name)},
    {"曾用名", "former_name", TWINLINE_PERSON_TEXT(former_name)},
    {"民族", "ethnicity",
     [](const Reading& r) {
       r.Coded(EthnicityCode(r.text), [&r](const std::string& c) { r.person().set_ethnicity(c); });
     }},
    {"身份证件类型", "id_kind",
     [](const Reading& r) {
       r.Coded(IdKindCode(r.text), [&r](const std::string& c) { r.person().set_id_kind(c); });
     }},
    {"身份证件号", "id_number", ReadIdNumber},
    {"出生日期", "birth_date",
     [](const Reading& r) { ReadDateInto(r, r.person().mutable_birth_date()); }},
    {"性别", "sex",
     [](const Reading& r) {
       const auto sex = SexCode(r.text);
       if (!sex) return r.Bad("应填“男”或“女”");
       r.person().set_sex(*sex);
     }},
    {"户口所在地", "hukou_township", ReadHukou},
    {"入学年月", "", [](const Reading& r) { ReadDateInto(r, r.row->input.mutable_entered_on()); }},
    {"年级", "", ReadGradeCell},
    {"班级", "", ReadClassCell},
    {"就读方式", "boarding",
     [](const Reading& r) {
       r.Coded(BoardingCode(r.text), [&r](const std::string& c) { r.row->input.set_boarding(c); });
     }},
    {"是否留守儿童", "", ReadLeftBehind},
    {"是否进城务工人员随迁子女", "", [](const Reading& r) { ReadGroup(r, "ACCOMPANYING"); }},
    {"残疾类型", "", ReadDisability},
    {"随班就读", "special_education", ReadInclusive},
    {"是否孤儿", "", [](const Reading& r) { ReadGroup(r, "ORPHAN"); }},
    {"学籍辅号", "secondary_number",
     [](const Reading& r) { r.row->input.set_secondary_number(std::string(r.text)); }},
    {"现住址", "address", TWINLINE_PERSON_TEXT(address)},
    {"现住地代码", "residence_township", ReadResidence},
    {"电话", "phone", ReadPhone},
    {"监护人1姓名", "guardians", TWINLINE_GUARDIAN_TEXT(0, name)},
    {"监护人1关系", "guardians", TWINLINE_GUARDIAN_RELATION(0)},
    {"监护人1身份证件号", "guardians", TWINLINE_GUARDIAN_TEXT(0, id_number)},
    {"监护人1电话", "guardians", TWINLINE_GUARDIAN_TEXT(0, phone)},
    {"监护人2姓名", "guardians", TWINLINE_GUARDIAN_TEXT(1, name)},
    {"监护人2关系", "guardians", TWINLINE_GUARDIAN_RELATION(1)},
    {"监护人2身份证件号", "guardians", TWINLINE_GUARDIAN_TEXT(1, id_number)},
    {"监护人2电话", "guardians", TWINLINE_GUARDIAN_TEXT(1, phone)},
    {"学籍号", "student_number",
     [](const Reading& r) { r.row->input.set_student_number(std::string(r.text)); }},
    {"当前状态码", "",
     [](const Reading& r) {
       r.Coded(StatusCode(r.text), [&r](const std::string& c) { r.row->status_code = c; });
     }},
};

#undef TWINLINE_PERSON_TEXT
#undef TWINLINE_GUARDIAN_TEXT
#undef TWINLINE_GUARDIAN_RELATION

// Headings are written with stars, blanks and line breaks ("*姓 名").
const Column* ColumnOf(std::string_view heading) {
  std::string plain;
  for (const char c : base::FoldIdentifier(heading)) {
    if (c != '*' && c != '\n' && c != '\r') plain.push_back(c);
  }
  for (const Column& column : kColumns) {
    if (column.heading == plain) return &column;
  }
  return nullptr;
}

// A residence or hukou given as a village names the township too.
void CompleteFields(FormRow* row) {
  if (!row->input.hukou_village().empty()) row->fields.insert("hukou_village");
  if (!row->input.residence_village().empty()) row->fields.insert("residence_village");
  for (v1::GuardianInput& guardian : *row->input.mutable_guardians()) {
    guardian.set_legal_guardian(true);
  }
}

void RequireCells(FormRow* row) {
  const auto missing = [row](std::string_view heading) {
    Complain(row, heading, "CELL_MISSING", std::string(heading) + "不能为空",
             "This cell must not be empty.");
  };
  if (row->input.school_code().empty()) missing("学校标识码");
  if (row->input.person().name().empty()) missing("姓名");
  if (row->input.grade() == 0 && !row->refused()) missing("年级");
}

}  // namespace

std::variant<std::vector<FormRow>, base::Refusal> ReadForm(const Sheet& sheet, int school_year) {
  std::vector<const Column*> columns;
  std::set<std::string_view> found;
  if (!sheet.rows.empty()) {
    for (const Cell& cell : sheet.rows[0]) {
      columns.push_back(ColumnOf(cell.text));
      if (columns.back() != nullptr) found.insert(columns.back()->heading);
    }
  }
  for (const std::string_view needed : {"学校标识码", "姓名", "年级"}) {
    if (found.contains(needed)) continue;
    return No("IMPORT_COLUMNS",
              "表头缺少“" + std::string(needed) + "”列，请使用国家学籍模板的列名。",
              "The heading lacks a required column of the national form.",
              {{"column", std::string(needed)}});
  }
  std::vector<FormRow> rows;
  for (size_t i = 1; i < sheet.rows.size(); ++i) {
    FormRow& row = rows.emplace_back();
    row.index = i;
    row.number = sheet.numbers[i];
    for (size_t c = 0; c < columns.size() && c < sheet.rows[i].size(); ++c) {
      const Cell& cell = sheet.rows[i][c];
      if (columns[c] == nullptr) continue;
      if (!cell.fault.empty()) {
        Complain(&row, columns[c]->heading, cell.fault,
                 std::string(columns[c]->heading) + "：单元格为公式、错误值或过长，请改为文本",
                 "The cell is a formula, an error or too long.");
        continue;
      }
      if (base::FoldIdentifier(cell.text).empty()) continue;
      row.content += std::string(columns[c]->heading) + "=" + cell.text + "\n";
      if (!columns[c]->field.empty()) row.fields.insert(std::string(columns[c]->field));
      columns[c]->read({&row, columns[c]->heading, cell.text, school_year});
    }
    CompleteFields(&row);
    RequireCells(&row);
  }
  return rows;
}

std::vector<v1::RowProblem> ColumnsNotTaken(const Sheet& sheet) {
  FormRow heading;
  heading.number = 1;
  if (!sheet.rows.empty()) {
    for (const Cell& cell : sheet.rows[0]) {
      const std::string text = base::FoldIdentifier(cell.text);
      if (text.empty() || text == kErrorHeading || ColumnOf(cell.text) != nullptr) continue;
      Complain(&heading, cell.text, "COLUMN_NOT_TAKEN",
               "“" + cell.text + "”列未采用：列名有误，或系统不保存该项内容。",
               "This column was not taken: its heading is misspelt, or its content is not kept.")
          ->set_warning(true);
    }
  }
  return std::move(heading.problems);
}

const std::vector<std::string>& FormHeadings() {
  static const auto* headings = [] {
    auto* all = new std::vector<std::string>;
    for (const Column& column : kColumns) all->emplace_back(column.heading);
    return all;
  }();
  return *headings;
}

const std::set<std::string>& FormGroups() {
  static const auto* groups = new std::set<std::string>{"LEFT_BEHIND_ONE", "LEFT_BEHIND_BOTH",
                                                        "ACCOMPANYING", "DISABLED", "ORPHAN"};
  return *groups;
}

std::vector<std::string> WriteFormRow(const FormValues& v) {
  const auto& groups = v.facts.watch_groups();
  const auto yes = [&groups](std::string_view group) {
    return std::string(Contains(groups, group) ? "是" : "否");
  };
  const auto one_of = [](const std::string& longer, const std::string& shorter) {
    return longer.empty() ? shorter : longer;
  };
  const std::string left_behind = Contains(groups, "LEFT_BEHIND_BOTH")  ? "双亲留守儿童"
                                  : Contains(groups, "LEFT_BEHIND_ONE") ? "单亲留守儿童"
                                                                        : "非留守儿童";
  std::vector<std::string> out = {
      v.facts.school_code(),
      v.person.name(),
      v.person.former_name(),
      std::string(EthnicityName(v.person.ethnicity())),
      std::string(IdKindName(v.person.id_kind())),
      v.person.id_number(),
      v.person.has_birth_date() ? base::CivilDay{v.person.birth_date().days()}.ToString() : "",
      v.facts.sex() == 1   ? "男"
      : v.facts.sex() == 2 ? "女"
                           : "",
      one_of(v.facts.hukou_village(), v.facts.hukou_township()),
      v.entered_on.ToString().substr(0, 7),
      std::to_string(v.facts.grade()),
      v.class_number == 0 ? "" : std::to_string(v.class_number),
      std::string(BoardingName(v.facts.boarding())),
      left_behind,
      yes("ACCOMPANYING"),
      Contains(groups, "DISABLED") ? "其它" : "无",
      v.facts.special_education() ? "是" : "否",
      yes("ORPHAN"),
      v.secondary_number,
      v.person.address(),
      one_of(v.facts.residence_village(), v.facts.residence_township()),
      v.person.phone()};
  for (size_t i = 0; i < 2; ++i) {
    const v1::GuardianInput guardian =
        i < v.guardians.size() ? v.guardians[i] : v1::GuardianInput();
    out.insert(out.end(),
               {guardian.name(), guardian.relation(), guardian.id_number(), guardian.phone()});
  }
  out.push_back(v.student_number);
  out.emplace_back(StatusCodeOf(v.facts.status()));
  return out;
}

}  // namespace twinline::registry
