// The fold of one shard: what a commit and a record do to the rows, platform rows included. The
// same code runs in the dry run before an append and in every replay, which is why the live path
// and the recovery path cannot differ (design.md part 1.3).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/base/decision.h"
#include "platform/journal/admit.h"
#include "platform/store/overlay.h"

namespace twinline::engine {

// Who acts when a shard seeds its new journal.
inline constexpr char kInstallService[] = "service:install";
// Who records what the engine itself decides (the start of a reactor rule).
inline constexpr char kEngineService[] = "service:engine";

// Commits of a record by origin.
struct CommitCounts {
  uint64_t seeds = 0;
  uint64_t engine = 0;
  uint64_t others = 0;
  void Add(const journal::v1::Commit& commit);
};

// Where a commit stands.
struct CommitPlace {
  uint64_t epoch = 0;
  uint64_t pos = 0;
  uint32_t commit = 0;
  base::Timestamp recorded;
};

// Not thread-safe: one per engine.
class Fold {
 public:
  // Both outlive the fold.
  Fold(const base::ShardDomain* domain, std::string journal);

  // Applies one commit: erases its timer, folds its events, stores the reply of a client's command.
  // `entities` (may be null) receives the outcome of a client's command. On an error, which is the
  // domain's or a forbidden access, the caller undoes the savepoint around it.
  absl::Status ApplyCommit(const journal::v1::Commit& commit, const CommitPlace& place,
                           store::Overlay& rows, std::vector<base::Id16>* entities);

  // What the record as a whole leaves: input cursors, progress, the sweep of old replies.
  absl::Status FinishRecord(const journal::v1::RecordHeader& header, base::Timestamp recorded,
                            const CommitCounts& counts, store::Overlay& rows);

  // The whole record, as replay applies it. An error is a halt: it names journal and position.
  absl::Status ApplyRecord(const journal::Admitted& admitted, base::Timestamp recorded,
                           store::Overlay& rows);

 private:
  // Events of the platform itself; false: the domain's.
  absl::StatusOr<bool> ApplyPlatformEvent(const journal::v1::Event& event,
                                          store::Overlay& rows) const;
  absl::Status Violation(store::Overlay& rows) const;

  const base::ShardDomain* domain_;
  const std::string journal_;
  base::EventContext context_;  // kept, so that the journal's name is not copied for every event
};

}  // namespace twinline::engine
