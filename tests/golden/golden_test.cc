// What a release has written, every later build reads: same chains, same checkpoints, and the same
// states as long as the fold is the same. And what a later release will write, this build
// refuses to read rather than guess.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <set>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "platform/journal/admit.h"
#include "platform/journal/embedded_journal.h"
#include "tests/golden/events.h"
#include "tests/golden/installation.h"
#include "tests/support/journal_records.h"
#include "tests/support/temp_dir.h"

namespace twinline::golden {
namespace {

namespace fs = std::filesystem;

// Of those that there are; what people do seldom is kept in events.txt only.
constexpr size_t kTypesInJournals = 78;
using ::testing::HasSubstr;

std::vector<fs::path> Archives() {
  std::vector<fs::path> archives;
  for (const auto& file : fs::recursive_directory_iterator(GOLDEN)) {
    if (file.path().extension() == ".xz") archives.push_back(file.path());
  }
  std::sort(archives.begin(), archives.end());
  return archives;
}

class Unpacked {
 public:
  explicit Unpacked(const fs::path& archive) {
    // CMake's own tar, so that no unpacker has to be there.
    const std::string command = absl::StrCat("cd '", directory_.path(), "' && '", CMAKE_COMMAND,
                                             "' -E tar xJf '", archive.string(), "'");
    EXPECT_EQ(std::system(command.c_str()), 0) << command;  // NOLINT(concurrency-mt-unsafe)
  }
  fs::path data() const { return directory_ / "data"; }

 private:
  test_support::TempDir directory_;
};

class Golden : public testing::TestWithParam<fs::path> {};

TEST_P(Golden, ReadsAsItsReleaseReadIt) {
  const Unpacked unpacked(GetParam());
  fs::path expected_file = GetParam();
  expected_file.replace_extension("").replace_extension(".facts");
  const Facts expected = ReadFacts(expected_file);
  Facts found = JournalFacts(unpacked.data());
  const auto host = Replay(unpacked.data());
  ASSERT_TRUE(host.ok()) << host.status();
  found.merge(StateFacts(**host));
  (*host)->Stop();
  for (const auto& [what, value] : found) {
    const auto said = expected.find(what);
    if (said == expected.end()) {
      ADD_FAILURE() << expected_file << " does not say: " << what << " = " << value
                    << "\nIf evolve_version rose on purpose, add this line (docs/testing.md).";
    } else {
      EXPECT_EQ(value, said->second) << what;
    }
  }
  // Nothing that the release had is gone. States of earlier folds stay in the file, for history.
  for (const auto& [what, value] : expected) {
    EXPECT_TRUE(found.contains(what) || what.starts_with("state ")) << what << " = " << value;
  }
  // A drill wrote nothing to the journals.
  Facts after = JournalFacts(unpacked.data());
  for (const auto& [what, value] : after) EXPECT_EQ(value, found[what]) << what;
}

INSTANTIATE_TEST_SUITE_P(Releases, Golden, testing::ValuesIn(Archives()), [](const auto& info) {
  std::string name = absl::StrCat(info.param.parent_path().filename().string(), "_",
                                  info.param.stem().stem().string());
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
});

// Whatever a release has written of an event is read whole.
TEST(GoldenEvents, EveryEventTypeIsReadWhole) {
  const auto known = KnownEventTypes(CATALOGUE);
  EXPECT_GT(known.size(), 100u);
  const auto messages = EventMessages();
  std::set<uint32_t> kept;
  std::set<std::pair<uint32_t, std::string>> lines;
  std::ifstream stream(fs::path(GOLDEN) / "events.txt");
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with('#')) continue;
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    uint32_t type = 0;
    ASSERT_TRUE(words.size() == 3 && absl::SimpleAtoi(words[0], &type)) << line;
    const std::string bytes = absl::HexStringToBytes(words[2]);
    ASSERT_TRUE(messages.contains(type)) << words[0] << " " << words[1] << " is gone";
    const auto& prototype = messages.at(type);
    EXPECT_EQ(prototype->GetDescriptor()->name(), words[1]) << type << " means something else";
    const std::unique_ptr<google::protobuf::Message> read(prototype->New());
    ASSERT_TRUE(read->ParseFromString(bytes)) << words[1];
    EXPECT_FALSE(HasUnknownFields(*read)) << words[1] << ": " << read->ShortDebugString();
    EXPECT_EQ(Bytes(*read), bytes) << words[1];
    kept.insert(type);
    lines.emplace(type, bytes);
  }
  for (const auto& [type, name] : known) {
    EXPECT_TRUE(kept.contains(type))
        << type << " " << name << " is new: add its line of `golden events` to events.txt";
    const std::unique_ptr<google::protobuf::Message> filled(messages.at(type)->New());
    FillIn(filled.get());
    EXPECT_TRUE(lines.contains({type, Bytes(*filled)}))
        << type << " " << name << " has a new field: add its line of `golden events`";
  }
}

