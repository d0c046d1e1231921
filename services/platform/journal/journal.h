// The journal: a totally ordered, append-only list of records of one shard; the only truth. Four
// methods and no more, so that RocksDB, Kafka and the simulator can each be native behind them: no
// groups, no transactions, no offsets in stored bytes. Nobody above this interface may
// assume one process.
//
// What may go wrong, and every user must expect: a failed Append may still land, at once or later,
// even after records of a newer epoch, or twice. Readers therefore never look at raw entries: they
// read through AdmittedReader, which runs Admit.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/base/hash.h"
#include "twinline/journal/v1/record.pb.h"

namespace twinline::journal {

// One record as stored, with what is computed from it cached: several readers of one process share
// the buffer and so parse and hash it once (P-4, P-6). Immutable and thread-safe.
class StoredRecord {
 public:
  // nullptr when `bytes` is not a Record with a parsable header.
  static std::shared_ptr<const StoredRecord> Parse(std::string bytes);

  const std::string& bytes() const { return bytes_; }
  const v1::Record& record() const { return record_; }
  const v1::RecordHeader& header() const { return header_; }
  // R-03, over stored bytes; computed at first use.
  const base::Digest& digest() const;
  // Lazily parsed commits (thread-safe); empty when any commit does not parse.
  const std::vector<v1::Commit>& commits() const;

 private:
  struct Lazy;
  StoredRecord();
  std::string bytes_;
  v1::Record record_;
  v1::RecordHeader header_;
  std::shared_ptr<Lazy> lazy_;
};
using RecordPtr = std::shared_ptr<const StoredRecord>;

// Where an entry lies in this journal's medium (an ordinal of the embedded log, a Kafka offset).
// Known to the adapter and to local cursors only. Strictly increasing, gaps allowed. 0 is before
// the first.
struct Place {
  uint64_t value = 0;
  auto operator<=>(const Place&) const = default;
};

struct Entry {
  Place place;
  RecordPtr record;  // nullptr: bytes that are not a record (a foreign or torn entry); readers halt
};

// A larger record is refused by every medium, so that what one of them took the others can take
// too.
inline constexpr size_t kMaxRecordBytes = size_t{1} << 20;

class Journal {
 public:
  virtual ~Journal() = default;

  virtual const std::string& name() const = 0;  // "registry/0"

  // Appends one record and returns when it is durable, with its place. Any error means "unknown":
  // the record may have landed or may land later. Limit: 1 MiB.
  virtual absl::StatusOr<Place> Append(RecordPtr record) = 0;

  // Entries with place >= `from` in order, at most `max_entries` (a medium may return fewer, but
  // none only at the end); empty when there are none yet. A `from` beyond End() is DATA_LOSS: the
  // medium has lost what this reader has already seen, and going on would skip what is written
  // there now.
  virtual absl::StatusOr<std::vector<Entry>> Read(Place from, size_t max_entries) const = 0;

  // The place that the next durable entry will not be below.
  virtual absl::StatusOr<Place> End() const = 0;

  // Calls `wake` (quick, any thread) after new entries became readable. Returns an id for Unwatch.
  virtual uint64_t Watch(std::function<void()> wake) = 0;
  virtual void Unwatch(uint64_t id) = 0;
};

// Where a journal ends, for the check after opening that nothing acknowledged is missing.
struct JournalEnd {
  std::string name;
  Place end;             // one above the last durable entry; 1 when empty
  uint64_t entries = 0;  // at most so many; fewer only where the medium has gaps
};

// Opens journals by name; creates them empty. One per process.
class JournalProvider {
 public:
  virtual ~JournalProvider() = default;
  virtual absl::StatusOr<std::shared_ptr<Journal>> Open(const std::string& name) = 0;
  virtual absl::StatusOr<std::vector<std::string>> List() const = 0;
};

}  // namespace twinline::journal
