// Following all journals: what the trees hold, that a rebuild comes out equal, and that a history
// which contradicts its noted heads halts the audit.
#include "audit/service/journal_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "audit/domain/prove.h"
#include "audit/service/entry_source.h"
#include "audit/service/trail.h"
#include "tests/unit/audit/journals_rig.h"
#include "twinline/attendance/v1/attendance_events.pb.h"
#include "twinline/audit/v1/access_events.pb.h"
#include "twinline/audit/v1/audit_events.pb.h"

namespace twinline::audit_test {
namespace {

using audit::JournalIndex;

class JournalIndexTest : public ::testing::Test {
 protected:
  std::unique_ptr<JournalIndex> Open(const std::string& directory = "index") {
    auto index = std::make_unique<JournalIndex>(
        &rig_.log(), JournalIndex::OpenStore(rig_ / directory).value(), rig_.installation, [] {});
    EXPECT_TRUE(index->Load().ok());
    return index;
  }

  void NoteHead(const std::string& journal, uint64_t size, const base::Digest& root) {
    audit::v1::HeadsNoted event;
    event.set_journal(journal);
    event.set_size(size);
    event.set_root(std::string(base::View(root)));
    rig_.Append("audit/0", {{"service:audit", "", 0, {MakeEvent(event)}}});
  }
  void NoteAllHeads(JournalIndex& index) {
    for (const auto& head : index.Grown()) NoteHead(head.journal, head.size, head.root);
  }

  void SmallHistory() {
    rig_.Register("X", "7-1", 1);
    rig_.Register("Y", "7-1", 2);
    rig_.RollCall("teacher", "7-1", {"X", "Y"});
    rig_.RollCall("teacher", "7-1", {"Y"});
  }

  // What a question finds: "journal/pos/commit".
  static std::vector<std::string> Find(const JournalIndex& index,
                                       const audit::TrailQuestion& question) {
    const auto view = index.View();
    audit::TrailSearch search(index.store(), view, question, std::nullopt);
    std::vector<std::string> found;
    size_t budget = 100'000;
    for (;;) {
      const auto hit = search.Next(&budget);
      EXPECT_TRUE(hit.ok()) << hit.status().ToString();
      if (!hit.ok() || !*hit) return found;
      found.push_back(view->Find((*hit)->place.number)->name + "/" +
                      std::to_string((*hit)->place.pos) + "/" + std::to_string((*hit)->commit));
    }
  }
  static audit::TrailQuestion OfChild(const std::string& name) {
    audit::TrailQuestion question;
    question.child = Id(name);
    return question;
  }

