// Reading what people type: ids, days, moments, classes, offices, children. Pure; every function
// returns nullopt for what it cannot read, and the command says what it expected.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/civil.h"
#include "platform/base/ids.h"
#include "platform/base/time.h"
#include "twinline/types/v1/types.pb.h"

namespace twinline::cli {

// 32 hex digits, a UUID with dashes, or the base64 of 16 bytes (22 or 24 characters, as --json
// prints ids).
std::optional<base::Id16> ParseId(std::string_view text);

// A day by itself, or relative to today, which only the server knows (a demonstration has its own
// clock).
struct DayArg {
  std::optional<base::CivilDay> fixed;
  int offset = 0;  // days from today, when not fixed
  base::CivilDay On(base::CivilDay today) const { return fixed ? *fixed : today + offset; }
};
// "2026-09-01", "20260901", "2026/9/1", "2026年9月1日", "today" / "今天", "yesterday" / "昨天",
// "tomorrow" / "明天".
std::optional<DayArg> ParseDay(std::string_view text);

// A day ("2026-09-01", its first moment) or a moment of it, UTC+8: "2026-09-01T08:30", "2026-09-01
// 08:30:15".
std::optional<base::Timestamp> ParseMoment(std::string_view text);

// A class by its id, or "2141000001/7-3": school code, grade, number.
struct ClassRef {
  base::Id16 id;  // empty when named by school
  std::string school_code;
  uint32_t grade = 0;
  uint32_t number = 0;
};
std::optional<ClassRef> ParseClass(std::string_view text);

// A child by its id, or by an exact student number or ID number, which the server looks up.
struct ChildRef {
  base::Id16 id;
  std::string student_number;  // folded, [GLJ] and 18 more
  std::string id_number;
};
std::optional<ChildRef> ParseChild(std::string_view text);

// "school:2141000001" and the like unchanged; a bare code becomes the office it can only mean: 10
// digits a school, 9 a township, 12 a village, 6 a bureau.
std::optional<std::string> ParseOffice(std::string_view text);

// am, morning, 上午 / pm, afternoon, 下午.
std::optional<types::v1::Session> ParseSession(std::string_view text);

// 64 hex digits or base64 of 32 bytes; the bytes.
std::optional<std::string> ParseDigest(std::string_view text);

}  // namespace twinline::cli
