// Reading hostile and merely careless files.
#include <gmock/gmock.h>
#include <minizip/zip.h>

#include <cstdio>

#include "registry/service/csv.h"
#include "registry/service/form.h"
#include "registry/service/form_codes.h"
#include "registry/service/xlsx_reader.h"
#include "registry/service/xlsx_writer.h"
#include "registry/service/zip_memory.h"

namespace twinline::registry {
namespace {

using ::testing::ElementsAre;

Sheet Csv(std::string_view bytes) {
  auto read = ReadCsv(bytes);
  const auto* no = std::get_if<base::Refusal>(&read);
  EXPECT_EQ(no, nullptr) << (no == nullptr ? "" : no->code);
  return no == nullptr ? std::get<Sheet>(read) : Sheet();
}
std::vector<std::string> Texts(const std::vector<Cell>& row) {
  std::vector<std::string> texts;
  for (const Cell& cell : row) texts.push_back(cell.text);
  return texts;
}

TEST(CsvFile, QuotesLineBreaksAndEmptyRows) {
  const Sheet sheet =
      Csv("\xEF\xBB\xBF姓名,备注\r\n\"张\"\"三\"\"\",\"一行\n二行\"\r\n,\r\n李四,x");
  ASSERT_EQ(sheet.rows.size(), 3u);
  EXPECT_THAT(Texts(sheet.rows[1]), ElementsAre("张\"三\"", "一行\n二行"));
  EXPECT_THAT(Texts(sheet.rows[2]), ElementsAre("李四", "x"));
  EXPECT_EQ(sheet.numbers[2], 4u);
}

TEST(CsvFile, AnUnclosedQuoteIsNamed) {
  auto read = ReadCsv("姓名\n\"张三\n李四\n");
  ASSERT_TRUE(std::holds_alternative<base::Refusal>(read));
  EXPECT_EQ(std::get<base::Refusal>(read).code, "IMPORT_QUOTES");
}

TEST(CsvFile, WhatASpreadsheetWouldRunIsQuotedAndComesBack) {
  CsvWriter writer;
  writer.Row({"姓名"});
  writer.Row({"=HYPERLINK(\"x\")"});
  const std::string bytes = writer.Take();
  EXPECT_NE(bytes.find("\"'=HYPERLINK"), std::string::npos);
  EXPECT_EQ(Csv(bytes).rows[1][0].text, "=HYPERLINK(\"x\")");
}

TEST(XlsxFile, RoundTripKeepsEveryDigit) {
  const auto bytes = WriteXlsx("表", {{"a", "b"}, {"411299201808310011", ""}, {"", "𠮷"}});
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  auto read = ReadXlsx(*bytes);
  ASSERT_TRUE(std::holds_alternative<Sheet>(read));
  const Sheet& sheet = std::get<Sheet>(read);
  ASSERT_EQ(sheet.rows.size(), 3u);
  EXPECT_EQ(sheet.rows[1][0].text, "411299201808310011");
  EXPECT_EQ(sheet.rows[2][1].text, "𠮷");
}

// An archive with the given parts, made on disk by the same library.
std::string Archive(const std::vector<std::pair<std::string, std::string>>& parts) {
  const std::string path = ::testing::TempDir() + "archive.zip";
  zipFile zip = zipOpen(path.c_str(), APPEND_STATUS_CREATE);
  for (const auto& [name, content] : parts) {
    zip_fileinfo info{};
    zipOpenNewFileInZip(zip, name.c_str(), &info, nullptr, 0, nullptr, 0, nullptr, Z_DEFLATED, 9);
    zipWriteInFileInZip(zip, content.data(), static_cast<unsigned>(content.size()));
    zipCloseFileInZip(zip);
  }
  zipClose(zip, nullptr);
  std::string bytes;
  FILE* file = std::fopen(path.c_str(), "rb");
  char buffer[4096];
  for (size_t count; (count = std::fread(buffer, 1, sizeof buffer, file)) > 0;)
    bytes.append(buffer, count);
  std::fclose(file);
  std::remove(path.c_str());
  return bytes;
}

std::string Book(const std::string& sheet_xml) {
  return Archive(
      {{"xl/workbook.xml",
        "<workbook xmlns:r='r'><sheets><sheet name='a' sheetId='1' "
        "r:id='rId1'/></sheets></workbook>"},
       {"xl/_rels/workbook.xml.rels",
        "<Relationships><Relationship Id='rId1' Target='worksheets/sheet1.xml'/></Relationships>"},
       {"xl/worksheets/sheet1.xml", sheet_xml}});
}

TEST(XlsxFile, FormulasAreRefusedCellByCellAndNumbersShownAsPeopleSeeThem) {
  auto read = ReadXlsx(
      Book("<worksheet><sheetData><row r='1'><c r='A1' t='inlineStr'><is><t>姓名</t></is></c></row>"
           "<row r='3'><c r='A3'><f>1+1</f><v>2</v></c><c r='B3'><v>2024.0</v></c>"
           "<c r='D3' t='e'><v>#REF!</v></c><c r='E3'><v>4.1129920180831E+17</v></c></row>"
           "</sheetData></worksheet>"));
  ASSERT_TRUE(std::holds_alternative<Sheet>(read));
  const Sheet& sheet = std::get<Sheet>(read);
  ASSERT_EQ(sheet.rows.size(), 2u);
  EXPECT_EQ(sheet.numbers[1], 3u);
  EXPECT_EQ(sheet.rows[1][0].fault, "CELL_FORMULA");
  EXPECT_EQ(sheet.rows[1][1].text, "2024");
  EXPECT_EQ(sheet.rows[1][3].fault, "CELL_ERROR");
  EXPECT_EQ(sheet.rows[1][4].text, "4.1129920180831E+17");
}

TEST(XlsxFile, AnArchiveBombIsRefusedBeforeItIsUnpacked) {
  auto read = ReadXlsx(Book(std::string(30 << 20, ' ')));
  ASSERT_TRUE(std::holds_alternative<base::Refusal>(read));
  EXPECT_EQ(std::get<base::Refusal>(read).code, "IMPORT_TOO_LARGE");
}

TEST(XlsxFile, DamagedFilesAreRefused) {
  const std::string good = Book("<worksheet><sheetData/></worksheet>");
  for (size_t cut = 0; cut < good.size(); cut += 37) {
    auto read = ReadXlsx(std::string_view(good).substr(0, cut));
    EXPECT_TRUE(std::holds_alternative<base::Refusal>(read)) << cut;
  }
  std::string flipped = good;
  for (size_t at = 0; at < flipped.size(); at += 11) {
    flipped[at] = static_cast<char>(flipped[at] ^ 0x55);
    (void)ReadXlsx(flipped);  // must end, whatever it says
    flipped[at] = good[at];
  }
}

struct CodeCase {
  const char* text;
  std::optional<std::string> code;
};
TEST(FormCodes, Tables) {
  for (const CodeCase& c : {CodeCase{"汉", "01"},
                            {"汉族", "01"},
                            {"1", "01"},
                            {"土家族", "15"},
                            {"基诺", "56"},
                            {"", ""},
                            {"火星", std::nullopt}}) {
    EXPECT_EQ(EthnicityCode(c.text), c.code) << c.text;
  }
  for (const CodeCase& c :
       {CodeCase{"在读", "01"}, {"14", "14"}, {"退学", "03"}, {"?", std::nullopt}}) {
    EXPECT_EQ(StatusCode(c.text), c.code) << c.text;
  }
  for (const CodeCase& c :
       {CodeCase{"爷爷", "祖父母"}, {"外婆", "外祖父母"}, {"叔叔", "其他监护人"}}) {
    EXPECT_EQ(RelationText(c.text), c.code) << c.text;
  }
}

TEST(FormCodes, Dates) {
  const base::CivilDay day = *base::CivilDay::Parse("2018-03-05");
  for (const char* text :
       {"2018-03-05", "20180305", "2018/3/5", "2018年3月5日", "２０１８．３．５", "43164"}) {
    EXPECT_EQ(ReadDate(text), day) << text;
  }
  EXPECT_EQ(ReadDate("202409"), *base::CivilDay::Parse("2024-09-01"));
  for (const char* text : {"", "20180230", "2018-13-01", "5", "昨天"}) {
    EXPECT_EQ(ReadDate(text), std::nullopt) << text;
  }
}

TEST(FormCodes, GradesAndClasses) {
  EXPECT_EQ(ReadGrade("七年级", 2024), 7u);
  EXPECT_EQ(ReadGrade("初一", 2024), 7u);
  EXPECT_EQ(ReadGrade("小学2022级", 2024), 3u);
  EXPECT_EQ(ReadGrade("初中2022级", 2024), 9u);
  EXPECT_EQ(ReadGrade("10", 2024), 0u);
  EXPECT_EQ(ReadClassNumber("七（3）班"), 3u);
  EXPECT_EQ(ReadClassNumber("3班"), 3u);
  EXPECT_EQ(ReadClassNumber("甲班"), 0u);
}

TEST(Form, HeadingsAndRowsAgree) { EXPECT_EQ(WriteFormRow({}).size(), FormHeadings().size()); }

}  // namespace
}  // namespace twinline::registry
