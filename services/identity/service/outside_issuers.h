// Tokens of outside issuers that the security administrator trusts (OIDC ID tokens). They are good
// for one thing, to begin a session here: a call is made with our own token only, since only our
// sessions can be ended. Each token is taken once and only while it is fresh.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>

#include "absl/container/flat_hash_map.h"
#include "identity/domain/key_set.h"
#include "identity/domain/token.h"
#include "platform/base/hash.h"
#include "platform/base/refusal.h"
#include "platform/base/rows.h"
#include "platform/base/time.h"

namespace twinline::identity {

struct OutsideIdentity {
  std::string issuer;
  std::string login;  // of the account, from the claim that the issuer's row names
  Assurance assurance = Assurance::kOneFactor;
};

class OutsideIssuers {
 public:
  static constexpr int64_t kFreshS = 600;  // since it was issued
  static constexpr int64_t kMaxLifetimeS = 86'400;

  // ISSUER_UNKNOWN or OIDC_TOKEN_INVALID. `now` is the real clock. Safe from any thread.
  std::variant<OutsideIdentity, base::Refusal> Accept(std::string_view token,
                                                      const base::Rows& rows, base::Timestamp now);

 private:
  std::shared_ptr<const KeySet> KeysOf(const std::string& jwks);
  bool TakeOnce(std::string_view token, base::Timestamp now);

  std::mutex mutex_;
  // Parsed key sets by the digest of their document; a handful.
  absl::flat_hash_map<std::string, std::shared_ptr<const KeySet>> parsed_;
  absl::flat_hash_map<std::string, int64_t> taken_;  // digest of a token, until when it is fresh
};

}  // namespace twinline::identity
