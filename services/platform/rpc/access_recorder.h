// What goes into the access journal, built on the thread of the call: who was shown, what was
// refused, from where a session works. Personal data in entries (network
// addresses, purposes) is sealed by an injected function.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "platform/base/ids.h"
#include "platform/base/time.h"
#include "platform/rpc/access_log.h"
#include "platform/rpc/method.h"
#include "twinline/journal/v1/record.pb.h"
#include "twinline/types/v1/types.pb.h"

namespace twinline::rpc {

// Whose key seals addresses and purposes in access entries: the installation's own. Audit opens
// with it.
inline base::Id16 AccessEntriesOwner(const base::Id16& installation) {
  return base::DeriveId({installation.bytes(), "access-entries"});
}

// False: leave the value out.
using SealFunction = std::function<bool(std::string_view message_type, uint32_t field,
                                        std::string_view plain, types::v1::Sealed* sealed)>;

// Where a call comes from, as the access entries name it.
struct Origin {
  std::string address;  // without the port
  std::string device;   // what the client says it is; empty for most
};

// What one reply shows.
struct Shown {
  std::vector<base::Id16> children;  // sorted, no repetition
  std::vector<std::pair<base::Id16, uint32_t>> class_lists;
  bool empty() const { return children.empty() && class_lists.empty(); }
};

class AccessRecorder {
 public:
  // Refusals of one actor that get an entry of their own within a minute; more are only counted.
  static constexpr uint32_t kRefusalsPerMinute = 30;

  AccessRecorder(AccessLog* log, SealFunction seal, const base::Clock* real_clock)
      : log_(log), seal_(std::move(seal)), clock_(real_clock) {}

  // True at first sight of the session and after each change of its address; then NoteSession
  // follows.
  bool NewSight(uint64_t session, std::string_view address);
  // One entry, nobody waits for it; when it fails the next call counts as first sight again.
  void NoteSession(const journal::v1::Actor& actor, const Origin& origin);

  void NoteShown(const Method& method, const journal::v1::Actor& actor, const Shown& shown,
                 std::string_view purpose, std::string_view trace, AccessLog::Durable durable);

  // `fingerprint` is called only when the entry is written. Beyond the rate limit `durable` is
  // called at once.
  void NoteRefusal(const Method& method, const journal::v1::Actor& actor, const Origin& origin,
                   std::string_view code, const std::vector<base::Id16>& children,
                   const std::function<std::string()>& fingerprint, AccessLog::Durable durable);

 private:
  struct Rate {
    int64_t window_start_us = 0;
    uint32_t used = 0;
    uint32_t suppressed = 0;
  };

  // nullopt: over the limit. Otherwise how many were suppressed since the last entry.
  std::optional<uint32_t> Admit(std::string_view actor_key);
  void Append(const journal::v1::Actor& actor, uint32_t type, std::string data,
              AccessLog::Durable durable);

  AccessLog* const log_;
  const SealFunction seal_;
  const base::Clock* const clock_;

  std::mutex mutex_;
  absl::flat_hash_map<uint64_t, std::string> sessions_;  // session -> address last seen
  absl::flat_hash_map<std::string, Rate> rates_;
};

}  // namespace twinline::rpc
