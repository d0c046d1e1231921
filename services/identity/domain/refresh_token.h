// Refresh tokens: "rt1." and base64url of session, generation and a keyed hash over both. The key
// lies in the vault, and the journal counts generations: which token is valid now is known
// after any restart, and neither a log-in nor a refresh writes a secret.
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
