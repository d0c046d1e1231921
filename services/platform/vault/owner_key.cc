#include "platform/vault/owner_key.h"

#include "platform/base/status_macros.h"
#include "platform/vault/sealed_proto.h"

namespace twinline::vault {

absl::StatusOr<base::Id16> DataKeyOf(KeyVault& vault, const base::Id16& owner) {
  TWINLINE_ASSIGN_OR_RETURN(const std::vector<EntryInfo> entries, vault.List(owner));
  bool destroyed = false;
  for (auto it = entries.rbegin(); it != entries.rend(); ++it) {
    if (it->kind != SecretKind::kDataKey) continue;
    if (!it->destroyed) return it->key_id;
    destroyed = true;
  }
  if (destroyed) return absl::FailedPreconditionError("the owner's keys were destroyed (erasure)");
  return vault.Create(owner, "child");
}

absl::Status SealText(KeyVault& vault, Sealer& sealer, const SealPlace& place,
                      std::string_view text, types::v1::Sealed* out) {
  if (text.empty()) return absl::OkStatus();
  TWINLINE_ASSIGN_OR_RETURN(const base::Id16 key, DataKeyOf(vault, place.owner));
  TWINLINE_ASSIGN_OR_RETURN(const Sealed sealed, sealer.Seal(key, place, text));
  ToProto(sealed, out);
  return absl::OkStatus();
}

std::string OpenText(Sealer& sealer, const SealPlace& place, const types::v1::Sealed& sealed) {
  if (sealed.ciphertext().empty()) return {};
  const auto plain = FromProto(sealed);
  if (!plain) return "无法读取";
  const auto opened = sealer.Open(*plain, place);
  if (!opened.ok()) return "无法读取";
  switch (opened->state) {
    case OpenState::kOpen:
      return opened->plaintext;
    case OpenState::kDestroyed:
      return "已销毁";
    case OpenState::kUnreadable:
      break;
  }
  return "无法读取";
}

}  // namespace twinline::vault
