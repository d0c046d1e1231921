// Keys that make refresh tokens. A day's sessions share one, since a token names its session: with
// a key for each session a morning of log-ins would be as many disk flushes, and as many tombstones
// in the vault for ever. A key is destroyed when the last session that it served has expired.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/vault/key_vault.h"

namespace twinline::identity {

class RefreshKeys {
 public:
  using Key = std::shared_ptr<const vault::SecretBytes>;
  struct Current {
    base::Id16 entry;
    Key key;
  };

  // `vault` outlives this object. Safe from any thread.
  RefreshKeys(vault::KeyVault* vault, const base::Id16& installation);

  // The key for a session that begins now (real clock); makes one when the newest is a day old.
  absl::StatusOr<Current> For(int64_t now_us);
  // The key of a running session; null when it was destroyed.
  absl::StatusOr<Key> Find(const base::Id16& entry);

 private:
  absl::Status LoadOrMake(int64_t now_us);

  vault::KeyVault* const vault_;
  const base::Id16 owner_;
  std::mutex mutex_;
  Current current_;
  int64_t made_us_ = 0;
  absl::flat_hash_map<base::Id16, Key> known_;  // a handful
};

}  // namespace twinline::identity
