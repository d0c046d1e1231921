// Times in which nobody could use the service, as the journal knows them. The engine
// keeps them as rows of the shard, own table 5; a domain reads them, so that what was not done on
// such a day is not held against anybody, and moves what was due.
//
// Read one outage at a time: the engine does not fire a timer before the domain has dealt with all
// of them.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "platform/base/civil.h"
#include "platform/base/rows.h"
#include "platform/base/time.h"
#include "twinline/journal/v1/record.pb.h"

namespace twinline::base {

// [from, to): the service was away.
struct Outage {
  Timestamp from;
  Timestamp to;
};

inline constexpr uint16_t kOutageTable = 5;
inline constexpr uint32_t kOutageWaits = 1;  // OutageRow.state
inline constexpr uint32_t kOutageMoving = 2;
inline constexpr uint32_t kOutageDone = 3;

// Command type of the engine to a domain with deadlines; body is a twinline.journal.v1.OutageWork.
// The answer is the moves, at most 200 or 64 KiB, and one OutageWorked as the last event.
inline constexpr uint32_t kMoveForOutage = 9002;
inline constexpr size_t kOutageMovesMax = 200;
inline constexpr size_t kOutageBytesMax = size_t{64} << 10;

// Outages whose end is known, oldest first.
std::vector<Outage> KnownOutages(const Rows& rows);

void PutOutage(Rows& rows, const journal::v1::OutageRow& row);
std::optional<journal::v1::OutageRow> FindOutage(const Rows& rows, int64_t down_from_us);
std::vector<journal::v1::OutageRow> ReadOutages(const Rows& rows);
std::string OutagePrefix();

}  // namespace twinline::base
