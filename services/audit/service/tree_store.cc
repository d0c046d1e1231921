#include "audit/service/tree_store.h"

#include "platform/base/status_macros.h"

namespace twinline::audit {
namespace {

constexpr size_t kHashBytes = sizeof(base::Digest);
constexpr size_t kTilesKept = 512;

std::optional<base::Digest> HashAt(std::string_view tile, uint64_t index) {
  if (tile.size() < (index + 1) * kHashBytes) return std::nullopt;
  return base::DigestFromBytes(tile.substr(index * kHashBytes, kHashBytes));
}

}  // namespace

absl::Status TreeWriter::Load(const store::IndexStore& store, base::CompactRange range) {
  range_ = std::move(range);
  edges_.clear();
  full_.clear();
  for (uint64_t count = range_.size(); count > 0; count >>= kTileLevels) {
    Edge edge;
    edge.tile = count / kTileHashes;
    const uint64_t hashes = count % kTileHashes;
    if (hashes > 0) {
      TWINLINE_ASSIGN_OR_RETURN(
          std::optional<std::string> stored,
          store.Get(TileKey(number_, static_cast<uint32_t>(edges_.size()), edge.tile)));
      if (!stored || stored->size() != hashes * kHashBytes) {
        return absl::DataLossError("the audit's trees are damaged: delete them, they are rebuilt");
      }
      edge.hashes = *std::move(stored);
    }
    edges_.push_back(std::move(edge));
  }
  return absl::OkStatus();
}

std::optional<base::Digest> TreeWriter::Get(uint32_t, uint64_t) const { return std::nullopt; }

void TreeWriter::Put(uint32_t level, uint64_t index, const base::Digest& hash) {
  if (level % kTileLevels != 0) return;
  const uint32_t tile_level = level / kTileLevels;
  if (edges_.size() <= tile_level) edges_.resize(tile_level + 1);
  Edge& edge = edges_[tile_level];
  edge.tile = index / kTileHashes;
  edge.hashes += base::View(hash);
  edge.changed = true;
  if (index % kTileHashes == kTileHashes - 1) {
    full_.emplace_back(TileKey(number_, tile_level, edge.tile), std::move(edge.hashes));
    edge = Edge{edge.tile + 1, {}, false};
  }
}

void TreeWriter::Save(store::IndexBatch* batch) {
  for (const auto& [key, hashes] : full_) batch->Put(key, hashes);
  full_.clear();
  for (size_t level = 0; level < edges_.size(); ++level) {
    Edge& edge = edges_[level];
    if (!edge.changed) continue;
    batch->Put(TileKey(number_, static_cast<uint32_t>(level), edge.tile), edge.hashes);
    edge.changed = false;
  }
}

const std::string& StoredTree::Tile(uint32_t level, uint64_t tile) const {
  const auto known = tiles_.find({level, tile});
  if (known != tiles_.end()) return known->second;
  if (tiles_.size() >= kTilesKept) tiles_.clear();
  auto stored = store_->Get(TileKey(number_, level, tile));
  return tiles_[{level, tile}] = stored.ok() ? stored->value_or("") : std::string();
}

std::optional<base::Digest> StoredTree::Get(uint32_t level, uint64_t index) const {
  const uint32_t within = level % kTileLevels;
  const uint64_t first = index << within;
  const std::string& tile = Tile(level / kTileLevels, first / kTileHashes);
  std::vector<base::Digest> hashes;
  for (uint64_t i = 0; i < uint64_t{1} << within; ++i) {
    const auto hash = HashAt(tile, first % kTileHashes + i);
    if (!hash) return std::nullopt;
    hashes.push_back(*hash);
  }
  while (hashes.size() > 1) {
    for (size_t i = 0; i < hashes.size() / 2; ++i) {
      hashes[i] = base::NodeHash(hashes[2 * i], hashes[2 * i + 1]);
    }
    hashes.resize(hashes.size() / 2);
  }
  return hashes.front();
}

}  // namespace twinline::audit
