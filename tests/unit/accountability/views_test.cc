// What a township is shown of a case (N10), and what remains of an erased child.
#include <gtest/gtest.h>

#include "accountability/service/views.h"
#include "platform/vault/memory_vault.h"
#include "platform/vault/owner_key.h"
#include "tests/unit/accountability/fake_call.h"

namespace twinline::accountability {
namespace {

class Views : public testing::Test {
 protected:
  types::v1::Sealed Seal(std::string_view name, std::string_view text) {
    types::v1::Sealed sealed;
    EXPECT_TRUE(vault::SealText(vault_, sealer_, TextPlace(child_, name), text, &sealed).ok());
    return sealed;
  }
  v1::TimelineRow Visit(const char* sensitive) {
    v1::TimelineRow row;
    row.set_what("PERSUADED");
    row.set_result("ILL");
    row.set_by(base::DeriveId({"teacher"}).str());
    row.add_evidence("digest");
    if (sensitive != nullptr) row.add_sensitive(sensitive);
    for (const char* name : {"met", "said"}) {
      v1::SealedText* text = row.add_text();
      text->set_name(name);
      *text->mutable_sealed() = Seal(name, name == std::string("met") ? "奶奶" : "孩子确诊抑郁");
    }
    return row;
  }
  v1::TimelineEntry Entry(const v1::TimelineRow& row, const FakeCall& call) {
    return EntryFor(call, sealer_, child_, row);
  }

  const std::string child_ = base::DeriveId({"child"}).str();
  vault::MemoryVault vault_{1};
  vault::Sealer sealer_{vault_, vault_.random()};
  FakeCall township_{"township:411282103"};
  FakeCall bureau_{"bureau:411282", types::v1::ROLE_BUREAU_OFFICIAL};
};

TEST_F(Views, N10_a_township_does_not_see_what_touches_health_religion_or_a_crime) {
  for (const char* sensitive : {"HEALTH", "RELIGION", "CASE_INVOLVED"}) {
    const v1::TimelineEntry shown = Entry(Visit(sensitive), township_);
    EXPECT_EQ(shown.said(), "");
    EXPECT_EQ(shown.met(), "");
    EXPECT_EQ(shown.result(), "");
    EXPECT_EQ(shown.evidence_size(), 0);
    EXPECT_TRUE(shown.restricted()) << "and is told that there is something";
    EXPECT_EQ(Entry(Visit(sensitive), bureau_).said(), "孩子确诊抑郁");
  }
  EXPECT_EQ(Entry(Visit(nullptr), township_).met(), "奶奶");
}

TEST_F(Views, N10_reason_and_placement_are_absent_for_a_township) {
  v1::TimelineRow confirmed;
  confirmed.set_what("CONFIRM_DROPOUT");
  v1::SealedText* text = confirmed.add_text();
  text->set_name("reason_code");
  *text->mutable_sealed() = Seal("reason_code", "信教");
  EXPECT_EQ(Entry(confirmed, township_).reason_code(), "");
  EXPECT_EQ(Entry(confirmed, bureau_).reason_code(), "信教");
  v1::CaseFacts facts;
  facts.set_placement("SPECIALIZED_SCHOOL");
  EXPECT_EQ(FactsFor(township_, facts).placement(), "PLACED");
  EXPECT_EQ(FactsFor(bureau_, facts).placement(), "SPECIALIZED_SCHOOL");
}

TEST_F(Views, an_erased_child_shows_as_destroyed) {
  const v1::TimelineRow row = Visit(nullptr);
  ASSERT_TRUE(vault_.DestroyOwner(base::AsId(child_)).ok());
  const v1::TimelineEntry shown = Entry(row, bureau_);
  EXPECT_EQ(shown.said(), "已销毁");
  EXPECT_TRUE(shown.destroyed());
}

}  // namespace
}  // namespace twinline::accountability
