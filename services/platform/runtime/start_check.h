// Before any epoch is taken: has this machine lost anything that was acknowledged? After a power
// cut the log opens with everything before the first damage. Whether what is missing was
// ever acknowledged is known only by comparing the ends of the journals with every position that
// anything else remembers: state cursors, cursors of followers, noted heads of the audit, and the
// second place outside the data directory. One later position anywhere means loss, and the
// process must not start.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/journal/journal.h"

namespace twinline::runtime {

// A position that somebody knows.
struct KnownPosition {
  std::string journal;
  uint64_t next_place = 0;  // place after the newest known entry; 0: unknown
  uint64_t records = 0;     // number of admitted records known; 0: unknown
  std::string who;          // "the state of attendance/0"
};

// DATA_LOSS that names journal, both positions and who knows, with what to do.
absl::Status CheckNothingIsMissing(const std::vector<journal::JournalEnd>& ends,
                                   const std::vector<KnownPosition>& known);

// The newest ends, written to the second place from time to time; reading an absent file gives
// none.
absl::Status WriteEnds(const std::filesystem::path& second_place,
                       const std::vector<journal::JournalEnd>& ends);
absl::StatusOr<std::vector<KnownPosition>> ReadEnds(const std::filesystem::path& second_place);

}  // namespace twinline::runtime
