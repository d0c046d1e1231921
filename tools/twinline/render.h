// How values look: dates as 2026-09-01, times in UTC+8, ids in hex, deadlines with what they rest
// on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "tools/twinline/lang.h"
#include "twinline/types/v1/types.pb.h"

namespace twinline::cli {

std::string Hex(std::string_view bytes);
std::string ShortId(std::string_view bytes);   // first 8 hex digits, for narrow columns
std::string Day(const types::v1::Date& date);  // empty for "no date"
std::string Days(int32_t days);                // the same for a bare number
std::string Moment(int64_t unix_us);       // "2026-09-01 08:30:00"; empty for 0 and for "no end"
std::string MomentShort(int64_t unix_us);  // "2026-09-01 08:30"
// "2026-09-15（10 个工作日）", with a mark when the year's calendar is provisional.
std::string DeadlineText(Lang lang, const types::v1::Deadline& deadline);

// Protobuf JSON with every field, as --json prints it; bytes are base64 there.
std::string JsonText(const google::protobuf::Message& message, bool one_line = false);

// Name of the event message with this number ("RollCallTaken"); the number when it is not known
// here.
std::string EventName(uint32_t type);
const google::protobuf::Descriptor* EventDescriptor(
    uint32_t type);  // null when it is not known here

}  // namespace twinline::cli
