#include "tools/bench/load.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>

#include "platform/base/time.h"

namespace twinline::bench {

double LoadResult::percentile_ms(double p) const {
  if (latencies_us.empty()) return 0;
  const size_t index =
      std::min(latencies_us.size() - 1,
               static_cast<size_t>(p / 100 * static_cast<double>(latencies_us.size())));
  return latencies_us[index] / 1000.0;
}

LoadResult RunLoad(const std::vector<rpc::Client>& clients, const std::string& method, size_t count,
                   size_t in_flight, const std::function<CallToMake(size_t)>& next,
                   const std::function<std::unique_ptr<google::protobuf::Message>()>& make_reply) {
  struct Slot {
    CallToMake call;
    std::unique_ptr<google::protobuf::Message> reply;
    int64_t begun_us = 0;
  };
  LoadResult result;
  result.latencies_us.resize(count);
  std::vector<Slot> slots(in_flight);
  std::vector<size_t> free(in_flight);
  for (size_t i = 0; i < in_flight; ++i) {
    free[i] = i;
    slots[i].reply = make_reply();
  }
  std::mutex mutex;
  std::condition_variable freed;
  std::atomic<size_t> failed{0};
  const int64_t begun = base::MonotonicUs();
  for (size_t i = 0; i < count; ++i) {
    size_t index;
    {
      std::unique_lock lock(mutex);
      freed.wait(lock, [&] { return !free.empty(); });
      index = free.back();
      free.pop_back();
    }
    Slot& slot = slots[index];
    slot.call = next(i);
    slot.begun_us = base::MonotonicUs();
    rpc::CallOptions options;
    options.token = slot.call.token;
    clients[i % clients.size()].CallAsync(
        method, *slot.call.request, slot.reply.get(), options, [&, i, index](rpc::CallResult done) {
          result.latencies_us[i] =
              static_cast<uint32_t>(base::MonotonicUs() - slots[index].begun_us);
          if (!done.ok()) ++failed;
          std::lock_guard lock(mutex);
          free.push_back(index);
          freed.notify_one();
        });
  }
  std::unique_lock lock(mutex);
  freed.wait(lock, [&] { return free.size() == in_flight; });
  result.seconds = static_cast<double>(base::MonotonicUs() - begun) / 1e6;
  result.calls = count;
  result.failed = failed;
  std::sort(result.latencies_us.begin(), result.latencies_us.end());
  return result;
}

}  // namespace twinline::bench
