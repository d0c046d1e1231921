// The simulator does what its table says, no more, and the same for the same seed.
#include "platform/journal/sim_journal.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "platform/journal/admit.h"
#include "tests/support/journal_records.h"

namespace twinline::journal_test {
namespace {

using journal::Entry;
using journal::JournalState;
using journal::Place;
using journal::RecordPtr;
using journal::SimFaults;
using journal::SimJournalProvider;

std::vector<RecordPtr> Records(size_t batches) {
  JournalState state;
  return History(batches, state);
}

size_t Landed(SimJournalProvider& provider) {
  provider.SetFaults({});
  return provider.Open(kJournal).value()->Read(Place{0}, SIZE_MAX).value().size();
}

// Everything a run can show: places, errors, and what was read.
std::string Trace(uint64_t seed) {
  SimJournalProvider provider(seed, SimFaults::Swarm(seed));
  const auto journal = provider.Open(kJournal).value();
  std::string trace;
  for (const RecordPtr& record : Records(60)) {
    const auto place = journal->Append(record);
    trace += place.ok() ? std::to_string(place->value) : place.status().ToString();
    trace += "|" + std::to_string(journal->Read(Place{0}, 5).value().size()) + ";";
    if (trace.size() % 3 == 0) provider.Tick();
  }
  return trace;
}

TEST(SimJournalTest, TheSeedDecidesEverything) {
  for (uint64_t seed = 0; seed < 30; ++seed) EXPECT_EQ(Trace(seed), Trace(seed)) << seed;
  EXPECT_NE(Trace(1), Trace(2));
}

TEST(SimJournalTest, SwarmMeetsEveryFault) {
  journal::SimCounts total;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    SimJournalProvider provider(seed, SimFaults::Swarm(seed));
    const auto journal = provider.Open(kJournal).value();
    for (const RecordPtr& record : Records(50)) {
      (void)journal->Append(record);
      (void)journal->Read(Place{0}, 5);
    }
    const journal::SimCounts counts = provider.counts();
    total.report_lost += counts.report_lost;
    total.failed += counts.failed;
    total.late += counts.late;
    total.late_landed += counts.late_landed;
    total.late_lost += counts.late_lost;
    total.twice += counts.twice;
    total.stalled += counts.stalled;
    total.pieces += counts.pieces;
    total.gaps += counts.gaps;
  }
  for (const uint64_t count :
       {total.report_lost, total.failed, total.late, total.late_landed, total.late_lost,
        total.twice, total.stalled, total.pieces, total.gaps}) {
    EXPECT_GT(count, 0u);
  }
}

TEST(SimJournalTest, EachAppendFaultDoesWhatItsRowSays) {
  const RecordPtr record = GenesisRecord();
  const auto run = [&](SimFaults faults, bool ok, size_t now, size_t later) {
    SimJournalProvider provider(7, faults);
    const auto journal = provider.Open(kJournal).value();
    EXPECT_EQ(journal->Append(record).ok(), ok);
    EXPECT_EQ(Landed(provider), now);
    provider.LandAll();
    EXPECT_EQ(Landed(provider), later);
    EXPECT_EQ(provider.late_records(), 0u);
  };
  run({}, true, 1, 1);
  run({.append_report_lost = 1000}, false, 1, 1);
  run({.append_fails = 1000}, false, 0, 0);
  run({.append_lands_late = 1000}, false, 0, 1);
  run({.append_lands_twice = 1000}, true, 1, 2);
}

TEST(SimJournalTest, ALateRecordComesWithTimeOrIsLost) {
  for (const bool lost : {false, true}) {
    SimFaults faults;
    faults.append_lands_late = 1000;
    faults.late_is_lost = lost ? 1000 : 0;
    SimJournalProvider provider(7, faults);
    const auto journal = provider.Open(kJournal).value();
    int wakes = 0;
    journal->Watch([&] { ++wakes; });
    EXPECT_FALSE(journal->Append(GenesisRecord()).ok());
    for (uint32_t i = 0; i < faults.late_by_max; ++i) provider.Tick();
    EXPECT_GE(wakes, 1);
    EXPECT_EQ(Landed(provider), lost ? 0u : 1u);
    EXPECT_EQ(provider.late_records(), 0u);
  }
}

TEST(SimJournalTest, AStalledReadIsEmptyThoughTheEndIsFurther) {
  SimJournalProvider provider(7, {.read_stalls = 1000});
  const auto journal = provider.Open(kJournal).value();
  ASSERT_TRUE(journal->Append(GenesisRecord()).ok());
  EXPECT_TRUE(journal->Read(Place{0}, 10).value().empty());
  EXPECT_EQ(journal->End().value(), Place{2});
  EXPECT_EQ(Landed(provider), 1u);
}

// Disasters end in a halt, never in silence.
class SimDisaster : public testing::Test {
 protected:
  SimDisaster() : journal_(provider_.Open(kJournal).value()), reader_(journal_) {
    for (const RecordPtr& record : History(5, state_)) EXPECT_TRUE(journal_->Append(record).ok());
  }
  SimJournalProvider provider_;
  std::shared_ptr<journal::Journal> journal_;
  JournalState state_;
  journal::AdmittedReader reader_;
};

TEST_F(SimDisaster, AnAcknowledgedTailIsLost) {
  ASSERT_EQ(reader_.Next(100).value().size(), 7u);
  EXPECT_EQ(provider_.LoseTail(kJournal, 2), 2u);
  EXPECT_EQ(reader_.Next(100).status().code(), absl::StatusCode::kDataLoss);
  // Even after others have written over the place of what was lost.
  JournalState shorter = ReadAll(journal_).state;
  for (const char* commit : {"x", "y", "z"}) {
    const RecordPtr other = NextBatch(shorter, commit);
    ASSERT_TRUE(journal_->Append(other).ok());
    Admit(shorter, *other);
  }
  EXPECT_EQ(reader_.Next(100).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(SimDisaster, AChangedByteHaltsANewReader) {
  for (size_t offset = 0; offset < 60; ++offset) {
    ASSERT_TRUE(provider_.ChangeByte(kJournal, Place{4}, offset));
    const ReadResult read = ReadAll(journal_);
    EXPECT_EQ(read.halt.code(), absl::StatusCode::kDataLoss) << "offset " << offset;
    EXPECT_LE(read.admitted.size(), 4u);
    if (journal_->Read(Place{4}, 1).value().at(0).record == nullptr) break;  // no way back
    ASSERT_TRUE(provider_.ChangeByte(kJournal, Place{4}, offset));
  }
  EXPECT_FALSE(provider_.ChangeByte(kJournal, Place{400}, 0));
}

TEST_F(SimDisaster, ForeignBytesHalt) {
  provider_.InsertBytes(kJournal, "not a record");
  const ReadResult read = ReadAll(journal_);
  EXPECT_EQ(read.admitted.size(), 7u) << "what came before is still told";
  EXPECT_EQ(read.halt.code(), absl::StatusCode::kDataLoss);
}

TEST_F(SimDisaster, ARecordOfAnotherJournalHalts) {
  provider_.InsertBytes(kJournal, EpochRecord(9, "", "transfer/0")->bytes());
  const ReadResult read = ReadAll(journal_);
  EXPECT_EQ(read.halt.code(), absl::StatusCode::kDataLoss);
  EXPECT_NE(std::string(read.halt.message()).find("transfer/0"), std::string::npos);
}

}  // namespace
}  // namespace twinline::journal_test
