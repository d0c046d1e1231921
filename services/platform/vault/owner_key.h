// Sealing under "the key of a child" without knowing its id: the newest live data key of the owner,
// or a fresh one when there is none yet (an orphan key is harmless, R-12). Used by services that
// write about a child whom the registry created.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "platform/vault/key_vault.h"
#include "platform/vault/sealer.h"
#include "twinline/types/v1/types.pb.h"

namespace twinline::vault {

// FAILED_PRECONDITION when every key of the owner was destroyed: an erased child takes no new data.
absl::StatusOr<base::Id16> DataKeyOf(KeyVault& vault, const base::Id16& owner);

// Seals `text` into `out`; an empty text seals nothing and costs nothing (P-9).
absl::Status SealText(KeyVault& vault, Sealer& sealer, const SealPlace& place,
                      std::string_view text, types::v1::Sealed* out);

// Opens for a person to read: the text, "" when nothing was stored, 已销毁 when the key was
// destroyed, 无法读取 when it cannot be read (never empty, R-12).
std::string OpenText(Sealer& sealer, const SealPlace& place, const types::v1::Sealed& sealed);

}  // namespace twinline::vault
