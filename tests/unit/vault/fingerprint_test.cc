#include "platform/vault/fingerprint.h"

#include <gtest/gtest.h>

#include "platform/vault/memory_vault.h"

namespace twinline::vault {
namespace {

base::Id16 IdOn(int year, int month, int day) {
  return base::MakeUuidV7(base::StartOfDay(base::CivilDay::FromYmd(year, month, day)),
                          "0123456789");
}

TEST(RequestFingerprints, SameBodySameBytes) {
  MemoryVault vault(1);
  RequestFingerprints fingerprints(vault, vault.random());
  const base::Id16 id = IdOn(2026, 11, 3);
  const std::string a = fingerprints.Compute(id, "rpc", "body").value();
  EXPECT_EQ(a.size(), 16u);
  EXPECT_EQ(fingerprints.Compute(id, "rpc", "body").value(), a);
  EXPECT_NE(fingerprints.Compute(id, "rpc", "bodY").value(), a);
  EXPECT_NE(fingerprints.Compute(id, "rp", "cbody").value(), a) << "parts do not run together";
  EXPECT_EQ(fingerprints.Compute(IdOn(2026, 11, 30), "rpc", "body").value(), a) << "same month";
  EXPECT_NE(fingerprints.Compute(IdOn(2026, 12, 1), "rpc", "body").value(), a);
}

TEST(RequestFingerprints, SurvivesARestart) {
  MemoryVault vault(1);
  const base::Id16 id = IdOn(2026, 11, 3);
  const std::string a = RequestFingerprints(vault).Compute(id, "rpc", "body").value();
  EXPECT_EQ(RequestFingerprints(vault).Compute(id, "rpc", "body").value(), a);
}

TEST(RequestFingerprints, MonthBoundaryIsChinaTime) {
  MemoryVault vault(1);
  RequestFingerprints fingerprints(vault);
  const base::Timestamp midnight = base::StartOfDay(base::CivilDay::FromYmd(2026, 12, 1));
  const base::Id16 before = base::MakeUuidV7({midnight.us - 1000}, "0123456789");
  const base::Id16 after = base::MakeUuidV7(midnight, "0123456789");
  EXPECT_NE(fingerprints.Compute(before, "r", "b").value(),
            fingerprints.Compute(after, "r", "b").value());
}

TEST(RequestFingerprints, NeedsAVersion7Id) {
  MemoryVault vault(1);
  RequestFingerprints fingerprints(vault);
  EXPECT_EQ(fingerprints.Compute(base::Id16(), "r", "b").status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(RequestFingerprints, DestroyedAfterSixtyTwoDaysAndNeverMadeAgain) {
  MemoryVault vault(1);
  RequestFingerprints fingerprints(vault);
  ASSERT_TRUE(fingerprints.Compute(IdOn(2026, 12, 31), "r", "b").ok());
  ASSERT_TRUE(fingerprints.Compute(IdOn(2027, 1, 1), "r", "b").ok());
  const base::CivilDay end = base::CivilDay::FromYmd(2027, 1, 1);
  EXPECT_TRUE(fingerprints.DestroyExpired(end + 62)->empty());
  EXPECT_EQ(fingerprints.DestroyExpired(end + 63).value(), std::vector<std::string>{"2026-12"});
  EXPECT_TRUE(fingerprints.DestroyExpired(end + 63)->empty());
  EXPECT_EQ(fingerprints.Compute(IdOn(2026, 12, 31), "r", "b").status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(RequestFingerprints(vault).Compute(IdOn(2026, 12, 1), "r", "b").status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(fingerprints.Compute(IdOn(2027, 1, 1), "r", "b").ok());
}

}  // namespace
}  // namespace twinline::vault
