#include "platform/vault/blob_store.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <thread>

#include "tests/support/temp_dir.h"

namespace twinline::vault {
namespace {

namespace fs = std::filesystem;

class BlobStoreTest : public testing::Test {
 protected:
  std::map<std::string, uint64_t> Listed() {
    std::map<std::string, uint64_t> found;
    EXPECT_TRUE(store_
                    ->List([&](const BlobInfo& info) {
                      found[base::ToHex(base::View(info.digest))] = info.size;
                      EXPECT_GT(info.stored.us, 0);
                    })
                    .ok());
    return found;
  }

  test_support::TempDir directory_;
  std::unique_ptr<DirectoryBlobStore> store_ =
      DirectoryBlobStore::Open(directory_ / "deep/blobs", 1000).value();
};

TEST_F(BlobStoreTest, PutGetExistsList) {
  const base::Digest digest = store_->Put("abc").value();
  EXPECT_EQ(base::ToHex(base::View(digest)),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_TRUE(fs::exists(
      directory_ /
      "deep/blobs/ba/78/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
  EXPECT_EQ(store_->Get(digest).value(), "abc");
  EXPECT_TRUE(store_->Exists(digest).value());
  EXPECT_EQ(store_->Put("abc").value(), digest);
  store_->Put("defg").value();
  const auto listed = Listed();
  EXPECT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed.at(base::ToHex(base::View(digest))), 3u);
}

TEST_F(BlobStoreTest, MissingIsNotFound) {
  const base::Digest digest = base::Sha256({"nobody"});
  EXPECT_EQ(store_->Get(digest).status().code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(store_->Exists(digest).value());
  EXPECT_TRUE(store_->Remove(digest).ok());
}

TEST_F(BlobStoreTest, Limits) {
  EXPECT_EQ(store_->Put("").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(store_->Put(std::string(1001, 'x')).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(store_->Put(std::string(1000, 'x')).ok());
}

TEST_F(BlobStoreTest, DamageIsNoticedAndHealedByPuttingAgain) {
  const base::Digest digest = store_->Put("evidence").value();
  std::ofstream(store_->PathOf(digest)) << "forged!!";
  EXPECT_EQ(store_->Get(digest).status().code(), absl::StatusCode::kDataLoss);
  std::ofstream(store_->PathOf(digest), std::ios::trunc);
  EXPECT_EQ(store_->Get(digest).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(store_->Put("evidence").value(), digest);
  EXPECT_EQ(store_->Get(digest).value(), "evidence");
}

TEST_F(BlobStoreTest, RemoveAndLeftovers) {
  const base::Digest digest = store_->Put("orphan").value();
  ASSERT_TRUE(store_->Remove(digest).ok());
  EXPECT_FALSE(store_->Exists(digest).value());
  const fs::path unfinished = directory_ / "deep/blobs/unfinished/x.tmp-1";
  std::ofstream(unfinished) << "half";
  std::ofstream(directory_ / "deep/blobs/ba/78/README") << "a stranger";
  EXPECT_TRUE(Listed().empty());
  ASSERT_TRUE(store_->RemoveUnfinished({1}).ok());
  EXPECT_TRUE(fs::exists(unfinished)) << "younger than the limit: perhaps a Put at work";
  ASSERT_TRUE(store_->RemoveUnfinished({int64_t{1} << 60}).ok());
  EXPECT_FALSE(fs::exists(unfinished));
}

TEST_F(BlobStoreTest, FilesAreModeSixHundred) {
  const base::Digest digest = store_->Put("abc").value();
  EXPECT_EQ(fs::status(store_->PathOf(digest)).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(BlobStoreTest, ManyWritersOfTheSameBlob) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i) {
        const std::string text = "blob " + std::to_string(i);
        const auto digest = store_->Put(text);
        ASSERT_TRUE(digest.ok()) << digest.status();
        EXPECT_EQ(store_->Get(*digest).value(), text);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Listed().size(), 10u);
  EXPECT_TRUE(fs::is_empty(directory_ / "deep/blobs/unfinished"));
}

}  // namespace
}  // namespace twinline::vault
