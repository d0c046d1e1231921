// Admit, the reader that runs it, and the bytes in which a reader remembers where it was. The table
// in admit.h is the specification; each row is one branch here, and
// tests/unit/journal/admit_test.cc counts that every branch is reached. Nothing here may depend on
// anything but the records themselves, for every reader must come to the same list.
#include "platform/journal/admit.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "platform/base/status_macros.h"
#include "platform/journal/read_ahead.h"
#include "platform/journal/record_digest.h"

namespace twinline::journal {
namespace {

Admission Halt(std::string reason) { return {Verdict::kHalt, 0, std::move(reason)}; }
Admission Ignore(std::string reason) { return {Verdict::kIgnore, 0, std::move(reason)}; }

Admission Accept(JournalState& state, const StoredRecord& record) {
  const Admission admission{Verdict::kAccept, state.next_pos, {}};
  state.chain = ChainHash(state.chain, record.digest());
  state.last_digest = record.digest();
  ++state.next_pos;
  return admission;
}

bool SameGenesis(const v1::JournalCreated& a, const v1::JournalCreated& b) {
  return a.installation_id() == b.installation_id() && a.realm() == b.realm() &&
         a.clock() == b.clock() && a.hash() == b.hash();
}

std::string Describe(const v1::JournalCreated& genesis) {
  return absl::StrCat("installation ", base::ToHex(genesis.installation_id()), ", ",
                      v1::Realm_Name(genesis.realm()), ", ", v1::ClockKind_Name(genesis.clock()),
                      ", ", v1::HashAlgorithm_Name(genesis.hash()));
}

// Why this build cannot follow a journal that begins so; empty when it can.
std::string UnfitGenesis(const v1::JournalCreated& genesis) {
  if (genesis.installation_id().size() != 16) return "its installation id has not 16 bytes";
  if (genesis.hash() != v1::HASH_ALGORITHM_SHA256) return "its hash is not SHA-256";
  const bool real = genesis.realm() == v1::REALM_REAL;
  if (!real && genesis.realm() != v1::REALM_DEMO) return "its realm is unknown";
  const bool wall = genesis.clock() == v1::CLOCK_KIND_WALL;
  if (!wall && genesis.clock() != v1::CLOCK_KIND_DRIVEN) return "its clock is unknown";
  if (real && !wall) return "a driven clock is legal only in a demonstration (R-05)";
  return {};
}

Admission AdmitGenesis(JournalState& state, const StoredRecord& record) {
  const v1::JournalCreated& created = record.header().journal_created();
  if (state.next_pos == 0) {
    if (std::string unfit = UnfitGenesis(created); !unfit.empty()) {
      return Halt(absl::StrCat("the genesis record cannot be followed: ", unfit));
    }
    Admission admission = Accept(state, record);
    state.genesis = created;
    return admission;
  }
  if (state.genesis && SameGenesis(*state.genesis, created)) {
    return Ignore("a second, equal genesis record: two first starts raced (R-79)");
  }
  return Halt(absl::StrCat("this journal belongs to ",
                           state.genesis ? Describe(*state.genesis) : "an unknown genesis",
                           ", but here stands a genesis record of ", Describe(created)));
}

Admission AdmitEpoch(JournalState& state, const StoredRecord& record) {
  const uint64_t epoch = record.header().epoch();
  if (epoch <= state.epoch) {
    return Ignore(absl::StrCat("start of epoch ", epoch, " after epoch ", state.epoch,
                               " began: a lost race"));
  }
  Admission admission = Accept(state, record);
  state.epoch = epoch;
  state.epoch_pos = admission.pos;
  return admission;
}

// Everything that a leader writes after its EpochStarted.
Admission AdmitOrdered(JournalState& state, const StoredRecord& record) {
  const v1::RecordHeader& header = record.header();
  if (header.epoch() == 0) return Halt("a record without an epoch");
  if (header.epoch() < state.epoch && header.pos() > state.epoch_pos) {
    // A leader makes a record only on what it has read, so a late one cannot know the place behind
    // the epoch that ended its own. The number of that epoch was changed (ADR 0016).
    return Halt(absl::StrCat("record ", header.pos(), " of epoch ", header.epoch(),
                             " was made after epoch ", state.epoch, " began at ", state.epoch_pos,
                             ": the start of that epoch is not what was written"));
  }
  if (header.epoch() < state.epoch) {
    return Ignore(absl::StrCat("late record ", header.pos(), " of epoch ", header.epoch(),
                               " after epoch ", state.epoch, " began"));
  }
  if (header.epoch() > state.epoch) {
    return Halt(absl::StrCat("record ", header.pos(), " of epoch ", header.epoch(),
                             ", whose start is missing; the current epoch is ", state.epoch));
  }
  if (header.pos() < state.next_pos) {
    if (header.pos() + 1 == state.next_pos && record.digest() != state.last_digest) {
      return Halt(absl::StrCat("two different records claim epoch ", header.epoch(), " place ",
                               header.pos(), " (R-80)"));
    }
    return Ignore(absl::StrCat("record ", header.pos(), " once more"));
  }
  if (header.pos() > state.next_pos) {
    return Halt(absl::StrCat("record ", header.pos(), " follows record ", state.next_pos,
                             " that is missing"));
  }
  if (header.prev_chain() != std::string(base::View(state.chain))) {
    return Halt(absl::StrCat("the hash chain is broken before record ", header.pos(), ": it names ",
                             base::ToHex(header.prev_chain()), ", here is ",
                             base::ToHex(base::View(state.chain))));
  }
  Admission admission = Accept(state, record);
  if (header.kind_case() == v1::RecordHeader::kJournalMoved) state.sealed = true;
  return admission;
}

// What no reader of this version can judge; empty when it can. Comes before everything else: of a
// header in an unknown format even the epoch cannot be believed.
std::string Unreadable(const StoredRecord& record) {
  const v1::RecordHeader& header = record.header();
  if (header.format() != kFormat) {
    return absl::StrCat("record format ", header.format(), ", this build knows ", kFormat);
  }
  if (header.reader_min() > kReaderVersion) {
    return absl::StrCat("the record needs a reader of version ", header.reader_min(),
                        ", this build is ", kReaderVersion, ": start the newer build (R-23)");
  }
  if (header.commit_count() != static_cast<uint32_t>(record.record().commit_size())) {
    return absl::StrCat("the header counts ", header.commit_count(), " commits, the record holds ",
                        record.record().commit_size());
  }
  if (header.kind_case() != v1::RecordHeader::kBatch && record.record().commit_size() != 0) {
    return "commits in a record that is no batch";
  }
  return {};
}

}  // namespace

Admission Admit(JournalState& state, const StoredRecord& record) {
  if (state.sealed) return Ignore("written after the journal moved (R-66)");
  if (std::string reason = Unreadable(record); !reason.empty()) return Halt(std::move(reason));
  const auto kind = record.header().kind_case();
  if (kind == v1::RecordHeader::kJournalCreated) return AdmitGenesis(state, record);
  if (state.next_pos == 0) return Halt("the journal does not begin with a genesis record");
  switch (kind) {
    case v1::RecordHeader::kEpochStarted:
      return AdmitEpoch(state, record);
    case v1::RecordHeader::kBatch:
    case v1::RecordHeader::kJournalMoved:
    case v1::RecordHeader::kHistoryLost:
      return AdmitOrdered(state, record);
    default:
      return Halt("a record of a kind that this build does not know");
  }
}

AdmittedReader::AdmittedReader(std::shared_ptr<Journal> journal, Place start, JournalState state)
    : journal_(std::move(journal)), next_(start), state_(std::move(state)) {}
AdmittedReader::AdmittedReader(AdmittedReader&&) noexcept = default;
AdmittedReader& AdmittedReader::operator=(AdmittedReader&&) noexcept = default;
AdmittedReader::~AdmittedReader() = default;

void AdmittedReader::SetReadAhead(bool on) {
  ahead_ = on ? std::make_unique<ReadAhead>(journal_) : nullptr;
}

absl::StatusOr<std::vector<Admitted>> AdmittedReader::Next(size_t max) {
  std::vector<Admitted> admitted;
  while (admitted.empty()) {
    TWINLINE_ASSIGN_OR_RETURN(const std::vector<Entry> entries,
                              ahead_ ? ahead_->Read(next_, max) : journal_->Read(next_, max));
    if (entries.empty()) return admitted;
    for (const Entry& entry : entries) {
      Admission admission = Halt("bytes that are not a record");
      if (entry.record != nullptr) {
        admission = entry.record->header().journal() == journal_->name()
                        ? Admit(state_, *entry.record)
                        : Halt(absl::StrCat("a record of journal \"",
                                            entry.record->header().journal(), "\""));
      }
      if (admission.verdict == Verdict::kHalt) {
        // What came before it is good; the halt is told at the next call, from the same place.
        if (!admitted.empty()) return admitted;
        return absl::DataLossError(absl::StrCat("journal ", journal_->name(), " halts at place ",
                                                entry.place.value, ": ", admission.reason));
      }
      next_ = Place{entry.place.value + 1};
      if (admission.verdict == Verdict::kIgnore) {
        ++ignored_;
        last_ignored_ = std::move(admission.reason);
        continue;
      }
      admitted.push_back({admission.pos, entry.place, state_.chain, entry.record});
    }
  }
  return admitted;
}

}  // namespace twinline::journal
