// What an ordered erasure needs done outside the journal: keys destroyed in the vault,
// search tokens of the living renewed under a new pepper, the old pepper and the old key-encryption
// key destroyed. Every step is taken from the rows, so it goes on after a crash where it stood, and
// each is harmless when repeated.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "registry/domain/lookup.h"
#include "registry/service/environment.h"
#include "twinline/registry/v1/registry_commands.pb.h"
#include "twinline/registry/v1/registry_rows.pb.h"

namespace twinline::registry {

// Destroys every live data key of one record; returns the ids of all that it ever had.
absl::StatusOr<std::vector<base::Id16>> DestroyRecord(vault::KeyVault& vault,
                                                      const base::Id16& record);

// Destroys again what the journal says was destroyed, in whatever vault is here: an older copy may
// have been restored. To be done before anybody is answered.
absl::Status ApplyErasures(vault::KeyVault& vault, const base::Rows& rows);

class ErasureWorker {
 public:
  // `environment` outlives the worker.
  explicit ErasureWorker(const Environment& environment) : environment_(environment) {}

  void Start();
  // Ends the work between two steps. Idempotent.
  void Stop();

  // A pepper version that is newer than every token, durable in the vault: a new one, or the one
  // that a start of the renewal left behind unrecorded.
  absl::StatusOr<uint32_t> PreparePepper();

 private:
  struct Wake {
    std::mutex mutex;
    std::condition_variable changed;
    bool due = true;
    bool stop = false;
  };

  void Follow();
  bool stopping() const;
  absl::Status Work(const engine::ReadView& view);
  absl::Status DestroyKeys(const v1::ErasureRow& row);
  absl::Status Renew();
  // One walk over all children; the number of those whose tokens were not under `pepper` yet.
  absl::StatusOr<size_t> RenewOnce(uint32_t pepper);
  v1::RenewedChild Renewed(const Subject& subject) const;
  // Waits for the answer; a refusal counts as done, since the rows then already say so.
  template <typename Command>
  absl::Status Submit(const Command& command);

  const Environment& environment_;
  std::shared_ptr<Wake> wake_ = std::make_shared<Wake>();
  std::mutex prepare_;
  std::thread thread_;
};

}  // namespace twinline::registry
