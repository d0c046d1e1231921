#include "platform/vault/aead.h"

#include <openssl/evp.h>

#include "platform/base/check.h"

namespace twinline::vault {
namespace {

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// One context per thread. The cipher is fetched once: the fetch, not the encryption, is what makes
// a naive use of OpenSSL 3 slow. Setting another key in a live context costs some 100 ns, so a
// context per key is not needed.
class CipherContext {
 public:
  CipherContext() : cipher_(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr)) {
    TWINLINE_CHECK(cipher_ != nullptr && context_ != nullptr, "AES-256-GCM unavailable");
    TWINLINE_CHECK(EVP_EncryptInit_ex2(context_, cipher_, nullptr, nullptr, nullptr) == 1,
                   "AES-256-GCM unavailable");
  }
  ~CipherContext() {
    EVP_CIPHER_CTX_free(context_);
    EVP_CIPHER_free(cipher_);
  }
  CipherContext(const CipherContext&) = delete;
  CipherContext& operator=(const CipherContext&) = delete;

  EVP_CIPHER_CTX* Begin(bool encrypt, std::string_view key, std::string_view nonce,
                        std::string_view associated_data) {
    TWINLINE_CHECK(key.size() == kKeySize && nonce.size() == kNonceSize, "wrong key or nonce size");
    int size = 0;
    const bool ok =
        EVP_CipherInit_ex2(context_, nullptr, Bytes(key), Bytes(nonce), encrypt, nullptr) == 1 &&
        (associated_data.empty() ||
         EVP_CipherUpdate(context_, nullptr, &size, Bytes(associated_data),
                          static_cast<int>(associated_data.size())) == 1);
    TWINLINE_CHECK(ok, "AES-256-GCM failed to start");
    return context_;
  }

 private:
  EVP_CIPHER* const cipher_;
  EVP_CIPHER_CTX* const context_ = EVP_CIPHER_CTX_new();
};

CipherContext& ThreadContext() {
  thread_local CipherContext context;
  return context;
}

}  // namespace

std::string AeadSeal(std::string_view key, std::string_view nonce, std::string_view associated_data,
                     std::string_view plaintext) {
  EVP_CIPHER_CTX* context = ThreadContext().Begin(true, key, nonce, associated_data);
  std::string out(plaintext.size() + kTagSize, '\0');
  auto* cursor = reinterpret_cast<unsigned char*>(out.data());
  int size = 0;
  int rest = 0;
  const bool ok =
      (plaintext.empty() || EVP_CipherUpdate(context, cursor, &size, Bytes(plaintext),
                                             static_cast<int>(plaintext.size())) == 1) &&
      EVP_CipherFinal_ex(context, cursor + size, &rest) == 1 &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kTagSize, cursor + plaintext.size()) == 1;
  TWINLINE_CHECK(ok && static_cast<size_t>(size + rest) == plaintext.size(), "AES-256-GCM failed");
  return out;
}

std::optional<SecretBytes> AeadOpen(std::string_view key, std::string_view nonce,
                                    std::string_view associated_data, std::string_view ciphertext) {
  if (key.size() != kKeySize || nonce.size() != kNonceSize || ciphertext.size() < kTagSize) {
    return std::nullopt;
  }
  const std::string_view body = ciphertext.substr(0, ciphertext.size() - kTagSize);
  std::string tag(ciphertext.substr(body.size()));
  EVP_CIPHER_CTX* context = ThreadContext().Begin(false, key, nonce, associated_data);
  SecretBytes out = SecretBytes::OfSize(body.size());
  int size = 0;
  unsigned char nothing[kTagSize];
  const bool ok = (body.empty() || EVP_CipherUpdate(context, out.data(), &size, Bytes(body),
                                                    static_cast<int>(body.size())) == 1) &&
                  EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()) == 1 &&
                  EVP_CipherFinal_ex(context, nothing, &size) == 1;
  if (!ok) return std::nullopt;
  return out;
}

std::string MakeNonce(RandomSource& random) {
  std::string nonce(kNonceSize, '\0');
  random.Fill(reinterpret_cast<unsigned char*>(nonce.data()), nonce.size());
  return nonce;
}

SecretBytes MakeKey(RandomSource& random) {
  SecretBytes key = SecretBytes::OfSize(kKeySize);
  random.Fill(key.data(), key.size());
  return key;
}

}  // namespace twinline::vault
