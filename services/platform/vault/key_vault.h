// The vault: the second truth beside the journals. It holds what must be destroyable and therefore
// may not lie in a journal: the data keys under which personal data is sealed (decisions.md R-11,
// R-12), and every other secret, under a random id and a kind: password hashes, one-time
// seeds, webhook secrets, signing keys, pepper versions, monthly fingerprint keys.
//
// Rules that every implementation keeps (tests/unit/vault/key_vault_contract_test.cc):
//  * An entry is named by a random key id and never overwritten. A child may have several: a
//    stale creator adds an entry, it cannot replace one under which data is already sealed.
//  * An entry is durable when Create or Put returns, so before the first journal append that uses
//    it. An entry that nothing uses is harmless.
//  * A destroyed id is remembered for ever, without key material: "destroyed" and "missing" are two
//    answers. Missing means lost or never known, and is an alarm, never an empty value.
//  * Destroying is idempotent and final, also for an id this vault has never seen: after a restore
//    of an older copy the destructions ordered in the journals are applied again.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/base/ids.h"
#include "platform/vault/secret_bytes.h"

namespace twinline::vault {

// Stored numbers: never reused, never renumbered.
enum class SecretKind : uint8_t {
  kDataKey = 1,         // AES-256 key of one child or staff member
  kPasswordHash = 2,    // PHC string
  kOneTimeSeed = 3,     // TOTP seed
  kWebhookSecret = 4,   // two may be valid at a time
  kSigningKey = 5,      // private key of the token issuer
  kPepper = 6,          // search tokens; the label is the version
  kFingerprintKey = 7,  // request fingerprints; the label is the month "2026-11"
  kClientSecret = 8,    // OIDC client secret
  kRefreshKey = 9,  // makes refresh tokens; the label is when it was made, microseconds since 1970
};

struct EntryInfo {
  base::Id16 key_id;
  base::Id16 owner;  // the child, staff member or account; a fixed id for installation-wide secrets
  SecretKind kind = SecretKind::kDataKey;
  std::string label;       // free text of the kind's user, at most kMaxLabelSize bytes, not secret
  uint64_t sequence = 0;   // rises with each entry of this vault: the order of creation
  bool destroyed = false;  // a tombstone
};

enum class KeyState {
  kPresent,
  kDestroyed,  // destroyed by an event; show 已销毁
  kMissing,    // an alarm; show "unreadable"
};

struct Secret {
  KeyState state = KeyState::kMissing;
  EntryInfo info;     // valid unless missing
  SecretBytes bytes;  // valid when present
};

class KeyVault {
 public:
  static constexpr size_t kMaxLabelSize = 255;
  static constexpr size_t kMaxSecretSize = 16 * 1024;
  static constexpr size_t kMaxBatch = 10'000;

  virtual ~KeyVault() = default;

  // A fresh random data key for `owner`; returns its key id.
  absl::StatusOr<base::Id16> Create(const base::Id16& owner, std::string_view label = "");

  // One data key for each owner, in order, all durable after one disk flush: an import of a whole
  // county must not pay a flush per child. At most kMaxBatch owners.
  virtual absl::StatusOr<std::vector<base::Id16>> CreateMany(std::span<const base::Id16> owners,
                                                             std::string_view label) = 0;

  // Stores a secret of another kind. INVALID_ARGUMENT when it is empty or larger than
  // kMaxSecretSize, or for kDataKey, whose bytes only the vault makes.
  virtual absl::StatusOr<base::Id16> Put(const base::Id16& owner, SecretKind kind,
                                         std::string_view label, std::string_view secret) = 0;

  // An operating error (disk, damaged entry) is a status; "destroyed" and "missing" are answers.
  virtual absl::StatusOr<Secret> Get(const base::Id16& key_id) const = 0;

  virtual absl::Status Destroy(std::span<const base::Id16> key_ids) = 0;
  absl::Status Destroy(const base::Id16& key_id) { return Destroy(std::span(&key_id, 1)); }
  // Destroys every live entry of `owner`, of every kind; returns the ids for the KeyDestroyed
  // event. The caller passes the aliases of a merged child one by one.
  absl::StatusOr<std::vector<base::Id16>> DestroyOwner(const base::Id16& owner);

  // Entries and tombstones of `owner` in order of creation. A tombstone of an id that was unknown
  // when it was destroyed has no owner and is not listed.
  virtual absl::StatusOr<std::vector<EntryInfo>> List(const base::Id16& owner) const = 0;

  // Wraps every entry by a new key-encryption key and destroys the old one; returns how many
  // entries were wrapped. Older copies of the vault and of the key open nothing afterwards. Reads
  // go on meanwhile, writes wait. Safe to repeat after a crash or an error.
  virtual absl::StatusOr<size_t> RotateKek() = 0;
  virtual base::Id16 current_kek() const = 0;

  // Rises with each destruction of a data key in this process: a cache of unwrapped keys compares
  // it and drops what it holds. Costs one relaxed load.
  virtual uint64_t destructions() const = 0;

 protected:
  // What CreateMany and Put say of their arguments, the same in every implementation.
  static absl::Status CheckOwners(std::span<const base::Id16> owners, std::string_view label);
  static absl::Status CheckSecret(SecretKind kind, std::string_view label, std::string_view secret);
};

}  // namespace twinline::vault
