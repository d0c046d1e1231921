// One thread that works on uploaded files, and the result files of the last hour. Results hold
// personal data and live in memory only; they are given to the uploader alone.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "platform/base/ids.h"

namespace twinline::registry {

struct ImportResult {
  base::Id16 owner;  // subject of the uploader
  std::string file_name;
  std::string content_type;
  std::string bytes;
  int64_t made_us = 0;  // monotonic
};

class ImportStore {
 public:
  static constexpr size_t kQueueMax = 8;
  static constexpr size_t kResultsMax = 32;
  static constexpr int64_t kKeepUs = int64_t{3'600} * 1'000'000;

  ~ImportStore() { Stop(); }
  void Start();
  // Lets the running job end at its next chunk and drops the waiting ones.
  void Stop();
  bool stopping() const;

  // False when too many files wait.
  bool Enqueue(std::function<void()> job);

  void Put(const base::Id16& id, ImportResult result);
  std::shared_ptr<const ImportResult> Find(const base::Id16& id, const base::Id16& owner);

 private:
  void Run();
  void Expire(int64_t now_us);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  std::map<base::Id16, std::shared_ptr<const ImportResult>> results_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace twinline::registry
