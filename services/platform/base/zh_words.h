// What an office calls the codes that refusals and alerts speak of: case states and acts,
// registration statuses, kinds of approvals, offices. A Chinese sentence carries the word, its
// details carry the code. tests/unit/cli/words_test.cc holds these words against those that the
// command line shows.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace twinline::base {

struct ZhWordEntry {
  std::string_view code, zh;
};
std::span<const ZhWordEntry> ZhWords();

// The word; a code that the table does not know as it is.
std::string ZhWord(std::string_view code);
// "township:411282103" -> "乡镇（411282103）"; a text of another shape as it is.
std::string ZhOffice(std::string_view office);

}  // namespace twinline::base
