#include "tools/bench/disk_size.h"

#include <memory>

#include "platform/base/keys.h"
#include "platform/journal/embedded_db.h"
#include "platform/store/rocks_options.h"
#include "rocksdb/db.h"
#include "tools/demo/api.h"

namespace twinline::bench {
namespace {

void Must(const rocksdb::Status& status) {
  if (!status.ok()) demo::Stop(status.ToString());
}

void FlushAndCompact(rocksdb::DB& db) {
  Must(db.Flush({}));
  rocksdb::CompactRangeOptions all;
  all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  Must(db.CompactRange(all, nullptr, nullptr));
}

uint64_t SizeOf(rocksdb::DB& db, const std::string& from, const std::string& to) {
  const rocksdb::Range range(from, to);
  uint64_t size = 0;
  Must(db.GetApproximateSizes(&range, 1, &size));
  return size;
}

}  // namespace

StateSize StateOnDisk(const std::filesystem::path& directory) {
  rocksdb::DB* raw = nullptr;
  Must(rocksdb::DB::Open(store::StateOptions({}), directory.string(), &raw));
  const std::unique_ptr<rocksdb::DB> db(raw);
  FlushAndCompact(*db);
  const auto size_of = [&db](base::Space space) {
    const char first = static_cast<char>(space);
    return SizeOf(*db, std::string(1, first), std::string(1, static_cast<char>(first + 1)));
  };
  return {size_of(base::Space::kOwn), size_of(base::Space::kForeign)};
}

uint64_t JournalOnDisk(const std::filesystem::path& log, const std::string& journal) {
  const auto db = journal::EmbeddedDb::Open(log.string(), {}, /*read_only=*/false);
  if (!db.ok()) demo::Stop(std::string(db.status().message()));
  rocksdb::DB& rocks = (*db)->rocks();
  FlushAndCompact(rocks);
  std::string number;
  Must(rocks.Get({}, journal::NameKey(journal), &number));
  std::string next = number;
  next.back() = static_cast<char>(next.back() + 1);  // journals are few
  return SizeOf(rocks, number, next);
}

}  // namespace twinline::bench
