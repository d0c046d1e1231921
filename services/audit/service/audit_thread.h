// The one thread of the audit: it follows all journals, notes heads, signs checkpoints and keeps
// them in the second place. It sleeps until a journal has news, then waits a moment so that a busy
// system is indexed in large batches, and costs a record a few microseconds.
//
// When it finds a contradiction it stops for good and says why; the other services go on, reads of
// the audit answer UNAVAILABLE with the reason.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "audit/domain/signed_note.h"
#include "audit/service/journal_index.h"
#include "audit/service/notary.h"
#include "platform/base/time.h"

namespace twinline::audit {

struct AuditThreadOptions {
  base::Id16 installation;
  std::filesystem::path directory;     // of the index; must exist
  std::filesystem::path second_place;  // empty: none
  NotaryOptions notary;
  int64_t gather_us = 100'000;  // how long news gathers before it is indexed
  store::IndexStoreOptions store;
};

class AuditThread {
 public:
  // `shard` may be null: nothing is noted then (fsck, benchmarks of indexing). All outlive it.
  AuditThread(AuditThreadOptions options, journal::JournalProvider* journals, engine::Shard* shard,
              const NoteSigner* signer, const base::Clock* record_clock,
              const base::Clock* real_clock);
  ~AuditThread();

  // Opens the index and goes on from there, on its own thread. Errors: the medium. What the
  // journals hold is judged on the thread.
  absl::Status Start();
  void Stop();  // idempotent

  // Not OK: the audit stands still, and why. UNAVAILABLE while the first round after the start is
  // under way.
  absl::Status Health() const;
  // Why the newest checkpoint could not be kept in the second place; OK when it could.
  absl::Status SecondPlaceHealth() const;

  std::shared_ptr<const IndexView> View() const;
  const store::IndexStore& store() const { return index_->store(); }

  // Calls `done` once everything that is durable now is indexed (true), or when the audit halts or
  // stops before (false).
  using Done = std::function<void(bool)>;
  void WhenCaughtUp(Done done);
  // The same once a checkpoint covers record `pos` of `journal`; asks for one at once. False also
  // after `timeout_us`.
  void WhenCovered(std::string journal, uint64_t pos, int64_t timeout_us, Done done);

 private:
  struct Waiter {
    std::vector<std::pair<std::string, journal::Place>> ends;  // caught up with these
    std::string journal;                                       // or covered
    uint64_t pos = 0;
    int64_t deadline_us = INT64_MAX;
    Done done;
  };

  void Loop();
  void Wake();
  void Sleep();
  absl::Status Round();
  absl::Status CheckSecondPlace() const;
  void KeepNote(const std::string& note);
  void AnswerWaiters();
  bool IsAnswered(const Waiter& waiter, const IndexView& view) const;
  void AddWaiter(Waiter waiter);
  bool Urgent() const;

  const AuditThreadOptions options_;
  journal::JournalProvider* const journals_;
  engine::Shard* const shard_;
  const NoteSigner* const signer_;
  const base::Clock* const real_clock_;
  std::unique_ptr<JournalIndex> index_;
  std::optional<Notary> notary_;
  const base::Clock* const record_clock_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool woken_ = true;
  bool hurry_ = false;
  bool stopping_ = false;
  bool ended_ = false;
  absl::Status health_ = absl::UnavailableError("the audit is reading the journals");
  absl::Status second_place_health_;
  std::vector<Waiter> waiters_;
  std::thread thread_;
};

}  // namespace twinline::audit
