#include "platform/vault/sealer.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <list>
#include <mutex>

#include "absl/container/flat_hash_map.h"
#include "platform/base/status_macros.h"
#include "platform/vault/aead.h"
#include "platform/vault/concat.h"

namespace twinline::vault {
namespace {

constexpr size_t kMaxPlaintext = size_t{16} << 20;
constexpr size_t kShards = 16;

// version | owner | field | message type. Only the last part varies in size, so no two places have
// the same bytes.
std::string AssociatedData(const SealPlace& place) {
  std::string data;
  data.reserve(1 + base::Id16::kSize + 4 + place.message_type.size());
  data.push_back(1);
  data.append(place.owner.bytes());
  for (int shift = 24; shift >= 0; shift -= 8) {
    data.push_back(static_cast<char>(place.field >> shift & 0xff));
  }
  data.append(place.message_type);
  return data;
}

}  // namespace

// Unwrapped data keys, least recently used out first. An entry is valid only while the vault's
// destruction count is what it was before the key was read: a destroyed key is gone from the cache
// with the next use, without a message between the two.
class Sealer::KeyCache {
 public:
  struct Key {
    std::array<char, kKeySize> bytes;
    ~Key() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
    std::string_view view() const { return {bytes.data(), bytes.size()}; }
  };

  explicit KeyCache(size_t capacity) : capacity_(std::max<size_t>(capacity / kShards, 1)) {}

  std::shared_ptr<const Key> Find(const base::Id16& id, uint64_t generation) {
    Shard& shard = ShardOf(id);
    std::lock_guard lock(shard.mutex);
    Renew(shard, generation);
    const auto found = shard.index.find(id);
    if (found == shard.index.end()) return nullptr;
    shard.order.splice(shard.order.begin(), shard.order, found->second);
    return found->second->second;
  }

  void Insert(const base::Id16& id, uint64_t generation, std::shared_ptr<const Key> key) {
    Shard& shard = ShardOf(id);
    std::lock_guard lock(shard.mutex);
    Renew(shard, generation);
    if (shard.generation != generation || shard.index.contains(id)) return;
    shard.order.emplace_front(id, std::move(key));
    shard.index.emplace(id, shard.order.begin());
    if (shard.order.size() <= capacity_) return;
    shard.index.erase(shard.order.back().first);
    shard.order.pop_back();
  }

 private:
  using Order = std::list<std::pair<base::Id16, std::shared_ptr<const Key>>>;
  struct Shard {
    std::mutex mutex;
    uint64_t generation = 0;
    Order order;
    absl::flat_hash_map<base::Id16, Order::iterator> index;
  };

  Shard& ShardOf(const base::Id16& id) {
    return shards_[static_cast<uint8_t>(id.bytes().back()) % kShards];
  }

  // A generation never goes back: a thread that read an older count must not empty a newer shard.
  static void Renew(Shard& shard, uint64_t generation) {
    if (generation <= shard.generation) return;
    shard.index.clear();
    shard.order.clear();
    shard.generation = generation;
  }

  const size_t capacity_;
  std::array<Shard, kShards> shards_;
};

// The key, or the reason why there is none.
struct Sealer::KeyAnswer {
  std::shared_ptr<const KeyCache::Key> key;
  KeyState state = KeyState::kPresent;
  bool is_data_key = true;
};

absl::StatusOr<Sealer::KeyAnswer> Sealer::FetchKey(const base::Id16& id) {
  // Read before the vault is asked: a destruction in between makes what was read already stale.
  const uint64_t generation = vault_.destructions();
  if (auto key = cache_->Find(id, generation)) return KeyAnswer{std::move(key)};
  TWINLINE_ASSIGN_OR_RETURN(Secret secret, vault_.Get(id));
  if (secret.state != KeyState::kPresent) return KeyAnswer{nullptr, secret.state};
  if (secret.info.kind != SecretKind::kDataKey || secret.bytes.size() != kKeySize) {
    return KeyAnswer{nullptr, KeyState::kPresent, false};
  }
  auto key = std::make_shared<KeyCache::Key>();
  std::memcpy(key->bytes.data(), secret.bytes.data(), kKeySize);
  cache_->Insert(id, generation, key);
  return KeyAnswer{std::move(key)};
}

Sealer::Sealer(const KeyVault& vault, RandomSource& random, size_t cached_keys)
    : vault_(vault), random_(random), cache_(std::make_unique<KeyCache>(cached_keys)) {}

Sealer::~Sealer() = default;

absl::StatusOr<Sealed> Sealer::Seal(const base::Id16& key_id, const SealPlace& place,
                                    std::string_view plaintext) {
  if (plaintext.size() > kMaxPlaintext) {
    return absl::InvalidArgumentError("sealing: the value is too large");
  }
  TWINLINE_ASSIGN_OR_RETURN(KeyAnswer answer, FetchKey(key_id));
  if (answer.key == nullptr) {
    const std::string text = Concat({"sealing: key ", key_id.hex()});
    if (answer.state == KeyState::kMissing) {
      return absl::NotFoundError(Concat({text, " is missing"}));
    }
    return absl::FailedPreconditionError(Concat(
        {text, answer.state == KeyState::kDestroyed ? " is destroyed" : " is not a data key"}));
  }
  Sealed sealed{key_id, MakeNonce(random_), ""};
  sealed.ciphertext = AeadSeal(answer.key->view(), sealed.nonce, AssociatedData(place), plaintext);
  return sealed;
}

absl::StatusOr<Opened> Sealer::Open(const Sealed& sealed, const SealPlace& place) {
  absl::StatusOr<KeyAnswer> answer = FetchKey(sealed.key_id);
  if (!answer.ok()) {
    // A damaged entry will not heal by asking again; the value is as unreadable as with no key.
    if (!absl::IsDataLoss(answer.status())) return answer.status();
    return Unreadable(std::string(answer.status().message()));
  }
  if (answer->state == KeyState::kDestroyed) return Opened{OpenState::kDestroyed, "", ""};
  if (answer->key == nullptr) {
    return Unreadable(Concat(
        {"key ", sealed.key_id.hex(), answer->is_data_key ? " is missing" : " is not a data key"}));
  }
  const std::optional<SecretBytes> plaintext =
      AeadOpen(answer->key->view(), sealed.nonce, AssociatedData(place), sealed.ciphertext);
  if (!plaintext) {
    return Unreadable(
        Concat({"value of ", place.owner.hex(), " in ", place.message_type, " ",
                std::to_string(place.field), " does not open under key ", sealed.key_id.hex()}));
  }
  return Opened{OpenState::kOpen, std::string(plaintext->view()), ""};
}

Opened Sealer::Unreadable(std::string reason) {
  unreadable_.fetch_add(1, std::memory_order_relaxed);
  return Opened{OpenState::kUnreadable, "", std::move(reason)};
}

}  // namespace twinline::vault
