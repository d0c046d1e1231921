// The search behind every trail: merges the sources of a question in order of record time, reads
// each record and holds it against the tree before anything of it is believed, and filters by what
// the index does not know by itself: office and action (decisions.md P-3).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "audit/service/entry_source.h"
#include "audit/service/journal_index.h"

namespace twinline::audit {

struct TrailQuestion {
  base::Id16 child;
  base::Id16 actor;
  std::string office;  // also "service:<name>"
  std::optional<uint32_t> event_type;
  std::string rpc;  // of reads and refusals
  int64_t from_us = 0;
  int64_t to_us = INT64_MAX;
  bool newest_first = false;
};

struct TrailHit {
  ListPlace place;
  uint64_t record_place = 0;
  uint32_t commit = 0;
  journal::RecordPtr record;

  const journal::v1::Commit& message() const { return record->commits()[commit]; }
};

// A place in the order of hits, to go on behind.
struct TrailMark {
  ListPlace place;
  uint32_t commit = 0;
};
std::string EncodeMark(const TrailMark& mark);
std::optional<TrailMark> DecodeMark(std::string_view bytes);

class TrailSearch {
 public:
  // `store` outlives the search. Records that `view` does not know yet are left out.
  TrailSearch(const store::IndexStore& store, std::shared_ptr<const IndexView> view,
              TrailQuestion question, const std::optional<TrailMark>& behind);

  // The next hit, none at the end. After `budget` more records were looked at without one, none
  // either, and exhausted() says so.
  absl::StatusOr<std::optional<TrailHit>> Next(size_t* budget);
  bool exhausted() const { return exhausted_; }
  // Where the search stands: everything up to here was looked at.
  const TrailMark& mark() const { return mark_; }

 private:
  void OpenSources(const Stretch& stretch);
  const Candidate* Best() const;
  absl::Status LoadRecord();
  bool Wanted(const journal::v1::Commit& commit) const;
  bool WantedAction(const journal::v1::Commit& commit) const;

  const store::IndexStore& store_;
  const std::shared_ptr<const IndexView> view_;
  const TrailQuestion question_;
  const std::optional<TrailMark> behind_;
  std::vector<std::unique_ptr<EntrySource>> sources_;
  absl::Status broken_;

  // The record being looked at, and its commits still to come, last first.
  TrailHit current_;
  std::vector<uint32_t> commits_;
  TrailMark mark_;
  bool exhausted_ = false;
};

// The roster stretches of a child, by the registry's events.
std::vector<std::tuple<base::Id16, uint32_t, uint32_t>> ListsWith(const store::IndexStore& store,
                                                                  const base::Id16& child);

}  // namespace twinline::audit
