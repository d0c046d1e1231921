// The table of admit.h, row by row. Each case names the row it must hit; the row is recognised from
// the verdict and its reason, and the last test fails when a row was never hit.
#include "platform/journal/admit.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/support/journal_records.h"

namespace twinline::journal_test {
namespace {

using journal::Admission;
using journal::Admit;
using journal::EncodeReaderState;
using journal::JournalState;
using journal::RecordPtr;
using journal::Verdict;

enum class Row {
  kGenesisFirst,
  kGenesisUnfit,
  kGenesisAgain,
  kGenesisOther,
  kEpochNew,
  kEpochOld,
  kLate,
  kLateBehindEpoch,
  kDuplicate,
  kTwoRecordsOnePlace,
  kAccept,
  kSealed,
  kGap,
  kChain,
  kFutureEpoch,
  kNoEpoch,
  kFormat,
  kReaderMin,
  kCommitCount,
  kCommitsOutsideBatch,
  kUnknownKind,
  kNoGenesis,
  kUnrecognised,
};

// Which row spoke. The reasons are part of what an operator reads, so they are pinned here.
Row RowOf(const journal::StoredRecord& record, const Admission& admission) {
  using Kind = journal::v1::RecordHeader;
  if (admission.verdict == Verdict::kAccept) {
    if (record.header().kind_case() == Kind::kJournalCreated) return Row::kGenesisFirst;
    if (record.header().kind_case() == Kind::kEpochStarted) return Row::kEpochNew;
    return Row::kAccept;
  }
  const bool halt = admission.verdict == Verdict::kHalt;
  const std::vector<std::tuple<bool, std::string, Row>> reasons = {
      {true, "the genesis record cannot be followed", Row::kGenesisUnfit},
      {false, "a second, equal genesis record", Row::kGenesisAgain},
      {true, "this journal belongs to installation", Row::kGenesisOther},
      {false, ": a lost race", Row::kEpochOld},
      {false, "late record", Row::kLate},
      {true, "is not what was written", Row::kLateBehindEpoch},
      {false, "once more", Row::kDuplicate},
      {true, "two different records claim", Row::kTwoRecordsOnePlace},
      {false, "written after the journal moved", Row::kSealed},
      {true, "that is missing", Row::kGap},
      {true, "the hash chain is broken", Row::kChain},
      {true, "whose start is missing", Row::kFutureEpoch},
      {true, "a record without an epoch", Row::kNoEpoch},
      {true, "record format", Row::kFormat},
      {true, "needs a reader of version", Row::kReaderMin},
      {true, "the header counts", Row::kCommitCount},
      {true, "commits in a record that is no batch", Row::kCommitsOutsideBatch},
      {true, "of a kind that this build does not know", Row::kUnknownKind},
      {true, "does not begin with a genesis record", Row::kNoGenesis},
  };
  for (const auto& [halts, text, row] : reasons) {
    if (halts == halt && admission.reason.find(text) != std::string::npos) return row;
  }
  return Row::kUnrecognised;
}

RecordPtr Changed(const RecordPtr& record,
                  const std::function<void(journal::v1::RecordHeader&)>& change) {
  journal::v1::RecordHeader header = record->header();
  change(header);
  journal::v1::Record changed = record->record();
  changed.set_header(header.SerializeAsString());
  return journal::StoredRecord::Parse(changed.SerializeAsString());
}

RecordPtr Moved(const JournalState& state) {
  journal::v1::RecordHeader header = Header();
  header.set_epoch(state.epoch);
  header.set_pos(state.next_pos);
  header.set_prev_chain(std::string(base::View(state.chain)));
  header.mutable_journal_moved()->set_target("kafka");
  return Make(std::move(header));
}

struct Case {
  std::string name;
  Row row;
  JournalState state;
  RecordPtr record;
};

// A genesis that differs from the usual one in one thing.
template <typename Change>
Genesis Other(Change change) {
  Genesis genesis;
  change(genesis);
  return genesis;
}

void AddGenesisCases(std::vector<Case>& cases, const JournalState& running) {
  const JournalState empty;
  cases.push_back({"first", Row::kGenesisFirst, empty, GenesisRecord()});
  cases.push_back({"real", Row::kGenesisFirst, empty,
                   GenesisRecord(Other([](Genesis& g) { g.realm = journal::v1::REALM_REAL; }))});
  const std::vector<Genesis> unfit = {
      Other([](Genesis& g) { g.installation = "short"; }),
      Other([](Genesis& g) { g.hash = journal::v1::HASH_ALGORITHM_SM3; }),
      Other([](Genesis& g) { g.hash = journal::v1::HASH_ALGORITHM_UNSPECIFIED; }),
      Other([](Genesis& g) { g.realm = journal::v1::REALM_UNSPECIFIED; }),
      Other([](Genesis& g) { g.clock = journal::v1::CLOCK_KIND_UNSPECIFIED; }),
      Other([](Genesis& g) {
        g.realm = journal::v1::REALM_REAL;
        g.clock = journal::v1::CLOCK_KIND_DRIVEN;
      })};
  for (const Genesis& genesis : unfit) {
    cases.push_back({"unfit", Row::kGenesisUnfit, empty, GenesisRecord(genesis)});
  }
  cases.push_back(
      {"equal, of another second", Row::kGenesisAgain, running, GenesisRecord({}, kJournal, 77)});
  const std::vector<Genesis> others = {
      Other([](Genesis& g) { g.installation = std::string(16, 'j'); }),
      Other([](Genesis& g) { g.realm = journal::v1::REALM_REAL; }),
      Other([](Genesis& g) { g.clock = journal::v1::CLOCK_KIND_DRIVEN; }),
      Other([](Genesis& g) { g.hash = journal::v1::HASH_ALGORITHM_SM3; })};
  for (const Genesis& genesis : others) {
    cases.push_back({"other", Row::kGenesisOther, running, GenesisRecord(genesis)});
  }
}

void AddOrderCases(std::vector<Case>& cases, const JournalState& running,
                   const std::vector<RecordPtr>& history) {
  const uint64_t epoch = running.epoch;
  const uint64_t next = running.next_pos;
  cases.push_back({"newer epoch", Row::kEpochNew, running, EpochRecord(epoch + 1)});
  cases.push_back({"much newer epoch", Row::kEpochNew, running, EpochRecord(1'788'220'800)});
  cases.push_back({"same epoch", Row::kEpochOld, running, EpochRecord(epoch, "other candidate")});
  cases.push_back({"older epoch", Row::kEpochOld, running, EpochRecord(epoch - 1)});
  cases.push_back({"epoch zero", Row::kEpochOld, running, EpochRecord(0)});
  cases.push_back({"late, at the place where the epoch began", Row::kLate, running,
                   BatchRecord(epoch - 1, running.epoch_pos, base::Digest{})});
  cases.push_back({"late, before it", Row::kLate, running,
                   BatchRecord(epoch - 1, running.epoch_pos - 1, base::Digest{})});
  cases.push_back({"late, at the next place, right chain", Row::kLateBehindEpoch, running,
                   BatchRecord(epoch - 1, next, running.chain)});
  cases.push_back({"late, far ahead", Row::kLateBehindEpoch, running,
                   BatchRecord(epoch - 1, next + 9, base::Digest{})});
  cases.push_back({"newest once more", Row::kDuplicate, running, history.back()});
  cases.push_back(
      {"an older one once more", Row::kDuplicate, running, history[history.size() - 2]});
  cases.push_back({"an older place, digest forgotten", Row::kDuplicate, running,
                   BatchRecord(epoch, next - 2, base::Digest{}, "unknown")});
  cases.push_back({"newest place, other content", Row::kTwoRecordsOnePlace, running,
                   BatchRecord(epoch, next - 1, running.chain, "other")});
  cases.push_back({"next", Row::kAccept, running, NextBatch(running, "next")});
  cases.push_back({"gap", Row::kGap, running, BatchRecord(epoch, next + 1, running.chain)});
  cases.push_back({"chain", Row::kChain, running, BatchRecord(epoch, next, base::Digest{})});
  cases.push_back({"no chain", Row::kChain, running,
                   Changed(NextBatch(running, ""), [](auto& h) { h.clear_prev_chain(); })});
  cases.push_back(
      {"future epoch", Row::kFutureEpoch, running, BatchRecord(epoch + 1, next, running.chain)});
  cases.push_back({"no epoch", Row::kNoEpoch, running, BatchRecord(0, next, running.chain)});
  cases.push_back({"moved", Row::kAccept, running, Moved(running)});
  JournalState sealed = running;
  sealed.sealed = true;
  cases.push_back({"batch after moved", Row::kSealed, sealed, NextBatch(running, "")});
  cases.push_back({"epoch after moved", Row::kSealed, sealed, EpochRecord(epoch + 1)});
}

void AddReadabilityCases(std::vector<Case>& cases, const JournalState& running) {
  const RecordPtr batch = NextBatch(running, "x");
  cases.push_back(
      {"format 2", Row::kFormat, running, Changed(batch, [](auto& h) { h.set_format(2); })});
  cases.push_back({"format 0, late", Row::kFormat, running, Changed(batch, [](auto& h) {
                     h.set_format(0);
                     h.set_epoch(1);
                   })});
  cases.push_back({"reader_min", Row::kReaderMin, running,
                   Changed(batch, [](auto& h) { h.set_reader_min(journal::kReaderVersion + 1); })});
  cases.push_back({"two counted, one held", Row::kCommitCount, running,
                   Changed(batch, [](auto& h) { h.set_commit_count(2); })});
  cases.push_back({"commit in an epoch start", Row::kCommitsOutsideBatch, running,
                   Changed(batch, [](auto& h) { h.mutable_epoch_started(); })});
  journal::v1::RecordHeader nothing = Header();
  nothing.set_epoch(running.epoch);
  cases.push_back({"no kind", Row::kUnknownKind, running, Make(nothing)});
  cases.push_back({"batch first", Row::kNoGenesis, JournalState(), BatchRecord(1, 0, {})});
  cases.push_back({"epoch first", Row::kNoGenesis, JournalState(), EpochRecord(1)});
}

std::vector<Case> Cases() {
  JournalState running;
  const std::vector<RecordPtr> history = History(3, running);
  std::vector<Case> cases;
  AddGenesisCases(cases, running);
  AddOrderCases(cases, running, history);
  AddReadabilityCases(cases, running);
  return cases;
}

TEST(AdmitTest, EveryRowOfTheTable) {
  std::map<Row, int> hits;
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.name);
    ASSERT_NE(c.record, nullptr);
    JournalState state = c.state;
    const Admission admission = Admit(state, *c.record);
    EXPECT_EQ(static_cast<int>(RowOf(*c.record, admission)), static_cast<int>(c.row))
        << admission.reason;
    ++hits[RowOf(*c.record, admission)];
    if (admission.verdict == Verdict::kAccept) {
      EXPECT_EQ(admission.pos, c.state.next_pos);
      EXPECT_EQ(state.next_pos, c.state.next_pos + 1);
      EXPECT_EQ(state.last_digest, c.record->digest());
      EXPECT_NE(state.chain, c.state.chain);
    } else {
      EXPECT_EQ(EncodeReaderState({}, state), EncodeReaderState({}, c.state)) << "state changed";
      EXPECT_FALSE(admission.reason.empty());
    }
  }
  for (int row = 0; row < static_cast<int>(Row::kUnrecognised); ++row) {
    EXPECT_GE(hits[static_cast<Row>(row)], 1) << "row " << row << " was never hit";
  }
  EXPECT_EQ(hits[Row::kUnrecognised], 0);
}

TEST(AdmitTest, AnEpochTakesTheNextPlaceWhereverItLands) {
  JournalState state;
  History(2, state);
  const uint64_t before = state.next_pos;
  EXPECT_EQ(Admit(state, *EpochRecord(9)).pos, before);
  EXPECT_EQ(state.epoch, 9u);
  EXPECT_EQ(Admit(state, *NextBatch(state, "a")).pos, before + 1);
}

// Somebody raises the number of an epoch on the medium: what its leader acknowledged must not turn
// into late records that everybody passes over.
TEST(AdmitTest, ARaisedEpochHaltsAtItsFirstRecord) {
  JournalState honest;
  const std::vector<RecordPtr> history = History(3, honest);
  JournalState state;
  for (const RecordPtr& record : history) {
    const bool start = record->header().has_epoch_started();
    const Admission admission = Admit(
        state, start ? *Changed(record, [](auto& h) { h.set_epoch(h.epoch() + 1'000); }) : *record);
    if (record->header().has_batch()) {
      EXPECT_EQ(admission.verdict, Verdict::kHalt);
      EXPECT_NE(admission.reason.find("is not what was written"), std::string::npos);
      return;
    }
    ASSERT_EQ(admission.verdict, Verdict::kAccept);
  }
  FAIL() << "there was no batch";
}

TEST(AdmitTest, NothingOpensASealedJournal) {
  JournalState state;
  History(1, state);
  ASSERT_EQ(Admit(state, *Moved(state)).verdict, Verdict::kAccept);
  EXPECT_TRUE(state.sealed);
  EXPECT_EQ(Admit(state, *EpochRecord(99)).verdict, Verdict::kIgnore);
  EXPECT_EQ(Admit(state, *GenesisRecord()).verdict, Verdict::kIgnore);
}

}  // namespace
}  // namespace twinline::journal_test
