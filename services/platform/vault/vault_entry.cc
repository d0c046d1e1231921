#include "platform/vault/vault_entry.h"

#include "platform/vault/aead.h"
#include "platform/vault/concat.h"

namespace twinline::vault {
namespace {

constexpr char kVersion = 1;
constexpr size_t kFixedHead = 1 + 1 + 8 + base::Id16::kSize + 1;

// The clear part of an entry; also the whole of a tombstone.
std::string EncodeHead(const EntryInfo& info) {
  std::string out;
  out.push_back(kVersion);
  out.push_back(static_cast<char>(info.kind));
  out += Concat({BigEndian64(info.sequence), info.owner.bytes()});
  out.push_back(static_cast<char>(info.label.size()));
  out += info.label;
  return out;
}

bool IsKnownKind(uint8_t kind) {
  return kind >= static_cast<uint8_t>(SecretKind::kDataKey) &&
         kind <= static_cast<uint8_t>(SecretKind::kRefreshKey);
}

// Takes the head off `bytes`.
std::optional<EntryInfo> ConsumeHead(const base::Id16& key_id, std::string_view& bytes) {
  if (bytes.size() < kFixedHead || bytes[0] != kVersion) return std::nullopt;
  const auto kind = static_cast<uint8_t>(bytes[1]);
  const auto label_size = static_cast<uint8_t>(bytes[kFixedHead - 1]);
  if (!IsKnownKind(kind) || bytes.size() < kFixedHead + label_size) return std::nullopt;
  EntryInfo info;
  info.key_id = key_id;
  info.kind = static_cast<SecretKind>(kind);
  info.sequence = FromBigEndian64(bytes.substr(2, 8));
  info.owner = *base::Id16::FromBytes(bytes.substr(10, base::Id16::kSize));
  info.label = std::string(bytes.substr(kFixedHead, label_size));
  bytes.remove_prefix(kFixedHead + label_size);
  return info;
}

std::string AssociatedData(const EntryInfo& info) {
  return Concat({"twinline-vault-entry", info.key_id.bytes(), EncodeHead(info)});
}

}  // namespace

std::string BigEndian64(uint64_t value) {
  std::string out(8, '\0');
  for (int i = 7; i >= 0; --i, value >>= 8) out[i] = static_cast<char>(value & 0xff);
  return out;
}

uint64_t FromBigEndian64(std::string_view bytes) {
  uint64_t value = 0;
  for (char c : bytes) value = value << 8 | static_cast<uint8_t>(c);
  return value;
}

std::string EncodeEntry(const StoredEntry& entry) {
  return Concat({EncodeHead(entry.info), entry.kek_id.bytes(), entry.nonce, entry.wrapped});
}

std::optional<StoredEntry> DecodeEntry(const base::Id16& key_id, std::string_view bytes) {
  std::optional<EntryInfo> info = ConsumeHead(key_id, bytes);
  if (!info || bytes.size() < base::Id16::kSize + kNonceSize + kTagSize) return std::nullopt;
  StoredEntry entry;
  entry.info = std::move(*info);
  entry.kek_id = *base::Id16::FromBytes(bytes.substr(0, base::Id16::kSize));
  bytes.remove_prefix(base::Id16::kSize);
  entry.nonce = std::string(bytes.substr(0, kNonceSize));
  entry.wrapped = std::string(bytes.substr(kNonceSize));
  return entry;
}

std::string EncodeTombstone(const EntryInfo& info) { return EncodeHead(info); }

std::optional<EntryInfo> DecodeTombstone(const base::Id16& key_id, std::string_view bytes) {
  std::optional<EntryInfo> info = ConsumeHead(key_id, bytes);
  if (!info || !bytes.empty()) return std::nullopt;
  info->destroyed = true;
  return info;
}

StoredEntry WrapEntry(const EntryInfo& info, std::string_view secret, const Kek& kek,
                      RandomSource& random) {
  StoredEntry entry{info, kek.id, MakeNonce(random), ""};
  entry.wrapped = AeadSeal(kek.key.view(), entry.nonce, AssociatedData(info), secret);
  return entry;
}

std::optional<SecretBytes> UnwrapEntry(const StoredEntry& entry, const Kek& kek) {
  if (kek.id != entry.kek_id) return std::nullopt;
  return AeadOpen(kek.key.view(), entry.nonce, AssociatedData(entry.info), entry.wrapped);
}

}  // namespace twinline::vault
