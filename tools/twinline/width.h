// How wide a text is on a terminal: a Chinese character takes two columns and a combining mark
// none, so neither bytes nor code points can align a table. Widths are those of Unicode's East
// Asian Width; ambiguous characters count as one column, which is what UTF-8 terminals do.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace twinline::cli {

size_t DisplayWidth(std::string_view utf8);

// Blanks are added on the right (or left) up to `width` columns; a wider text is returned
// unchanged.
std::string PadRight(std::string_view utf8, size_t width);
std::string PadLeft(std::string_view utf8, size_t width);

// At most `width` columns; a shortened text ends in "..".
std::string Shorten(std::string_view utf8, size_t width);

}  // namespace twinline::cli
