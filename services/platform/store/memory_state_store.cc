// StateStore in memory, for the simulator and for tests that open hundreds of shards. Views share
// the rows until a commit would change them under a living view; only then the rows are copied.
#include <map>
#include <mutex>
#include <utility>

#include "platform/base/check.h"
#include "platform/store/meta_rows.h"
#include "platform/store/state_store.h"

namespace twinline::store {
namespace {

using Map = std::map<std::string, std::string, std::less<>>;

std::optional<std::string> GetFrom(const Map& map, std::string_view key) {
  const auto it = map.find(key);
  if (it == map.end()) return std::nullopt;
  return it->second;
}

void ScanOf(const Map& map, std::string_view prefix, std::string_view from,
            const base::Rows::Visit& visit) {
  for (auto it = map.lower_bound(from.empty() ? prefix : from); it != map.end(); ++it) {
    if (it->first.compare(0, prefix.size(), prefix) != 0 || !visit(it->first, it->second)) return;
  }
}

}  // namespace

// Guards which map is current and how many views share it.
class MemoryDisk {
 public:
  mutable std::mutex mutex;
  std::shared_ptr<Map> map = std::make_shared<Map>();
};

namespace {

class MemoryView final : public base::Rows {
 public:
  explicit MemoryView(std::shared_ptr<MemoryDisk> disk) : disk_(std::move(disk)) {
    map_ = disk_->map;
  }
  ~MemoryView() override {
    // Under the lock, so that a committing thread that finds itself alone also sees our reads done.
    const std::lock_guard lock(disk_->mutex);
    map_.reset();
  }
  std::optional<std::string> Get(std::string_view key) const override {
    return GetFrom(*map_, key);
  }
  void Set(std::string, std::string) override {
    TWINLINE_CHECK(false, "stored rows are read only");
  }
  void Remove(std::string_view) override { TWINLINE_CHECK(false, "stored rows are read only"); }
  void Scan(std::string_view prefix, std::string_view from, const Visit& visit) const override {
    ScanOf(*map_, prefix, from, visit);
  }

 private:
  std::shared_ptr<MemoryDisk> disk_;
  std::shared_ptr<const Map> map_;
};

// For the committing thread, which reads without the lock: nobody else changes the map.
class LatestRows final : public base::Rows {
 public:
  explicit LatestRows(std::shared_ptr<MemoryDisk> disk) : disk_(std::move(disk)) {}
  std::optional<std::string> Get(std::string_view key) const override {
    return GetFrom(*disk_->map, key);
  }
  void Set(std::string, std::string) override {
    TWINLINE_CHECK(false, "stored rows are read only");
  }
  void Remove(std::string_view) override { TWINLINE_CHECK(false, "stored rows are read only"); }
  void Scan(std::string_view prefix, std::string_view from, const Visit& visit) const override {
    ScanOf(*disk_->map, prefix, from, visit);
  }

 private:
  std::shared_ptr<MemoryDisk> disk_;
};

class MemoryStateStore final : public StateStore {
 public:
  explicit MemoryStateStore(std::shared_ptr<MemoryDisk> disk) : disk_(std::move(disk)) {}

  const base::Rows& Latest() const override { return latest_; }

  StateView View() const override {
    const std::lock_guard lock(disk_->mutex);
    const auto bytes = GetFrom(*disk_->map, kCursorKey);
    const auto cursor = bytes ? DecodeCursor(*bytes) : std::nullopt;
    return {std::make_shared<const MemoryView>(disk_), cursor ? cursor->next_pos : 0};
  }

  absl::Status Commit(const StateBatch& batch) override {
    CheckBatch(batch);
    const std::lock_guard lock(disk_->mutex);
    if (disk_->map.use_count() > 1) disk_->map = std::make_shared<Map>(*disk_->map);
    Map& map = *disk_->map;
    for (const auto& [key, value] : batch.writes()) {
      if (value) {
        map.insert_or_assign(key, *value);
      } else {
        map.erase(key);
      }
    }
    ForEachMeta(batch, [&](std::string key, std::string value) {
      map.insert_or_assign(std::move(key), std::move(value));
    });
    return absl::OkStatus();
  }

  absl::Status Snapshot(const std::string&) override {
    return absl::UnimplementedError("state in memory has no files to copy");
  }
  absl::Status Health() const override { return absl::OkStatus(); }
  absl::StatusOr<std::unique_ptr<StateStore>> OpenSide() override {
    return MakeMemoryStateStore(nullptr);
  }
  absl::Status Adopt(std::unique_ptr<StateStore> side) override {
    auto* memory = dynamic_cast<MemoryStateStore*>(side.get());
    TWINLINE_CHECK(memory != nullptr, "only a side store of this store can be adopted");
    const std::lock_guard lock(disk_->mutex);
    disk_->map = memory->disk_->map;
    return absl::OkStatus();
  }

 private:
  std::shared_ptr<MemoryDisk> disk_;
  LatestRows latest_{disk_};
};

}  // namespace

std::shared_ptr<MemoryDisk> MakeMemoryDisk() { return std::make_shared<MemoryDisk>(); }

std::shared_ptr<MemoryDisk> CopyOf(const MemoryDisk& disk) {
  auto copy = MakeMemoryDisk();
  const std::lock_guard lock(disk.mutex);
  *copy->map = *disk.map;
  return copy;
}

std::unique_ptr<StateStore> MakeMemoryStateStore(std::shared_ptr<MemoryDisk> disk) {
  if (disk == nullptr) disk = MakeMemoryDisk();
  return std::make_unique<MemoryStateStore>(std::move(disk));
}

}  // namespace twinline::store
