// The platform's own rows in the state of every shard. Own tables 0 to 9 are the platform's,
// services number theirs from 10. All of them are folded from the journal and covered by the state
// hash.
//
//   table 0  timers            base/decision.h
//   table 1  stored replies    replies.h
//   table 2  input cursors     journal name -> how far reactions to it have had their effect
//   table 3  progress          one row, below
//   table 4  reactor rules     rule -> where it started
//   table 5  outages           base/outages.h
//   table 6  host mark         of the machine on which the newest epoch was taken
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/rows.h"
#include "platform/base/time.h"
#include "twinline/journal/v1/record.pb.h"

namespace twinline::engine {

inline constexpr uint16_t kTimerTable = 0;
inline constexpr uint16_t kReplyTable = 1;
inline constexpr uint16_t kInputTable = 2;
inline constexpr uint16_t kProgressTable = 3;
inline constexpr uint16_t kRuleTable = 4;
inline constexpr uint16_t kHostTable = 6;  // 5 is base::kOutageTable

// What the engine must know of its whole history.
struct Progress {
  uint64_t seeds = 0;           // seed commands done, in the order of ShardDomain::Seed
  bool opened = false;          // a command other than a seed was done: seeding is over for ever
  base::Timestamp pruned_to{};  // replies of ids minted before are gone
  bool operator==(const Progress&) const = default;
};
Progress ReadProgress(const base::Rows& rows);
void WriteProgress(base::Rows& rows, const Progress& progress);

void PutInputCursor(base::Rows& rows, const journal::v1::InputCursor& cursor);
std::vector<journal::v1::InputCursor> ReadInputCursors(const base::Rows& rows);

void PutRuleStart(base::Rows& rows, const journal::v1::ReactorRuleStarted& started);
std::vector<journal::v1::ReactorRuleStarted> ReadRuleStarts(const base::Rows& rows);

// Empty: none was recorded yet.
void PutHostMark(base::Rows& rows, const std::string& mark);
std::string ReadHostMark(const base::Rows& rows);

// LEB128, as protobuf has it: short for the small numbers of compact rows.
void AppendVarint(std::string* out, uint64_t value);
// Takes it off the front of `in`; nullopt when there is none.
std::optional<uint64_t> TakeVarint(std::string_view* in);

}  // namespace twinline::engine
