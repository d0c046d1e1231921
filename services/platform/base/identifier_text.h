// One way to read typed or imported identifiers (ID numbers, student numbers, school codes,
// phones). Spreadsheets deliver them with full-width digits, lower-case letters, spaces, a leading
// apostrophe or invisible marks (domain.md A02); without one common folding the same child is
// entered twice.
#pragma once

#include <string>
#include <string_view>

namespace twinline::base {

// Full-width ASCII becomes ASCII, letters become upper case; white space of any kind, zero-width
// marks and byte order marks vanish, and so does one leading apostrophe (the spreadsheet's mark for
// "text"). Everything else, invalid UTF-8 included, is kept byte for byte, so that the check that
// follows can refuse it. The caller keeps the original text for the import log.
std::string FoldIdentifier(std::string_view text);

}  // namespace twinline::base
