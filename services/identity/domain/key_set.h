// A set of public keys by key id, as published and read in JWKS form (RFC 7517).
//
// Our own set holds two: the key that signs now and the next one, so that every verifier has known
// a key for as long as its cache lives before the first token signed with it arrives.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "identity/domain/verification_key.h"

namespace twinline::identity {

class KeySet {
 public:
  static constexpr size_t kMaxDocumentSize = 256 * 1024;
  static constexpr size_t kMaxKeys = 64;
  static constexpr size_t kMaxKeyIdSize = 128;

  // Reads a JWKS document. Keys for another purpose or of another kind (encryption, symmetric,
  // other curves and algorithms, without "kid") are skipped, as RFC 7517 section 5 asks.
  // INVALID_ARGUMENT when the document is malformed, a usable key is broken, a key id comes twice,
  // a private key is among them (its owner must be told, not trusted), or no usable key is left.
  static absl::StatusOr<KeySet> Parse(std::string_view document);

  // INVALID_ARGUMENT for a bad or known key id.
  absl::Status Add(std::string_view key_id, VerificationKey key);
  const VerificationKey* Find(std::string_view key_id) const;
  size_t size() const { return keys_.size(); }

  std::string ToJwks() const;

 private:
  std::map<std::string, VerificationKey, std::less<>> keys_;
};

}  // namespace twinline::identity
