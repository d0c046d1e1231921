// A table on a terminal: columns aligned by display width, two blanks between them, no lines that a
// pipe would have to strip. An empty table prints nothing; the command says in words what was not
// found.
#pragma once

#include <initializer_list>
#include <ostream>
#include <string>
#include <vector>

namespace twinline::cli {

class Table {
 public:
  enum class Align { kLeft, kRight };

  explicit Table(std::vector<std::string> heading);

  // Numbers read better from the right; columns count from 0.
  Table& AlignRight(size_t column);
  // Missing cells are empty, further ones are dropped.
  void Add(std::vector<std::string> cells);

  bool empty() const { return rows_.empty(); }
  size_t size() const { return rows_.size(); }
  void Print(std::ostream& out) const;

 private:
  std::string Line(const std::vector<std::string>& cells, const std::vector<size_t>& widths) const;

  std::vector<std::string> heading_;
  std::vector<Align> align_;
  std::vector<std::vector<std::string>> rows_;
};

// "name: value" lines for one thing, aligned; lines without a value are left out.
class Sheet {
 public:
  void Add(std::string name, std::string value);
  void Print(std::ostream& out) const;

 private:
  std::vector<std::pair<std::string, std::string>> lines_;
};

}  // namespace twinline::cli
