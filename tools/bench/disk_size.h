// What a state and a journal weigh on disk, from outside the service.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace twinline::bench {

struct StateSize {
  uint64_t own = 0;      // roll calls, streaks, replies …: grows with the marks
  uint64_t foreign = 0;  // copies of registry facts: grows with the pupils
};

// Bytes of the tables once everything was flushed and compacted: what stays, without the write
// ahead log and without what compaction has not come to yet. Changes the files, not the rows;
// nobody else may have the directory open.
StateSize StateOnDisk(const std::filesystem::path& directory);
uint64_t JournalOnDisk(const std::filesystem::path& log, const std::string& journal);

}  // namespace twinline::bench
