// One entry of the vault as it lies on disk: who and what it is in clear, the secret wrapped by a
// KEK with AES-256-GCM. The clear part and the key id are the associated data of the wrapping, so
// that nobody who can write to the disk can give one child's key to another id.
//
// Stored layout, version 1, integers big endian:
//   u8 version | u8 kind | u64 sequence | 16 owner | u8 label size | label |
//   16 kek id | 12 nonce | wrapped (secret and 16-byte tag, to the end)
// A tombstone is the same without the last three parts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "platform/base/ids.h"
#include "platform/vault/kek_file.h"
#include "platform/vault/key_vault.h"

namespace twinline::vault {

struct StoredEntry {
  EntryInfo info;
  base::Id16 kek_id;
  std::string nonce;
  std::string wrapped;
};

std::string EncodeEntry(const StoredEntry& entry);
// nullopt when the bytes are not an entry of a known version.
std::optional<StoredEntry> DecodeEntry(const base::Id16& key_id, std::string_view bytes);

std::string EncodeTombstone(const EntryInfo& info);
std::optional<EntryInfo> DecodeTombstone(const base::Id16& key_id, std::string_view bytes);

StoredEntry WrapEntry(const EntryInfo& info, std::string_view secret, const Kek& kek,
                      RandomSource& random);
// nullopt when the entry was not wrapped like this: damaged, moved or wrapped by another key.
std::optional<SecretBytes> UnwrapEntry(const StoredEntry& entry, const Kek& kek);

// Big endian, so that byte order is numeric order in an ordered store.
std::string BigEndian64(uint64_t value);
uint64_t FromBigEndian64(std::string_view bytes);  // exactly 8 bytes

}  // namespace twinline::vault
