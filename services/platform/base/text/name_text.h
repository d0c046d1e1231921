// Names of people: what is stored and printed, and what is compared.
//
// A name is stored as the family writes it. Two records are compared by a key in which spelling
// habits (blanks between characters, half a dozen middle dots, full-width letters) no longer
// matter: duplicate detection (domain.md 1.11, A04) and import matching live on it. The key goes
// into keyed hashes in stored events, so its rules may only change together with a new search-token
// version.
#pragma once

#include <string>
#include <string_view>

namespace twinline::base {

// U+00B7, the separator in names such as 买买提·吐尔逊; all look-alikes are folded into it.
inline constexpr std::string_view kMiddleDot = "\xC2\xB7";

// For storage and printing: no leading, trailing or invisible characters, no blanks between Chinese
// characters, single blanks between Latin words, one kind of middle dot. Rare characters are kept
// as they are (A09). Invalid UTF-8 gives an empty text.
std::string CleanName(std::string_view name);

// For comparing: CleanName, then compatibility normalisation (NFKC), case folding and no middle
// dots or blanks at all. Invalid UTF-8 gives an empty text.
std::string NameKey(std::string_view name);

}  // namespace twinline::base
