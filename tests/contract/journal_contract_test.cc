// What journal.h promises, asked of every medium with the same questions. Built once for each set
// of media: JOURNAL_MEDIA names the header that has them.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "platform/journal/admit.h"
#include "platform/journal/resume.h"
#include "tests/support/journal_records.h"

#ifndef JOURNAL_MEDIA
#define JOURNAL_MEDIA "tests/contract/journal_media.h"
#endif
#include JOURNAL_MEDIA

namespace twinline::journal_test {
namespace {

using journal::Admitted;
using journal::AdmittedReader;
using journal::Entry;
using journal::Journal;
using journal::JournalState;
using journal::Place;
using journal::RecordPtr;

template <typename Medium>
class JournalContract : public testing::Test {
 protected:
  std::shared_ptr<Journal> Open(const std::string& name = kJournal) {
    auto journal = medium_.provider().Open(name);
    EXPECT_TRUE(journal.ok()) << journal.status();
    return *journal;
  }
  Place Append(Journal& journal, const RecordPtr& record) {
    const auto place = journal.Append(record);
    EXPECT_TRUE(place.ok()) << place.status();
    return place.value_or(Place{});
  }
  // Everything from `from` on, in pieces of `step`.
  std::vector<Entry> ReadFrom(const Journal& journal, Place from, size_t step) {
    std::vector<Entry> all;
    while (true) {
      const auto piece = journal.Read(from, step);
      EXPECT_TRUE(piece.ok()) << piece.status();
      if (!piece.ok() || piece->empty()) return all;
      EXPECT_LE(piece->size(), step);
      for (const Entry& entry : *piece) {
        EXPECT_GE(entry.place, from);
        from = Place{entry.place.value + 1};
        all.push_back(entry);
      }
    }
  }

  Medium medium_;
};

TYPED_TEST_SUITE(JournalContract, JournalMedia);

template <typename Medium>
class JournalRestartContract : public JournalContract<Medium> {};
TYPED_TEST_SUITE(JournalRestartContract, DurableMedia);

std::vector<std::string> BytesOf(const std::vector<Entry>& entries) {
  std::vector<std::string> bytes;
  for (const Entry& entry : entries) bytes.push_back(entry.record ? entry.record->bytes() : "?");
  return bytes;
}

TYPED_TEST(JournalContract, ANewJournalIsEmpty) {
  const auto journal = this->Open();
  EXPECT_EQ(journal->name(), kJournal);
  EXPECT_TRUE(this->ReadFrom(*journal, Place{0}, 10).empty());
  EXPECT_GE(journal->End().value(), Place{1});
}

TYPED_TEST(JournalContract, GivesBackTheBytesInTheOrderOfAppends) {
  const auto journal = this->Open();
  JournalState state;
  std::vector<std::string> sent;
  std::vector<Place> places;
  for (const RecordPtr& record : History(20, state)) {
    sent.push_back(record->bytes());
    places.push_back(this->Append(*journal, record));
    EXPECT_GT(journal->End().value(), places.back());
  }
  const std::vector<Entry> entries = this->ReadFrom(*journal, Place{0}, 7);
  EXPECT_EQ(BytesOf(entries), sent);
  for (size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(entries[i].place, places[i]);
    if (i > 0) {
      EXPECT_GT(entries[i].place, entries[i - 1].place);
    }
  }
}

TYPED_TEST(JournalContract, EveryEarlierPlaceGivesTheSameRest) {
  const auto journal = this->Open();
  JournalState state;
  for (const RecordPtr& record : History(12, state)) this->Append(*journal, record);
  const std::vector<Entry> all = this->ReadFrom(*journal, Place{0}, 100);
  const uint64_t end = journal->End().value().value;
  for (uint64_t from = 0; from <= end; ++from) {
    std::vector<std::string> rest;
    for (const Entry& entry : all) {
      if (entry.place.value >= from) rest.push_back(entry.record->bytes());
    }
    for (const size_t step : {size_t{1}, size_t{3}, size_t{100}}) {
      EXPECT_EQ(BytesOf(this->ReadFrom(*journal, Place{from}, step)), rest) << "from " << from;
    }
  }
}

TYPED_TEST(JournalContract, BeyondTheEndIsALoss) {
  const auto journal = this->Open();
  this->Append(*journal, GenesisRecord());
  const uint64_t end = journal->End().value().value;
  EXPECT_TRUE(journal->Read(Place{end}, 10).value().empty());
  EXPECT_EQ(journal->Read(Place{end + 1}, 10).status().code(), absl::StatusCode::kDataLoss);
  AdmittedReader reader(journal, Place{end + 100});
  EXPECT_EQ(reader.Next(10).status().code(), absl::StatusCode::kDataLoss);
}

TYPED_TEST(JournalContract, OneNameIsOneJournalAndTwoNamesAreTwo) {
  const auto journal = this->Open();
  const auto same = this->Open();
  const auto other = this->Open("transfer/0");
  this->Append(*journal, GenesisRecord());
  this->Append(*other, GenesisRecord({}, "transfer/0"));
  this->Append(*journal, EpochRecord(1));
  EXPECT_EQ(this->ReadFrom(*same, Place{0}, 10).size(), 2u);
  EXPECT_EQ(this->ReadFrom(*other, Place{0}, 10).size(), 1u);
  EXPECT_EQ(this->medium_.provider().List().value(),
            (std::vector<std::string>{kJournal, "transfer/0"}));
}

TYPED_TEST(JournalContract, ARecordHasALimit) {
  const auto journal = this->Open();
  JournalState state;
  for (const RecordPtr& record : History(0, state)) this->Append(*journal, record);
  RecordPtr largest = LargeBatch(6, state, journal::kMaxRecordBytes - 100);
  ASSERT_LE(largest->bytes().size(), journal::kMaxRecordBytes);
  ASSERT_GT(largest->bytes().size(), journal::kMaxRecordBytes - 100);
  this->Append(*journal, largest);
  EXPECT_EQ(journal->Append(LargeBatch(6, state, journal::kMaxRecordBytes)).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(journal->Append(nullptr).status().code(), absl::StatusCode::kInvalidArgument);
  const std::vector<Entry> entries = this->ReadFrom(*journal, Place{0}, 10);
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries.back().record->bytes(), largest->bytes());
  EXPECT_TRUE(journal->Append(EpochRecord(8)).ok()) << "a refused record harms nothing";
}

TYPED_TEST(JournalContract, AnAppendWakesWhoeverWatches) {
  const auto journal = this->Open();
  std::atomic<int> first = 0;
  std::atomic<int> second = 0;
  const uint64_t a = journal->Watch([&] { ++first; });
  const uint64_t b = journal->Watch([&] { ++second; });
  EXPECT_NE(a, b);
  this->Append(*journal, GenesisRecord());
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 1);
  journal->Unwatch(a);
  this->Append(*journal, EpochRecord(1));
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 2);
  journal->Unwatch(b);
}

