// Pinyin of names for search and sorting. Clerks type "zsf" or "zhangsan", so a list of 68,928
// pupils is searched by full pinyin and by initials. Readings are a search aid, never an identity.
#pragma once

#include <string>
#include <string_view>

namespace twinline::base {

struct Pinyin {
  std::string full;      // "zhang san feng": lower-case syllables without tones, ü written v
  std::string initials;  // "zsf"
  // False when a character has no known reading: it stands as itself in `full`, and is left out of
  // `initials`, so that the child is still found by the rest of the name (A09).
  bool complete = true;
};

// The first character of a Chinese name takes its surname reading (单 shan, 曾 zeng, 仇 qiu),
// compound surnames too (尉迟 yu chi, 万俟 mo qi); a name with a middle dot has no Chinese surname.
// Latin words stay as they are, in lower case; blanks, middle dots and punctuation separate.
// Invalid UTF-8 gives an empty, incomplete result.
//
// Thread safe. Readings are kept in a table that fills as characters are met: a known character
// costs tens of nanoseconds, a new one about 10 microseconds; the first call of a process takes
// about 0.1 s (WarmUpPinyin does it at start-up).
Pinyin PinyinOf(std::string_view name);

// The same without surname readings, for place and school names.
Pinyin PinyinOfText(std::string_view text);

// What a searcher typed, brought to the spelling of `Pinyin::full` without blanks: lower case, tone
// marks and apostrophes gone, ü and "u:" to v, "lyu" and "nyu" (passport spelling) to "lv" and
// "nv".
std::string FoldPinyinQuery(std::string_view query);

void WarmUpPinyin();

}  // namespace twinline::base
