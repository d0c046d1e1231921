// An XLSX workbook of one sheet, every cell text: a number column would eat the last digits of an
// ID number. Built in memory-backed files only, since its rows are personal data.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace twinline::registry {

// `rows[0]` is the heading. UNAVAILABLE when the workbook could not be built.
absl::StatusOr<std::string> WriteXlsx(std::string_view sheet_name,
                                      const std::vector<std::vector<std::string>>& rows);

}  // namespace twinline::registry
