// The national student form (domain.md 6.4) between a sheet and the registry's words: which column
// means what, in both directions. Reading never refuses a whole file for one bad cell: each row
// carries its own problems, so that the sender gets them all at once.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "platform/base/civil.h"
#include "platform/base/refusal.h"
#include "registry/service/sheet.h"
#include "twinline/registry/v1/registry_children.pb.h"
#include "twinline/registry/v1/registry_files.pb.h"

namespace twinline::registry {

struct FormRow {
  unsigned number = 0;           // as a spreadsheet shows it
  size_t index = 0;              // in Sheet::rows
  v1::ChildInput input;          // class_id is empty: see class_number
  uint32_t class_number = 0;     // 0: no class given
  std::string status_code;       // official table, "" when not given
  std::set<std::string> fields;  // field names of a correction whose cells were filled
  bool groups_given = false;     // the row says which watch groups hold
  std::string content;  // all cells that count, in one spelling: what the row digest covers
  std::vector<v1::RowProblem> problems;  // of the cells

  bool refused() const {
    for (const auto& problem : problems) {
      if (!problem.warning()) return true;
    }
    return false;
  }
};

// Refusal IMPORT_COLUMNS when the heading lacks 学校标识码, 姓名 or 年级.
std::variant<std::vector<FormRow>, base::Refusal> ReadForm(const Sheet& sheet, int school_year);

// COLUMN_NOT_TAKEN, a warning at row 1, for each heading that no column of the registry answers to:
// a misspelt one, or a column of the national form whose content is not kept (docs/import-form.md).
std::vector<v1::RowProblem> ColumnsNotTaken(const Sheet& sheet);

// Headings in the order of an export.
const std::vector<std::string>& FormHeadings();
inline constexpr std::string_view kErrorHeading = "错误说明";

// One row of an export, in the order of FormHeadings.
struct FormValues {
  v1::PersonInput person;
  std::vector<v1::GuardianInput> guardians;
  v1::ChildFacts facts;
  std::string student_number, secondary_number;
  uint32_t class_number = 0;
  base::CivilDay entered_on;
};
std::vector<std::string> WriteFormRow(const FormValues& values);

// The watch groups that the form can express; others stay as they are when a row is applied.
const std::set<std::string>& FormGroups();

}  // namespace twinline::registry
