// One journal inside the embedded log. Private to it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "platform/journal/embedded_db.h"
#include "platform/journal/journal.h"
#include "platform/journal/wake_list.h"

namespace twinline::journal {

class EmbeddedJournal : public Journal {
 public:
  // `db` outlives this. `end`: one above the last place that is in it.
  EmbeddedJournal(EmbeddedDb* db, std::string name, uint32_t number, uint64_t end,
                  size_t memory_bytes);

  const std::string& name() const override { return name_; }
  absl::StatusOr<Place> Append(RecordPtr record) override;
  absl::StatusOr<std::vector<Entry>> Read(Place from, size_t max_entries) const override;
  absl::StatusOr<Place> End() const override;
  uint64_t Watch(std::function<void()> wake) override { return wakes_.Add(std::move(wake)); }
  void Unwatch(uint64_t id) override { wakes_.Remove(id); }

 private:
  void Publish(uint64_t place, RecordPtr record);
  absl::StatusOr<std::vector<Entry>> Scan(uint64_t from, uint64_t end, size_t max_entries) const;

  EmbeddedDb* const db_;
  const std::string name_;
  const uint32_t number_;
  const size_t memory_bytes_;

  std::mutex append_mutex_;  // held over the fsync: appends to one journal are one after the other
  uint64_t next_place_;

  mutable std::mutex read_mutex_;  // never held over I/O
  uint64_t end_;
  // The newest records, at the places end_ - recent_.size() up to end_ - 1. Readers that keep up
  // share these buffers and what is computed from them, and touch no file.
  std::deque<RecordPtr> recent_;
  size_t recent_bytes_ = 0;

  WakeList wakes_;
};

}  // namespace twinline::journal
