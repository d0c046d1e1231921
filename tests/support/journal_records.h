// Records for journal tests, made the way an engine makes them: a Leader follows the journal's
// state and writes batches that name the chain value before them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "platform/journal/admit.h"
#include "platform/journal/journal.h"

namespace twinline::journal_test {

inline constexpr char kJournal[] = "registry/0";

struct Genesis {
  std::string installation = std::string(16, 'i');
  journal::v1::Realm realm = journal::v1::REALM_DEMO;
  journal::v1::ClockKind clock = journal::v1::CLOCK_KIND_WALL;
  journal::v1::HashAlgorithm hash = journal::v1::HASH_ALGORITHM_SHA256;
};

// A header with format, reader_min and journal set.
journal::v1::RecordHeader Header(const std::string& journal = kJournal);
// Serialises; sets commit_count.
journal::RecordPtr Make(journal::v1::RecordHeader header,
                        const std::vector<std::string>& commits = {});

journal::RecordPtr GenesisRecord(const Genesis& genesis = {}, const std::string& journal = kJournal,
                                 int64_t time_unix_us = 0);
journal::RecordPtr EpochRecord(uint64_t epoch, const std::string& nonce = "",
                               const std::string& journal = kJournal);
// `commit` distinguishes batches of one place; the record holds one Commit with it as request id.
journal::RecordPtr BatchRecord(uint64_t epoch, uint64_t pos, const base::Digest& previous_chain,
                               const std::string& commit = "",
                               const std::string& journal = kJournal);
// A batch of about `size` bytes.
journal::RecordPtr LargeBatch(uint64_t epoch, const journal::JournalState& state, size_t size,
                              const std::string& journal = kJournal);

// The batch that follows `state` in its epoch.
inline journal::RecordPtr NextBatch(const journal::JournalState& state, const std::string& commit,
                                    const std::string& journal = kJournal) {
  return BatchRecord(state.epoch, state.next_pos, state.chain, commit, journal);
}

// Genesis, epoch 6 and `batches` batches, as records; `state` ends behind them.
std::vector<journal::RecordPtr> History(size_t batches, journal::JournalState& state,
                                        const std::string& journal = kJournal);

// What a reader that starts at the beginning admits, up to the end or the halt. Pieces of `step`.
struct ReadResult {
  std::vector<journal::Admitted> admitted;
  absl::Status halt;
  journal::JournalState state;
};
ReadResult ReadAll(const std::shared_ptr<journal::Journal>& journal, size_t step = 16,
                   journal::Place start = {}, journal::JournalState state = {});

}  // namespace twinline::journal_test
