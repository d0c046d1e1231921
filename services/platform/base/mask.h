// Masking for lists, exports and logs (domain.md N09: exports are masked by default). A mask must
// not carry enough to single out a child of a small school, so the ID mask hides birth date and
// sex, which lists show beside it only to those who may see them.
#pragma once

#include <string>
#include <string_view>

namespace twinline::base {

// 张三 -> 张*, 张三丰 -> 张*丰, 欧阳娜娜 -> 欧**娜, 买买提·吐尔逊 -> 买**·**逊. The middle dot and
// blanks stay; an invalid text becomes asterisks only.
std::string MaskName(std::string_view name);

// Citizen IDs and student numbers: only the city (4 characters, 5 behind a leading letter) and the
// last character stay, 411299201808310011 -> 4112*************1: the usual last four digits would
// tell the sex. Texts of fewer than 8 characters are hidden altogether.
std::string MaskIdNumber(std::string_view number);

// 13800001234 -> 138****1234, 0398-8825123 -> 0398-****123; other texts keep their last two
// characters.
std::string MaskPhone(std::string_view number);

// The first `keep` characters (a township or a village name) and one ellipsis of asterisks.
std::string MaskAddress(std::string_view address, int keep = 6);

}  // namespace twinline::base
