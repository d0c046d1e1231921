#include "platform/store/rocks_options.h"

#include "platform/rocks/rocks_status.h"
#include "rocksdb/cache.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/table.h"

namespace twinline::store {

std::shared_ptr<rocksdb::Cache> MakeBlockCache(size_t bytes) { return rocksdb::NewLRUCache(bytes); }

rocksdb::Options StateOptions(const StoreOptions& options) {
  rocksdb::Options rocks;
  rocks.create_if_missing = true;
  if (options.env != nullptr) rocks.env = options.env;

  // Any prefix of the writes is a valid state, because the cursor is among them; the journal has
  // the rest.
  rocks.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  rocks.paranoid_checks = true;
  rocks.force_consistency_checks = true;

  rocks.write_buffer_size = options.memtable_bytes;
  rocks.max_write_buffer_number = 3;
  rocks.max_total_wal_size = uint64_t{256} << 20;
  rocks.max_background_jobs = 2;  // two cores, shared with the engines
  // One thread writes: the machinery for many only costs.
  rocks.allow_concurrent_memtable_write = false;
  rocks.enable_write_thread_adaptive_yield = false;

  // Every command asks for a reply that is almost never there: filters answer without a search.
  rocks.memtable_whole_key_filtering = true;
  rocks.memtable_prefix_bloom_size_ratio = 0.02;
  rocksdb::BlockBasedTableOptions table;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10, false));
  table.whole_key_filtering = true;
  table.block_cache = options.block_cache ? options.block_cache : MakeBlockCache(size_t{8} << 20);
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.block_size = size_t{16} << 10;
  table.checksum = rocksdb::kXXH3;
  table.format_version = 5;
  rocks.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));

  rocks.compression = rocksdb::kLZ4Compression;
  rocks.bottommost_compression = rocksdb::kZSTD;
  rocks.level_compaction_dynamic_level_bytes = true;
  rocks.bytes_per_sync = uint64_t{1} << 20;
  rocks.max_open_files = 256;  // several state databases share one process's limit
  rocks.skip_stats_update_on_db_open = true;
  rocks.stats_dump_period_sec = 0;
  rocks.stats_persist_period_sec = 0;
  return rocks;
}

absl::Status ToAbslStatus(const rocksdb::Status& status, const std::string& doing) {
  return rocks::ToAbslStatus(
      status, doing,
      "The files are damaged. Nothing is lost: the state is derived. Move this directory away and "
      "start again, it is rebuilt from the journal.");
}

}  // namespace twinline::store
