// The parts of the service that stand alone: counting of attempts, the pool, refresh tokens.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <vector>

#include "identity/domain/refresh_token.h"
#include "identity/service/failed_attempts.h"
#include "identity/service/refresh_keys.h"
#include "identity/service/work_pool.h"
#include "platform/vault/memory_vault.h"

namespace twinline::identity {
namespace {

constexpr int64_t kMinute = 60'000'000;

TEST(FailedAttemptsTest, GuessesSentAtOnceAreNoMoreThanFive) {
  FailedAttempts attempts;
  std::vector<std::shared_ptr<FailedAttempts::Attempt>> running;
  for (int i = 0; i < 100; ++i) {
    const auto admission = attempts.Begin("li", 0);
    if (admission.attempt != nullptr) running.push_back(admission.attempt);
    EXPECT_FALSE(admission.locked_until_us);
  }
  EXPECT_EQ(running.size(), 5U);
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(running[static_cast<size_t>(i)]->Failed(0));
  EXPECT_EQ(running[4]->Failed(0), FailedAttempts::kLockUs);
  running.clear();
  EXPECT_EQ(attempts.Begin("li", 15 * kMinute - 1).locked_until_us, 15 * kMinute);
  EXPECT_NE(attempts.Begin("wang", 0).attempt, nullptr);
  EXPECT_NE(attempts.Begin("li", 15 * kMinute).attempt, nullptr);
}

TEST(FailedAttemptsTest, OnlyFailuresOfTheLastQuarterHourCount) {
  FailedAttempts attempts;
  for (int i = 0; i < 20; ++i) {
    EXPECT_FALSE(attempts.Begin("li", i * 4 * kMinute).attempt->Failed(i * 4 * kMinute)) << i;
  }
}

TEST(FailedAttemptsTest, NamesThatNobodyTriesAnyMoreAreForgotten) {
  FailedAttempts attempts;
  attempts.Begin("li", 0).attempt->Succeeded();
  attempts.Begin("li", 0);  // abandoned
  EXPECT_EQ(attempts.size(), 0U);
  for (size_t i = 0; i < FailedAttempts::kMostLogins; ++i) {
    attempts.Begin("stranger" + std::to_string(i), 0).attempt->Failed(0);
  }
  for (int i = 0; i < 4; ++i) attempts.Begin("stranger7", 1).attempt->Failed(1);
  EXPECT_EQ(attempts.size(), FailedAttempts::kMostLogins);
  attempts.Begin("li", 2).attempt->Failed(2);
  EXPECT_EQ(attempts.size(), 2U);  // who is locked stays locked
  EXPECT_TRUE(attempts.Begin("stranger7", 3).locked_until_us);
}

TEST(WorkPoolTest, AFullQueueSaysSoAndAStopDoesWhatIsQueued) {
  std::promise<void> gate;
  const std::shared_future<void> open = gate.get_future().share();
  std::promise<void> began;
  std::atomic<int> done{0};
  WorkPool pool(/*threads=*/1, /*waiting_max=*/2);
  const auto wait = [&] {
    open.wait();
    ++done;
  };
  EXPECT_TRUE(pool.Post([&] {
    began.set_value();
    wait();
  }));
  began.get_future().wait();
  EXPECT_TRUE(pool.Post(wait));
  EXPECT_TRUE(pool.Post(wait));
  EXPECT_FALSE(pool.Post(wait));
  pool.PostAnyway(wait);
  gate.set_value();
  pool.Stop();
  EXPECT_EQ(done, 4);
  EXPECT_FALSE(pool.Post(wait));
  pool.PostAnyway(wait);
  EXPECT_EQ(done, 4);
}

TEST(RefreshKeysTest, ADayHasOneKeyAndItGoesAfterTheLastSession) {
  constexpr int64_t kHour = 60 * kMinute;
  constexpr int64_t kStart = 1'790'000'000'000'000;
  vault::MemoryVault vault(7);
  const base::Id16 installation = base::DeriveId({"installation"});
  RefreshKeys keys(&vault, installation);
  const auto first = keys.For(kStart).value();
  EXPECT_EQ(keys.For(kStart + 24 * kHour - 1)->entry, first.entry);
  // Another process, or this one after a restart.
  EXPECT_EQ(RefreshKeys(&vault, installation).For(kStart + 1)->entry, first.entry);
  const auto second = keys.For(kStart + 24 * kHour).value();
  EXPECT_NE(second.entry, first.entry);
  EXPECT_EQ(keys.Find(first.entry).value()->view(), first.key->view());
  EXPECT_EQ(RefreshKeys(&vault, installation).Find(first.entry).value()->view(), first.key->view());
  const auto third = keys.For(kStart + 48 * kHour).value();
  EXPECT_EQ(keys.Find(first.entry).value(), nullptr);
  EXPECT_NE(keys.Find(second.entry).value(), nullptr);
  EXPECT_NE(third.entry, second.entry);
}

TEST(RefreshTokenTest, OnlyItsOwnKeyMakesIt) {
  const std::string key(32, 'k');
  const std::string text = MakeRefreshToken(0xfedcba9876543210, 7, key);
  const auto token = ParseRefreshToken(text);
  ASSERT_TRUE(token);
  EXPECT_EQ(token->session, 0xfedcba9876543210);
  EXPECT_EQ(token->generation, 7U);
  EXPECT_TRUE(IsGenuine(*token, key));
  EXPECT_FALSE(IsGenuine(*token, std::string(32, 'x')));
  RefreshToken forged = *token;
  forged.generation = 8;
  EXPECT_FALSE(IsGenuine(forged, key));
  EXPECT_FALSE(ParseRefreshToken(text + "A"));
  EXPECT_FALSE(ParseRefreshToken(text.substr(1)));
  EXPECT_FALSE(ParseRefreshToken(""));
}

}  // namespace
}  // namespace twinline::identity
