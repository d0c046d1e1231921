// The followed journals of a shard: reads them through Admit, copies their facts into foreign rows
// and turns their events into reactions, each record's effects exactly once.
//
// Three positions per source. `carried`: below it every event has had its effect, said by a header
// of the own journal and therefore true for ever and everywhere. `kept`: how far this
// machine has scanned, beside the state; between the two lies only what no rule wanted. `taken`:
// how far the batch in the making has gone; it becomes `kept` with the batch or falls back with it.
//
// Causality: a record is taken only when the own readers of all journals that its header
// names have reached the positions named there. What its writer knew is then known here too.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "platform/base/decision.h"
#include "platform/engine/batch.h"
#include "platform/engine/metrics.h"
#include "platform/journal/admit.h"
#include "platform/store/overlay.h"
#include "platform/store/state_store.h"

namespace twinline::engine {

// More commands of one rule for one event are a bulk job, not a reaction (decisions.md part 10 item
// 16).
inline constexpr size_t kReactionsPerEventMax = 16;
// Skipped records after which a cursor is written even though nothing happened.
inline constexpr uint64_t kCursorEvery = 65'536;

class Sources {
 public:
  struct Taken {
    size_t records = 0;
    std::vector<Reaction> reactions;
    std::vector<size_t> record_of;  // for each reaction, how many records were taken up to its own
  };
  struct Limits {
    size_t records = 1024;
    size_t reactions = 256;  // no further record is taken once there are so many
  };

  Sources(const base::ShardDomain* domain, std::string own_journal,
          std::vector<std::shared_ptr<journal::Journal>> journals, ShardMetrics* metrics);

  // Reads the scan cursors and the carried cursors from the store. FAILED_PRECONDITION or DATA_LOSS
  // when a source is shorter than what was read of it.
  absl::Status Load(const store::StateStore& store);

  // Takes what can be taken: foreign rows go to the overlay. `reacting`: collect reactions beyond
  // the carried cursors; otherwise stop in front of the first event that would have any, for it is
  // the leader's. An error is a halt (a source forked, a rule asks for too much). A failing medium
  // is none: the source is left alone this time, see failing().
  absl::StatusOr<Taken> Take(bool reacting, const Limits& limits, store::Overlay& overlay);
  // Forgets what was taken since the last Keep or Release.
  void Release();
  // What was taken counts. The new scan cursors of the sources that moved, to go into the same
  // batch.
  std::vector<std::pair<std::string, std::string>> Keep();
  bool moved() const;

  // Inputs: of sources whose events caused a commit, or that are due. Only for a batch, which names
  // the record before it; anything else might land late and set a cursor back.
  void FillInputs(journal::v1::RecordHeader* header) const;
  // Scan positions: those that changed since our newest record, or all.
  void FillScans(bool all, journal::v1::RecordHeader* header) const;
  // Takes a look at the ends of the sources, once a second at most.
  void LookAtEnds(int64_t now_us);
  // The source of which is known least recently that all of it was read, and since when it is not
  // known; nullopt when there is no source.
  struct Age {
    const std::string* journal = nullptr;
    int64_t us = 0;
  };
  std::optional<Age> Oldest(int64_t now_us);

  // A cursor must be written even without a commit.
  bool CursorDue() const;
  // An own record was applied; it may carry input cursors or start rules, ours or another leader's.
  void OnOwnRecord(const journal::StoredRecord& record);
  // The rules of the domain that have no start in the own journal yet: to start where this reader
  // is, or in a new journal at the beginning of every source.
  std::vector<journal::v1::ReactorRuleStarted> RulesToStart() const;

  size_t size() const { return sources_.size(); }
  const std::shared_ptr<journal::Journal>& journal(size_t i) const { return sources_[i]->journal; }
  // New entries are there; any thread.
  void Wake(size_t i) { sources_[i]->news.store(true, std::memory_order_release); }

  // Any thread: positions kept, and whether everything readable now has been.
  std::vector<std::pair<std::string, uint64_t>> Positions() const;
  bool AtEnd() const;
  // Why a source could not be read just now; OK when all could.
  absl::Status failing() const;
  // DATA_LOSS when a source ends before the point up to which the own journal has reacted to it.
  absl::Status CheckReached() const;

 private:
  struct Carried {
    uint64_t next_pos = 0;
    std::string chain_prefix;
  };
  struct Source {
    explicit Source(std::shared_ptr<journal::Journal> source_journal)
        : journal(std::move(source_journal)), reader(journal) {}

    std::shared_ptr<journal::Journal> journal;
    journal::AdmittedReader reader;
    std::deque<journal::Admitted> ahead;  // read, beginning behind `kept`
    size_t taken = 0;                     // how many of them the batch in the making has
    bool reacted = false;                 // one of those has a reaction
    absl::Status failing;
    journal::Place kept_place;
    journal::JournalState kept;
    Carried carried;
    std::optional<uint64_t> recorded_scan;  // position in our newest header
    // an end that was seen, and when; once it is reached, everything up to then was read.
    journal::Place seen_end;
    int64_t seen_us = 0;
    bool reached = true;
    std::optional<int64_t> known_us;
    std::atomic<bool> news = true;
    std::atomic<uint64_t> shown_next_pos = 0;
    std::atomic<uint64_t> shown_place = 0;

    uint64_t next_pos() const { return kept.next_pos + taken; }
    void NoteReached();
    // First 8 bytes of the chain value before next_pos.
    std::string ChainPrefix() const;
  };

  absl::StatusOr<bool> Fetch(Source& source);
  bool CausesAreHere(const journal::v1::RecordHeader& header) const;
  // False: not ours to take (see Take).
  absl::StatusOr<bool> TakeRecord(Source& source, bool reacting, store::Overlay& overlay,
                                  Taken* taken);
  absl::Status ReactTo(const base::SourceEvent& event, std::vector<Reaction>* reactions) const;
  bool HasStarted(const std::string& rule, const journal::v1::EventRef& ref) const;
  absl::Status CheckCarried(const Source& source, const journal::Admitted& record) const;
  void SetCarried(const journal::v1::InputCursor& cursor);
  void SetRuleStart(const journal::v1::ReactorRuleStarted& started);

  const base::ShardDomain* domain_;
  const std::string own_journal_;
  ShardMetrics* metrics_;
  std::vector<std::unique_ptr<Source>> sources_;
  bool opened_ =
      false;  // the own journal has seen a command: rules no longer start at the beginning
  // Rules that need a start, and the starts that there are: position by journal.
  std::set<std::string> rules_;
  std::map<std::string, std::map<std::string, uint64_t>> rule_starts_;
};

}  // namespace twinline::engine
