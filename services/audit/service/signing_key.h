// The key that signs checkpoints: an Ed25519 seed in the vault, made at the first start. Its name
// is the origin of every checkpoint and says whose history it is.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "audit/domain/signed_note.h"
#include "platform/base/ids.h"

namespace twinline::vault {
class KeyVault;
}

namespace twinline::audit {

// "[demo.]twinline.<county>/audit/<first 8 hex digits of the installation>".
std::string OriginOf(const base::Id16& installation, std::string_view county_code, bool demo);

// The owner of the seed in the vault.
base::Id16 SigningKeyOwner(const base::Id16& installation);

absl::StatusOr<NoteSigner> LoadOrMakeSigner(vault::KeyVault& vault, const base::Id16& installation,
                                            std::string_view origin);

}  // namespace twinline::audit