// Journals hold what really happened; most of what can happen is in one of them.
TEST(GoldenEvents, JournalsHoldMostTypes) {
  std::set<uint32_t> kept;
  for (const fs::path& archive : Archives()) {
    const Unpacked unpacked(archive);
    kept.merge(EventTypes(unpacked.data()));
  }
  EXPECT_GE(kept.size(), kTypesInJournals);
}

// The next record of `journal` in its newest epoch, changed by `change`.
void AppendFromTheFuture(
    const fs::path& data, const std::string& journal,
    const std::function<void(journal::v1::RecordHeader*, journal::v1::Commit*)>& change) {
  const auto log = journal::EmbeddedLog::Open(PlacesIn(data).log.string(), {});
  ASSERT_TRUE(log.ok()) << log.status();
  const auto opened = (*log)->Open(journal);
  ASSERT_TRUE(opened.ok()) << opened.status();
  const journal::JournalState state = journal_test::ReadAll(*opened).state;
  journal::v1::RecordHeader header = journal_test::Header(journal);
  header.set_epoch(state.epoch);
  header.set_pos(state.next_pos);
  header.set_prev_chain(std::string(base::View(state.chain)));
  header.set_time_unix_us(4'000'000'000'000'000);
  header.mutable_batch();
  journal::v1::Commit commit;
  commit.set_request_id(std::string(16, 'f'));
  change(&header, &commit);
  const auto place = (*opened)->Append(journal_test::Make(header, {commit.SerializeAsString()}));
  ASSERT_TRUE(place.ok()) << place.status();
}

class NewerRelease : public testing::TestWithParam<std::string> {
 protected:
  // What an operator reads when this build meets the record.
  std::string Refusal(
      const std::function<void(journal::v1::RecordHeader*, journal::v1::Commit*)>& change) {
    const Unpacked unpacked(Archives().front());
    AppendFromTheFuture(unpacked.data(), GetParam(), change);
    const auto host = Replay(unpacked.data());
    if (!host.ok()) return std::string(host.status().message());
    std::string reason = "read it as if nothing were new";
    for (const engine::Shard* shard : (*host)->shards()) {
      const engine::ShardStatus status = shard->Status();
      if (shard->journal_name() == GetParam() && status.halted) reason = status.reason;
    }
    (*host)->Stop();
    return reason;
  }
};

TEST_P(NewerRelease, RecordThatNeedsANewerReaderIsRefused) {
  const std::string refusal =
      Refusal([](auto* header, auto*) { header->set_reader_min(journal::kReaderVersion + 1); });
  EXPECT_THAT(refusal,
              HasSubstr(absl::StrCat("needs a reader of version ", journal::kReaderVersion + 1)));
  EXPECT_THAT(refusal, HasSubstr(GetParam()));
}

TEST_P(NewerRelease, RecordOfAnotherFormatIsRefused) {
  EXPECT_THAT(Refusal([](auto* header, auto*) { header->set_format(journal::kFormat + 1); }),
              HasSubstr("format"));
}

TEST_P(NewerRelease, UnknownEventTypeIsRefused) {
  const std::string refusal = Refusal([](auto* header, journal::v1::Commit* commit) {
    auto* event = commit->add_events();
    event->set_type(9'999'999);
    event->set_data("\x0a\x01x");
    header->add_event_types(event->type());
  });
  EXPECT_THAT(refusal, HasSubstr("9999999"));
}

INSTANTIATE_TEST_SUITE_P(Journals, NewerRelease,
                         testing::Values("registry/0", "transfer/0", "attendance/0",
                                         "accountability/0", "identity/0", "audit/0"),
                         [](const auto& info) {
                           return info.param.substr(0, info.param.find('/'));
                         });

}  // namespace
}  // namespace twinline::golden