// A follower that sleeps until it is woken sees every record, and never an entry before it is
// readable.
TYPED_TEST(JournalContract, AFollowerOnAnotherThreadMissesNothing) {
  constexpr size_t kBatches = 60;
  const auto journal = this->Open();
  std::mutex mutex;
  std::condition_variable woken;
  uint64_t wakes = 0;
  const uint64_t id = journal->Watch([&] {
    const std::lock_guard lock(mutex);
    ++wakes;
    woken.notify_all();
  });
  std::vector<std::string> seen;
  std::thread follower([&] {
    AdmittedReader reader(journal);
    uint64_t known = 0;
    while (seen.size() < kBatches + 2) {
      const auto next = reader.Next(8);
      ASSERT_TRUE(next.ok()) << next.status();
      for (const Admitted& admitted : *next) seen.push_back(admitted.record->bytes());
      if (!next->empty()) {
        continue;
      }
      std::unique_lock lock(mutex);
      ASSERT_TRUE(woken.wait_for(lock, std::chrono::seconds(60), [&] { return wakes > known; }));
      known = wakes;
    }
  });
  JournalState state;
  std::vector<std::string> sent;
  for (const RecordPtr& record : History(kBatches, state)) {
    sent.push_back(record->bytes());
    this->Append(*journal, record);
  }
  follower.join();
  journal->Unwatch(id);
  EXPECT_EQ(seen, sent);
}

