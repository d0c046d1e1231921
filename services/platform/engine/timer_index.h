// The due times of a shard's timers in memory. A queue of rows that are deleted from its front is
// what an LSM tree is worst at: each look at the front would wade through the tombstones of all
// timers that ever fired. The rows remain the truth; this is loaded from them and kept in step with
// every commit.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/btree_set.h"
#include "platform/base/ids.h"
#include "platform/base/rows.h"
#include "platform/base/time.h"
#include "platform/store/state_batch.h"
#include "twinline/journal/v1/record.pb.h"

namespace twinline::engine {

// In the order in which timers fire.
struct DueTimer {
  base::Timestamp due;
  uint32_t kind = 0;
  base::Id16 entity;
  uint32_t generation = 0;
  auto operator<=>(const DueTimer&) const = default;

  std::string RowKey() const;
  journal::v1::TimerRef Ref() const;
};

class TimerIndex {
 public:
  void Load(const base::Rows& rows);
  void Apply(const store::WriteSet& writes);
  // At most `max` timers that are due at `now`, earliest first.
  std::vector<DueTimer> Due(base::Timestamp now, size_t max) const;
  std::optional<base::Timestamp> Next() const;

 private:
  absl::btree_set<DueTimer> timers_;
};

}  // namespace twinline::engine
