#include "platform/base/phone.h"

#include <vector>

#include "platform/base/identifier_text.h"

namespace twinline::base {
namespace {

// Digit groups of the folded text; nullopt-like empty result when a character is neither digit nor
// separator. "转" and "EXT" introduce an extension.
bool SplitGroups(std::string_view folded, std::vector<std::string>& groups) {
  static constexpr std::string_view kSeparators[] = {"-", "–", "—",  "－",  "(", ")",
                                                     ".", "/", "转", "EXT", "#", "*"};
  groups.assign(1, "");
  while (!folded.empty()) {
    if (folded.front() >= '0' && folded.front() <= '9') {
      groups.back().push_back(folded.front());
      folded.remove_prefix(1);
      continue;
    }
    bool separator = false;
    for (std::string_view candidate : kSeparators) {
      if (folded.starts_with(candidate)) {
        folded.remove_prefix(candidate.size());
        separator = true;
        break;
      }
    }
    if (!separator) return false;
    if (!groups.back().empty()) groups.emplace_back();
  }
  if (groups.back().empty()) groups.pop_back();
  return true;
}

bool IsMobile(std::string_view digits) {
  return digits.size() == 11 && digits[0] == '1' && digits[1] >= '3';
}

// Three-digit area codes are 010 and 02x; all others have four digits.
size_t AreaLength(std::string_view digits) {
  return digits.starts_with("01") || digits.starts_with("02") ? 3 : 4;
}

bool IsSubscriber(std::string_view digits) {
  return (digits.size() == 7 || digits.size() == 8) && digits[0] >= '2';
}

// `digits` holds area and subscriber number without separator; `extension` may be empty.
bool WriteLandline(std::string_view digits, std::string_view extension, Phone& phone) {
  if (!digits.starts_with('0')) return false;
  const size_t area = AreaLength(digits);
  if (digits.size() <= area || !IsSubscriber(digits.substr(area)) || extension.size() > 6) {
    return false;
  }
  phone.kind = PhoneKind::kLandline;
  phone.number = std::string(digits.substr(0, area)) + '-' + std::string(digits.substr(area));
  if (!extension.empty()) phone.number += '-' + std::string(extension);
  return true;
}

std::string Join(const std::vector<std::string>& groups) {
  std::string all;
  for (const std::string& group : groups) all += group;
  return all;
}

std::string_view WithoutCountryCode(std::string_view folded) {
  for (std::string_view prefix : {"+86", "0086", "(+86)", "(86)"}) {
    if (folded.starts_with(prefix)) return folded.substr(prefix.size());
  }
  if (folded.size() == 13 && folded.starts_with("86") && folded[2] == '1') {
    return folded.substr(2);
  }
  return folded;
}

// Fills kind and number; leaves kUnusable when the digits are no telephone number.
void Classify(const std::vector<std::string>& groups, Phone& phone) {
  const std::string all = Join(groups);
  const std::string_view digits = all;
  if (IsMobile(digits) || (digits.size() == 12 && digits[0] == '0' && IsMobile(digits.substr(1)))) {
    phone.kind = PhoneKind::kMobile;
    phone.number = std::string(digits.substr(digits.size() - 11));
    return;
  }
  if (WriteLandline(digits, "", phone)) return;
  const std::string_view last = groups.back();
  if (groups.size() > 1 &&
      WriteLandline(digits.substr(0, digits.size() - last.size()), last, phone)) {
    return;
  }
  if (groups.size() == 1 && IsSubscriber(digits)) {
    phone.kind = PhoneKind::kLocal;
    phone.number = all;
  }
}

}  // namespace

Phone ParsePhone(std::string_view text) {
  Phone phone;
  phone.original = std::string(text);
  const std::string folded = FoldIdentifier(text);
  if (folded.empty()) return phone;
  phone.kind = PhoneKind::kUnusable;
  phone.number = folded;
  std::vector<std::string> groups;
  if (SplitGroups(WithoutCountryCode(folded), groups) && !groups.empty()) Classify(groups, phone);
  // Abroad, the trunk 0 of a landline is not dialled: "+86 398 882…" is "0398-882…".
  if (phone.kind == PhoneKind::kUnusable && folded.starts_with("+86") && !groups.empty()) {
    groups.front().insert(0, "0");
    Classify(groups, phone);
  }
  return phone;
}

}  // namespace twinline::base
