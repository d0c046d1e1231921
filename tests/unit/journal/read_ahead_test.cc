// Reading ahead changes when something is read, never what.
#include "platform/journal/read_ahead.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "platform/journal/admit.h"
#include "platform/journal/sim_journal.h"
#include "tests/support/journal_records.h"

namespace twinline::journal_test {
namespace {

using journal::AdmittedReader;
using journal::Entry;
using journal::JournalState;
using journal::Place;
using journal::ReadAhead;
using journal::RecordPtr;
using journal::SimJournalProvider;

class ReadAheadTest : public ::testing::Test {
 protected:
  void Append(size_t batches) {
    for (const RecordPtr& record : History(batches, state_)) {
      ASSERT_TRUE(journal_->Append(record).ok());
    }
  }

  JournalState state_;
  SimJournalProvider provider_{1, {}};
  std::shared_ptr<journal::Journal> journal_ = provider_.Open(kJournal).value();
};

std::vector<uint64_t> Places(const absl::StatusOr<std::vector<Entry>>& entries) {
  std::vector<uint64_t> places;
  for (const Entry& entry : entries.value()) places.push_back(entry.place.value);
  return places;
}

TEST_F(ReadAheadTest, GivesWhatTheJournalGivesWhateverIsAskedFor) {
  Append(40);
  ReadAhead ahead(journal_);
  const auto as_journal = [&](uint64_t from, size_t max) {
    EXPECT_EQ(Places(ahead.Read(Place{from}, max)), Places(journal_->Read(Place{from}, max)))
        << from << " " << max;
  };
  as_journal(0, 7);
  const uint64_t next = journal_->Read(Place{0}, 7).value().back().place.value + 1;
  as_journal(next, 7);        // as foreseen
  as_journal(next, 7);        // again
  as_journal(0, 7);           // back
  as_journal(next, 3);        // fewer
  as_journal(next + 3, 100);  // all the rest
  as_journal(journal_->End().value().value, 7);
}

TEST_F(ReadAheadTest, WhatLandsAfterTheEndWasForeseenIsRead) {
  const std::vector<RecordPtr> records = History(10, state_);
  ReadAhead ahead(journal_);
  uint64_t next = 0;
  for (const RecordPtr& record : records) {
    const auto before = ahead.Read(Place{next}, 4);
    ASSERT_TRUE(before.ok());
    if (!before->empty()) next = before->back().place.value + 1;
    EXPECT_TRUE(ahead.Read(Place{next}, 4)->empty());
    ASSERT_TRUE(journal_->Append(record).ok());
    EXPECT_EQ(Places(ahead.Read(Place{next}, 4)), Places(journal_->Read(Place{next}, 4)));
  }
}

TEST_F(ReadAheadTest, AReaderThatReadsAheadAdmitsTheSame) {
  Append(50);
  AdmittedReader plain(journal_), ahead(journal_);
  ahead.SetReadAhead(true);
  const auto both_at_end = [&] {
    for (;;) {
      const auto expected = plain.Next(4), found = ahead.Next(4);
      ASSERT_TRUE(expected.ok() && found.ok());
      ASSERT_EQ(expected->size(), found->size());
      if (expected->empty()) return;
      for (size_t i = 0; i < expected->size(); ++i) {
        ASSERT_EQ((*expected)[i].chain, (*found)[i].chain);
        ASSERT_EQ((*expected)[i].place.value, (*found)[i].place.value);
      }
    }
  };
  both_at_end();
  EXPECT_EQ(ahead.state().next_pos, plain.state().next_pos);
  EXPECT_GT(ahead.state().next_pos, 50u);
}

// Fails from the second read on, until it is mended.
class FailingJournal final : public journal::Journal {
 public:
  explicit FailingJournal(std::shared_ptr<Journal> below) : below_(std::move(below)) {}
  const std::string& name() const override { return below_->name(); }
  absl::StatusOr<Place> Append(RecordPtr) override { return absl::UnimplementedError(""); }
  absl::StatusOr<std::vector<Entry>> Read(Place from, size_t max) const override {
    if (reads++ > 0 && !mended) return absl::UnavailableError("the medium fails");
    return below_->Read(from, max);
  }
  absl::StatusOr<Place> End() const override { return below_->End(); }
  uint64_t Watch(std::function<void()>) override { return 0; }
  void Unwatch(uint64_t) override {}

  mutable std::atomic<int> reads = 0;
  std::atomic<bool> mended = false;

 private:
  const std::shared_ptr<Journal> below_;
};

TEST_F(ReadAheadTest, AFailureAheadIsToldWhenItsTurnComesAndPasses) {
  Append(20);
  const auto failing = std::make_shared<FailingJournal>(journal_);
  AdmittedReader reader(failing);
  reader.SetReadAhead(true);
  EXPECT_TRUE(reader.Next(5).ok());
  EXPECT_EQ(reader.Next(5).status().code(), absl::StatusCode::kUnavailable);
  failing->mended = true;
  size_t admitted = reader.state().next_pos;
  for (;;) {
    const auto some = reader.Next(5);
    ASSERT_TRUE(some.ok());
    if (some->empty()) break;
    admitted += some->size();
  }
  EXPECT_EQ(admitted, reader.state().next_pos);
  EXPECT_GT(admitted, 20u);
}

}  // namespace
}  // namespace twinline::journal_test
