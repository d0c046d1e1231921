// A table as it came from a file, before anybody says what its columns mean.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace twinline::registry {

// Limits of an import (decisions.md part 10 item 16 and R-29): what is larger is split by the
// sender.
inline constexpr size_t kFileBytesMax = size_t{50} << 20;
inline constexpr size_t kRowsMax = 200'000;
inline constexpr size_t kColumnsMax = 256;
inline constexpr size_t kCellBytesMax = 4'096;

struct Cell {
  std::string text;
  // Refusal code of what is wrong with the cell itself: CELL_FORMULA CELL_TOO_LONG CELL_ERROR; or
  // empty.
  std::string fault;
};

struct Sheet {
  std::string encoding;                 // UTF-8, GB18030, XLSX …
  std::vector<std::vector<Cell>> rows;  // the first is the heading
  // Number of each row as a spreadsheet shows it: empty rows are left out of `rows`.
  std::vector<unsigned> numbers;
};

}  // namespace twinline::registry
