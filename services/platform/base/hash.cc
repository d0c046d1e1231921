#include "platform/base/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "absl/strings/escaping.h"
#include "platform/base/absl_view.h"
#include "platform/base/check.h"

namespace twinline::base {
namespace {

// A context per thread: EVP_DigestInit on a fetched algorithm is several times cheaper than the
// implicit fetch that EVP_sha256() costs on each call in OpenSSL 3.
struct ShaContext {
  EVP_MD* md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  EVP_MD_CTX* ctx = EVP_MD_CTX_new();
  ~ShaContext() {
    EVP_MD_CTX_free(ctx);
    EVP_MD_free(md);
  }
};

}  // namespace

Digest Sha256(std::initializer_list<std::string_view> parts) {
  thread_local ShaContext sha;
  TWINLINE_CHECK(EVP_DigestInit_ex2(sha.ctx, sha.md, nullptr) == 1, "SHA-256 unavailable");
  for (std::string_view part : parts) {
    TWINLINE_CHECK(EVP_DigestUpdate(sha.ctx, part.data(), part.size()) == 1, "SHA-256 failed");
  }
  Digest digest;
  TWINLINE_CHECK(EVP_DigestFinal_ex(sha.ctx, digest.data(), nullptr) == 1, "SHA-256 failed");
  return digest;
}

// RFC 2104 over the context above: OpenSSL's HMAC() fetches and allocates anew on each call.
Digest HmacSha256(std::string_view key, std::string_view data) {
  constexpr size_t kBlock = 64;
  std::array<char, kBlock> inner{}, outer{};
  const Digest hashed = key.size() > kBlock ? Sha256({key}) : Digest{};
  if (key.size() > kBlock) key = View(hashed);
  for (size_t i = 0; i < kBlock; ++i) {
    const char byte = i < key.size() ? key[i] : '\0';
    inner[i] = static_cast<char>(byte ^ 0x36);
    outer[i] = static_cast<char>(byte ^ 0x5c);
  }
  const Digest message = Sha256({{inner.data(), kBlock}, data});
  const Digest digest = Sha256({{outer.data(), kBlock}, View(message)});
  OPENSSL_cleanse(inner.data(), kBlock);
  OPENSSL_cleanse(outer.data(), kBlock);
  return digest;
}

std::optional<Digest> DigestFromBytes(std::string_view bytes) {
  Digest digest;
  if (bytes.size() != digest.size()) return std::nullopt;
  std::memcpy(digest.data(), bytes.data(), digest.size());
  return digest;
}

std::string ToHex(std::string_view bytes) { return absl::BytesToHexString(ToAbsl(bytes)); }

std::optional<std::string> FromHex(std::string_view text) {
  const auto is_hex = [](unsigned char c) { return std::isxdigit(c) != 0; };
  if (text.size() % 2 != 0 || !std::all_of(text.begin(), text.end(), is_hex)) return std::nullopt;
  return absl::HexStringToBytes(ToAbsl(text));
}

std::string ToBase64(std::string_view bytes) { return absl::Base64Escape(ToAbsl(bytes)); }

std::optional<std::string> FromBase64(std::string_view text) {
  std::string bytes;
  if (text.size() % 4 != 0 || !absl::Base64Unescape(ToAbsl(text), &bytes)) return std::nullopt;
  return bytes;
}

std::string ToBase64Url(std::string_view bytes) { return absl::WebSafeBase64Escape(ToAbsl(bytes)); }

std::optional<std::string> FromBase64Url(std::string_view text) {
  std::string bytes;
  if (text.find('=') != std::string_view::npos ||
      !absl::WebSafeBase64Unescape(ToAbsl(text), &bytes)) {
    return std::nullopt;
  }
  return bytes;
}

std::string RandomBytes(size_t count) {
  std::string bytes(count, '\0');
  TWINLINE_CHECK(
      RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) == 1,
      "no randomness available");
  return bytes;
}

}  // namespace twinline::base
