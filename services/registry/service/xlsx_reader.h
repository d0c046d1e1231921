// The first sheet of an XLSX workbook, read from memory. An uploaded archive is hostile until shown
// otherwise: sizes are limited before anything is unpacked, paths in it are never used as file
// names, formulas are not computed but refused cell by cell.
#pragma once

#include <string_view>
#include <variant>

#include "platform/base/refusal.h"
#include "registry/service/sheet.h"

namespace twinline::registry {

bool LooksLikeZip(std::string_view bytes);
std::variant<Sheet, base::Refusal> ReadXlsx(std::string_view bytes);

}  // namespace twinline::registry