TYPED_TEST(JournalContract, AppendsOfManyThreadsAllLandOnceAndInEachThreadsOrder) {
  constexpr int kThreads = 6;
  constexpr int kEach = 25;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, t] {
      const auto journal = this->Open("busy/" + std::to_string(t % 2));
      for (int i = 0; i < kEach; ++i) {
        this->Append(*journal, BatchRecord(static_cast<uint64_t>(t + 1), static_cast<uint64_t>(i),
                                           {}, "", journal->name()));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::map<uint64_t, uint64_t> next;
  for (int j = 0; j < 2; ++j) {
    const auto journal = this->Open("busy/" + std::to_string(j));
    const std::vector<Entry> entries = this->ReadFrom(*journal, Place{0}, 11);
    EXPECT_EQ(entries.size(), static_cast<size_t>(kThreads / 2 * kEach));
    for (const Entry& entry : entries) {
      EXPECT_EQ(entry.record->header().pos(), next[entry.record->header().epoch()]++);
    }
  }
}

TYPED_TEST(JournalRestartContract, KeepsWhatWasAcknowledged) {
  JournalState state;
  const std::vector<RecordPtr> records = History(30, state);
  std::vector<std::string> sent;
  for (size_t i = 0; i < records.size(); ++i) {
    {
      const auto journal = this->Open();
      this->Append(*journal, records[i]);
      sent.push_back(records[i]->bytes());
    }
    if (i % 5 == 4) this->medium_.Restart();
  }
  this->medium_.Restart();
  EXPECT_EQ(BytesOf(this->ReadFrom(*this->Open(), Place{0}, 9)), sent);
  const ReadResult read = ReadAll(this->Open());
  EXPECT_TRUE(read.halt.ok());
  EXPECT_EQ(read.state.chain, state.chain);
}

// the first record that claims the position is a late batch of a stale epoch. Whoever resumes
// from an InputCursor must come to the same list as whoever read from the beginning.
TYPED_TEST(JournalContract, AResumedFollowerIgnoresTheLateBatchThatClaimsItsPosition) {
  const auto journal = this->Open();
  JournalState state;
  const std::vector<RecordPtr> history = History(998, state);
  ASSERT_EQ(history.back()->header().pos(), 999u);
  ASSERT_EQ(history.back()->header().epoch(), 6u);
  for (const RecordPtr& record : history) this->Append(*journal, record);
  const RecordPtr late = NextBatch(state, "late");
  ASSERT_EQ(late->header().pos(), 1000u);
  const std::string prefix(base::View(state.chain).substr(0, 8));

  const RecordPtr epoch7 = EpochRecord(7, "second");
  this->Append(*journal, epoch7);
  this->Append(*journal, late);
  ASSERT_EQ(journal::Admit(state, *epoch7).pos, 1000u);
  const RecordPtr next = NextBatch(state, "of epoch 7");
  this->Append(*journal, next);

  auto resumed = journal::ReaderAt(journal, 1000, prefix);
  ASSERT_TRUE(resumed.ok()) << resumed.status();
  std::vector<Admitted> tail;
  while (true) {
    const auto piece = resumed->Next(10);
    ASSERT_TRUE(piece.ok()) << piece.status();
    if (piece->empty()) break;
    tail.insert(tail.end(), piece->begin(), piece->end());
  }
  ASSERT_EQ(tail.size(), 2u);
  EXPECT_EQ(tail[0].pos, 1000u);
  EXPECT_EQ(tail[0].record->bytes(), epoch7->bytes());
  EXPECT_EQ(tail[1].pos, 1001u);
  EXPECT_EQ(tail[1].record->bytes(), next->bytes());
  EXPECT_EQ(resumed->ignored(), 1u);
  const ReadResult whole = ReadAll(journal, 100);
  EXPECT_EQ(whole.admitted.size(), 1002u);
  EXPECT_EQ(whole.state.chain, resumed->state().chain);

  EXPECT_EQ(journal::ReaderAt(journal, 1003, prefix).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(journal::ReaderAt(journal, 999, prefix).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(journal::ReaderAt(journal, 1000, "short").status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(journal::ReaderAt(journal, 0, "").ok());
}

TYPED_TEST(JournalContract, AReaderContinuesFromItsSavedState) {
  const auto journal = this->Open();
  JournalState state;
  for (const RecordPtr& record : History(10, state)) this->Append(*journal, record);
  AdmittedReader first(journal);
  ASSERT_TRUE(first.Next(4).ok());
  const std::string saved = journal::EncodeReaderState(first.next_place(), first.state());
  auto [place, loaded] = journal::DecodeReaderState(saved).value();
  const ReadResult rest = ReadAll(journal, 3, place, loaded);
  EXPECT_TRUE(rest.halt.ok()) << rest.halt;
  EXPECT_EQ(rest.admitted.front().pos, loaded.next_pos);
  EXPECT_EQ(rest.state.chain, state.chain);
}

}  // namespace
}  // namespace twinline::journal_test
