// Settings that carry meaning: whoever changes one must meet this test and its reason.
#include "platform/store/rocks_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rocksdb/table.h"

namespace twinline::store {
namespace {

using ::testing::HasSubstr;

TEST(StateOptionsTest, ArePinned) {
  const rocksdb::Options options = StateOptions({});
  EXPECT_EQ(options.wal_recovery_mode, rocksdb::WALRecoveryMode::kPointInTimeRecovery);
  EXPECT_TRUE(options.paranoid_checks);
  EXPECT_EQ(options.write_buffer_size, size_t{64} << 20);
  EXPECT_EQ(options.max_background_jobs, 2);
  const auto* table = options.table_factory->GetOptions<rocksdb::BlockBasedTableOptions>();
  ASSERT_NE(table, nullptr);
  EXPECT_NE(table->filter_policy, nullptr);
}

TEST(StateOptionsTest, StoresShareTheCacheTheyAreGiven) {
  const auto cache = MakeBlockCache(size_t{1} << 20);
  const rocksdb::Options options = StateOptions({.block_cache = cache});
  EXPECT_EQ(options.table_factory->GetOptions<rocksdb::BlockBasedTableOptions>()->block_cache,
            cache);
}

TEST(StateErrorsTest, SayWhatToDo) {
  EXPECT_TRUE(ToAbslStatus(rocksdb::Status::OK(), "writing").ok());
  const auto full = ToAbslStatus(rocksdb::Status::NoSpace("x"), "writing the state");
  EXPECT_EQ(full.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(full.ToString(), HasSubstr("disk is full"));
  const auto damaged = ToAbslStatus(rocksdb::Status::Corruption("x"), "reading the state");
  EXPECT_EQ(damaged.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(damaged.ToString(), HasSubstr("Nothing is lost"));
  const auto read_only =
      ToAbslStatus(rocksdb::Status::IOError("open", "Read-only file system"), "opening the state");
  EXPECT_EQ(read_only.code(), absl::StatusCode::kPermissionDenied);
  const auto failing = ToAbslStatus(rocksdb::Status::IOError("x"), "writing the state");
  EXPECT_EQ(failing.code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace twinline::store