  JournalsRig rig_;
};

// A leader that was paused wakes and writes on: its records count for nothing, and there may be any
// number of them between two that do.
TEST_F(JournalIndexTest, FindsARecordBehindAnyNumberOfIgnoredEntries) {
  SmallHistory();
  const auto journal = *rig_.log().Open("attendance/0");
  const auto entries = *journal->Read(journal::Place{1}, 100);
  ASSERT_GE(entries.size(), 3u);
  for (int i = 0; i < 2'000; ++i) ASSERT_TRUE(journal->Append(entries.back().record).ok());
  const uint64_t behind = rig_.RollCall("teacher", "7-1", {"X"});
  auto index = Open();
  ASSERT_TRUE(index->Pump().ok());
  const auto view = index->View();
  const auto* attendance = view->Find("attendance/0");
  ASSERT_NE(attendance, nullptr);
  const auto found = audit::ReadIndexed(index->store(), *attendance, behind, std::nullopt);
  ASSERT_TRUE(found.ok()) << found.status();
  for (uint64_t pos = 0; pos < behind; ++pos) {
    EXPECT_TRUE(audit::ReadIndexed(index->store(), *attendance, pos, std::nullopt).ok()) << pos;
  }
}

using ::testing::ElementsAre;

TEST_F(JournalIndexTest, ChildrenAreFoundThroughTheirRegistrations) {
  SmallHistory();
  const auto index = Open();
  ASSERT_TRUE(index->Pump().ok());
  // Genesis and epoch are records 0 and 1.
  EXPECT_THAT(Find(*index, OfChild("X")), ElementsAre("registry/0/2/0", "attendance/0/2/0"));
  EXPECT_THAT(Find(*index, OfChild("Y")),
              ElementsAre("registry/0/3/0", "attendance/0/2/0", "attendance/0/3/0"));
  audit::TrailQuestion teacher;
  teacher.actor = Id("teacher");
  EXPECT_THAT(Find(*index, teacher), ElementsAre("attendance/0/2/0", "attendance/0/3/0"));
  teacher.newest_first = true;
  EXPECT_THAT(Find(*index, teacher), ElementsAre("attendance/0/3/0", "attendance/0/2/0"));
  audit::TrailQuestion office;
  office.office = "school:2141000001";
  EXPECT_THAT(Find(*index, office), ElementsAre("registry/0/2/0", "registry/0/3/0"));
}

TEST_F(JournalIndexTest, AClassListShowsWhoWasOnIt) {
  rig_.Register("X", "7-1", 1);
  rig_.Register("Y", "7-1", 2);
  audit::v1::AccessNoted noted;
  noted.set_rpc("registry.v1.RegistryService.ListClass");
  noted.add_class_list()->set_class_id(Id("7-1").str());
  noted.mutable_class_list(0)->set_roster_version(1);
  rig_.Append("access/0/202609", {{"teacher", "", 12, {MakeEvent(noted)}}});
  noted.mutable_class_list(0)->set_roster_version(2);
  rig_.Append("access/0/202609", {{"teacher", "", 12, {MakeEvent(noted)}}});
  const auto index = Open();
  ASSERT_TRUE(index->Pump().ok());
  EXPECT_THAT(Find(*index, OfChild("X")),
              ElementsAre("registry/0/2/0", "access/0/202609/2/0", "access/0/202609/3/0"));
  EXPECT_THAT(Find(*index, OfChild("Y")), ElementsAre("registry/0/3/0", "access/0/202609/3/0"));
}

TEST_F(JournalIndexTest, RebuiltFromNothingItIsEqual) {
  SmallHistory();
  const auto live = Open("live");
  ASSERT_TRUE(live->Pump().ok());
  for (int round = 0; round < 20; ++round) {
    NoteAllHeads(*live);
    rig_.Register("Z" + std::to_string(round), "7-2", static_cast<uint32_t>(round));
    rig_.RollCall("teacher", "7-2", {"X", "Z" + std::to_string(round)});
    ASSERT_TRUE(live->Pump().ok());
  }
  const auto rebuilt = Open("rebuilt");
  ASSERT_TRUE(rebuilt->Pump().ok());
  const auto a = live->View();
  const auto b = rebuilt->View();
  ASSERT_EQ(a->journals.size(), b->journals.size());
  for (const auto& journal : a->journals) {
    const auto* other = b->Find(journal.name);
    ASSERT_NE(other, nullptr);
    EXPECT_EQ(journal.indexed, other->indexed) << journal.name;
    EXPECT_EQ(journal.newest, other->newest) << journal.name;
    const auto root =
        base::Root(audit::StoredTree(&live->store(), journal.number), journal.indexed);
    EXPECT_EQ(
        root.value(),
        base::Root(audit::StoredTree(&rebuilt->store(), other->number), other->indexed).value());
  }
  for (const char* child : {"X", "Y", "Z7", "Z19"}) {
    EXPECT_EQ(Find(*live, OfChild(child)), Find(*rebuilt, OfChild(child))) << child;
  }
  EXPECT_EQ(Find(*live, OfChild("X")).size(), 22U);
}

TEST_F(JournalIndexTest, GoesOnAfterARestart) {
  SmallHistory();
  {
    const auto index = Open();
    ASSERT_TRUE(index->Pump().ok());
    NoteAllHeads(*index);
    ASSERT_TRUE(index->Pump().ok());
  }
  for (int i = 0; i < 300; ++i) rig_.RollCall("teacher", "7-1", {"X"});
  rig_.Reopen();
  const auto index = Open();
  ASSERT_TRUE(index->Pump().ok());
  EXPECT_EQ(Find(*index, OfChild("X")).size(), 302U);
  const auto view = index->View();
  const auto* attendance = view->Find("attendance/0");
  for (const uint64_t pos : {2ULL, 255ULL, 256ULL, 303ULL}) {
    const auto record = audit::ReadIndexed(index->store(), *attendance, pos, std::nullopt);
    ASSERT_TRUE(record.ok()) << record.status().ToString();
    EXPECT_EQ((*record)->header().pos(), pos);
  }
  EXPECT_TRUE(absl::IsNotFound(
      audit::ReadIndexed(index->store(), *attendance, 304, std::nullopt).status()));
}

TEST_F(JournalIndexTest, AContradictedHeadHalts) {
  SmallHistory();
  NoteHead("registry/0", 3, base::LeafHash("another history"));
  const auto index = Open();
  const absl::Status status = index->Pump();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status.ToString();
  EXPECT_NE(status.message().find("history was changed"), std::string::npos);
}

TEST_F(JournalIndexTest, AJournalShorterThanItsHeadHalts) {
  SmallHistory();
  NoteHead("attendance/0", 9, base::LeafHash("lost records"));
  const auto index = Open();
  const absl::Status status = index->Pump();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status.ToString();
}

TEST_F(JournalIndexTest, ARecordIsHeldAgainstTheTreeBeforeItIsShown) {
  SmallHistory();
  const auto index = Open();
  ASSERT_TRUE(index->Pump().ok());
  const auto view = index->View();
  // A view that believes attendance to be where the registry is: every record is another one.
  audit::JournalView forged = *view->Find("attendance/0");
  forged.journal = view->Find("registry/0")->journal;
  EXPECT_TRUE(
      absl::IsDataLoss(audit::ReadIndexed(index->store(), forged, 2, std::nullopt).status()));
}

TEST_F(JournalIndexTest, PagesGoOnExactlyWhereTheyEnded) {
  for (int i = 0; i < 30; ++i) {
    rig_.Register("C" + std::to_string(i), "7-1", static_cast<uint32_t>(i));
  }
  attendance::v1::RollCallTaken event;
  event.add_exceptions()->set_registration_id(Id("C3/r").str());
  std::vector<Act> acts(5, {"teacher", "school:1", 12, {MakeEvent(event)}});
  for (int i = 0; i < 10; ++i) rig_.Append("attendance/0", acts);
  const auto index = Open();
  ASSERT_TRUE(index->Pump().ok());
  audit::TrailQuestion all;
  all.from_us = 1;
  for (audit::TrailQuestion question : {OfChild("C3"), all}) {
    for (const bool newest_first : {false, true}) {
      question.newest_first = newest_first;
      const std::vector<std::string> whole = Find(*index, question);
      std::vector<std::string> paged;
      std::optional<audit::TrailMark> mark;
      for (int guard = 0; guard < 1'000; ++guard) {
        audit::TrailSearch search(index->store(), index->View(), question, mark);
        size_t budget = 3;
        int taken = 0;
        bool more = false;
        while (taken < 4) {
          const auto hit = search.Next(&budget);
          ASSERT_TRUE(hit.ok());
          more = hit->has_value() || search.exhausted();
          if (!hit->has_value()) break;
          ++taken;
          paged.push_back(index->View()->Find((*hit)->place.number)->name + "/" +
                          std::to_string((*hit)->place.pos) + "/" + std::to_string((*hit)->commit));
        }
        mark = search.mark();
        if (!more) break;
      }
      EXPECT_EQ(paged, whole) << newest_first;
      EXPECT_GE(whole.size(), 51U);
    }
  }
}

}  // namespace
}  // namespace twinline::audit_test
