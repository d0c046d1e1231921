#include "identity/service/token_verifier.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace twinline::identity {

// Eight bytes from the middle: the first one has chosen the shard. A token's digest cannot be
// steered towards one bucket without breaking SHA-256, so no keyed hash is needed.
size_t TokenVerifier::DigestHash::operator()(const base::Digest& digest) const {
  size_t value = 0;
  std::memcpy(&value, digest.data() + 8, sizeof value);
  return value;
}

TokenVerifier::TokenVerifier(TokenExpectations expected, KeySet keys, size_t capacity)
    : expected_(std::move(expected)),
      capacity_(std::max<size_t>(capacity / kShards, 1)),
      keys_(std::make_shared<const KeySet>(std::move(keys))) {}

std::variant<TokenIdentity, TokenFault> TokenVerifier::Verify(std::string_view token,
                                                              base::Timestamp now) {
  const auto verified = VerifyUntil(token, now);
  if (const auto* fault = std::get_if<TokenFault>(&verified)) return *fault;
  return std::get<Verified>(verified).identity;
}

std::variant<TokenVerifier::Verified, TokenFault> TokenVerifier::VerifyUntil(std::string_view token,
                                                                             base::Timestamp now) {
  if (token.size() > kMaxTokenSize) return TokenFault::kMalformed;
  const base::Digest digest = base::Sha256({token});
  {
    Shard& shard = ShardOf(digest);
    std::lock_guard lock(shard.mutex);
    const auto found = shard.entries.find(digest);
    if (found != shard.entries.end() && now.us < found->second.valid_until_us) {
      hits_.fetch_add(1, std::memory_order_relaxed);
      return found->second;
    }
  }
  misses_.fetch_add(1, std::memory_order_relaxed);
  std::shared_ptr<const KeySet> keys;
  uint64_t generation = 0;
  {
    std::shared_lock lock(keys_mutex_);
    keys = keys_;
    generation = generation_.load();
  }
  const std::variant<TokenClaims, TokenFault> verified = VerifyToken(token, *keys, expected_, now);
  if (const auto* fault = std::get_if<TokenFault>(&verified)) return *fault;
  const auto& claims = std::get<TokenClaims>(verified);
  const std::optional<TokenIdentity> identity = IdentityOf(claims);
  if (!identity) return TokenFault::kBadClaims;
  // The same instant at which a full verification would begin to say "expired".
  const Verified entry{*identity, (claims.expires_at + expected_.skew_s) * 1'000'000};
  Remember(digest, entry, generation);
  return entry;
}

void TokenVerifier::Remember(const base::Digest& digest, const Entry& entry, uint64_t generation) {
  Shard& shard = ShardOf(digest);
  std::lock_guard lock(shard.mutex);
  // Verified with keys that have been replaced meanwhile: valid for this call, not for later ones.
  // ReplaceKeys raises the number before it empties the shards, so one of the two is seen here.
  if (generation != generation_.load()) return;
  if (!shard.entries.insert_or_assign(digest, entry).second) return;
  shard.order.push_back(digest);
  if (shard.order.size() <= capacity_) return;
  shard.entries.erase(shard.order.front());
  shard.order.pop_front();
}

void TokenVerifier::ReplaceKeys(KeySet keys) {
  {
    std::lock_guard lock(keys_mutex_);
    keys_ = std::make_shared<const KeySet>(std::move(keys));
    generation_.fetch_add(1);
  }
  for (Shard& shard : shards_) {
    std::lock_guard lock(shard.mutex);
    shard.entries.clear();
    shard.order.clear();
  }
}

size_t TokenVerifier::size() const {
  size_t size = 0;
  for (const Shard& shard : shards_) {
    std::lock_guard lock(shard.mutex);
    size += shard.entries.size();
  }
  return size;
}

}  // namespace twinline::identity
