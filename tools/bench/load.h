// A closed loop of calls: so many in flight, no more; each latency counted.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "platform/rpc/client.h"

namespace twinline::bench {

struct LoadResult {
  size_t calls = 0;
  size_t failed = 0;
  double seconds = 0;
  std::vector<uint32_t> latencies_us;  // sorted

  double per_second() const { return seconds > 0 ? static_cast<double>(calls) / seconds : 0; }
  double percentile_ms(double p) const;
};

struct CallToMake {
  std::unique_ptr<google::protobuf::Message> request;
  std::string token;
};

// Makes `count` calls of `method`, spread over `clients`, `in_flight` at a time. `next(i)` is
// called in order.
LoadResult RunLoad(const std::vector<rpc::Client>& clients, const std::string& method, size_t count,
                   size_t in_flight, const std::function<CallToMake(size_t)>& next,
                   const std::function<std::unique_ptr<google::protobuf::Message>()>& make_reply);

}  // namespace twinline::bench
