// What the handlers of identity share. Everything here outlives them and is safe from any thread.
#pragma once

#include <atomic>
#include <cstdint>

#include "platform/base/ids.h"
#include "platform/base/time.h"
#include "platform/engine/shard.h"
#include "platform/rpc/rights.h"
#include "platform/vault/key_vault.h"
#include "platform/vault/sealer.h"

namespace twinline::identity {

class FailedAttempts;
class KeyRing;
class OutsideIssuers;
class RefreshKeys;
class WorkPool;

struct Environment {
  engine::Shard* shard = nullptr;
  vault::KeyVault* vault = nullptr;
  vault::Sealer* sealer = nullptr;
  const rpc::Directory* directory = nullptr;  // may be null: no duties are shown
  const base::Clock* clock = nullptr;         // record time
  const base::Clock* real_clock = nullptr;    // tokens, sessions, locks
  base::Id16 installation;
  bool demo_realm = false;
  KeyRing* keys = nullptr;
  RefreshKeys* refresh_keys = nullptr;
  OutsideIssuers* issuers = nullptr;
  FailedAttempts* attempts = nullptr;   // by login name
  FailedAttempts* addresses = nullptr;  // by network address
  WorkPool* pool = nullptr;

  // Set once the keys are there and what a crash left in the vault is gone: an entry that is being
  // made must not look like such a leftover.
  std::atomic<bool> ready{false};
  std::atomic<int64_t> swept_us{0};  // when expired sessions were last ended

  int64_t RealNow() const { return real_clock->Now().us; }
};

// A working day and the evening after it; a teacher logs in once a morning.
inline constexpr int64_t kSessionLifetimeUs = int64_t{12} * 3'600 * 1'000'000;
inline constexpr uint32_t kMostDemoMinutes = 1'440;

}  // namespace twinline::identity
