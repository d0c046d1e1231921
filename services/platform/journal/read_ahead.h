// Reads of a long replay, one step ahead of whoever applies them: while the caller folds what it
// has, another thread reads, parses and hashes what comes next. Worth it only where much is read in
// one go, at a start or a rebuild.
#pragma once

#include <future>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "platform/journal/journal.h"

namespace twinline::journal {

// Not thread-safe. At most one read is under way; the destructor waits for it.
class ReadAhead {
 public:
  explicit ReadAhead(std::shared_ptr<Journal> journal) : journal_(std::move(journal)) {}

  // As Journal::Read. Calls that go on where the last one ended, with the same `max`, find their
  // entries read.
  absl::StatusOr<std::vector<Entry>> Read(Place from, size_t max);

 private:
  using Entries = absl::StatusOr<std::vector<Entry>>;

  const std::shared_ptr<Journal> journal_;
  Place from_;
  size_t max_ = 0;
  std::future<Entries> ahead_;  // of `from_` and `max_`, when valid
};

}  // namespace twinline::journal
