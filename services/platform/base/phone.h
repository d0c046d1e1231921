// Telephone numbers of guardians and offices: one spelling, so that a call list has no doubles and
// an SMS gateway accepts them. A number that cannot be read is kept and flagged, never refused: a
// guardian without a telephone must not stop a registration.
#pragma once

#include <string>
#include <string_view>

namespace twinline::base {

enum class PhoneKind {
  kNone,      // empty
  kMobile,    // 11 digits, 1[3-9]…
  kLandline,  // 0 + area + number, written 0398-8825xxx, optional extension 0398-8825xxx-12
  kLocal,     // 7 or 8 digits without area code
  kUnusable,  // anything else
};

struct Phone {
  std::string original;
  std::string number;  // normalised spelling; for kUnusable the folded text
  PhoneKind kind = PhoneKind::kNone;
};

// Folds full-width characters and blanks, removes +86, 0086 and a trunk 0 before a mobile number,
// and separators ( - – — ( ) . / ) inside; writes a landline as area-number[-extension].
Phone ParsePhone(std::string_view text);

}  // namespace twinline::base
