#include "registry/service/xlsx_reader.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <optional>
#include <pugixml.hpp>

#include "registry/service/zip_memory.h"

namespace twinline::registry {
namespace {

base::Refusal Bad(std::string_view detail) {
  return {"IMPORT_XLSX",
          "无法读取该电子表格（" + std::string(detail) + "），请用表格软件另存为.xlsx后重试。",
          "The workbook cannot be read: " + std::string(detail) + ".",
          {}};
}
base::Refusal Bomb() {
  return {"IMPORT_TOO_LARGE",
          "电子表格解压后过大，请拆分后分批导入。",
          "The workbook is too large when unpacked: split it.",
          {}};
}

struct Walker : pugi::xml_tree_walker {
  bool for_each(pugi::xml_node& node) override {
    const std::string_view name = node.name();
    // Phonetic guides (rPh) are not part of the text.
    if (name == "t" && std::strcmp(node.parent().name(), "rPh") != 0) text += node.text().get();
    return true;
  }
  std::string text;
};

std::string TextOf(pugi::xml_node node) {
  Walker walker;
  node.traverse(walker);
  return std::move(walker.text);
}

// "BC12" -> column 54. nullopt when malformed or out of range.
std::optional<size_t> ColumnOf(std::string_view reference) {
  size_t column = 0;
  size_t letters = 0;
  for (; letters < reference.size() && 'A' <= reference[letters] && reference[letters] <= 'Z';
       ++letters) {
    column = column * 26 + static_cast<size_t>(reference[letters] - 'A') + 1;
    if (letters > 3) return std::nullopt;
  }
  if (column == 0 || column > kColumnsMax) return std::nullopt;
  return column - 1;
}

// A number cell as people see it: 2024.0 is "2024". What lost precision on the way (an ID number
// typed into a number cell) is not guessed: it keeps its exponent, and the column's own check
// refuses it.
std::string NumberText(const char* raw) {
  char* end = nullptr;
  const double value = std::strtod(raw, &end);
  if (end == raw || *end != '\0' || !std::isfinite(value)) return raw;
  if (value == std::floor(value) && std::fabs(value) < 1e15) {
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%.0f", value);
    return buffer;
  }
  return raw;
}

class Workbook {
 public:
  explicit Workbook(std::string_view bytes) : zip_(bytes) {}

  std::variant<Sheet, base::Refusal> Read() {
    if (!zip_.ok()) return Bad("不是有效的压缩文件");
    const std::string part = FirstSheet();
    if (part.empty()) return zip_.bomb() ? Bomb() : Bad("没有工作表");
    ReadSharedStrings();
    const auto xml = zip_.Part(part);
    if (zip_.bomb()) return Bomb();
    pugi::xml_document document;
    if (!xml || !document.load_buffer(xml->data(), xml->size())) return Bad("工作表损坏");
    Sheet sheet;
    sheet.encoding = "XLSX";
    for (pugi::xml_node row : document.child("worksheet").child("sheetData").children("row")) {
      if (sheet.rows.size() > kRowsMax) return Bomb();
      if (auto no = AddRow(row, &sheet)) return *no;
    }
    return sheet;
  }

 private:
  std::string FirstSheet() {
    pugi::xml_document book, relations;
    const auto book_xml = zip_.Part("xl/workbook.xml");
    const auto relations_xml = zip_.Part("xl/_rels/workbook.xml.rels");
    if (!book_xml || !relations_xml || !book.load_buffer(book_xml->data(), book_xml->size()) ||
        !relations.load_buffer(relations_xml->data(), relations_xml->size())) {
      return {};
    }
    const pugi::xml_node sheet = book.child("workbook").child("sheets").child("sheet");
    const std::string id = sheet.attribute("r:id").value();
    const pugi::xml_node relation =
        relations.child("Relationships").find_child_by_attribute("Relationship", "Id", id.c_str());
    std::string target = relation.attribute("Target").value();
    if (target.empty()) return {};
    return target[0] == '/' ? target.substr(1) : "xl/" + target;
  }

  void ReadSharedStrings() {
    const auto xml = zip_.Part("xl/sharedStrings.xml");
    pugi::xml_document document;
    if (!xml || !document.load_buffer(xml->data(), xml->size())) return;
    for (pugi::xml_node item : document.child("sst").children("si")) {
      shared_.push_back(TextOf(item));
    }
  }

  std::optional<base::Refusal> AddRow(pugi::xml_node row, Sheet* sheet) {
    const unsigned number = row.attribute("r").as_uint(last_row_ + 1);
    last_row_ = number;
    std::vector<Cell> cells;
    bool any = false;
    for (pugi::xml_node node : row.children("c")) {
      const pugi::xml_attribute reference = node.attribute("r");
      const auto column =
          reference.empty() ? std::optional<size_t>(cells.size()) : ColumnOf(reference.value());
      if (!column || *column >= kColumnsMax) continue;
      Cell cell = ReadCell(node);
      any = any || !cell.text.empty() || !cell.fault.empty();
      if (cells.size() <= *column) cells.resize(*column + 1);
      cells[*column] = std::move(cell);
    }
    if (!any) return std::nullopt;
    sheet->rows.push_back(std::move(cells));
    sheet->numbers.push_back(number);
    return std::nullopt;
  }

  Cell ReadCell(pugi::xml_node node) const {
    if (node.child("f")) return {"", "CELL_FORMULA"};
    const std::string_view type = node.attribute("t").value();
    const char* value = node.child("v").text().get();
    std::string text;
    if (type == "s") {
      const auto index = static_cast<size_t>(std::strtoul(value, nullptr, 10));
      if (index >= shared_.size()) return {"", "CELL_ERROR"};
      text = shared_[index];
    } else if (type == "inlineStr") {
      text = TextOf(node.child("is"));
    } else if (type == "e") {
      return {"", "CELL_ERROR"};
    } else if (type == "str") {
      text = value;
    } else if (type == "b") {
      text = *value == '1' ? "是" : "否";
    } else {
      text = NumberText(value);
    }
    if (text.size() > kCellBytesMax) return {"", "CELL_TOO_LONG"};
    return {std::move(text), ""};
  }

  ZipMemory zip_;
  std::vector<std::string> shared_;
  unsigned last_row_ = 0;
};

}  // namespace

bool LooksLikeZip(std::string_view bytes) { return bytes.starts_with("PK\x03\x04"); }

std::variant<Sheet, base::Refusal> ReadXlsx(std::string_view bytes) {
  if (bytes.size() > kFileBytesMax) return Bomb();
  return Workbook(bytes).Read();
}

}  // namespace twinline::registry
