// The engine of a shard: everything that its one thread does, without the thread. Shard
// (shard_impl.cc) drives it, from a thread or step by step in the simulator.
//
// A turn does one of: read back what was appended; apply what others appended; take an epoch; make
// and append a batch. At most one record is in flight, and the next is made only after it was read
// back, so a failure can never leave a hole (models: one record outstanding per epoch). After any
// append error the engine writes nothing more in that epoch.
//
// An error of Start or Turn is a halt: the journal, the fold or the state is not what this build
// can go on with. The shard then stops with the reason shown; the process and its other shards live
// on.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "platform/base/decision.h"
#include "platform/engine/batch.h"
#include "platform/engine/board.h"
#include "platform/engine/command_queue.h"
#include "platform/engine/fold.h"
#include "platform/engine/metrics.h"
#include "platform/engine/recovery.h"
#include "platform/engine/shard.h"
#include "platform/engine/sources.h"
#include "platform/engine/timer_index.h"
#include "platform/journal/admit.h"
#include "platform/store/overlay.h"
#include "platform/store/state_store.h"

namespace twinline::engine {

class Engine {
 public:
  // `queue`, `board`, `metrics`, `domain`, `store` and `clock` outlive the engine.
  Engine(const ShardOptions* options, const base::ShardDomain* domain, store::StateStore* store,
         std::shared_ptr<journal::Journal> journal,
         std::vector<std::shared_ptr<journal::Journal>> sources, const base::Clock* clock,
         CommandQueue* queue, Board* board, ShardMetrics* metrics);

  // Rebuilds the state when the fold changed, replays the own journal, follows the sources, and
  // makes the first attempt to lead (when options.lead). That the attempt failed is no error.
  absl::Status Start();

  // True when something was done and another turn may find more; an error once it halted.
  absl::StatusOr<bool> Turn();

  // Fails whatever waits in the queue. For Stop.
  void FailQueued(const absl::Status& error);
  // Fails the batch in the making or in flight. For Stop.
  void FailBatch(const absl::Status& error) { batch_.Fail(error); }

  // How long the engine may sleep when nothing wakes it, in microseconds; nullopt: until woken.
  std::optional<int64_t> SleepUs() const;

  // Any thread.
  void WakeOwn() { own_news_.store(true, std::memory_order_release); }
  void RequestLead() { lead_requested_.store(true, std::memory_order_release); }
  bool waits_for_read_back() const { return in_flight_.has_value(); }  // engine thread
  Sources& sources() { return sources_; }
  const Sources& sources() const { return sources_; }

 private:
  enum class Kind { kGenesis, kEpoch, kBatch };
  // The one record that was appended and not read back yet.
  struct InFlight {
    Kind kind;
    journal::RecordPtr record;
    journal::Place place;
    int64_t since_us;
  };

  // engine_start.cc
  absl::Status LoadState();
  absl::Status Rebuild();
  absl::Status FollowToEnd();
  absl::StatusOr<bool> AttemptLead();
  absl::Status CheckGenesis() const;
  absl::Status CheckHost();
  journal::RecordPtr GenesisRecord();
  journal::RecordPtr EpochRecord();
  void BecomeLeader();

  // engine_apply.cc: everything that moves the state
  absl::StatusOr<bool> CatchUp();
  absl::Status Replay();
  absl::Status ApplyReplayed(const std::vector<journal::Admitted>& records);
  absl::Status ApplyOne(const journal::Admitted& record);
  void Note(const journal::Admitted& record);
  absl::StatusOr<bool> Append(Kind kind, journal::RecordPtr record);
  absl::StatusOr<bool> ReadBack();
  absl::Status AcceptBatch(const std::vector<journal::Admitted>& records);
  absl::Status VerifyApply(const journal::Admitted& record) const;
  absl::Status CommitState();
  void Lose(const std::string& why);
  void LoseRace();
  void StepDown(const std::string& why);

  // engine_recovery.cc
  bool ClockHolds();
  absl::Status NoteAlive();
  absl::Status AddRecovery(const std::optional<journal::v1::ClockCorrected>& correction);
  bool TimersHeld();

  // engine.cc: the turn of a leader
  absl::StatusOr<bool> TryTurn();
  absl::StatusOr<bool> LeadTurn();
  absl::Status AddSetUp();
  absl::Status AddTimers();
  absl::Status AddInputs();
  void AddClients();
  // engine_waiting.cc: commands and the followed journals
  std::optional<base::Refusal> SourcesStale(int64_t now_us);
  void CallBackWaiting(int64_t now_us);
  int64_t BootUs() const;
  absl::StatusOr<bool> FinishWithoutRecord();
  absl::StatusOr<bool> FollowTurn();
  absl::Status Halt(absl::Status why);
  void ShowLeading(bool leading, const std::string& reason);
  bool SettingUp() const { return next_seed_ < seeds_.size() || !rules_to_start_.empty(); }
  base::Timestamp RecordTime() const;

  const ShardOptions* options_;
  const base::ShardDomain* domain_;
  store::StateStore* store_;   // the shard's
  store::StateStore* active_;  // where rows go now: the shard's, or its side store during a rebuild
  std::shared_ptr<journal::Journal> journal_;
  const base::Clock* clock_;
  const base::Clock* real_clock_;
  CommandQueue* queue_;
  Board* board_;
  ShardMetrics* metrics_;

  store::Overlay overlay_;
  Fold fold_;
  Batch batch_;
  Sources sources_;
  TimerIndex timers_;
  Recovery recovery_;
  std::string notice_;  // what is shown on the board
  journal::AdmittedReader reader_;
  int64_t last_time_us_ = 0;
  bool version_stored_ = false;

  bool leading_ = false;
  bool want_lead_ = false;
  absl::Status halted_;
  uint64_t epoch_ = 0;              // ours, while leading
  uint64_t tried_epoch_ = 0;        // the highest that we ever wrote
  int64_t tried_down_from_us_ = 0;  // what our newest EpochStarted says of a gap
  std::string nonce_;               // of our newest EpochStarted
  bool adopts_ = false;       // the journal was last led on a machine whose place this one took
  bool won_ = false;          // it was admitted
  int attempts_ = 0;          // failed ones in a row
  int64_t retry_at_us_ = 0;   // monotonic
  absl::Status own_failing_;  // the medium of the own journal, as of the last read
  std::optional<InFlight> in_flight_;
  std::atomic<bool> own_news_ = true;
  std::atomic<bool> lead_requested_ = false;

  std::vector<base::DerivedCommand> seeds_;
  size_t next_seed_ = 0;
  std::vector<journal::v1::ReactorRuleStarted> rules_to_start_;
  bool inputs_first_ = false;  // a reaction needs a record of its own
  std::deque<Submission> people_;
  std::deque<Submission> bulk_;
  std::deque<Submission> waiting_;  // for what they name in a followed journal; still in the queue
};

}  // namespace twinline::engine
