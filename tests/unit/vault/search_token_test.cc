#include "platform/vault/search_token.h"

#include <gtest/gtest.h>

#include "platform/vault/memory_vault.h"

namespace twinline::vault {
namespace {

constexpr auto kId = TokenKind::kIdNumber;

TEST(NormaliseForToken, OneSpelling) {
  const struct {
    TokenKind kind;
    std::string_view typed;
    std::string_view normal;
  } kCases[] = {
      {kId, "41128220180831001x", "41128220180831001X"},
      {kId, "４１１２８２２０１８０８３１００１ｘ", "41128220180831001X"},
      {kId, " 411282 20180831 001X\t", "41128220180831001X"},
      {kId, "M-12345(6)", "M123456"},
      {kId, "", ""},
      {kId, " 　", ""},
      {TokenKind::kStudentNumber, "g41128220180831001x", "G41128220180831001X"},
      {TokenKind::kPhone, "+86 138-0000-0000", "13800000000"},
      {TokenKind::kPhone, "１３８００００００００", "13800000000"},
      {TokenKind::kPhone, "008613800000000", "13800000000"},
  };
  for (const auto& c : kCases) {
    const std::string once = NormaliseForToken(c.kind, c.typed);
    EXPECT_EQ(once, c.normal) << c.typed;
    EXPECT_EQ(NormaliseForToken(c.kind, once), once) << "idempotent";
  }
}

TEST(SearchTokens, SpellingsMeetKindsDoNot) {
  MemoryVault vault(1);
  const SearchTokens tokens = SearchTokens::Load(vault, vault.random()).value();
  const auto a = tokens.Compute(kId, "41128220180831001x");
  ASSERT_TRUE(a);
  EXPECT_EQ(a->token.size(), 16u);
  EXPECT_EQ(a->pepper_version, 1u);
  EXPECT_EQ(tokens.Compute(kId, "４１１２８２２０１８０８３１００１Ｘ"), a);
  EXPECT_NE(tokens.Compute(kId, "411282201808310010"), a);
  EXPECT_NE(tokens.Compute(TokenKind::kStudentNumber, "41128220180831001x"), a);
  EXPECT_FALSE(tokens.Compute(kId, " 　")) << "all children without ID are not duplicates";
}

TEST(SearchTokens, TheSamePepperAfterAReload) {
  MemoryVault vault(1);
  const auto token = SearchTokens::Load(vault)->Compute(kId, "1");
  EXPECT_EQ(SearchTokens::Load(vault)->Compute(kId, "1"), token);
  MemoryVault other(2);
  EXPECT_NE(SearchTokens::Load(other)->Compute(kId, "1"), token) << "another installation";
}

// re-token the living, then destroy the old pepper.
TEST(SearchTokens, NewVersionThenTheOldOneDestroyed) {
  MemoryVault vault(1);
  SearchTokens tokens = SearchTokens::Load(vault).value();
  const auto old_token = tokens.Compute(kId, "1");
  EXPECT_EQ(tokens.AddVersion().value(), 2u);
  EXPECT_EQ(tokens.Compute(kId, "1")->pepper_version, 2u);
  const std::vector<SearchToken> both = tokens.ComputeAll(kId, "1");
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both[0].pepper_version, 2u);
  EXPECT_EQ(both[1], old_token);
  EXPECT_EQ(tokens.DestroyVersion(2).code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(tokens.DestroyVersion(1).ok());
  EXPECT_EQ(tokens.DestroyVersion(1).code(), absl::StatusCode::kNotFound);
  SearchTokens reloaded = SearchTokens::Load(vault).value();
  EXPECT_EQ(reloaded.ComputeAll(kId, "1").size(), 1u);
  EXPECT_EQ(reloaded.AddVersion().value(), 3u) << "a version is never used twice";
}

TEST(SearchTokens, AllPeppersDestroyedIsNotANewStart) {
  MemoryVault vault(1);
  ASSERT_TRUE(SearchTokens::Load(vault).ok());
  const base::Id16 owner = base::DeriveId({"twinline", "search-pepper"});
  ASSERT_TRUE(vault.DestroyOwner(owner).ok());
  EXPECT_EQ(SearchTokens::Load(vault).status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace twinline::vault
