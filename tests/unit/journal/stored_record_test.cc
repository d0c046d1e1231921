// Bytes that are no record, and what is computed from bytes that are one.
#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "platform/journal/admit.h"
#include "platform/journal/record_digest.h"
#include "platform/journal/sim_prng.h"
#include "tests/support/journal_records.h"

namespace twinline::journal_test {
namespace {

using journal::EncodeReaderState;
using journal::JournalState;
using journal::Place;
using journal::RecordPtr;
using journal::StoredRecord;

RecordPtr Sample() {
  JournalState state;
  History(2, state);
  return NextBatch(state, "sample");
}

TEST(StoredRecordTest, KeepsTheBytesAndDerivesFromThem) {
  const RecordPtr record = Sample();
  const RecordPtr again = StoredRecord::Parse(record->bytes());
  ASSERT_NE(again, nullptr);
  EXPECT_EQ(again->bytes(), record->bytes());
  EXPECT_EQ(again->digest(),
            journal::RecordDigest(record->record().header(), record->record().commit()));
  ASSERT_EQ(again->commits().size(), 1u);
  EXPECT_EQ(again->commits()[0].request_id(), "sample");
}

TEST(StoredRecordTest, NoBytesAreNoRecord) {
  EXPECT_EQ(StoredRecord::Parse(""), nullptr);
  EXPECT_EQ(StoredRecord::Parse(std::string(64, '\0')), nullptr);
  EXPECT_EQ(StoredRecord::Parse("not a record at all"), nullptr);
  journal::v1::Record no_header;
  no_header.add_commit("commit");
  EXPECT_EQ(StoredRecord::Parse(no_header.SerializeAsString()), nullptr);
  journal::v1::Record bad_header;
  bad_header.set_header("\xff\xff\xff");
  EXPECT_EQ(StoredRecord::Parse(bad_header.SerializeAsString()), nullptr);
}

// Truncation must never pass as a shorter record: either it is none, or Admit stops at it because
// the header counts commits that are not there.
TEST(StoredRecordTest, CutShortAnywhereIsNeverAccepted) {
  JournalState state;
  History(2, state);
  journal::v1::RecordHeader header = NextBatch(state, "a")->header();
  const std::string whole = Make(header, {"", "\x0a\x01x", std::string(300, '\0')})->bytes();
  for (size_t size = 0; size < whole.size(); ++size) {
    const RecordPtr cut = StoredRecord::Parse(whole.substr(0, size));
    if (cut == nullptr) continue;
    JournalState copy = state;
    EXPECT_EQ(journal::Admit(copy, *cut).verdict, journal::Verdict::kHalt) << "size " << size;
  }
}

// Every byte of the stored bytes is under the digest: no change goes unnoticed.
TEST(StoredRecordTest, AChangedByteIsNoRecordOrAnotherDigest) {
  const google::protobuf::LogSilencer silent;  // it reports each text that is no UTF-8
  const RecordPtr record = Sample();
  for (size_t i = 0; i < record->bytes().size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bytes = record->bytes();
      bytes[i] = static_cast<char>(bytes[i] ^ (1 << bit));
      const RecordPtr changed = StoredRecord::Parse(bytes);
      if (changed != nullptr) {
        EXPECT_NE(changed->digest(), record->digest()) << "byte " << i << " bit " << bit;
      }
    }
  }
}

TEST(StoredRecordTest, BytesOutsideTheDigestAreRefused) {
  const std::string good = Sample()->bytes();
  EXPECT_EQ(StoredRecord::Parse(good + std::string("\x1a\x01y", 3)), nullptr) << "unknown field 3";
  journal::v1::Record twice;
  twice.set_header("\x08\x01");
  EXPECT_EQ(StoredRecord::Parse(twice.SerializeAsString() + good), nullptr) << "header twice";
  // The same length in a longer varint.
  std::string padded = good;
  ASSERT_LT(static_cast<uint8_t>(padded[1]), 0x80) << "one length byte expected";
  padded[1] = static_cast<char>(padded[1] | 0x80);
  padded.insert(2, 1, '\0');
  EXPECT_EQ(StoredRecord::Parse(padded), nullptr) << "padded length";
}

TEST(StoredRecordTest, GarbageNeverCrashes) {
  const google::protobuf::LogSilencer silent;
  journal::SimPrng prng(20260901);
  for (int round = 0; round < 20000; ++round) {
    std::string bytes(prng.Below(80), '\0');
    for (char& c : bytes) c = static_cast<char>(prng.Next());
    if (prng.Below(2) == 0 && !bytes.empty()) bytes[0] = '\x0a';  // looks like a header field
    const RecordPtr record = StoredRecord::Parse(bytes);
    if (record == nullptr) continue;
    record->digest();
    record->commits();
    JournalState state;
    EXPECT_NE(journal::Admit(state, *record).verdict, journal::Verdict::kAccept);
  }
}

TEST(StoredRecordTest, CommitsAreAllOrNothing) {
  journal::v1::RecordHeader header = Header();
  header.mutable_batch();
  journal::v1::Commit good;
  good.set_rpc(7);
  const RecordPtr record = Make(header, {good.SerializeAsString(), "\xff\xff"});
  ASSERT_NE(record, nullptr);
  EXPECT_TRUE(record->commits().empty());
}

TEST(StoredRecordTest, ReadersOfManyThreadsShareOneResult) {
  for (int round = 0; round < 50; ++round) {
    const RecordPtr record = Sample();
    std::vector<const journal::v1::Commit*> seen(8);
    std::vector<base::Digest> digests(8);
    std::vector<std::thread> threads;
    for (size_t i = 0; i < seen.size(); ++i) {
      threads.emplace_back([&, i] {
        digests[i] = record->digest();
        seen[i] = record->commits().data();
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (size_t i = 0; i < seen.size(); ++i) {
      EXPECT_EQ(seen[i], seen[0]);
      EXPECT_EQ(digests[i], digests[0]);
    }
  }
}

TEST(ReaderStateTest, ComesBackAsItWas) {
  JournalState state;
  History(5, state);
  state.sealed = true;
  const std::string bytes = EncodeReaderState(Place{1234567890123}, state);
  const auto decoded = journal::DecodeReaderState(bytes);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->first, Place{1234567890123});
  EXPECT_EQ(decoded->second.epoch, state.epoch);
  EXPECT_EQ(decoded->second.epoch_pos, 1u);
  EXPECT_EQ(decoded->second.next_pos, state.next_pos);
  EXPECT_EQ(decoded->second.chain, state.chain);
  EXPECT_EQ(decoded->second.last_digest, state.last_digest);
  EXPECT_TRUE(decoded->second.sealed);
  ASSERT_TRUE(decoded->second.genesis.has_value());
  EXPECT_EQ(decoded->second.genesis->installation_id(), std::string(16, 'i'));
  EXPECT_EQ(EncodeReaderState(decoded->first, decoded->second), bytes);

  const auto empty = journal::DecodeReaderState(EncodeReaderState({}, {}));
  ASSERT_TRUE(empty.has_value());
  EXPECT_FALSE(empty->second.genesis.has_value());
}

TEST(ReaderStateTest, ACursorOfAnOlderBuildIsReadAndHaltsNothing) {
  JournalState state;
  History(5, state);
  std::string bytes = EncodeReaderState(Place{7}, state);
  bytes[0] = 1;
  bytes.erase(90, 8);  // epoch_pos
  const auto decoded = journal::DecodeReaderState(bytes);
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->second.next_pos, state.next_pos);
  EXPECT_EQ(decoded->second.epoch_pos, state.next_pos) << "the latest that it can be";
  EXPECT_TRUE(decoded->second.genesis.has_value());
}

TEST(ReaderStateTest, OtherBytesAreRefused) {
  const std::string bytes = EncodeReaderState(Place{7}, {});
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(journal::DecodeReaderState(bytes.substr(0, size)).has_value());
  }
  EXPECT_FALSE(journal::DecodeReaderState(bytes + "x").has_value());
  std::string version = bytes;
  version[0] = 3;
  EXPECT_FALSE(journal::DecodeReaderState(version).has_value());
  std::string flags = bytes;
  flags[89] = 4;
  EXPECT_FALSE(journal::DecodeReaderState(flags).has_value());
}

}  // namespace
}  // namespace twinline::journal_test
