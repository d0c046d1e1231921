// The overlay by example; overlay_property_test.cc compares it with a plain map.
#include "platform/store/overlay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace twinline::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

std::vector<std::pair<std::string, std::string>> All(const base::Rows& rows,
                                                     std::string_view prefix,
                                                     std::string_view from = {}) {
  std::vector<std::pair<std::string, std::string>> out;
  rows.Scan(prefix, from, [&](std::string_view key, std::string_view value) {
    out.emplace_back(key, value);
    return true;
  });
  return out;
}

class OverlayTest : public ::testing::Test {
 protected:
  OverlayTest() {
    below_.Set("oa", "1");
    below_.Set("oc", "3");
    below_.Set("oe", "5");
    below_.Set("fa", "foreign");
    overlay_.Enter(Room::kEvolve);
  }
  base::MapRows below_;
  Overlay overlay_{&below_};
};

TEST_F(OverlayTest, WrittenRowsHideAndExtendThoseBelow) {
  overlay_.Set("ob", "2");
  overlay_.Set("oc", "33");
  overlay_.Remove("oe");
  overlay_.Set("of", "6");
  EXPECT_EQ(overlay_.Get("oc"), "33");
  EXPECT_EQ(overlay_.Get("oe"), std::nullopt);
  EXPECT_EQ(overlay_.Get("oa"), "1");
  EXPECT_THAT(All(overlay_, "o"),
              ElementsAre(Pair("oa", "1"), Pair("ob", "2"), Pair("oc", "33"), Pair("of", "6")));
  EXPECT_THAT(All(overlay_, "o", "obz"), ElementsAre(Pair("oc", "33"), Pair("of", "6")));
}

TEST_F(OverlayTest, ScanStopsWhenToldFromEitherSide) {
  overlay_.Set("ob", "2");
  for (const size_t limit : {1u, 2u, 3u}) {
    size_t seen = 0;
    overlay_.Scan("o", {}, [&](std::string_view, std::string_view) { return ++seen < limit; });
    EXPECT_EQ(seen, limit);
  }
}

TEST_F(OverlayTest, RowsMayBeRemovedWhileTheyAreScanned) {
  overlay_.Set("ob", "2");
  overlay_.Set("od", "4");
  std::vector<std::string> seen;
  overlay_.Scan("o", {}, [&](std::string_view key, std::string_view) {
    seen.emplace_back(key);
    overlay_.Remove(seen.back());
    overlay_.Set("og" + seen.back(), "new");  // behind everything else, seen in its turn
    return seen.size() < 6;
  });
  EXPECT_THAT(seen, ElementsAre("oa", "ob", "oc", "od", "oe", "ogoa"));
}

TEST_F(OverlayTest, InnerSavepointIsUndoneAlone) {
  overlay_.Begin();
  overlay_.Set("oa", "outer");
  overlay_.Begin();
  overlay_.Set("oa", "inner");
  overlay_.Set("ox", "inner");
  overlay_.Remove("oc");
  overlay_.Undo();
  EXPECT_EQ(overlay_.Get("oa"), "outer");
  EXPECT_EQ(overlay_.Get("ox"), std::nullopt);
  EXPECT_EQ(overlay_.Get("oc"), "3");
  overlay_.Keep();
  EXPECT_THAT(overlay_.Take(), ElementsAre(Pair("oa", std::optional<std::string>("outer"))));
  EXPECT_TRUE(overlay_.writes().empty());
}

TEST_F(OverlayTest, KeptInnerSavepointIsUndoneWithTheOuter) {
  overlay_.Begin();
  overlay_.Begin();
  overlay_.Set("oa", "inner");
  overlay_.Keep();
  overlay_.Undo();
  EXPECT_EQ(overlay_.Get("oa"), "1");
  EXPECT_TRUE(overlay_.writes().empty());
}

TEST_F(OverlayTest, EachRoomTouchesOnlyItsRows) {
  EXPECT_EQ(overlay_.Get("fa"), std::nullopt);
  EXPECT_THAT(overlay_.TakeViolation().value_or(""), HasSubstr("Evolve reads"));
  overlay_.Set("fa", "x");
  EXPECT_THAT(overlay_.TakeViolation().value_or(""), HasSubstr("Evolve writes"));
  overlay_.Set("mcursor", "x");
  EXPECT_THAT(overlay_.TakeViolation().value_or(""), HasSubstr("Evolve writes"));
  overlay_.Enter(Room::kDecide);
  EXPECT_EQ(overlay_.Get("fa"), "foreign");
  EXPECT_EQ(overlay_.Get("oa"), "1");
  EXPECT_EQ(overlay_.TakeViolation(), std::nullopt);
  overlay_.Remove("oa");
  EXPECT_THAT(overlay_.TakeViolation().value_or(""), HasSubstr("Decide writes"));
  overlay_.Enter(Room::kFollow);
  overlay_.Set("fb", "y");
  EXPECT_EQ(overlay_.TakeViolation(), std::nullopt);
  EXPECT_EQ(overlay_.Get("oa"), std::nullopt);
  EXPECT_THAT(overlay_.TakeViolation().value_or(""), HasSubstr("Follow reads"));
  EXPECT_THAT(overlay_.writes(), ElementsAre(Pair("fb", std::optional<std::string>("y"))));
}

}  // namespace
}  // namespace twinline::store
