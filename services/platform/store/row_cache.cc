#include "platform/store/row_cache.h"

#include <utility>

#include "platform/base/absl_view.h"

namespace twinline::store {
namespace {

constexpr size_t kEntryBytes = 80;  // of the map, beside the bytes of key and value

}  // namespace

const std::optional<std::string>* RowCache::Find(std::string_view key) {
  if (const auto it = young_.find(base::ToAbsl(key)); it != young_.end()) return &it->second;
  const auto it = old_.find(base::ToAbsl(key));
  if (it == old_.end()) return nullptr;
  std::optional<std::string> row = std::move(it->second);
  old_.erase(it);
  Remember(key, std::move(row));
  return &young_.find(base::ToAbsl(key))->second;
}

void RowCache::Remember(std::string_view key, std::optional<std::string> row) {
  const size_t bytes = kEntryBytes + key.size() + (row ? row->size() : 0);
  if (young_bytes_ + bytes > generation_bytes_max_) {
    old_ = std::move(young_);
    young_.clear();
    young_bytes_ = 0;
  }
  young_bytes_ += bytes;
  young_.insert_or_assign(std::string(key), std::move(row));
}

void RowCache::Written(std::string_view key, const std::optional<std::string>& row) {
  old_.erase(base::ToAbsl(key));
  const auto it = young_.find(base::ToAbsl(key));
  if (it == young_.end()) return;
  young_bytes_ += row ? row->size() : 0;
  it->second = row;
}

}  // namespace twinline::store
