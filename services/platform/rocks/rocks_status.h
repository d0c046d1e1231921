// RocksDB's errors as ours: what failed, in RocksDB's words, and what the operator does next.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "rocksdb/status.h"

namespace twinline::rocks {

// `doing` is a gerund with its object: "opening the journals in /var/lib/twinline/log".
// `when_damaged` says what to do when files are damaged, which is another thing for a log, for a
// state that can be rebuilt, and for keys.
//   RESOURCE_EXHAUSTED disk full · DATA_LOSS damaged · FAILED_PRECONDITION another process has it ·
//   PERMISSION_DENIED read-only · NOT_FOUND no such directory · UNAVAILABLE anything else
// Disk full and read-only begin their advice with the words of base/disk_words.h.
absl::Status ToAbslStatus(const rocksdb::Status& status, const std::string& doing,
                          std::string_view when_damaged);

}  // namespace twinline::rocks
