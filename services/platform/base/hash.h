// SHA-256, HMAC and the text encodings of bytes. Every hash in Twinline is taken over stored bytes,
// never over a re-serialised message (protobuf serialisation is not canonical; design.md part 7).
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace twinline::base {

using Digest = std::array<uint8_t, 32>;

// SHA-256 of the concatenation of `parts`.
Digest Sha256(std::initializer_list<std::string_view> parts);
Digest HmacSha256(std::string_view key, std::string_view data);

inline std::string_view View(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}
// nullopt unless `bytes` has exactly 32 bytes.
std::optional<Digest> DigestFromBytes(std::string_view bytes);

std::string ToHex(std::string_view bytes);                  // lower case
std::optional<std::string> FromHex(std::string_view text);  // either case, even length
std::string ToBase64(std::string_view bytes);               // RFC 4648 section 4, padded
std::optional<std::string> FromBase64(std::string_view text);
std::string ToBase64Url(std::string_view bytes);  // RFC 4648 section 5, unpadded
std::optional<std::string> FromBase64Url(std::string_view text);

// Cryptographically secure random bytes (OpenSSL). Never call below domain/.
std::string RandomBytes(size_t count);

}  // namespace twinline::base
