// Names, pinyin and initials, in memory only: nothing plaintext is written to disk. Filled
// by opening names at start, kept in step by looking at the registrations that changed since the
// last look; a destroyed key takes its name out.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "registry/service/environment.h"
#include "registry/service/open.h"

namespace twinline::registry {

class NameIndex {
 public:
  explicit NameIndex(const Environment& environment) : environment_(environment) {}
  ~NameIndex() { Stop(); }

  // A thread that keeps the index warm, so that no search pays for an import.
  void Start();
  void Stop();

  // Brings the index to `view`; returns at once when it is there.
  void CatchUp(const engine::ReadView& view);

  // Children whose name, pinyin without blanks, or initials begin with `query`, in the order of the
  // key that matched, each once; `visit` returns false to stop. `after` continues behind an earlier
  // key.
  using Visit = std::function<bool(const base::Id16& child, const std::string& key)>;
  void Search(std::string_view query, const std::string& after, const Visit& visit) const;

  size_t size() const;

 private:
  using Key = std::pair<std::string, base::Id16>;
  void Update(const v1::RegistrationRow& row, const base::Rows& rows);
  void Remove(const base::Id16& child);
  void Follow();

  const Environment& environment_;
  mutable std::mutex mutex_;
  uint64_t next_pos_ = 0;
  std::set<Key> keys_;  // first byte of the text: n name, p pinyin, i initials
  absl::flat_hash_map<base::Id16, std::vector<std::string>> texts_;

  struct Wake {
    std::mutex mutex;
    std::condition_variable changed;
    bool due = true;
    bool stop = false;
  };
  std::shared_ptr<Wake> wake_ = std::make_shared<Wake>();
  std::thread thread_;
};

}  // namespace twinline::registry
