// Who calls, from the token of a request, at the price of one hash: a P-256 verification costs
// about 60 us, more than a whole roll call may take, so a token is verified once and then known by
// its SHA-256 until it expires. Sessions that ended in between are found by the caller, who
// asks the session rows at every request.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string_view>
#include <variant>

#include "absl/container/flat_hash_map.h"
#include "identity/domain/key_set.h"
#include "identity/domain/token.h"
#include "platform/base/hash.h"
#include "platform/base/time.h"

namespace twinline::identity {

class TokenVerifier {
 public:
  static constexpr size_t kDefaultCapacity = 65'536;  // tokens, about 10 MB

  TokenVerifier(TokenExpectations expected, KeySet keys, size_t capacity = kDefaultCapacity);

  // `now` is the real clock, also where the decisions run on a driven one. Safe from any
  // thread. A token that fails is verified again each time: failures are not remembered, since
  // anybody can make any number of different ones.
  std::variant<TokenIdentity, TokenFault> Verify(std::string_view token, base::Timestamp now);

  // The same with the end of its validity: the first microsecond at which it is expired.
  struct Verified {
    TokenIdentity identity;
    int64_t valid_until_us = 0;
  };
  std::variant<Verified, TokenFault> VerifyUntil(std::string_view token, base::Timestamp now);

  // A new key set; forgets all verified tokens, so that a withdrawn key is withdrawn at once.
  void ReplaceKeys(KeySet keys);

  uint64_t hits() const { return hits_.load(std::memory_order_relaxed); }
  uint64_t misses() const { return misses_.load(std::memory_order_relaxed); }
  size_t size() const;

 private:
  static constexpr size_t kShards = 16;
  using Entry = Verified;
  struct DigestHash {
    size_t operator()(const base::Digest& digest) const;
  };
  // The oldest entry goes first. All tokens live equally long, so it is also the first to expire.
  struct Shard {
    mutable std::mutex mutex;
    absl::flat_hash_map<base::Digest, Entry, DigestHash> entries;
    std::deque<base::Digest> order;
  };

  Shard& ShardOf(const base::Digest& digest) { return shards_[digest[0] % kShards]; }
  void Remember(const base::Digest& digest, const Entry& entry, uint64_t generation);

  const TokenExpectations expected_;
  const size_t capacity_;  // of one shard
  mutable std::shared_mutex keys_mutex_;
  std::shared_ptr<const KeySet> keys_;
  std::atomic<uint64_t> generation_{0};  // of the key set
  std::array<Shard, kShards> shards_;
  std::atomic<uint64_t> hits_{0};
  std::atomic<uint64_t> misses_{0};
};

}  // namespace twinline::identity
