#include "identity/service/failed_attempts.h"

#include "platform/base/absl_view.h"

namespace twinline::identity {

bool FailedAttempts::Entry::IsIdle(int64_t now_us) const {
  return pending == 0 && locked_until_us <= now_us &&
         (failures_us.empty() || failures_us.back() + kWindowUs <= now_us);
}

// With a verdict the attempt is over, whoever still holds it: the next one may come before the
// thread that answered this one has let go.
FailedAttempts::Attempt::~Attempt() {
  if (verdict_) return;
  const std::lock_guard lock(owner_->mutex_);
  owner_->End(login_);
}

void FailedAttempts::Attempt::Succeeded() {
  verdict_ = true;
  const std::lock_guard lock(owner_->mutex_);
  Entry& entry = owner_->entries_[login_];
  entry.failures_us.clear();
  entry.locked_until_us = 0;
  owner_->End(login_);
}

std::optional<int64_t> FailedAttempts::Attempt::Failed(int64_t now_us) {
  verdict_ = true;
  const std::lock_guard lock(owner_->mutex_);
  const auto until = owner_->Count(owner_->entries_[login_], now_us);
  owner_->End(login_);
  return until;
}

std::optional<int64_t> FailedAttempts::Count(Entry& entry, int64_t now_us) {
  entry.failures_us.push_back(now_us);
  if (entry.failures_us.size() < limit_) return std::nullopt;
  entry.failures_us.clear();
  entry.locked_until_us = now_us + kLockUs;
  return entry.locked_until_us;
}

std::optional<int64_t> FailedAttempts::NoteFailure(const std::string& key, int64_t now_us) {
  const std::lock_guard lock(mutex_);
  if (entries_.size() >= kMostLogins && !entries_.contains(key)) MakeRoom(now_us);
  Entry& entry = entries_[key];
  std::erase_if(entry.failures_us, [&](int64_t at) { return at + kWindowUs <= now_us; });
  return Count(entry, now_us);
}

std::optional<int64_t> FailedAttempts::LockedUntil(std::string_view key, int64_t now_us) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(base::ToAbsl(key));
  if (found == entries_.end() || found->second.locked_until_us <= now_us) return std::nullopt;
  return found->second.locked_until_us;
}

FailedAttempts::Admission FailedAttempts::Begin(const std::string& login, int64_t now_us) {
  const std::lock_guard lock(mutex_);
  if (entries_.size() >= kMostLogins && !entries_.contains(login)) MakeRoom(now_us);
  Entry& entry = entries_[login];
  if (now_us < entry.locked_until_us) return {nullptr, entry.locked_until_us};
  std::erase_if(entry.failures_us, [&](int64_t at) { return at + kWindowUs <= now_us; });
  if (entry.failures_us.size() + entry.pending >= limit_) return {};
  ++entry.pending;
  return {std::make_shared<Attempt>(this, login), std::nullopt};
}

void FailedAttempts::Forget(std::string_view login) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(base::ToAbsl(login));
  if (found == entries_.end()) return;
  found->second.failures_us.clear();
  found->second.locked_until_us = 0;
}

size_t FailedAttempts::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

void FailedAttempts::End(const std::string& login) {
  const auto found = entries_.find(login);
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  if (entry.pending > 0) --entry.pending;
  if (entry.pending == 0 && entry.failures_us.empty() && entry.locked_until_us == 0) {
    entries_.erase(found);
  }
}

// What has lapsed first; then names that failed once, as a stranger who tries many leaves them.
void FailedAttempts::MakeRoom(int64_t now_us) {
  absl::erase_if(entries_, [&](const auto& e) { return e.second.IsIdle(now_us); });
  for (size_t failures = 1; failures < limit_ && entries_.size() >= kMostLogins; ++failures) {
    absl::erase_if(entries_, [&](const auto& e) {
      return e.second.pending == 0 && e.second.locked_until_us <= now_us &&
             e.second.failures_us.size() <= failures;
    });
  }
}

}  // namespace twinline::identity
