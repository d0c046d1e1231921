// Where entries of a trail are found: a list of the index (a child's, an actor's, a class's), or a
// journal from end to end when neither child nor actor was named. All sources give places of
// records in the same order, so that they can be merged.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "audit/service/index_keys.h"
#include "audit/service/journal_index.h"
#include "audit/service/tree_store.h"
#include "platform/store/index_store.h"

namespace twinline::audit {

// [from_us, to_us), ascending or descending, strictly behind `after` when it is set.
struct Stretch {
  int64_t from_us = 0;
  int64_t to_us = INT64_MAX;
  bool newest_first = false;
  std::optional<ListPlace> after;

  bool Behind(const ListPlace& place) const {
    return !after || (newest_first ? place < *after : place > *after);
  }
  bool Within(int64_t time_us) const { return time_us >= from_us && time_us < to_us; }
  // Bounds that nothing wanted lies outside of, with what `after` already excludes.
  int64_t low() const {
    return after && !newest_first && after->time_us > from_us ? after->time_us : from_us;
  }
  int64_t high() const {
    return after && newest_first && after->time_us < to_us ? after->time_us + 1 : to_us;
  }
};

struct Candidate {
  ListPlace place;
  uint64_t record_place = 0;
  // Which commits; empty: all of them are to be looked at.
  std::vector<ListedCommit> commits;
  journal::RecordPtr record;  // when the source has read it already
};

class EntrySource {
 public:
  virtual ~EntrySource() = default;
  // Null at the end, or when the medium failed: see status().
  virtual const Candidate* Now() const = 0;
  virtual void Next() = 0;
  virtual absl::Status status() const = 0;
};

// `versions`: of a class list, only entries that showed a version in [first, second).
std::unique_ptr<EntrySource> MakeListSource(
    const store::IndexStore& store, List list, std::string_view id, const Stretch& stretch,
    std::optional<std::pair<uint32_t, uint32_t>> versions = std::nullopt);

// Every admitted record with commits of one journal, as the index knows it. In the order of record
// time as far as the journal itself keeps it; a clock that was set back leaves its order by blocks.
std::unique_ptr<EntrySource> MakeJournalSource(const store::IndexStore& store, JournalView journal,
                                               const Stretch& stretch);

// Reads the record that the index knows at `pos`, `record_place` being a hint. NOT_FOUND beyond the
// index; DATA_LOSS when the journal holds another record there than the tree does.
absl::StatusOr<journal::RecordPtr> ReadIndexed(const store::IndexStore& store,
                                               const JournalView& journal, uint64_t pos,
                                               std::optional<uint64_t> record_place);

}  // namespace twinline::audit
