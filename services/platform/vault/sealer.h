// Sealing of personal data: what goes into events, rows, replies and snapshots is ciphertext under
// a key of the person it is about, so that destroying the key erases the person from bytes that can
// never be changed, while every hash still verifies. Used in service/ only: domain, tables
// and Evolve never hold a Sealer.
//
// The associated data binds a value to its place: owner id, message type and field number. A value
// moved to another child, message or field does not open.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "platform/base/ids.h"
#include "platform/vault/key_vault.h"
#include "platform/vault/random_source.h"

namespace twinline::vault {

// The plain form of twinline.types.v1.Sealed (sealed_proto.h converts).
struct Sealed {
  base::Id16 key_id;
  std::string nonce;       // 12 bytes
  std::string ciphertext;  // ciphertext and 16-byte tag
  bool operator==(const Sealed&) const = default;
};

// Where a sealed value lives. All three are contract: a renamed message or renumbered field makes
// what was sealed before unreadable. For a child merged into another (A04) the owner stays the
// child id under which the value was sealed.
struct SealPlace {
  base::Id16 owner;
  std::string_view message_type;  // full proto name, "twinline.registry.v1.ChildRegistered"
  uint32_t field = 0;             // proto field number
};

enum class OpenState {
  kOpen,
  kDestroyed,  // the key was destroyed by an event: show 已销毁
  kUnreadable,  // key lost, or the value is damaged or moved: an alarm, show 无法读取, never empty
};

struct Opened {
  OpenState state = OpenState::kUnreadable;
  std::string plaintext;  // valid when open
  std::string reason;     // for the log when unreadable; holds ids, never data
};

class Sealer {
 public:
  static constexpr size_t kDefaultCachedKeys = 16'384;  // about 2 MB

  // `vault` and `random` outlive the sealer. Safe to use from any thread.
  explicit Sealer(const KeyVault& vault, RandomSource& random = SystemRandom(),
                  size_t cached_keys = kDefaultCachedKeys);
  ~Sealer();
  Sealer(const Sealer&) = delete;
  Sealer& operator=(const Sealer&) = delete;

  // FAILED_PRECONDITION when the key was destroyed or is no data key; NOT_FOUND when it is missing:
  // create it in the vault first. INVALID_ARGUMENT above 16 MiB.
  absl::StatusOr<Sealed> Seal(const base::Id16& key_id, const SealPlace& place,
                              std::string_view plaintext);

  // A status only when the vault itself could not answer (UNAVAILABLE: try again).
  absl::StatusOr<Opened> Open(const Sealed& sealed, const SealPlace& place);

  // Values found unreadable since the start: exported as a metric, anything above zero alarms.
  uint64_t unreadable() const { return unreadable_.load(std::memory_order_relaxed); }

 private:
  class KeyCache;
  struct KeyAnswer;

  absl::StatusOr<KeyAnswer> FetchKey(const base::Id16& id);
  Opened Unreadable(std::string reason);

  const KeyVault& vault_;
  RandomSource& random_;
  const std::unique_ptr<KeyCache> cache_;
  std::atomic<uint64_t> unreadable_{0};
};

}  // namespace twinline::vault
