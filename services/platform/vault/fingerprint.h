// Fingerprints of request bodies: "the same request id with another body is refused" needs the body
// remembered, and a bare hash in a never-deleted journal would let anyone guess an ID number
// . So it is an HMAC under a key of the month, and the month's key is destroyed 62 days after
// the month has ended: request ids live 30 days and replies 31, so nothing can ask for it any more
//
//
// The month is that of the request id (a UUIDv7), not of the clock: a retry after midnight on the
// first still compares byte for byte with what was stored.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/base/civil.h"
#include "platform/base/ids.h"
#include "platform/vault/key_vault.h"
#include "platform/vault/random_source.h"

namespace twinline::vault {

class RequestFingerprints {
 public:
  static constexpr size_t kSize = 16;
  static constexpr int kKeepDaysAfterMonth = 62;

  // `vault` outlives this object. Safe to use from any thread.
  explicit RequestFingerprints(KeyVault& vault, RandomSource& random = SystemRandom())
      : vault_(vault), random_(random) {}

  // kSize bytes. `rpc` is the full method name. INVALID_ARGUMENT when the id is no UUIDv7;
  // FAILED_PRECONDITION when its month's key has been destroyed. The first call of a month makes
  // the key, so the caller has already refused ids outside the 30-day window (REQUEST_ID_EXPIRED);
  // afterwards a call costs about a microsecond.
  absl::StatusOr<std::string> Compute(const base::Id16& request_id, std::string_view rpc,
                                      std::string_view body);

  // Destroys the keys of all months that ended more than kKeepDaysAfterMonth days before `today`;
  // returns the months ("2026-09"). Run daily.
  absl::StatusOr<std::vector<std::string>> DestroyExpired(base::CivilDay today);

 private:
  // Shared, since another thread may destroy the month while this one computes.
  absl::StatusOr<std::shared_ptr<const SecretBytes>> KeyOf(const std::string& month);

  KeyVault& vault_;
  RandomSource& random_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const SecretBytes>> keys_;
};

}  // namespace twinline::vault
