#include "identity/domain/refresh_token.h"

#include <openssl/crypto.h>

#include "identity/domain/verification_key.h"
#include "platform/base/hash.h"
#include "platform/base/keys.h"

namespace twinline::identity {
namespace {

constexpr std::string_view kPrefix = "rt1.";
constexpr size_t kNumbers = 12;
constexpr size_t kMac = 32;

std::string Numbers(uint64_t session, uint32_t generation) {
  std::string bytes;
  base::AppendKeyPart(&bytes, session);
  base::AppendKeyPart(&bytes, generation);
  return bytes;
}

std::string Mac(std::string_view numbers, std::string_view key) {
  return std::string(
      base::View(base::HmacSha256(key, std::string(kPrefix) + std::string(numbers))));
}

uint64_t ReadNumber(std::string_view bytes) {
  uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<uint8_t>(c);
  return value;
}

}  // namespace

std::string MakeRefreshToken(uint64_t session, uint32_t generation, std::string_view key) {
  const std::string numbers = Numbers(session, generation);
  return std::string(kPrefix) + base::ToBase64Url(numbers + Mac(numbers, key));
}

std::optional<RefreshToken> ParseRefreshToken(std::string_view text) {
  if (!text.starts_with(kPrefix)) return std::nullopt;
  const auto bytes = DecodeBase64UrlStrictly(text.substr(kPrefix.size()));
  if (!bytes || bytes->size() != kNumbers + kMac) return std::nullopt;
  const std::string_view view = *bytes;
  return RefreshToken{ReadNumber(view.substr(0, 8)),
                      static_cast<uint32_t>(ReadNumber(view.substr(8, 4))),
                      std::string(view.substr(kNumbers))};
}

bool IsGenuine(const RefreshToken& token, std::string_view key) {
  const std::string wanted = Mac(Numbers(token.session, token.generation), key);
  return token.mac.size() == wanted.size() &&
         CRYPTO_memcmp(token.mac.data(), wanted.data(), wanted.size()) == 0;
}

}  // namespace twinline::identity
