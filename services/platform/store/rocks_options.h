// How RocksDB is set up as a state database, each setting with its reason, and how its errors
// become ours. Private to the store; pinned by tests/unit/store/rocks_options_test.cc.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "platform/store/state_store.h"
#include "rocksdb/options.h"
#include "rocksdb/status.h"

namespace twinline::store {

rocksdb::Options StateOptions(const StoreOptions& options);

// `doing` is a gerund with its object: "opening the state in /var/lib/twinline/registry/state".
absl::Status ToAbslStatus(const rocksdb::Status& status, const std::string& doing);

}  // namespace twinline::store
