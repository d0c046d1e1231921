// The writer of a journal that has no shard behind it: access journals and the clock of a
// demonstration. It does what an engine does for durability and nothing else: genesis, epoch, one
// record at a time, read back and compared before anybody hears "done".
//
// After a failed append it is unknown whether the record landed (journal.h). The writer then reads
// what is there and takes a new epoch before the next record, so that a late landing is ignored by
// every reader.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/base/ids.h"
#include "platform/base/time.h"
#include "platform/journal/admit.h"
#include "platform/journal/journal.h"

namespace twinline::rpc {

struct JournalIdentity {
  base::Id16 installation;
  journal::v1::Realm realm = journal::v1::REALM_REAL;
  journal::v1::ClockKind clock_kind = journal::v1::CLOCK_KIND_WALL;
  std::string leader;  // host, pid, build: for people
};

// Not thread-safe.
class JournalWriter {
 public:
  // `epoch_clock` is the real clock; `record_clock` stamps records. `replay` sees every
  // admitted record, those already there and those written.
  JournalWriter(std::shared_ptr<journal::Journal> journal, JournalIdentity identity,
                const base::Clock* epoch_clock, const base::Clock* record_clock,
                std::function<void(const journal::Admitted&)> replay = nullptr);

  // Reads everything there is, writes the genesis record when empty, takes an epoch.
  // FAILED_PRECONDITION when the journal belongs to another installation, realm or clock.
  absl::Status Start();

  // One record with these serialised commits; durable and read back on return. Any error: unknown,
  // and the next call takes a new epoch first.
  absl::Status Append(const std::vector<std::string>& commits,
                      const std::vector<uint32_t>& event_types);

  uint64_t next_pos() const { return reader_.state().next_pos; }
  const std::string& name() const { return journal_->name(); }

 private:
  absl::Status CatchUp();
  absl::Status CheckGenesis() const;
  absl::Status TakeEpoch();
  absl::Status AppendOne(journal::v1::RecordHeader header, const std::vector<std::string>& commits);

  std::shared_ptr<journal::Journal> journal_;
  JournalIdentity identity_;
  const base::Clock* epoch_clock_;
  const base::Clock* record_clock_;
  std::function<void(const journal::Admitted&)> replay_;
  journal::AdmittedReader reader_;
  bool leading_ = false;
};

}  // namespace twinline::rpc
