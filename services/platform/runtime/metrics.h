// What an operator's monitoring sees: /metrics in the Prometheus text format on a loopback address.
// Counting a call is a handful of relaxed atomic additions; everything else is collected only when
// asked.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "platform/rpc/observer.h"

namespace prometheus {
class Registry;
struct MetricFamily;
}  // namespace prometheus

namespace twinline::rpc {
struct Method;
}

namespace twinline::runtime {

// One value with its labels, as a source reports it.
struct Sample {
  std::string name;  // "twinline_shard_next_pos"
  std::string help;
  std::vector<std::pair<std::string, std::string>> labels;
  double value = 0;
  bool counter = false;  // otherwise a gauge
};

class MetricsPage;

class Metrics final : public rpc::CallObserver {
 public:
  Metrics();
  ~Metrics() override;

  // Before the server starts: one row of counters per method.
  void SetMethods(const std::vector<const rpc::Method*>& methods);
  void Done(const rpc::Method& method, int grpc_code, int64_t micros) override;

  // Called at each collection, on the thread of the HTTP server.
  void AddSource(std::function<void(std::vector<Sample>*)> source);
  // For counters of services' own.
  const std::shared_ptr<prometheus::Registry>& registry() const { return registry_; }

  // "127.0.0.1:9464"; "off": nothing. UNAVAILABLE when the address is taken.
  absl::Status Listen(const std::string& address);
  int port() const;
  void StopListening();
  // The page as text.
  std::string Render() const;

 private:
  static constexpr size_t kBuckets = 12;
  static constexpr size_t kCodes = 17;
  struct PerMethod {
    std::string name;
    std::array<std::atomic<uint64_t>, kCodes> codes{};
    std::array<std::atomic<uint64_t>, kBuckets + 1> buckets{};
    std::atomic<uint64_t> sum_us{0};
  };

  std::vector<prometheus::MetricFamily> Collect() const;
  void CollectCalls(std::vector<prometheus::MetricFamily>* families) const;

  std::vector<std::unique_ptr<PerMethod>> methods_;
  mutable std::mutex mutex_;
  std::vector<std::function<void(std::vector<Sample>*)>> sources_;
  std::shared_ptr<prometheus::Registry> registry_;
  std::unique_ptr<MetricsPage> page_;
};

}  // namespace twinline::runtime
