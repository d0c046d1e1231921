// Strict readers: what is not clearly one thing is nothing.
#include "tools/twinline/parse.h"

#include <array>
#include <charconv>
#include <utility>

#include "platform/base/citizen_id.h"
#include "platform/base/hash.h"
#include "platform/base/school_code.h"
#include "platform/base/student_number.h"

namespace twinline::cli {
namespace {

constexpr size_t kBase64Id = 24;  // 16 bytes with padding

bool AllDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<int> Number(std::string_view text) {
  int value = 0;
  if (!AllDigits(text)) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  return value;
}

std::string PadTwo(std::string_view digits) {
  return digits.size() == 1 ? "0" + std::string(digits) : std::string(digits);
}

// "2026/9/1" and "2026年9月1日" as "2026-09-01"; anything else unchanged.
std::string Iso(std::string_view text) {
  if (text.size() == 8 && AllDigits(text)) {
    return std::string(text.substr(0, 4)) + "-" + std::string(text.substr(4, 2)) + "-" +
           std::string(text.substr(6, 2));
  }
  for (const auto& [first, second, last] :
       {std::array<std::string_view, 3>{"/", "/", ""}, {"年", "月", "日"}, {"-", "-", ""}}) {
    const size_t year = text.find(first);
    if (year == std::string_view::npos) continue;
    const size_t month = text.find(second, year + first.size());
    if (month == std::string_view::npos || !text.ends_with(last)) continue;
    const std::string_view m = text.substr(year + first.size(), month - year - first.size());
    std::string_view d = text.substr(month + second.size());
    d.remove_suffix(last.size());
    return std::string(text.substr(0, year)) + "-" + PadTwo(m) + "-" + PadTwo(d);
  }
  return std::string(text);
}

}  // namespace

std::optional<base::Id16> ParseId(std::string_view text) {
  if (text.size() == 32) return base::Id16::FromHex(text);
  if (text.size() == 36) return base::FromUuidText(text);
  if (text.size() == kBase64Id || text.size() == kBase64Id - 2) {
    std::string padded(text);
    padded.resize(kBase64Id, '=');
    for (char& c : padded) {
      if (c == '-') c = '+';
      if (c == '_') c = '/';
    }
    if (const auto bytes = base::FromBase64(padded)) return base::Id16::FromBytes(*bytes);
  }
  return std::nullopt;
}

std::optional<DayArg> ParseDay(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, int>, 6> kWords = {
      {{"today", 0}, {"今天", 0}, {"yesterday", -1}, {"昨天", -1}, {"tomorrow", 1}, {"明天", 1}}};
  for (const auto& [word, offset] : kWords) {
    if (text == word) return DayArg{std::nullopt, offset};
  }
  const auto day = base::CivilDay::Parse(Iso(text));
  if (!day) return std::nullopt;
  return DayArg{day, 0};
}

std::optional<base::Timestamp> ParseMoment(std::string_view text) {
  const size_t gap = text.find_first_of("T ");
  const auto day = ParseDay(text.substr(0, gap));
  if (!day || !day->fixed) return std::nullopt;
  const base::Timestamp start = base::StartOfDay(*day->fixed);
  if (gap == std::string_view::npos) return start;
  const std::string_view clock = text.substr(gap + 1);
  const bool with_seconds = clock.size() == 8 && clock[5] == ':';
  if ((clock.size() != 5 && !with_seconds) || clock[2] != ':') return std::nullopt;
  const auto hour = Number(clock.substr(0, 2));
  const auto minute = Number(clock.substr(3, 2));
  const auto second = with_seconds ? Number(clock.substr(6, 2)) : std::optional<int>(0);
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59)
    return std::nullopt;
  const int64_t seconds = int64_t{*hour} * 3600 + int64_t{*minute} * 60 + *second;
  return base::Timestamp{start.us + seconds * 1'000'000};
}

std::optional<ClassRef> ParseClass(std::string_view text) {
  ClassRef ref;
  if (text.starts_with("class:")) text.remove_prefix(6);
  if (const auto id = ParseId(text)) {
    ref.id = *id;
    return ref;
  }
  const size_t slash = text.find('/');
  const size_t dash = slash == std::string_view::npos ? slash : text.find('-', slash);
  if (dash == std::string_view::npos) return std::nullopt;
  const auto school = base::ParseSchoolCode(text.substr(0, slash));
  const auto grade = Number(text.substr(slash + 1, dash - slash - 1));
  const auto number = Number(text.substr(dash + 1));
  if (!school.ok() || !grade || !number || *grade < 1 || *grade > 9 || *number < 1) {
    return std::nullopt;
  }
  ref.school_code = school.code;
  ref.grade = static_cast<uint32_t>(*grade);
  ref.number = static_cast<uint32_t>(*number);
  return ref;
}

std::optional<ChildRef> ParseChild(std::string_view text) {
  ChildRef ref;
  if (const auto id = ParseId(text)) {
    ref.id = *id;
    return ref;
  }
  const auto number = base::ParseStudentNumber(text);
  if (number.kind != base::StudentNumberKind::kNone &&
      number.verdict != base::StudentNumberVerdict::kBadForm) {
    ref.student_number = number.number;
    return ref;
  }
  const auto citizen = base::ParseCitizenId(text);
  using Verdict = base::CitizenIdVerdict;
  if (citizen.verdict == Verdict::kEmpty || citizen.verdict == Verdict::kBadLength ||
      citizen.verdict == Verdict::kBadCharacter) {
    return std::nullopt;
  }
  ref.id_number = citizen.number;
  return ref;
}

std::optional<std::string> ParseOffice(std::string_view text) {
  static constexpr std::array<std::string_view, 9> kKinds = {
      "class:",  "school:", "village:",  "township:", "bureau:",
      "county:", "city:",   "province:", "auditor:"};
  for (const std::string_view kind : kKinds) {
    if (text.starts_with(kind) && text.size() > kind.size()) return std::string(text);
  }
  if (!AllDigits(text)) return std::nullopt;
  switch (text.size()) {
    case 6:
      return "bureau:" + std::string(text);
    case 9:
      return "township:" + std::string(text);
    case 10:
      return "school:" + std::string(text);
    case 12:
      return "village:" + std::string(text);
    default:
      return std::nullopt;
  }
}

std::optional<types::v1::Session> ParseSession(std::string_view text) {
  if (text == "am" || text == "morning" || text == "上午") return types::v1::SESSION_MORNING;
  if (text == "pm" || text == "afternoon" || text == "下午") return types::v1::SESSION_AFTERNOON;
  return std::nullopt;
}

std::optional<std::string> ParseDigest(std::string_view text) {
  auto bytes = text.size() == 64 ? base::FromHex(text) : base::FromBase64(text);
  if (!bytes || bytes->size() != 32) return std::nullopt;
  return bytes;
}

}  // namespace twinline::cli
