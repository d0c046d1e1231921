// Citizen ID numbers (公民身份号码, GB 11643): normalising, checking, and what the digits say.
//
// A number that fails here never keeps a child out of school: the record is created with a problem
// flag (R-1.1, domain.md 6.2, A01). The area code is not checked against any list, because it is
// the place of first registration under the division codes of that day: neither today's code nor a
// residence.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "platform/base/civil.h"

namespace twinline::base {

enum class CitizenIdVerdict {
  kOk,
  kEmpty,           // nothing but blanks; "no ID" is an ID kind of its own (A08), not a fault
  kBadLength,       // not 18 characters; the 15-digit numbers of the first generation end here too
  kBadCharacter,    // a character other than 0-9, or X elsewhere than at the end
  kImpossibleDate,  // digits 7-14 are no calendar date, before 1880, or after `today`
  kBadCheckDigit,   // all else is right: most often two digits were swapped
};

// GB/T 2261.1.
enum class Sex { kUnknown = 0, kMale = 1, kFemale = 2, kNotStated = 9 };

struct CitizenId {
  std::string original;  // as it arrived, for the import log (A02)
  std::string number;    // folded, X in upper case; kept even when the verdict is not kOk
  CitizenIdVerdict verdict = CitizenIdVerdict::kEmpty;
  std::string area;               // first six digits; set when the length and characters are right
  std::optional<CivilDay> birth;  // set when digits 7-14 are a date
  Sex sex = Sex::kUnknown;  // set when the length and characters are right; odd 17th digit = male

  bool ok() const { return verdict == CitizenIdVerdict::kOk; }
};

// `today` is the civil day being judged; without it a birth date in the future is not noticed.
CitizenId ParseCitizenId(std::string_view text, std::optional<CivilDay> today = std::nullopt);

// The check character ('0'-'9' or 'X') of 17 digits; nullopt for any other text.
std::optional<char> CitizenIdCheckDigit(std::string_view first17);

// A well-formed number, for demonstration and test data. `sequence` is 0 to 999: odd = male.
// `area` must be six digits; anything else yields an empty text.
std::string MakeCitizenId(std::string_view area, CivilDay birth, int sequence);

// Full sentence for a worklist, in Chinese and English; empty for kOk.
struct CitizenIdText {
  std::string_view zh;
  std::string_view en;
};
CitizenIdText Describe(CitizenIdVerdict verdict);

// 411299 is inside Sanmenxia's range but was never assigned, so a demonstration number can hit no
// real child (domain.md 6.2). R-05: a DEMO realm refuses every number with another area code; a
// REAL realm flags the demo area as an invalid ID: it flags and never blocks.
inline constexpr std::string_view kDemoAreaCode = "411299";

enum class AreaRule {
  kFits,
  kRefuse,  // DEMO realm and an area code that may belong to a real person
  kFlag,    // REAL realm and the demo area code
};
AreaRule CheckArea(const CitizenId& id, bool demo_realm);

}  // namespace twinline::base
