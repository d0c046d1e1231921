// An ordered map from bytes to bytes on disk for what is derived from journals and can be built
// again from them, such as the audit's trees and trail. Writes are batches, all or nothing and in
// order, but not logged: after a crash the store holds some earlier state of the batches, never a
// part of one. Whoever writes therefore keeps his place in the journals in the same batch.
//
// Damage is DATA_LOSS; the answer is to delete the directory and build it again.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rocksdb {
class Cache;
class DB;
class Iterator;
}  // namespace rocksdb

namespace twinline::store {

struct IndexStoreOptions {
  std::shared_ptr<rocksdb::Cache> block_cache;  // null: 8 MiB of its own
  size_t memtable_bytes = size_t{16} << 20;
};

// Collects puts and removals; of several for one key the last counts. They go to the store in key
// order, which is what makes large batches cheap: neighbouring keys share the search for their
// place.
class IndexBatch {
 public:
  void Put(std::string_view key, std::string_view value) { Add(key, value, false); }
  void Remove(std::string_view key) { Add(key, {}, true); }
  size_t bytes() const { return bytes_.size(); }
  bool empty() const { return entries_.empty(); }
  void Clear() {
    bytes_.clear();
    entries_.clear();
  }

 private:
  friend class IndexStore;
  struct Entry {
    size_t at;
    uint32_t key_size;
    uint32_t value_size;
    bool remove;
  };
  void Add(std::string_view key, std::string_view value, bool remove);
  std::string_view KeyOf(const Entry& entry) const {
    return std::string_view(bytes_).substr(entry.at, entry.key_size);
  }

  std::string bytes_;  // keys and values, one after the other
  std::vector<Entry> entries_;
};

// Walks over keys in either direction, on the state of the moment it was made. Views are valid
// until it moves.
class IndexCursor {
 public:
  ~IndexCursor();
  IndexCursor(IndexCursor&&) noexcept;

  void Seek(std::string_view key);      // to the first key >= `key`
  void SeekBack(std::string_view key);  // to the last key <= `key`
  bool valid() const;
  void Next();
  void Prev();
  std::string_view key() const;
  std::string_view value() const;
  // Not OK: the walk ended because the medium failed and not because there was no more.
  absl::Status status() const;

 private:
  friend class IndexStore;
  explicit IndexCursor(std::unique_ptr<rocksdb::Iterator> iterator);
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

// Safe to use from any thread; batches are written by one at a time.
class IndexStore {
 public:
  // Opens or creates. FAILED_PRECONDITION: another process has it.
  static absl::StatusOr<std::unique_ptr<IndexStore>> Open(const std::string& directory,
                                                          const IndexStoreOptions& options = {});
  // Removes a closed store with everything in it.
  static absl::Status Destroy(const std::string& directory);
  ~IndexStore();  // flushes

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const;
  IndexCursor MakeCursor() const;
  absl::Status Write(const IndexBatch& batch);
  // Everything written so far survives a crash.
  absl::Status Flush();
  // Bytes on disk and in memory tables, about.
  uint64_t ApproximateBytes() const;

 private:
  IndexStore(std::string directory, std::unique_ptr<rocksdb::DB> db);
  const std::string directory_;
  std::unique_ptr<rocksdb::DB> db_;
};

}  // namespace twinline::store
