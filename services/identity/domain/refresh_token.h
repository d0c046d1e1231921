// Refresh tokens: "rt1." and base64url of session, generation and a keyed hash over both. Every
// session has a key of its own in the vault, and the journal counts generations: which token
// is valid now is known after any restart, and no secret and no vault entry is written when one is
// used.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace twinline::identity {

inline constexpr size_t kRefreshKeySize = 32;

struct RefreshToken {
  uint64_t session = 0;
  uint32_t generation = 0;
  std::string mac;
};

std::string MakeRefreshToken(uint64_t session, uint32_t generation, std::string_view key);
// The parts, nothing verified; nullopt when it is no refresh token at all.
std::optional<RefreshToken> ParseRefreshToken(std::string_view text);
// In constant time.
bool IsGenuine(const RefreshToken& token, std::string_view key);

}  // namespace twinline::identity
