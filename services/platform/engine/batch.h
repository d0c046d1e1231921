// One engine batch in the making: commands are decided one after the other over state and overlay,
// each on top of what the ones before it changed, and the accepted ones become the commits of ONE
// record. Every accepted command is folded here before anything is appended (the dry run of R-33
// and R-61), so a record that this build cannot apply is never written.
//
// A client's command may be refused; a command of the engine itself (timer, reaction, seed) always
// leaves a commit, with the fact NoEffect at least.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/status/status.h"
#include "platform/base/decision.h"
#include "platform/engine/fold.h"
#include "platform/engine/metrics.h"
#include "platform/engine/shard.h"
#include "platform/engine/timer_index.h"
#include "platform/store/overlay.h"

namespace twinline::engine {

// A commit above this is refused before append; wider work is a bulk job.
inline constexpr size_t kCommitMax = size_t{256} << 10;
// What the commits of a record may take of its 1 MiB; the rest is for the header.
inline constexpr size_t kCommitsMax = (size_t{1} << 20) - (size_t{64} << 10);

// A command that follows from an event of a followed journal.
struct Reaction {
  base::DerivedCommand command;
  journal::v1::EventRef cause;
};

class Batch {
 public:
  struct Place {
    uint64_t epoch = 0;
    uint64_t pos = 0;
    base::Timestamp now;
  };
  enum class Added { kYes, kFull, kWaits };

  // All outlive the batch.
  Batch(const ShardOptions* options, const base::ShardDomain* domain, Fold* fold,
        store::Overlay* overlay, ShardMetrics* metrics);

  // Forgets the last batch and begins one at `place`. The overlay must be empty.
  void Begin(const Place& place);

  // A client's command: commit, refusal, stored reply or error become an answer that waits in the
  // batch. kFull: it did not fit and is untouched. kWaits: it names what a followed journal will
  // bring, and may wait at `now_us`; untouched. `stale`: what a command that rests on followed
  // journals is told instead of being decided; null when they are known well enough.
  Added AddClient(Submission& submission, int64_t now_us, const base::Refusal* stale);

  // Errors of the engine's own commands are bugs of a fold or commits that can never fit; the shard
  // must halt, for nothing of its own may be skipped. A timer that an earlier commit cancelled is
  // no command.
  absl::StatusOr<Added> AddTimer(const DueTimer& timer);
  absl::StatusOr<Added> AddReaction(const Reaction& reaction);
  absl::StatusOr<Added> AddSeed(const base::DerivedCommand& seed);
  // Records that a reactor rule starts; decided by the engine, not by the domain.
  absl::StatusOr<Added> AddRuleStart(const journal::v1::ReactorRuleStarted& started);
  // Records what the engine found about clock and service: ClockCorrected, ServiceResumed.
  // Who confirmed the clock is the actor beside the engine.
  absl::StatusOr<Added> AddEngineFact(const google::protobuf::Message& fact,
                                      const journal::v1::ClockEvidence& evidence);
  // The next part of the domain's work after an outage. INTERNAL when the domain does not say how
  // far it came.
  absl::StatusOr<Added> AddOutageWork(const journal::v1::OutageWork& work);

  // Savepoint over rows and commits, so that inputs that do not fit can be taken back. Do not nest.
  void Mark();
  void KeepMark();
  void UndoMark();

  size_t commits() const { return static_cast<size_t>(record_.commit_size()); }
  uint64_t seeds() const { return counts_.commits.seeds; }
  bool has_answers() const { return !answers_.empty(); }
  size_t bytes() const { return counts_.bytes; }
  base::Timestamp now() const { return place_.now; }

  // Completes the rows (input cursors and the like) and gives the record. `header` has inputs and
  // scans.
  absl::StatusOr<journal::RecordPtr> Seal(journal::v1::RecordHeader header);

  // Answers every waiter: with what was decided, or all with the same error. Each exactly once.
  void Deliver();
  void Fail(const absl::Status& error);

 private:
  struct Waiting {
    std::function<void(Answer)> done;
    Answer answer;
  };
  struct Counts {
    size_t bytes = 0;
    CommitCounts commits;
  };
  struct Saved {
    int commits;
    Counts counts;
    absl::btree_set<uint32_t> event_types;
  };

  // Decide, then commit_ with its events; the refusal otherwise.
  absl::StatusOr<std::optional<base::Refusal>> Decide(const base::CommandView& command);
  // Folds commit_ in a savepoint and adds it to the record.
  absl::StatusOr<Added> AddCommit(std::vector<base::Id16>* entities);
  absl::StatusOr<Added> AddOwn(const base::CommandView& command, const std::string& rule);
  void PrepareContext(const base::Id16& request_id);
  bool AnswerFromStore(Submission& submission);

  const ShardOptions* options_;
  const base::ShardDomain* domain_;
  Fold* fold_;
  store::Overlay* overlay_;
  ShardMetrics* metrics_;
  const std::string service_;  // "service:<domain>"

  Place place_;
  base::Context context_;
  journal::v1::Commit commit_;
  std::string serialized_;
  journal::v1::Record record_;
  absl::btree_set<uint32_t> event_types_;
  Counts counts_;
  std::optional<Saved> saved_;
  std::vector<Waiting> answers_;
};

// "registry/0/1756684800/12/0/1": journal, epoch, position, commit, event.
std::string EventIdText(const journal::v1::EventRef& ref);

}  // namespace twinline::engine
