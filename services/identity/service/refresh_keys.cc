#include "identity/service/refresh_keys.h"

#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "identity/domain/refresh_token.h"
#include "identity/service/environment.h"
#include "platform/base/hash.h"
#include "platform/base/status_macros.h"

namespace twinline::identity {
namespace {

constexpr int64_t kRenewUs = base::kDayUs;
// A session may begin in the key's last moment.
constexpr int64_t kKeepUs = kRenewUs + kSessionLifetimeUs;
constexpr size_t kMostKnown = 16;

bool IsCurrent(int64_t made_us, int64_t now_us) {
  return made_us <= now_us && now_us - made_us < kRenewUs;
}

}  // namespace

RefreshKeys::RefreshKeys(vault::KeyVault* vault, const base::Id16& installation)
    : vault_(vault), owner_(base::DeriveId({"identity refresh keys", installation.bytes()})) {}

absl::StatusOr<RefreshKeys::Current> RefreshKeys::For(int64_t now_us) {
  const std::lock_guard lock(mutex_);
  if (current_.key == nullptr || !IsCurrent(made_us_, now_us)) {
    TWINLINE_RETURN_IF_ERROR(LoadOrMake(now_us));
  }
  return current_;
}

absl::StatusOr<RefreshKeys::Key> RefreshKeys::Find(const base::Id16& entry) {
  const std::lock_guard lock(mutex_);
  if (const auto found = known_.find(entry); found != known_.end()) return found->second;
  TWINLINE_ASSIGN_OR_RETURN(vault::Secret secret, vault_->Get(entry));
  if (secret.state != vault::KeyState::kPresent) return Key();
  if (known_.size() >= kMostKnown) known_.clear();
  auto key = std::make_shared<const vault::SecretBytes>(std::move(secret.bytes));
  known_.emplace(entry, key);
  return key;
}

absl::Status RefreshKeys::LoadOrMake(int64_t now_us) {
  TWINLINE_ASSIGN_OR_RETURN(const std::vector<vault::EntryInfo> entries, vault_->List(owner_));
  std::vector<base::Id16> expired;
  Current newest;
  int64_t newest_us = 0;
  for (const vault::EntryInfo& entry : entries) {
    int64_t made_us = 0;
    if (entry.destroyed || !absl::SimpleAtoi(entry.label, &made_us)) continue;
    if (now_us - made_us >= kKeepUs) expired.push_back(entry.key_id);
    if (IsCurrent(made_us, now_us)) {
      newest.entry = entry.key_id;
      newest_us = made_us;
    }
  }
  if (newest.entry.empty()) {
    const vault::SecretBytes fresh(base::RandomBytes(kRefreshKeySize));
    TWINLINE_ASSIGN_OR_RETURN(newest.entry, vault_->Put(owner_, vault::SecretKind::kRefreshKey,
                                                        std::to_string(now_us), fresh.view()));
    newest_us = now_us;
  }
  TWINLINE_ASSIGN_OR_RETURN(vault::Secret secret, vault_->Get(newest.entry));
  if (secret.state != vault::KeyState::kPresent) {
    return absl::DataLossError("a refresh key that was just there cannot be read");
  }
  newest.key = std::make_shared<const vault::SecretBytes>(std::move(secret.bytes));
  current_ = std::move(newest);
  made_us_ = newest_us;
  for (const base::Id16& entry : expired) known_.erase(entry);
  return expired.empty() ? absl::OkStatus() : vault_->Destroy(expired);
}

}  // namespace twinline::identity
