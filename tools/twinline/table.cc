// Laying out rows by the widest cell of each column.
#include "tools/twinline/table.h"

#include <algorithm>
#include <utility>

#include "tools/twinline/width.h"

namespace twinline::cli {

Table::Table(std::vector<std::string> heading)
    : heading_(std::move(heading)), align_(heading_.size(), Align::kLeft) {}

Table& Table::AlignRight(size_t column) {
  if (column < align_.size()) align_[column] = Align::kRight;
  return *this;
}

void Table::Add(std::vector<std::string> cells) {
  cells.resize(heading_.size());
  rows_.push_back(std::move(cells));
}

std::string Table::Line(const std::vector<std::string>& cells,
                        const std::vector<size_t>& widths) const {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += "  ";
    line +=
        align_[i] == Align::kRight ? PadLeft(cells[i], widths[i]) : PadRight(cells[i], widths[i]);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

void Table::Print(std::ostream& out) const {
  if (rows_.empty()) return;
  std::vector<size_t> widths(heading_.size(), 0);
  for (size_t i = 0; i < heading_.size(); ++i) {
    widths[i] = DisplayWidth(heading_[i]);
    for (const auto& row : rows_) widths[i] = std::max(widths[i], DisplayWidth(row[i]));
  }
  std::vector<std::string> rule;
  for (const size_t width : widths) rule.push_back(std::string(width, '-'));
  out << Line(heading_, widths) << '\n' << Line(rule, widths) << '\n';
  for (const auto& row : rows_) out << Line(row, widths) << '\n';
}

void Sheet::Add(std::string name, std::string value) {
  if (!value.empty()) lines_.emplace_back(std::move(name), std::move(value));
}

void Sheet::Print(std::ostream& out) const {
  size_t width = 0;
  for (const auto& [name, value] : lines_) width = std::max(width, DisplayWidth(name));
  for (const auto& [name, value] : lines_) out << PadRight(name, width) << "  " << value << '\n';
}

}  // namespace twinline::cli
