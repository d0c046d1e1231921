// Stored replies: the same request id gets the same answer, and with another body is refused
// . Written by the fold from the commit, so that they survive rebuild and fail-over; kept
// compact, for every roll call leaves one.
//
// A reply lives until its id has expired at the door: ids are UUIDv7 and refused when older
// than 30 days, so the key begins with the id and old replies lie together at the front of the
// table, where a bounded sweep removes those minted more than 31 days of record time ago. Ids
// without a usable time (not version 7, or already older than 30 days when recorded) are kept apart
// and found again by the day on which they were recorded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/base/ids.h"
#include "platform/base/rows.h"
#include "platform/base/time.h"
#include "twinline/journal/v1/record.pb.h"

namespace twinline::engine {

struct ReplyKey {
  base::Id16 subject;
  uint32_t command_type = 0;
  base::Id16 request_id;
};
// The acting person; for a service without a person, an id derived from its name.
base::Id16 SubjectOf(const journal::v1::Actor& actor);

struct StoredReply {
  uint64_t pos = 0;
  uint32_t commit = 0;
  uint64_t epoch = 0;
  std::string fingerprint;
  std::vector<base::Id16> entities;
};

std::optional<StoredReply> FindReply(const base::Rows& rows, const ReplyKey& key,
                                     base::Timestamp now);
void PutReply(base::Rows& rows, const ReplyKey& key, const StoredReply& reply,
              base::Timestamp recorded);

// Removes replies that are due, at most kPruneMax, and moves `pruned_to` on. Does nothing within an
// hour of the last sweep, so that the sweep costs nothing per record. `recorded` never falls.
inline constexpr size_t kPruneMax = 512;
void PruneReplies(base::Rows& rows, base::Timestamp recorded, base::Timestamp* pruned_to);

}  // namespace twinline::engine
