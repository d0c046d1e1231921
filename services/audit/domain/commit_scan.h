// The parts of a serialised Commit that the audit index needs, as views into its bytes. A full
// parse allocates for every event; the index looks at every commit of the house and keeps only ids.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace twinline::audit {

struct ScannedEvent {
  uint32_t type = 0;
  std::string_view data;
};

struct ScannedCommit {
  std::string_view subject;  // of the actor; empty for the system
  std::vector<ScannedEvent> events;
};

// Reuses the vector of `out`. False when the bytes are not a commit.
bool ScanCommit(std::string_view commit, ScannedCommit* out);

}  // namespace twinline::audit
