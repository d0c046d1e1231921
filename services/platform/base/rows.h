// Rows: what Decide may read and Evolve may write. A row is a protobuf message; its table number,
// key and secondary indexes are declared once in <service>/tables/tables.h by specialising TableOf,
// and indexes are kept in step from the row before and after. Implementations: store::Overlay
// (RocksDB) and MapRows (tests, simulation).
//
//   template <> struct base::TableOf<v1::StudentRow> {
//     static constexpr Space kSpace = Space::kOwn;
//     static constexpr uint16_t kTable = 12;
//     static std::string Key(const v1::StudentRow& r) {
//       return RowKey<v1::StudentRow>(AsId(r.child_id()));
//     }
//     static std::vector<std::string> Indexes(const v1::StudentRow& r) {
//       return {IndexPrefix<v1::StudentRow>(1, AsId(r.class_id()))};   // primary key is appended
//     }
//   };
//   auto row = Find<v1::StudentRow>(rows, child_id);   Put(rows, *row);
//   ScanIndex<v1::StudentRow>(rows, /*index=*/1, limit, fn, class_id);
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/keys.h"

namespace twinline::base {

class Rows {
 public:
  virtual ~Rows() = default;
  virtual std::optional<std::string> Get(std::string_view key) const = 0;
  virtual void Set(std::string key, std::string value) = 0;
  virtual void Remove(std::string_view key) = 0;
  // Visits rows whose key begins with `prefix`, in key order, from the first key >= `from` (empty:
  // the prefix itself), until `visit` returns false. Callers bound their scans.
  using Visit = std::function<bool(std::string_view key, std::string_view value)>;
  virtual void Scan(std::string_view prefix, std::string_view from, const Visit& visit) const = 0;
};

template <typename Row>
struct TableOf;

template <typename Row, typename... Parts>
std::string RowKey(const Parts&... parts) {
  return EncodeKey(TableOf<Row>::kSpace, TableOf<Row>::kTable, 0, parts...);
}
template <typename Row, typename... Parts>
std::string IndexPrefix(uint8_t index, const Parts&... parts) {
  return EncodeKey(TableOf<Row>::kSpace, TableOf<Row>::kTable, index, parts...);
}

template <typename Row, typename... Parts>
std::optional<Row> Find(const Rows& rows, const Parts&... key_parts) {
  const auto value = rows.Get(RowKey<Row>(key_parts...));
  Row row;
  if (!value || !row.ParseFromString(*value)) return std::nullopt;
  return row;
}

template <typename Row>
void Put(Rows& rows, const Row& row) {
  std::string key = TableOf<Row>::Key(row);
  if constexpr (requires { TableOf<Row>::Indexes(row); }) {
    std::vector<std::string> now = TableOf<Row>::Indexes(row);
    for (std::string& entry : now) entry += key;
    if (const auto old_value = rows.Get(key)) {
      Row old;
      old.ParseFromString(*old_value);
      for (std::string& entry : TableOf<Row>::Indexes(old)) {
        entry += key;
        bool kept = false;
        for (const std::string& n : now) kept = kept || n == entry;
        if (!kept) rows.Remove(entry);
      }
    }
    for (std::string& entry : now) rows.Set(std::move(entry), key);
  }
  rows.Set(std::move(key), row.SerializeAsString());
}

template <typename Row>
void Erase(Rows& rows, const Row& row) {
  const std::string key = TableOf<Row>::Key(row);
  if constexpr (requires { TableOf<Row>::Indexes(row); }) {
    for (const std::string& entry : TableOf<Row>::Indexes(row)) rows.Remove(entry + key);
  }
  rows.Remove(key);
}

// Visits at most `limit` rows whose primary key begins with `parts`; `visit` may return false to
// stop.
template <typename Row, typename Fn, typename... Parts>
void ScanRows(const Rows& rows, size_t limit, Fn&& visit, const Parts&... parts) {
  if (limit == 0) return;
  rows.Scan(RowKey<Row>(parts...), {}, [&](std::string_view, std::string_view value) {
    Row row;
    row.ParseFromArray(value.data(), static_cast<int>(value.size()));
    return static_cast<bool>(visit(row)) && --limit > 0;
  });
}

// The same over secondary index `index`; `after` is an index key to continue behind (paging).
template <typename Row, typename Fn, typename... Parts>
void ScanIndex(const Rows& rows, uint8_t index, size_t limit, Fn&& visit, const Parts&... parts) {
  if (limit == 0) return;
  rows.Scan(IndexPrefix<Row>(index, parts...), {}, [&](std::string_view, std::string_view key) {
    const auto value = rows.Get(key);
    if (!value) return true;
    Row row;
    row.ParseFromString(*value);
    return static_cast<bool>(visit(row)) && --limit > 0;
  });
}

// A page over raw index or primary keys. `page_token` is the hex of the last key seen, opaque to
// clients.
struct PageRequest {
  size_t size = 50;
  std::string after_key;  // decoded page token; empty for the first page
};
template <typename Row>
struct PageOf {
  std::vector<Row> rows;
  std::string next_key;  // empty when this was the last page
};
template <typename Row>
PageOf<Row> ScanPage(const Rows& rows, const std::string& prefix, bool is_index,
                     const PageRequest& request,
                     const std::function<bool(const Row&)>& keep = nullptr) {
  PageOf<Row> page;
  std::string from = request.after_key.empty() ? std::string() : request.after_key + '\0';
  std::string last_key;
  rows.Scan(prefix, from, [&](std::string_view key, std::string_view value) {
    if (page.rows.size() == request.size) {
      page.next_key = last_key;
      return false;
    }
    last_key = key;
    Row row;
    if (is_index) {
      const auto stored = rows.Get(value);
      if (!stored) return true;
      row.ParseFromString(*stored);
    } else {
      row.ParseFromArray(value.data(), static_cast<int>(value.size()));
    }
    if (!keep || keep(row)) page.rows.push_back(std::move(row));
    return true;
  });
  return page;
}

// Rows in memory, for unit tests and the simulator.
class MapRows final : public Rows {
 public:
  std::optional<std::string> Get(std::string_view key) const override {
    const auto it = map_.find(key);
    if (it == map_.end()) return std::nullopt;
    return it->second;
  }
  void Set(std::string key, std::string value) override { map_[std::move(key)] = std::move(value); }
  void Remove(std::string_view key) override {
    if (const auto it = map_.find(key); it != map_.end()) map_.erase(it);
  }
  void Scan(std::string_view prefix, std::string_view from, const Visit& visit) const override {
    for (auto it = map_.lower_bound(from.empty() ? prefix : from); it != map_.end(); ++it) {
      if (it->first.compare(0, prefix.size(), prefix) != 0 || !visit(it->first, it->second)) return;
    }
  }
  const std::map<std::string, std::string, std::less<>>& map() const { return map_; }

 private:
  std::map<std::string, std::string, std::less<>> map_;
};

}  // namespace twinline::base
