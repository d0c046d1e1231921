// All journals of a simulation as one story: every record comes after the records that its header
// names, which are those that its writer knew. So a reader that knows nothing of engines can
// judge at each record what had to be true by then. Reads through AdmittedReader, as any reader
// must, and never writes.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "platform/journal/admit.h"
#include "tests/simulation/findings.h"

namespace twinline::simulation {

struct SeenRecord {
  size_t shard = 0;  // index of the journal
  journal::Admitted record;
};

class JournalsInOrder {
 public:
  explicit JournalsInOrder(const std::vector<std::shared_ptr<journal::Journal>>& journals);

  // Appends what can be told next; an error is a halt of a reader.
  absl::Status Read(std::vector<SeenRecord>* into);

  uint64_t told(size_t shard) const { return sources_[shard].told; }
  // Records that were read and wait for others that they name. At rest there are none: a record can
  // only name what existed when it was written.
  size_t waiting() const;

 private:
  struct Source {
    std::string name;
    journal::AdmittedReader reader;
    std::deque<journal::Admitted> ahead;
    uint64_t told = 0;
  };
  bool MayTell(const journal::v1::RecordHeader& header) const;

  std::vector<Source> sources_;
};

}  // namespace twinline::simulation
