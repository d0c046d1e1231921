// What one engine turn leaves in the state database, all or nothing: rows together with the cursor
// that says how far the journal has been read (design.md part 1.4). A batch cannot be built without
// a cursor, so no code path can store rows and lose their place, or the other way round.
//
// Keys by first byte: 'o' own rows, 'f' foreign rows (base/keys.h), 'm' local meta. Meta is
// invisible to domains and outside the state hash: it depends on this machine's medium and may be
// rebuilt.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/btree_map.h"

namespace twinline::store {

// Rows to write, in key order; nullopt removes the row.
using WriteSet = absl::btree_map<std::string, std::optional<std::string>, std::less<>>;

// How far the own journal is applied.
struct Cursor {
  uint64_t next_pos = 0;     // number of applied records
  int64_t last_time_us = 0;  // record time of the last applied record; record time never falls
  std::string reader;        // reader state of the own journal, opaque to the store
};

class StateBatch {
 public:
  // A batch that applies own records up to `cursor`.
  static StateBatch At(Cursor cursor) { return StateBatch(std::move(cursor)); }
  // A batch that only follows another journal: foreign rows and that journal's scan cursor. It must
  // not write own rows; only own records do.
  static StateBatch Scanned(std::string journal, std::string reader) {
    StateBatch batch;
    batch.SetScan(std::move(journal), std::move(reader));
    return batch;
  }

  // A batch that only says that the service was there at `us` (StateStore::AliveMark).
  static StateBatch Alive(int64_t us) {
    StateBatch batch;
    batch.alive_us_ = us;
    return batch;
  }

  void SetScan(std::string journal, std::string reader) {
    scans_.insert_or_assign(std::move(journal), std::move(reader));
  }
  void SetEvolveVersion(uint32_t version) { evolve_version_ = version; }
  void SetWrites(WriteSet writes) { writes_ = std::move(writes); }

  const std::optional<Cursor>& own() const { return own_; }
  const std::map<std::string, std::string>& scans() const { return scans_; }
  const std::optional<uint32_t>& evolve_version() const { return evolve_version_; }
  const std::optional<int64_t>& alive_us() const { return alive_us_; }
  const WriteSet& writes() const { return writes_; }

 private:
  StateBatch() = default;
  explicit StateBatch(Cursor own) : own_(std::move(own)) {}

  std::optional<Cursor> own_;
  std::map<std::string, std::string> scans_;
  std::optional<uint32_t> evolve_version_;
  std::optional<int64_t> alive_us_;
  WriteSet writes_;
};

}  // namespace twinline::store
