#include "platform/journal/embedded_entries.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/base/status_macros.h"
#include "platform/journal/big_endian.h"
#include "platform/journal/embedded_options.h"

namespace twinline::journal {
namespace {

// One Read of old records hands out no more than this, however many entries were asked for.
constexpr size_t kScanBytesMax = size_t{4} << 20;
// Who asks for no more entries looks them up; followers and rebuilds ask for more.
constexpr size_t kLookUpMax = 4;

}  // namespace

EmbeddedJournal::EmbeddedJournal(EmbeddedDb* db, std::string name, uint32_t number, uint64_t end,
                                 size_t memory_bytes)
    : db_(db),
      name_(std::move(name)),
      number_(number),
      memory_bytes_(memory_bytes),
      next_place_(end),
      end_(end) {}

absl::StatusOr<Place> EmbeddedJournal::Append(RecordPtr record) {
  if (record == nullptr) return absl::InvalidArgumentError("no record");
  if (record->bytes().size() > kMaxRecordBytes) {
    return absl::InvalidArgumentError(absl::StrCat("a record of ", record->bytes().size(),
                                                   " bytes; the limit is ", kMaxRecordBytes));
  }
  uint64_t place = 0;
  {
    const std::lock_guard lock(append_mutex_);
    place = next_place_++;  // spent even if the write fails: it may have landed
    TWINLINE_RETURN_IF_ERROR(db_->Put(EntryKey(number_, place), record->bytes()));
    Publish(place, std::move(record));
  }
  wakes_.WakeAll();
  return Place{place};
}

void EmbeddedJournal::Publish(uint64_t place, RecordPtr record) {
  std::vector<RecordPtr> evicted;  // freed after the lock
  const std::lock_guard lock(read_mutex_);
  recent_bytes_ += record->bytes().size();
  recent_.push_back(std::move(record));
  while (recent_bytes_ > memory_bytes_ && recent_.size() > 1) {
    recent_bytes_ -= recent_.front()->bytes().size();
    evicted.push_back(std::move(recent_.front()));
    recent_.pop_front();
  }
  end_ = place + 1;
}

absl::StatusOr<std::vector<Entry>> EmbeddedJournal::Read(Place from, size_t max_entries) const {
  const uint64_t first = std::max<uint64_t>(from.value, 1);
  max_entries = std::max<size_t>(max_entries, 1);
  std::vector<Entry> entries;
  uint64_t end = 0;
  {
    const std::lock_guard lock(read_mutex_);
    end = end_;
    if (first > end) {
      return absl::DataLossError(absl::StrCat(
          "journal ", name_, " in ", db_->dir(), " ends before place ", end,
          ", but a reader has already read up to place ", first, ": records were lost"));
    }
    const uint64_t recent_first = end - recent_.size();
    if (first >= recent_first) {
      const uint64_t last = first + std::min<uint64_t>(max_entries, end - first);
      entries.reserve(last - first);
      for (uint64_t place = first; place < last; ++place) {
        entries.push_back({Place{place}, recent_[place - recent_first]});
      }
      return entries;
    }
  }
  return Scan(first, end, max_entries);
}

absl::StatusOr<std::vector<Entry>> EmbeddedJournal::Scan(uint64_t from, uint64_t end,
                                                         size_t max_entries) const {
  const std::string upper_key = EntryKey(number_, end);
  const rocksdb::Slice upper(upper_key);
  rocksdb::ReadOptions options = max_entries <= kLookUpMax ? LookUpOptions() : ScanOptions();
  options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> it(db_->rocks().NewIterator(options));
  std::vector<Entry> entries;
  size_t bytes = 0;
  uint64_t place = from;
  for (it->Seek(EntryKey(number_, from)); it->Valid(); it->Next(), ++place) {
    if (entries.size() >= max_entries || bytes >= kScanBytesMax) return entries;
    const uint64_t found = ReadU64({it->key().data() + 4, 8});
    if (found != place) break;
    bytes += it->value().size();
    entries.push_back({Place{place}, StoredRecord::Parse(it->value().ToString())});
  }
  TWINLINE_RETURN_IF_ERROR(ToAbslStatus(
      it->status(),
      absl::StrCat("reading journal ", name_, " at place ", place, " in ", db_->dir())));
  if (place < end && entries.empty()) {
    return absl::DataLossError(absl::StrCat("journal ", name_, " in ", db_->dir(),
                                            " has no entry at place ", place, " of ", end - 1,
                                            ": run twinline fsck, then restore the latest backup"));
  }
  return entries;
}

absl::StatusOr<Place> EmbeddedJournal::End() const {
  const std::lock_guard lock(read_mutex_);
  return Place{end_};
}

}  // namespace twinline::journal
