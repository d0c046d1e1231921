#include "platform/vault/sealer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "platform/base/hash.h"
#include "platform/vault/memory_vault.h"
#include "platform/vault/sealed_proto.h"

namespace twinline::vault {
namespace {

const base::Id16 kChild = base::DeriveId({"child", "1"});
const base::Id16 kOther = base::DeriveId({"child", "2"});
constexpr std::string_view kType = "twinline.registry.v1.ChildRegistered";

class SealerTest : public testing::Test {
 protected:
  OpenState StateOf(const Sealed& sealed, const SealPlace& place) {
    return sealer_.Open(sealed, place).value().state;
  }

  MemoryVault vault_{1};
  Sealer sealer_{vault_, vault_.random()};
  const base::Id16 key_ = vault_.Create(kChild).value();
  const SealPlace place_{kChild, kType, 3};
};

TEST_F(SealerTest, OpensWhatItSealed) {
  for (const std::string& text :
       {std::string("王小明"), std::string(), std::string(100'000, 'x'), std::string("\0a\0", 3)}) {
    const Sealed sealed = sealer_.Seal(key_, place_, text).value();
    EXPECT_EQ(sealed.key_id, key_);
    EXPECT_EQ(sealed.nonce.size(), 12u);
    EXPECT_EQ(sealed.ciphertext.size(), text.size() + 16);
    const Opened opened = sealer_.Open(sealed, place_).value();
    EXPECT_EQ(opened.state, OpenState::kOpen);
    EXPECT_EQ(opened.plaintext, text);
  }
  EXPECT_EQ(sealer_.unreadable(), 0u);
}

TEST_F(SealerTest, EqualTextsDoNotLookEqual) {
  const Sealed a = sealer_.Seal(key_, place_, "回族").value();
  const Sealed b = sealer_.Seal(key_, place_, "回族").value();
  EXPECT_NE(a.nonce, b.nonce);
  EXPECT_NE(a.ciphertext, b.ciphertext);
}

TEST_F(SealerTest, AValueCannotBeMoved) {
  const Sealed sealed = sealer_.Seal(key_, place_, "410282201808310010").value();
  EXPECT_EQ(StateOf(sealed, {kOther, kType, 3}), OpenState::kUnreadable);
  EXPECT_EQ(StateOf(sealed, {kChild, kType, 4}), OpenState::kUnreadable);
  EXPECT_EQ(StateOf(sealed, {kChild, "twinline.registry.v1.Other", 3}), OpenState::kUnreadable);
  Sealed moved = sealed;
  moved.key_id = vault_.Create(kOther).value();
  EXPECT_EQ(StateOf(moved, place_), OpenState::kUnreadable);
  EXPECT_EQ(sealer_.unreadable(), 4u);
  EXPECT_EQ(StateOf(sealed, place_), OpenState::kOpen);
}

TEST_F(SealerTest, DamageIsUnreadableNeverEmpty) {
  const Sealed sealed = sealer_.Seal(key_, place_, "x").value();
  Sealed bad = sealed;
  bad.ciphertext[0] ^= 1;
  const Opened opened = sealer_.Open(bad, place_).value();
  EXPECT_EQ(opened.state, OpenState::kUnreadable);
  EXPECT_NE(opened.reason, "");
  bad = sealed;
  bad.ciphertext.clear();
  EXPECT_EQ(StateOf(bad, place_), OpenState::kUnreadable);
  bad = sealed;
  bad.nonce.pop_back();
  EXPECT_EQ(StateOf(bad, place_), OpenState::kUnreadable);
  EXPECT_EQ(StateOf(Sealed{}, place_), OpenState::kUnreadable);
}

// The cache must not outlive the key.
TEST_F(SealerTest, DestroyedIsDestroyedAtOnce) {
  const Sealed sealed = sealer_.Seal(key_, place_, "x").value();
  EXPECT_EQ(StateOf(sealed, place_), OpenState::kOpen);
  ASSERT_TRUE(vault_.Destroy(key_).ok());
  EXPECT_EQ(StateOf(sealed, place_), OpenState::kDestroyed);
  EXPECT_EQ(sealer_.Seal(key_, place_, "y").status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(sealer_.unreadable(), 0u);
}

TEST_F(SealerTest, ALostKeyIsAnAlarm) {
  const Sealed sealed = sealer_.Seal(key_, place_, "x").value();
  vault_.Lose(key_);
  EXPECT_EQ(StateOf(sealed, place_), OpenState::kUnreadable);
  EXPECT_EQ(sealer_.unreadable(), 1u);
  EXPECT_EQ(sealer_.Seal(key_, place_, "y").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(SealerTest, OnlyDataKeysSeal) {
  const base::Id16 pepper =
      vault_.Put(kChild, SecretKind::kPepper, "1", std::string(32, 'p')).value();
  EXPECT_EQ(sealer_.Seal(pepper, place_, "x").status().code(),
            absl::StatusCode::kFailedPrecondition);
  Sealed sealed = sealer_.Seal(key_, place_, "x").value();
  sealed.key_id = pepper;
  EXPECT_EQ(StateOf(sealed, place_), OpenState::kUnreadable);
}

TEST_F(SealerTest, ASmallCacheOnlyCostsTime) {
  Sealer small(vault_, vault_.random(), 16);
  std::vector<Sealed> sealed;
  for (int i = 0; i < 300; ++i) {
    sealed.push_back(small.Seal(vault_.Create(kChild).value(), place_, std::to_string(i)).value());
  }
  for (int i = 299; i >= 0; --i) {
    EXPECT_EQ(small.Open(sealed[i], place_).value().plaintext, std::to_string(i));
  }
}

TEST_F(SealerTest, ThreadsShareOneSealer) {
  std::vector<base::Id16> keys;
  for (int i = 0; i < 8; ++i) keys.push_back(vault_.Create(kChild).value());
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        const std::string text = std::to_string(t * 1000 + i);
        const auto sealed = sealer_.Seal(keys[i % 4], place_, text);
        if (!sealed.ok() || sealer_.Open(*sealed, place_)->plaintext != text) ++wrong;
        if (t == 0 && i % 50 == 0) {
          EXPECT_TRUE(vault_.Destroy(keys[4 + i / 50]).ok());
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST_F(SealerTest, ProtoRoundTrip) {
  const Sealed sealed = sealer_.Seal(key_, place_, "x").value();
  types::v1::Sealed message;
  ToProto(sealed, &message);
  EXPECT_EQ(FromProto(message), sealed);
  EXPECT_FALSE(FromProto(types::v1::Sealed()));
  message.set_nonce("short");
  EXPECT_FALSE(FromProto(message));
}

// Sealed bytes are read for ever: the layout of key, nonce and associated data is pinned.
TEST(SealerGolden, OpensWhatTheFirstReleaseSealed) {
  MemoryVault vault(42);
  const base::Id16 key = vault.Create(kChild).value();
  Sealer sealer(vault, vault.random());
  const Sealed sealed = sealer.Seal(key, {kChild, kType, 3}, "王小明").value();
  EXPECT_EQ(base::ToHex(sealed.key_id.bytes()), "5ef0bda7c6af4d703bd2091889f98330");
  EXPECT_EQ(base::ToHex(sealed.nonce), "a389ed70cc752c1241dd8a39");
  EXPECT_EQ(base::ToHex(sealed.ciphertext), "3422ab44f0b693294798cd7983659fbac8c87ceb88154f3e0c");
}

}  // namespace
}  // namespace twinline::vault
