#include "platform/store/index_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/base/status_macros.h"
#include "platform/rocks/text_log.h"
#include "platform/store/rocks_options.h"
#include "rocksdb/db.h"
#include "rocksdb/perf_level.h"
#include "rocksdb/slice_transform.h"
#include "rocksdb/write_batch.h"

namespace twinline::store {
namespace {

rocksdb::Slice Slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view View(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

rocksdb::Options OptionsOf(const IndexStoreOptions& options) {
  StoreOptions state;
  state.block_cache = options.block_cache;
  state.memtable_bytes = options.memtable_bytes;
  rocksdb::Options rocks = StateOptions(state);
  // Keys are met in no order and hardly ever asked for one by one: no filter over the memory table.
  rocks.memtable_whole_key_filtering = false;
  rocks.memtable_prefix_bloom_size_ratio = 0;
  rocks.max_write_buffer_number = 2;
  // Batches come in key order: each place is searched from the one before it, by kind of key.
  rocks.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(1));
  return rocks;
}

}  // namespace

void IndexBatch::Add(std::string_view key, std::string_view value, bool remove) {
  entries_.push_back({bytes_.size(), static_cast<uint32_t>(key.size()),
                      static_cast<uint32_t>(value.size()), remove});
  bytes_ += key;
  bytes_ += value;
}

IndexCursor::IndexCursor(std::unique_ptr<rocksdb::Iterator> iterator)
    : iterator_(std::move(iterator)) {}
IndexCursor::IndexCursor(IndexCursor&&) noexcept = default;
IndexCursor::~IndexCursor() = default;
void IndexCursor::Seek(std::string_view key) { iterator_->Seek(Slice(key)); }
void IndexCursor::SeekBack(std::string_view key) { iterator_->SeekForPrev(Slice(key)); }
bool IndexCursor::valid() const { return iterator_->Valid(); }
void IndexCursor::Next() { iterator_->Next(); }
void IndexCursor::Prev() { iterator_->Prev(); }
std::string_view IndexCursor::key() const { return View(iterator_->key()); }
std::string_view IndexCursor::value() const { return View(iterator_->value()); }
absl::Status IndexCursor::status() const {
  return ToAbslStatus(iterator_->status(), "walking over the index");
}

IndexStore::IndexStore(std::string directory, std::unique_ptr<rocksdb::DB> db)
    : directory_(std::move(directory)), db_(std::move(db)) {}

IndexStore::~IndexStore() { (void)Flush(); }

absl::StatusOr<std::unique_ptr<IndexStore>> IndexStore::Open(const std::string& directory,
                                                             const IndexStoreOptions& options) {
  rocksdb::DB* db = nullptr;
  rocksdb::Options database = OptionsOf(options);
  database.info_log = std::make_shared<rocks::TextLog>(directory);
  TWINLINE_RETURN_IF_ERROR(ToAbslStatus(rocksdb::DB::Open(database, directory, &db),
                                        absl::StrCat("opening the index in ", directory)));
  return std::unique_ptr<IndexStore>(new IndexStore(directory, std::unique_ptr<rocksdb::DB>(db)));
}

absl::Status IndexStore::Destroy(const std::string& directory) {
  return ToAbslStatus(rocksdb::DestroyDB(directory, rocksdb::Options()),
                      absl::StrCat("removing the index in ", directory));
}

absl::StatusOr<std::optional<std::string>> IndexStore::Get(std::string_view key) const {
  std::string value;
  const rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), Slice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  TWINLINE_RETURN_IF_ERROR(ToAbslStatus(status, absl::StrCat("reading the index in ", directory_)));
  return std::optional<std::string>(std::move(value));
}

IndexCursor IndexStore::MakeCursor() const {
  rocksdb::ReadOptions options;
  options.total_order_seek = true;
  return IndexCursor(std::unique_ptr<rocksdb::Iterator>(db_->NewIterator(options)));
}

absl::Status IndexStore::Write(const IndexBatch& batch) {
  std::vector<IndexBatch::Entry> sorted = batch.entries_;
  std::stable_sort(sorted.begin(), sorted.end(), [&batch](const auto& a, const auto& b) {
    return batch.KeyOf(a) < batch.KeyOf(b);
  });
  rocksdb::WriteBatch writes(batch.bytes_.size() + 16 * sorted.size());
  for (size_t i = 0; i < sorted.size(); ++i) {
    const IndexBatch::Entry& entry = sorted[i];
    const std::string_view key = batch.KeyOf(entry);
    if (i + 1 < sorted.size() && batch.KeyOf(sorted[i + 1]) == key) continue;
    if (entry.remove) {
      (void)writes.Delete(Slice(key));
    } else {
      (void)writes.Put(
          Slice(key),
          Slice(
              std::string_view(batch.bytes_).substr(entry.at + entry.key_size, entry.value_size)));
    }
  }
  // Counting each comparison of keys costs more than some of them.
  rocksdb::SetPerfLevel(rocksdb::PerfLevel::kDisable);
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  return ToAbslStatus(db_->Write(options, &writes),
                      absl::StrCat("writing the index in ", directory_));
}

absl::Status IndexStore::Flush() {
  return ToAbslStatus(db_->Flush(rocksdb::FlushOptions()),
                      absl::StrCat("flushing the index in ", directory_));
}

uint64_t IndexStore::ApproximateBytes() const {
  uint64_t files = 0;
  uint64_t memory = 0;
  db_->GetIntProperty(rocksdb::DB::Properties::kTotalSstFilesSize, &files);
  db_->GetIntProperty(rocksdb::DB::Properties::kCurSizeAllMemTables, &memory);
  return files + memory;
}

}  // namespace twinline::store
