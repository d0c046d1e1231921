// What a bearer token proves: who calls, in which session, until when; never what the caller may do
// . Verifying a signature costs 60 to 100 microseconds, so a verified token is remembered by
// its SHA-256 until it expires (P-1). Who verifies is injected: identity/domain knows the format.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>
#include <variant>

#include "absl/container/flat_hash_map.h"
#include "platform/base/hash.h"
#include "platform/base/ids.h"
#include "platform/base/time.h"

namespace twinline::rpc {

struct VerifiedToken {
  base::Id16 subject;  // staff id
  uint64_t session = 0;
  int64_t expires_unix_s = 0;  // real time, also in a demonstration
  uint32_t assurance = 0;      // 1 password, 2 two factors
};

enum class TokenProblem { kInvalid, kExpired };

// Thread-safe; `now` is real time. A token that fails for several reasons is kInvalid.
using TokenVerifier = std::function<std::variant<VerifiedToken, TokenProblem>(std::string_view jwt,
                                                                              base::Timestamp now)>;

// Remembers verified tokens. Thread-safe.
class TokenCache {
 public:
  static constexpr size_t kShards = 16;
  static constexpr size_t kTokensPerShard = 8'192;

  // nullopt when unknown or expired at `now`.
  std::optional<VerifiedToken> Find(const base::Digest& digest, base::Timestamp now);
  // Makes room by forgetting expired tokens, then all of the shard: forgetting only costs a
  // verification.
  void Put(const base::Digest& digest, const VerifiedToken& token, base::Timestamp now);
  void Clear();

 private:
  struct DigestHash {
    size_t operator()(const base::Digest& digest) const;
  };
  struct Shard {
    std::mutex mutex;
    absl::flat_hash_map<base::Digest, VerifiedToken, DigestHash> tokens;
  };
  std::array<Shard, kShards> shards_;
};

}  // namespace twinline::rpc
