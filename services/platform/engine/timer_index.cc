#include "platform/engine/timer_index.h"

#include "platform/engine/platform_rows.h"

namespace twinline::engine {
namespace {

constexpr size_t kPrefixSize = 4;
constexpr size_t kKeySize = kPrefixSize + 8 + 4 + base::Id16::kSize + 4;

std::string Prefix() { return base::EncodeKey(base::Space::kOwn, kTimerTable, 0); }

uint64_t ReadBigEndian(std::string_view bytes) {
  uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}

// The inverse of DueTimer::RowKey.
std::optional<DueTimer> Parse(std::string_view key) {
  if (key.size() != kKeySize) return std::nullopt;
  DueTimer timer;
  timer.due.us = static_cast<int64_t>(ReadBigEndian(key.substr(4, 8)) ^ (uint64_t{1} << 63));
  timer.kind = static_cast<uint32_t>(ReadBigEndian(key.substr(12, 4)));
  timer.entity = base::AsId(key.substr(16, base::Id16::kSize));
  timer.generation = static_cast<uint32_t>(ReadBigEndian(key.substr(32, 4)));
  return timer;
}

}  // namespace

std::string DueTimer::RowKey() const {
  return base::EncodeKey(base::Space::kOwn, kTimerTable, 0, due, kind, entity, generation);
}

journal::v1::TimerRef DueTimer::Ref() const {
  journal::v1::TimerRef ref;
  ref.set_due_us(due.us);
  ref.set_kind(kind);
  ref.set_entity(entity.str());
  ref.set_generation(generation);
  return ref;
}

void TimerIndex::Load(const base::Rows& rows) {
  timers_.clear();
  rows.Scan(Prefix(), {}, [this](std::string_view key, std::string_view) {
    if (const auto timer = Parse(key)) timers_.insert(timers_.end(), *timer);
    return true;
  });
}

void TimerIndex::Apply(const store::WriteSet& writes) {
  const std::string prefix = Prefix();
  for (auto it = writes.lower_bound(prefix);
       it != writes.end() && it->first.compare(0, kPrefixSize, prefix) == 0; ++it) {
    const auto timer = Parse(it->first);
    if (!timer) continue;
    if (it->second) {
      timers_.insert(*timer);
    } else {
      timers_.erase(*timer);
    }
  }
}

std::vector<DueTimer> TimerIndex::Due(base::Timestamp now, size_t max) const {
  std::vector<DueTimer> due;
  for (auto it = timers_.begin(); it != timers_.end() && it->due <= now && due.size() < max; ++it) {
    due.push_back(*it);
  }
  return due;
}

std::optional<base::Timestamp> TimerIndex::Next() const {
  if (timers_.empty()) return std::nullopt;
  return timers_.begin()->due;
}

}  // namespace twinline::engine
