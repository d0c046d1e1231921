// Admit: the rule by which every reader of a journal decides what counts. The order in the log is
// the lock: a stale leader's late records and duplicates are ignored by everyone alike, a gap or a
// broken hash chain halts (design.md part 1.5; decisions.md R-52). Mirrored by admit.pml, which is
// model-checked.
//
// clang-format off
// | record             | condition                                     | verdict                   |
// |--------------------|-----------------------------------------------|---------------------------|
// | JournalCreated     | journal empty                                 | accept                    |
// | JournalCreated     | equal to the genesis we have                  | ignore             |
// | JournalCreated     | of another installation, realm, clock or hash | halt                      |
// | EpochStarted(e)    | e > current epoch                             | accept, current = e       |
// | EpochStarted(e)    | e <= current                                  | ignore (a lost race)      |
// | batch(e, p)        | e < current, p <= where current began         | ignore (late write)       |
// | batch(e, p)        | e < current, p >  where current began         | halt (ADR 0016)           |
// | batch(e, p)        | e = current, p < next, digest at p the same   | ignore (duplicate)        |
// |                    | or forgotten                                  |                           |
// | batch(e, p)        | e = current, p = next, prev chain matches     | accept                    |
// | any                | after JournalMoved                            | ignore (sealed, R-66)     |
// | anything else      | gap, chain mismatch, future epoch, unknown    | halt                      |
// |                    | format, reader_min                            |                           |
// clang-format on
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/base/hash.h"
#include "platform/journal/journal.h"

namespace twinline::journal {

// reader_min above this: halt.
inline constexpr uint32_t kReaderVersion = 1;
inline constexpr uint32_t kFormat = 1;

struct JournalState {
  uint64_t epoch = 0;
  // Where the current epoch began; after a cursor of an older build, some position not before it.
  uint64_t epoch_pos = 0;
  uint64_t next_pos = 0;       // number of admitted records
  base::Digest chain{};        // chain value after the last admitted record; zeros before the first
  base::Digest last_digest{};  // digest of the admitted record next_pos-1
  std::optional<v1::JournalCreated> genesis;
  bool sealed = false;  // JournalMoved was admitted
};

enum class Verdict { kAccept, kIgnore, kHalt };

struct Admission {
  Verdict verdict = Verdict::kHalt;
  uint64_t pos = 0;    // place in the order, when accepted
  std::string reason;  // for kIgnore and kHalt: one sentence for the log
};

// Pure. On kAccept `state` has moved past the record, otherwise it is unchanged.
Admission Admit(JournalState& state, const StoredRecord& record);

// An admitted record as readers see it.
struct Admitted {
  uint64_t pos = 0;
  Place place;
  base::Digest chain{};  // chain value after this record
  RecordPtr record;
};

class ReadAhead;

// Reads a journal through Admit. Not thread-safe; each follower has its own.
class AdmittedReader {
 public:
  // `start`: where the next raw entry is read from and the state before it (both from the
  // follower's own store); defaults begin at the beginning.
  explicit AdmittedReader(std::shared_ptr<Journal> journal, Place start = {},
                          JournalState state = {});
  AdmittedReader(AdmittedReader&&) noexcept;
  AdmittedReader& operator=(AdmittedReader&&) noexcept;
  ~AdmittedReader();

  // Up to `max` newly admitted records, none when the end is reached. An error is a halt
  // (DATA_LOSS, with journal, place and reason) or a failing medium (UNAVAILABLE).
  absl::StatusOr<std::vector<Admitted>> Next(size_t max);

  // For a long replay: from now on, or no longer, entries are read one step ahead by another
  // thread.
  void SetReadAhead(bool on);

  const JournalState& state() const { return state_; }
  Place next_place() const { return next_; }
  // How many entries were passed over as late or repeated since this reader was made, and why the
  // last.
  uint64_t ignored() const { return ignored_; }
  const std::string& last_ignored() const { return last_ignored_; }
  const std::shared_ptr<Journal>& journal() const { return journal_; }

 private:
  std::shared_ptr<Journal> journal_;
  Place next_;
  JournalState state_;
  std::unique_ptr<ReadAhead> ahead_;
  uint64_t ignored_ = 0;
  std::string last_ignored_;
};

// Serialises reader position and state for local stores (never for stored records).
std::string EncodeReaderState(Place next, const JournalState& state);
std::optional<std::pair<Place, JournalState>> DecodeReaderState(std::string_view bytes);

}  // namespace twinline::journal
