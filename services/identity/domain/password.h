// Passwords are kept as Argon2id in PHC string format. The string is a secret: it lies in the vault
// under a random id (decisions.md R-56), never in an event, where a weak password of 2026 could be
// attacked off line in 2036.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace twinline::identity {

struct PasswordCost {
  uint32_t memory_kib = 0;
  uint32_t passes = 0;
  uint32_t lanes = 0;
  bool operator==(const PasswordCost&) const = default;
};

// The equal-strength settings of the OWASP password storage guide differ only in how they trade
// memory for time. 19 MiB with two passes and one lane is the one for us: 1,700 teachers log in
// within half an hour on a two-core machine that runs the whole county, so fifty log-ins at once
// must fit beside the databases (1 GB, not 3.2 GB as with 64 MiB), and a lane per core would let
// one log-in stall both. About 25 ms of one core. The cost stands in each hash, so raising it here
// re-hashes at the next log-in (kMatchOldCost) and locks nobody out.
inline constexpr PasswordCost kPasswordCost{.memory_kib = 19 * 1024, .passes = 2, .lanes = 1};

inline constexpr size_t kSaltSize = 16;
inline constexpr size_t kMaxPasswordBytes = 512;

// "$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>". `salt` holds kSaltSize random bytes, drawn by the
// caller since this room draws nothing. INVALID_ARGUMENT for a wrong salt size, an empty password
// or one above kMaxPasswordBytes; RESOURCE_EXHAUSTED without memory.
absl::StatusOr<std::string> HashPassword(std::string_view password, std::string_view salt,
                                         const PasswordCost& cost = kPasswordCost);

enum class PasswordMatch {
  kNo,
  kMatch,
  kMatchOldCost,  // right, but hashed with another cost than kPasswordCost: hash it again
};

// DATA_LOSS when `phc` is no Argon2id string or its cost is beyond what this server would ever have
// written: a damaged entry must not take all memory. RESOURCE_EXHAUSTED without memory. Compares in
// constant time.
absl::StatusOr<PasswordMatch> VerifyPassword(std::string_view password, std::string_view phc);

// A hash that no password has. Verify against it when the account does not exist, or the time of
// the answer tells who has an account.
std::string_view HashOfNobody();

}  // namespace twinline::identity
