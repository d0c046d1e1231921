// The cache never contradicts the rows behind it, whatever is read, written and dropped.
#include "platform/store/row_cache.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace twinline::store {
namespace {

using Row = std::optional<std::string>;

TEST(RowCache, KnowsOnlyWhatWasRead) {
  RowCache cache(1'000'000);
  EXPECT_EQ(cache.Find("a"), nullptr);
  cache.Written("a", "1");
  EXPECT_EQ(cache.Find("a"), nullptr) << "a write alone is not worth a place";
  cache.Remember("a", "1");
  ASSERT_NE(cache.Find("a"), nullptr);
  EXPECT_EQ(*cache.Find("a"), "1");
  cache.Remember("b", std::nullopt);
  ASSERT_NE(cache.Find("b"), nullptr);
  EXPECT_EQ(*cache.Find("b"), std::nullopt) << "that there is no row is known too";
}

TEST(RowCache, WhatIsReadAgainOutlivesWhatIsNot) {
  RowCache cache(100'000);
  cache.Remember("kept", "1");
  cache.Remember("dropped", "1");
  for (int i = 0; i < 10'000; ++i) {
    cache.Remember("row " + std::to_string(i), std::string(20, 'x'));
    ASSERT_NE(cache.Find("kept"), nullptr) << "after " << i;
  }
  EXPECT_EQ(cache.Find("dropped"), nullptr);
}

RC_GTEST_PROP(RowCache, NeverContradictsTheRows, ()) {
  std::map<std::string, std::string> rows;
  RowCache cache(1'500);  // a dozen rows: generations change all the time
  const auto steps = *rc::gen::inRange(1, 300);
  for (int i = 0; i < steps; ++i) {
    const std::string key = "key " + std::to_string(*rc::gen::inRange(0, 30));
    const int kind = *rc::gen::inRange(0, 4);
    const Row stored = rows.contains(key) ? Row(rows[key]) : std::nullopt;
    if (kind < 2) {
      const Row* known = cache.Find(key);
      if (known != nullptr) {
        RC_ASSERT(*known == stored);
      } else {
        cache.Remember(key, stored);
      }
    } else if (kind == 2) {
      rows[key] = std::string(static_cast<size_t>(*rc::gen::inRange(0, 50)), 'v');
      cache.Written(key, rows[key]);
    } else {
      rows.erase(key);
      cache.Written(key, std::nullopt);
    }
  }
}

}  // namespace
}  // namespace twinline::store
