// The cache of verified tokens. Keys are digests, which are uniform already, so the first bytes are
// the hash and the last byte picks the shard.
#include "platform/rpc/token.h"

#include <cstring>

namespace twinline::rpc {
namespace {

bool Expired(const VerifiedToken& token, base::Timestamp now) {
  return now.us / 1'000'000 >= token.expires_unix_s;
}

}  // namespace

size_t TokenCache::DigestHash::operator()(const base::Digest& digest) const {
  size_t hash = 0;
  std::memcpy(&hash, digest.data(), sizeof(hash));
  return hash;
}

std::optional<VerifiedToken> TokenCache::Find(const base::Digest& digest, base::Timestamp now) {
  Shard& shard = shards_[digest.back() % kShards];
  const std::lock_guard lock(shard.mutex);
  const auto it = shard.tokens.find(digest);
  if (it == shard.tokens.end()) return std::nullopt;
  if (Expired(it->second, now)) {
    shard.tokens.erase(it);
    return std::nullopt;
  }
  return it->second;
}

void TokenCache::Put(const base::Digest& digest, const VerifiedToken& token, base::Timestamp now) {
  Shard& shard = shards_[digest.back() % kShards];
  const std::lock_guard lock(shard.mutex);
  if (shard.tokens.size() >= kTokensPerShard) {
    absl::erase_if(shard.tokens, [&](const auto& entry) { return Expired(entry.second, now); });
    if (shard.tokens.size() >= kTokensPerShard) shard.tokens.clear();
  }
  shard.tokens.insert_or_assign(digest, token);
}

void TokenCache::Clear() {
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    shard.tokens.clear();
  }
}

}  // namespace twinline::rpc
