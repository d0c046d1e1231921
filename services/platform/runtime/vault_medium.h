// Where the keys lie: in a vault of this machine beside the embedded log, or, where journals
// lie in Kafka, in a compacted topic that every process of the installation follows.
#pragma once

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/runtime/installation.h"
#include "platform/vault/key_vault.h"
#include "twinline/config/v1/config.pb.h"

namespace twinline::vault {
class EmbeddedVault;
}

namespace twinline::runtime {

class JournalMedium;

struct OpenedVault {
  std::unique_ptr<vault::KeyVault> keys;
  // The same, where it lies on this machine and a backup of ours can copy it; else null.
  const vault::EmbeddedVault* on_this_machine = nullptr;
  std::shared_ptr<void> follower;  // of the topic; goes before `keys`
};

// FAILED_PRECONDITION when the key-encryption key is not the vault's, DATA_LOSS when journals hold
// records and the vault is empty: everything sealed would be unreadable, and new keys would hide
// it.
absl::StatusOr<OpenedVault> OpenVault(const Places& places, const Installation& installation,
                                      const config::v1::Config& config, JournalMedium& medium);

// For a new installation: an empty vault of this machine with its key-encryption key; over Kafka
// the key only, and one that lies there already, brought from the first machine, is kept.
absl::Status InitVault(const Places& places, bool over_kafka);

}  // namespace twinline::runtime
