// An uploaded national student form, XLSX or CSV. Promise: limits hold whatever the file says of
// itself, a cell that a spreadsheet would run is marked, and what we write we read again.

#include "platform/base/check.h"
#include "platform/base/utf8.h"
#include "registry/service/csv.h"
#include "registry/service/form.h"
#include "registry/service/xlsx_reader.h"
#include "registry/service/xlsx_writer.h"
#include "tests/fuzz/fuzz_target.h"

namespace twinline::fuzz {
namespace {

const std::vector<std::vector<std::string>>& SampleRows() {
  static const auto& rows = *[] {
    const auto& headings = registry::FormHeadings();
    std::vector<std::string> row(headings.size());
    for (size_t i = 0; i < headings.size(); ++i) {
      if (headings[i] == "学校标识码") row[i] = "2141000123";
      if (headings[i] == "姓名") row[i] = "张小明";
      if (headings[i] == "年级") row[i] = "7";
      if (headings[i] == "班级") row[i] = "3";
      if (headings[i] == "出生日期") row[i] = "20130912";
    }
    return new std::vector<std::vector<std::string>>{headings, row, row};
  }();
  return rows;
}

std::string Csv(const std::vector<std::vector<std::string>>& rows) {
  registry::CsvWriter writer;
  for (const auto& row : rows) writer.Row(row);
  return writer.Take();
}

std::vector<std::vector<std::string>> Texts(const registry::Sheet& sheet) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& row : sheet.rows) {
    auto& texts = rows.emplace_back();
    for (const auto& cell : row) texts.push_back(cell.text);
  }
  return rows;
}

bool AnyFault(const registry::Sheet& sheet) {
  for (const auto& row : sheet.rows) {
    for (const auto& cell : row) {
      if (!cell.fault.empty()) return true;
    }
  }
  return false;
}

void CheckLimits(const registry::Sheet& sheet) {
  TWINLINE_CHECK(sheet.rows.size() <= registry::kRowsMax, "more rows than allowed");
  TWINLINE_CHECK(sheet.numbers.size() == sheet.rows.size(), "rows without numbers");
  for (const auto& row : sheet.rows) {
    TWINLINE_CHECK(row.size() <= registry::kColumnsMax, "more columns than allowed");
    for (const auto& cell : row) {
      TWINLINE_CHECK(cell.text.size() <= registry::kCellBytesMax, "a cell longer than allowed");
      TWINLINE_CHECK(base::IsValidUtf8(cell.text), "a cell that is not UTF-8");
    }
  }
}

}  // namespace

std::vector<std::string> Seeds() {
  std::vector<std::string> seeds = {Csv(SampleRows()),
                                    "学校标识码,姓名,年级\r\n1,\"a\"\"b\",7\r\n"};
  auto workbook = registry::WriteXlsx("学生", SampleRows());
  TWINLINE_CHECK(workbook.ok(), "no sample workbook");
  seeds.push_back(*std::move(workbook));
  return seeds;
}

void OneInput(std::string_view input) {
  const bool zip = registry::LooksLikeZip(input);
  const auto read = zip ? registry::ReadXlsx(input) : registry::ReadCsv(input);
  const auto* sheet = std::get_if<registry::Sheet>(&read);
  if (sheet == nullptr) {
    const auto& refusal = std::get<base::Refusal>(read);
    TWINLINE_CHECK(!refusal.code.empty() && !refusal.zh.empty(), "refused without a word");
    return;
  }
  CheckLimits(*sheet);
  (void)registry::ReadForm(*sheet, 2026);
  if (zip || AnyFault(*sheet)) return;  // a faulty cell comes back empty
  const auto texts = Texts(*sheet);
  const auto again = registry::ReadCsv(Csv(texts));
  TWINLINE_CHECK(std::holds_alternative<registry::Sheet>(again), "our own file is refused");
  TWINLINE_CHECK(Texts(std::get<registry::Sheet>(again)) == texts, "our own file reads otherwise");
}

}  // namespace twinline::fuzz
