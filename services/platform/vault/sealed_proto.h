// Between the plain Sealed and its message in events, rows and requests.
#pragma once

#include <optional>

#include "platform/vault/aead.h"
#include "platform/vault/sealer.h"
#include "twinline/types/v1/types.pb.h"

namespace twinline::vault {

inline void ToProto(const Sealed& sealed, types::v1::Sealed* out) {
  out->set_key_id(sealed.key_id.str());
  out->set_nonce(sealed.nonce);
  out->set_ciphertext(sealed.ciphertext);
}

// nullopt when the sizes cannot be those of a sealed value; an unset message is one of these cases.
inline std::optional<Sealed> FromProto(const types::v1::Sealed& message) {
  const std::optional<base::Id16> key_id = base::Id16::FromBytes(message.key_id());
  if (!key_id || message.nonce().size() != kNonceSize || message.ciphertext().size() < kTagSize) {
    return std::nullopt;
  }
  return Sealed{*key_id, message.nonce(), message.ciphertext()};
}

}  // namespace twinline::vault
