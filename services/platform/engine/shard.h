// The shard: one state machine, one journal, one engine thread, one state database. It takes
// commands from a bounded queue, decides them over state and overlay, appends ONE record with all
// commits, reads it back, admits and applies it in one WriteBatch with its cursor, and only then
// answers (design.md part 4). The live path is the recovery path. docs/architecture.md has the
// picture.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/base/decision.h"
#include "platform/base/time.h"
#include "platform/journal/journal.h"

namespace twinline::store {
class StateStore;
}

namespace twinline::engine {

class ClockTrust;
struct ShardMetrics;

// Three lanes before the engine, each with its own limit, so that an import cannot make roll calls
// RESOURCE_EXHAUSTED (decisions.md part 10 item 15). Timers and reactions are the engine's own
// lane.
enum class Lane { kPeople, kBulk };

struct Accepted {
  uint64_t pos = 0;     // record position: with the journal's name, the read token
  uint32_t commit = 0;  // index of the commit in the record
  uint64_t epoch = 0;
  std::vector<base::Id16> entities;  // ShardDomain::Outcome of the commit
  bool repeated = false;             // the stored reply of an earlier submission with the same id
};
// A refusal waits for durability like an acceptance: it may rest on an event that was not durable
// yet. An error status means "outcome unknown, retry with the same id" (UNAVAILABLE), queue full
// (RESOURCE_EXHAUSTED), id reused with another body (INVALID_ARGUMENT, REQUEST_ID_REUSED) or a bug
// in a fold (INTERNAL, nothing appended).
using Answer = std::variant<Accepted, base::Refusal, absl::Status>;

struct Submission {
  uint32_t command_type = 0;
  std::string body;  // serialised command message
  base::Id16 request_id;
  std::string fingerprint;  // 16 bytes; equal id with another fingerprint is refused
  journal::v1::Actor actor;
  Lane lane = Lane::kPeople;
  // Until when it may wait for what it names in a followed journal (Refusal::wait_for_sources), by
  // the clock that nobody can set; 0: not at all.
  int64_t wait_until_us = 0;
  // Called exactly once, on the engine thread (quick, never blocks), or at once when not queued.
  std::function<void(Answer)> done;
};

struct ShardOptions {
  std::string journal;  // "registry/0"
  base::Id16 installation;
  journal::v1::Realm realm = journal::v1::REALM_REAL;
  journal::v1::ClockKind clock_kind = journal::v1::CLOCK_KIND_WALL;
  std::string leader;  // host, pid, build: for people
  size_t batch_commands_max = 256;
  size_t queue_people_max = 4096;
  size_t queue_bulk_max = 1024;
  size_t timers_per_batch_max = 64;
  bool threaded = true;  // false: nothing runs until Step is called (simulation)
  bool lead = true;      // false: a standby, until Lead is called
  // Folds each own record once more from its stored bytes and compares (P-5): debug builds,
  // simulation.
  bool verify_apply = false;
  // For repeatable simulation; null: the wall clock and the system's random source. Epochs follow
  // the real clock even where record time is driven.
  const base::Clock* real_clock = nullptr;
  // Null: the clock is believed as it is and no outage is ever seen; right for driven clocks
  // (decisions.md part 10 item 14) and for tests of other things.
  const ClockTrust* clock_trust = nullptr;
  // Of this machine (EpochStarted.host_mark), and of those whose place it took. Empty: not compared
  //
  std::string host_mark;
  std::vector<std::string> moved_from;
  std::function<std::string(size_t)> random;
};

// A consistent read view: rows as of `next_pos` admitted records.
struct ReadView {
  std::shared_ptr<const base::Rows> rows;  // Set and Remove must not be called
  uint64_t next_pos = 0;
};

struct ShardStatus {
  bool serving = false;   // leads and accepts commands
  bool readable = false;  // Read shows a state that may be answered from
  bool halted = false;    // stopped for good, `reason` says why; needs a person
  std::string reason;     // why not, for people
  std::string notice;     // it serves, but holds its timers: why, for people
  uint64_t epoch = 0;
  uint64_t next_pos = 0;
  uint64_t queue = 0;
  std::vector<std::pair<std::string, uint64_t>> sources;  // followed journal -> next_pos reached
};

class Shard {
 public:
  // `sources`: one journal per followed shard. `clock` gives record time. The domain, store and
  // journals outlive the shard.
  static absl::StatusOr<std::unique_ptr<Shard>> Open(
      ShardOptions options, const base::ShardDomain* domain,
      std::unique_ptr<store::StateStore> store, std::shared_ptr<journal::Journal> journal,
      std::vector<std::shared_ptr<journal::Journal>> sources, const base::Clock* clock);
  virtual ~Shard() = default;

  // Replays the journal, takes an epoch, starts the engine thread. Errors: halt reasons.
  virtual absl::Status Start() = 0;
  // Fails waiters with UNAVAILABLE and joins the thread. Idempotent.
  virtual void Stop() = 0;

  virtual void Submit(Submission submission) = 0;

  // Asks to take the leadership (again); a hint, the journal decides. Returns at once.
  virtual void Lead() {}

  // Never touches the engine thread. Empty rows at position 0 until Status().readable.
  virtual ReadView Read() const = 0;
  // Waits until `pos` is applied (read your own write); DEADLINE_EXCEEDED after `timeout_us`.
  virtual absl::Status WaitApplied(uint64_t pos, int64_t timeout_us) const = 0;
  // Non-blocking form: calls `ready` once, as soon as `pos` is applied (possibly at once), or when
  // the shard halts or stops before; Read().next_pos tells which.
  virtual void WhenApplied(uint64_t pos, std::function<void()> ready) = 0;

  virtual ShardStatus Status() const = 0;
  virtual const std::string& journal_name() const = 0;

  // For the driven clock: the due time of the earliest timer, if any; and whether every
  // source has been read to its end and nothing is queued or in flight.
  virtual std::optional<base::Timestamp> NextTimer() const = 0;
  virtual bool Idle() const = 0;
  // Wakes the engine, after a driven clock moved.
  virtual void Poke() = 0;
  // SHA-256 over all own rows at the current position; slow, reads everything.
  virtual absl::StatusOr<std::string> StateHash() const = 0;
  // A consistent copy of the state in `directory`, which must not exist.
  virtual absl::Status Snapshot(const std::string& directory) {
    return absl::UnimplementedError(directory);
  }
  // Counters (metrics.h), alive as long as the shard.
  virtual const ShardMetrics* Metrics() const { return nullptr; }

  // One turn of the loop, for the simulator (options.threaded = false): true when something was
  // done.
  virtual absl::StatusOr<bool> Step() = 0;
};

}  // namespace twinline::engine
