#include "platform/store/overlay.h"

#include <utility>

#include "platform/base/check.h"
#include "platform/base/hash.h"

namespace twinline::store {
namespace {

constexpr char kOwn = static_cast<char>(base::Space::kOwn);
constexpr char kForeign = static_cast<char>(base::Space::kForeign);

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

}  // namespace

bool Overlay::MayRead(std::string_view key) const {
  const char space = key.empty() ? '\0' : key[0];
  const bool own = space == kOwn && room_ != Room::kFollow;
  const bool foreign = space == kForeign && room_ != Room::kEvolve;
  if (own || foreign) [[likely]]
    return true;
  Report("reads", key);
  return false;
}

bool Overlay::MayWrite(std::string_view key) {
  const char space = key.empty() ? '\0' : key[0];
  if ((space == kOwn && room_ == Room::kEvolve) || (space == kForeign && room_ == Room::kFollow))
      [[likely]] {
    return true;
  }
  Report("writes", key);
  return false;
}

void Overlay::Report(const char* what, std::string_view key) const {
  if (violation_) return;
  const char* room = room_ == Room::kDecide   ? "Decide "
                     : room_ == Room::kEvolve ? "Evolve "
                                              : "Follow ";
  violation_ = std::string(room) + what + " a row that it may not touch: key " +
               base::ToHex(key.substr(0, 40));
}

std::optional<std::string> Overlay::TakeViolation() {
  return std::exchange(violation_, std::nullopt);
}

std::optional<std::string> Overlay::Get(std::string_view key) const {
  if (!MayRead(key)) return std::nullopt;
  if (const auto it = writes_.find(key); it != writes_.end()) return it->second;
  return below_->Get(key);
}

void Overlay::Set(std::string key, std::string value) {
  if (MayWrite(key)) Write(std::move(key), std::move(value));
}

void Overlay::Remove(std::string_view key) {
  if (MayWrite(key)) Write(std::string(key), std::nullopt);
}

void Overlay::Write(std::string key, std::optional<std::string> value) {
  const bool tracked = !marks_.empty();
  const auto it = writes_.lower_bound(key);
  if (it != writes_.end() && it->first == key) {
    if (tracked) undo_.push_back({std::move(key), true, std::move(it->second)});
    it->second = std::move(value);
    return;
  }
  ++changes_;
  if (tracked) undo_.push_back({key, false, std::nullopt});
  writes_.emplace_hint(it, std::move(key), std::move(value));
}

void Overlay::Keep() {
  TWINLINE_CHECK(!marks_.empty(), "no savepoint to keep");
  marks_.pop_back();
  if (marks_.empty()) undo_.clear();
}

void Overlay::Undo() {
  TWINLINE_CHECK(!marks_.empty(), "no savepoint to undo");
  for (; undo_.size() > marks_.back(); undo_.pop_back()) {
    Before& before = undo_.back();
    if (before.present) {
      writes_.find(before.key)->second = std::move(before.value);
    } else {
      ++changes_;
      writes_.erase(before.key);
    }
  }
  marks_.pop_back();
}

WriteSet Overlay::Take() {
  TWINLINE_CHECK(marks_.empty(), "a savepoint is still open");
  ++changes_;
  undo_.clear();
  return std::exchange(writes_, {});
}

void Overlay::Clear() {
  ++changes_;
  marks_.clear();
  undo_.clear();
  writes_.clear();
}

void Overlay::Rebase(const base::Rows* below) {
  TWINLINE_CHECK(writes_.empty() && marks_.empty(), "the overlay still holds writes");
  below_ = below;
}

// A merge of two ordered lists. The rows below are pushed by their own scan; the written ones are
// pulled in front of each. A written key hides the one below.
void Overlay::Scan(std::string_view prefix, std::string_view from, const Visit& visit) const {
  if (!MayRead(prefix)) return;
  const std::string_view start = from.empty() ? prefix : from;
  auto it = writes_.lower_bound(start);
  uint64_t seen_changes = changes_;
  std::string last;  // last written key that was passed, to find the place again after a change
  bool passed = false;
  bool stopped = false;
  const auto settle = [&] {
    if (seen_changes == changes_) return;
    seen_changes = changes_;
    it = passed ? writes_.upper_bound(last) : writes_.lower_bound(start);
  };
  // Visits written rows before `limit` (all when null); true when one of them equals `limit`.
  const auto drain = [&](const std::string_view* limit) {
    for (settle(); it != writes_.end() && StartsWith(it->first, prefix); settle()) {
      if (limit != nullptr && it->first > *limit) return false;
      const bool equal = limit != nullptr && it->first == *limit;
      last = it->first;
      passed = true;
      if (it->second) {
        const std::string value = *it->second;
        ++it;
        if (!visit(last, value)) {
          stopped = true;
          return true;
        }
      } else {
        ++it;
      }
      if (equal) return true;
    }
    return false;
  };
  below_->Scan(prefix, start, [&](std::string_view key, std::string_view value) {
    if (drain(&key)) return !stopped;
    stopped = !visit(key, value);
    return !stopped;
  });
  if (!stopped) drain(nullptr);
}

}  // namespace twinline::store
