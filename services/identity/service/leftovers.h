// Secrets that no row names: an old password whose replacement was recorded a moment before the
// power failed. A change destroys the old entry, at the latest at the next start.
#pragma once

#include "absl/status/status.h"
#include "platform/base/rows.h"
#include "platform/vault/key_vault.h"

namespace twinline::identity {

// Only while nothing is being changed.
absl::Status DestroyLeftovers(const base::Rows& rows, vault::KeyVault& vault);

}  // namespace twinline::identity
