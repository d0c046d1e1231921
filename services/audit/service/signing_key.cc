#include "audit/service/signing_key.h"

#include "platform/base/hash.h"
#include "platform/base/status_macros.h"
#include "platform/vault/key_vault.h"

namespace twinline::audit {
namespace {

constexpr size_t kSeedBytes = 32;
constexpr char kLabel[] = "checkpoints";

}  // namespace

std::string OriginOf(const base::Id16& installation, std::string_view county_code, bool demo) {
  std::string origin = demo ? "demo." : "";
  origin += "twinline.";
  origin += county_code.empty() ? "county" : county_code;
  return origin + "/audit/" + installation.hex().substr(0, 8);
}

base::Id16 SigningKeyOwner(const base::Id16& installation) {
  return base::DeriveId({installation.bytes(), "audit"});
}

absl::StatusOr<NoteSigner> LoadOrMakeSigner(vault::KeyVault& vault, const base::Id16& installation,
                                            std::string_view origin) {
  const base::Id16 owner = SigningKeyOwner(installation);
  TWINLINE_ASSIGN_OR_RETURN(const std::vector<vault::EntryInfo> entries, vault.List(owner));
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    if (entry->destroyed || entry->kind != vault::SecretKind::kSigningKey ||
        entry->label != kLabel) {
      continue;
    }
    TWINLINE_ASSIGN_OR_RETURN(const vault::Secret secret, vault.Get(entry->key_id));
    if (secret.state != vault::KeyState::kPresent) {
      return absl::DataLossError("the key that signs checkpoints is lost: restore the vault");
    }
    return NoteSigner::FromSeed(origin, secret.bytes.view());
  }
  const vault::SecretBytes seed(base::RandomBytes(kSeedBytes));
  TWINLINE_RETURN_IF_ERROR(
      vault.Put(owner, vault::SecretKind::kSigningKey, kLabel, seed.view()).status());
  return NoteSigner::FromSeed(origin, seed.view());
}

}  // namespace twinline::audit
