// The stored trees: all complete subtree hashes of a journal's RFC 6962 tree, kept in tiles. A tile
// holds up to 16 neighbouring hashes of every fourth level (0, 4, 8 ...); the three levels between
// are folded from them when somebody asks, at most 15 hashes. So a leaf costs a sixteenth of a key
// to write, and a proof in a tree of 16 million leaves reads about a dozen of them.
//
// A tile grows until it is full and is then never written again. One writer; readers see what was
// written with the store's batches.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "audit/service/index_keys.h"
#include "platform/base/merkle.h"
#include "platform/store/index_store.h"

namespace twinline::audit {

inline constexpr uint32_t kTileLevels = 4;
inline constexpr uint64_t kTileHashes = uint64_t{1} << kTileLevels;

// Appends leaves; what they complete is put into batches.
class TreeWriter final : public base::NodeStore {
 public:
  explicit TreeWriter(JournalNumber number) : number_(number) {}

  // Continues a stored tree. DATA_LOSS when its tiles do not fit `range`.
  absl::Status Load(const store::IndexStore& store, base::CompactRange range);

  void Append(const base::Digest& leaf) { range_.Append(leaf, this); }
  uint64_t size() const { return range_.size(); }
  base::Digest Root() const { return range_.Root(); }
  const base::CompactRange& range() const { return range_; }

  // Adds what changed since the last call.
  void Save(store::IndexBatch* batch);

  // base::NodeStore, called by CompactRange.
  std::optional<base::Digest> Get(uint32_t level, uint64_t index) const override;
  void Put(uint32_t level, uint64_t index, const base::Digest& hash) override;

 private:
  struct Edge {
    uint64_t tile = 0;  // number of the growing tile
    std::string hashes;
    bool changed = false;
  };

  const JournalNumber number_;
  base::CompactRange range_;
  std::vector<Edge> edges_;                                // by tile level
  std::vector<std::pair<std::string, std::string>> full_;  // tiles that became full
};

// Reads a stored tree. Keeps the tiles it has read; not thread-safe, made for one proof or walk.
class StoredTree final : public base::NodeStore {
 public:
  StoredTree(const store::IndexStore* store, JournalNumber number)
      : store_(store), number_(number) {}

  std::optional<base::Digest> Get(uint32_t level, uint64_t index) const override;
  void Put(uint32_t, uint64_t, const base::Digest&) override {}

 private:
  const std::string& Tile(uint32_t level, uint64_t tile) const;

  const store::IndexStore* store_;
  const JournalNumber number_;
  mutable std::map<std::pair<uint32_t, uint64_t>, std::string> tiles_;
};

}  // namespace twinline::audit
