// The state of one shard: rows derived from journals, with the cursors that say from how much of
// them. It may be deleted at any time; the shard rebuilds it (design.md part 1.1). Two
// implementations behind one interface: RocksDB on disk, and memory for the simulator and fast
// tests.
//
// One thread commits (the engine); any thread may take a view. A read that fails on the medium
// cannot be told through base::Rows and must not look like a missing row for long: it latches
// Health(), and the engine halts before it would append anything decided on such a read.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/base/rows.h"
#include "platform/store/state_batch.h"

namespace rocksdb {
class Cache;
class Env;
}  // namespace rocksdb

namespace twinline::store {

// Rows as of one moment, whatever is committed afterwards. Read only: Set and Remove stop the
// process.
struct StateView {
  std::shared_ptr<const base::Rows> rows;
  uint64_t next_pos = 0;  // number of own records applied in it
};

// One cache for all state databases of a process.
std::shared_ptr<rocksdb::Cache> MakeBlockCache(size_t bytes);

struct StoreOptions {
  std::shared_ptr<rocksdb::Cache> block_cache = nullptr;  // null: a private one of 8 MiB
  size_t memtable_bytes = size_t{64} << 20;
  rocksdb::Env* env = nullptr;  // fault injection in tests; null: the default
};

class StateStore {
 public:
  virtual ~StateStore() = default;

  // Opens or creates the database in `directory`. Finishes or discards an interrupted rebuild
  // beside it. Errors: DATA_LOSS damaged, FAILED_PRECONDITION held by another process,
  // PERMISSION_DENIED not writable, RESOURCE_EXHAUSTED disk full; each says what to do.
  static absl::StatusOr<std::unique_ptr<StateStore>> Open(const std::string& directory,
                                                          const StoreOptions& options);

  // The newest rows; for the committing thread.
  virtual const base::Rows& Latest() const = 0;
  // A consistent view; any thread, cheap when nothing was committed since the last one.
  virtual StateView View() const = 0;

  // Atomic; survives a crash of the process, and after a power cut is lost only together with its
  // cursor. On an error nothing is known: stop, and open again.
  virtual absl::Status Commit(const StateBatch& batch) = 0;

  // Local meta; nullopt when never written.
  std::optional<Cursor> OwnCursor() const;
  std::optional<std::string> ScanCursor(std::string_view journal) const;
  std::optional<uint32_t> EvolveVersion() const;
  // When the shard was last known to serve, by the wall clock: written now and then while it leads,
  // so that a quiet weekend is not taken for an outage.
  std::optional<base::Timestamp> AliveMark() const;

  // A copy of the whole state in `directory` (which must not exist), consistent, without stopping.
  virtual absl::Status Snapshot(const std::string& directory) = 0;

  // The first failed read or background write; OK otherwise.
  virtual absl::Status Health() const = 0;

  // An empty store beside this one, in which a changed fold is rebuilt.
  virtual absl::StatusOr<std::unique_ptr<StateStore>> OpenSide() = 0;
  // Takes the content of `side`, which came from OpenSide, in place of the own. No view may be
  // alive.
  virtual absl::Status Adopt(std::unique_ptr<StateStore> side) = 0;
};

// What a memory store writes to. It outlives the store as a disk outlives a process; a copy is the
// disk as it was before a power cut took the newest writes.
class MemoryDisk;
std::shared_ptr<MemoryDisk> MakeMemoryDisk();
std::shared_ptr<MemoryDisk> CopyOf(const MemoryDisk& disk);
// Views copy the rows when a commit follows while they live. `disk` null: one of its own.
std::unique_ptr<StateStore> MakeMemoryStateStore(std::shared_ptr<MemoryDisk> disk = nullptr);

// SHA-256 in hexadecimal over all own rows in key order, each as length and bytes of key, length
// and bytes of value (lengths 8 bytes, big-endian). Equal for equal journal positions and
// evolve_version, whatever foreign rows and cursors are. Reads everything.
std::string StateHash(const base::Rows& rows);

}  // namespace twinline::store
