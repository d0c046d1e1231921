// AES-256-GCM, the one cipher of the vault. This file is the only one that touches the cipher API,
// so that a national algorithm (SM4-GCM, domain.md 6.5) can be put in its place.
//
// A nonce is 12 random bytes. NIST SP 800-38D allows 2^32 messages under one key with random
// nonces; a child's key seals some thousands of values in nine years of school.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "platform/vault/random_source.h"
#include "platform/vault/secret_bytes.h"

namespace twinline::vault {

inline constexpr size_t kKeySize = 32;
inline constexpr size_t kNonceSize = 12;
inline constexpr size_t kTagSize = 16;

// Encrypts `plaintext`; the result is ciphertext followed by the 16-byte tag. `key` has kKeySize
// and `nonce` kNonceSize bytes (checked: anything else is a programming error).
std::string AeadSeal(std::string_view key, std::string_view nonce, std::string_view associated_data,
                     std::string_view plaintext);

// The plaintext, or nullopt when anything (key, nonce, associated data, a bit of the ciphertext)
// is not what it was at sealing. No plaintext is released before the tag has been verified.
std::optional<SecretBytes> AeadOpen(std::string_view key, std::string_view nonce,
                                    std::string_view associated_data, std::string_view ciphertext);

std::string MakeNonce(RandomSource& random);
SecretBytes MakeKey(RandomSource& random);

}  // namespace twinline::vault
