// A journal in memory that misbehaves on purpose, for tests and simulation. All that it does
// follows from its seed and from the order of the calls made to it.
//
// Faults by chance (SimFaults), what a caller sees, and what each stands for:
//
//   append_report_lost  an error, but the record is in the log. The answer of a broker or of an
//                       fsync was lost on its way.
//   append_fails        an error, and nothing is written, ever. Not enough replicas; a full disk.
//   append_lands_late   an error; the record lands some entries or ticks later, often after a newer
//                       epoch. A request in flight from a paused or dead leader.
//   late_is_lost        of those that come late, this one never lands. The unacknowledged tail lost
//                       at a change of leader.
//   append_lands_twice  OK; a second copy lands later. A retry after the producer's identity was
//                       reset.
//   read_stalls         Read is empty although entries are there; Tick wakes. A lagging replica.
//   read_in_pieces      Read gives one entry. Small fetches.
//   place_gap           places jump. Control records, removed entries.
//
// Disasters, by a call:
//
//   LoseTail            an acknowledged tail is gone. Unclean election, an old disk restored. The
//                       expected outcome is a halt, never silence.
//   ChangeByte          an acknowledged byte differs. Bit rot. Expected: halt.
//   InsertBytes         bytes that are no record, or a forged one. A foreign writer. Expected: what
//                       Admit says of it.
//
// Two leaders at once are two users of one SimJournalProvider; a pause is a user that is not
// stepped. What it never does: acknowledge and then lose or reorder (except by the methods that say
// so), or show readers different bytes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "platform/journal/journal.h"

namespace twinline::journal {

// Chances per thousand calls; all zero is a journal without faults.
struct SimFaults {
  uint32_t append_report_lost = 0;
  uint32_t append_fails = 0;
  uint32_t append_lands_late = 0;
  uint32_t late_is_lost = 0;
  uint32_t append_lands_twice = 0;
  uint32_t read_stalls = 0;
  uint32_t read_in_pieces = 0;
  uint32_t place_gap = 0;
  uint32_t late_by_max = 6;  // a late record lands within so many entries or ticks

  // Each fault on or off, and how often, drawn from the seed: a run with two faults finds other
  // things than a run with all of them.
  static SimFaults Swarm(uint64_t seed);
};

// How often each fault really happened: a simulation that never met a fault has not tested it.
struct SimCounts {
  uint64_t appends = 0;
  uint64_t report_lost = 0;
  uint64_t failed = 0;
  uint64_t late = 0;
  uint64_t late_landed = 0;
  uint64_t late_lost = 0;
  uint64_t twice = 0;
  uint64_t stalled = 0;
  uint64_t pieces = 0;
  uint64_t gaps = 0;
};

class SimJournal;

// Thread-safe. Outlives the journals it gave out and their users.
class SimJournalProvider : public JournalProvider {
 public:
  explicit SimJournalProvider(uint64_t seed = 0, SimFaults faults = {});
  ~SimJournalProvider() override;

  absl::StatusOr<std::shared_ptr<Journal>> Open(const std::string& name) override;
  absl::StatusOr<std::vector<std::string>> List() const override;

  void SetFaults(const SimFaults& faults);
  // Time passes: late records come closer and land when due; then everyone watching is woken.
  void Tick();
  // Everything late lands now; with SetFaults({}) before it, the calm in which progress is
  // demanded.
  void LandAll();
  size_t late_records() const;
  SimCounts counts() const;

  // Disasters, on a journal that is open. LoseTail forgets the newest `entries`; returns how many
  // there were to forget.
  size_t LoseTail(const std::string& name, size_t entries);
  // Flips the lowest bit of byte `offset` (modulo the size) of the entry at `place`; false if none.
  bool ChangeByte(const std::string& name, Place place, size_t offset);
  Place InsertBytes(const std::string& name, std::string bytes);

 private:
  friend class SimJournal;
  struct World;
  std::shared_ptr<World> world_;
};

}  // namespace twinline::journal
