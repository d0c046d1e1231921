// What the host's files share. Private to the host.
#pragma once

#include <memory>
#include <optional>

#include "platform/runtime/host.h"
#include "platform/runtime/vault_medium.h"
#include "platform/vault/blob_store.h"
#include "platform/vault/fingerprint.h"
#include "platform/vault/sealer.h"
#include "platform/vault/search_token.h"

namespace twinline::runtime {

struct Host::Vault {
  OpenedVault opened;
  vault::KeyVault* keys = nullptr;  // of `opened`
  std::unique_ptr<vault::Sealer> sealer;
  std::optional<vault::SearchTokens> tokens;
  std::unique_ptr<vault::RequestFingerprints> fingerprints;
  std::unique_ptr<vault::DirectoryBlobStore> blobs;
};

}  // namespace twinline::runtime
