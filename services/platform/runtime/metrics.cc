// Counters of calls, and the page that shows them with what the sources report.
#include "platform/runtime/metrics.h"

#include <map>
#include <sstream>

#include "platform/base/status_macros.h"
#include "platform/rpc/method.h"
#include "platform/runtime/metrics_page.h"
#include "prometheus/metric_family.h"
#include "prometheus/registry.h"
#include "prometheus/text_serializer.h"

namespace twinline::runtime {
namespace {

// Upper bounds in microseconds.
constexpr std::array<int64_t, 12> kBounds = {
    100, 250, 500, 1'000, 2'500, 5'000, 10'000, 25'000, 100'000, 250'000, 1'000'000, 5'000'000};

constexpr std::array<const char*, 17> kCodeNames = {
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

uint64_t Load(const std::atomic<uint64_t>& value) { return value.load(std::memory_order_relaxed); }

}  // namespace

Metrics::Metrics() : registry_(std::make_shared<prometheus::Registry>()) {}

Metrics::~Metrics() { StopListening(); }

void Metrics::SetMethods(const std::vector<const rpc::Method*>& methods) {
  methods_.clear();
  for (const rpc::Method* method : methods) {
    methods_.push_back(std::make_unique<PerMethod>());
    methods_.back()->name = method->short_name;
  }
}

void Metrics::Done(const rpc::Method& method, int grpc_code, int64_t micros) {
  if (method.index >= methods_.size()) return;
  PerMethod& counters = *methods_[method.index];
  const auto code = static_cast<size_t>(grpc_code);
  counters.codes[code < kCodes ? code : 2].fetch_add(1, std::memory_order_relaxed);
  size_t bucket = 0;
  while (bucket < kBuckets && micros > kBounds[bucket]) ++bucket;
  counters.buckets[bucket].fetch_add(1, std::memory_order_relaxed);
  counters.sum_us.fetch_add(static_cast<uint64_t>(micros), std::memory_order_relaxed);
}

void Metrics::AddSource(std::function<void(std::vector<Sample>*)> source) {
  const std::lock_guard lock(mutex_);
  sources_.push_back(std::move(source));
}

void Metrics::CollectCalls(std::vector<prometheus::MetricFamily>* families) const {
  prometheus::MetricFamily calls, latency;
  calls.name = "twinline_rpc_calls_total";
  calls.help = "Calls ended, by method and gRPC code";
  calls.type = prometheus::MetricType::Counter;
  latency.name = "twinline_rpc_duration_seconds";
  latency.help = "Time from the arrival of a call to its status";
  latency.type = prometheus::MetricType::Histogram;
  for (const auto& method : methods_) {
    for (size_t code = 0; code < kCodes; ++code) {
      const uint64_t count = Load(method->codes[code]);
      if (count == 0) continue;
      prometheus::ClientMetric metric;
      metric.label = {{"method", method->name}, {"code", kCodeNames[code]}};
      metric.counter.value = static_cast<double>(count);
      calls.metric.push_back(std::move(metric));
    }
    prometheus::ClientMetric metric;
    metric.label = {{"method", method->name}};
    uint64_t below = 0;
    for (size_t bucket = 0; bucket < kBuckets; ++bucket) {
      below += Load(method->buckets[bucket]);
      metric.histogram.bucket.push_back({below, static_cast<double>(kBounds[bucket]) / 1e6});
    }
    metric.histogram.sample_count = below + Load(method->buckets[kBuckets]);
    metric.histogram.sample_sum = static_cast<double>(Load(method->sum_us)) / 1e6;
    if (metric.histogram.sample_count > 0) latency.metric.push_back(std::move(metric));
  }
  families->push_back(std::move(calls));
  families->push_back(std::move(latency));
}

std::vector<prometheus::MetricFamily> Metrics::Collect() const {
  std::vector<prometheus::MetricFamily> families = registry_->Collect();
  CollectCalls(&families);
  std::vector<Sample> samples;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& source : sources_) source(&samples);
  }
  std::map<std::string, prometheus::MetricFamily> by_name;
  for (const Sample& sample : samples) {
    prometheus::MetricFamily& family = by_name[sample.name];
    family.name = sample.name;
    family.help = sample.help;
    family.type = sample.counter ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge;
    prometheus::ClientMetric metric;
    for (const auto& [name, value] : sample.labels) metric.label.push_back({name, value});
    (sample.counter ? metric.counter.value : metric.gauge.value) = sample.value;
    family.metric.push_back(std::move(metric));
  }
  for (auto& [name, family] : by_name) families.push_back(std::move(family));
  return families;
}

absl::Status Metrics::Listen(const std::string& address) {
  if (address == "off") return absl::OkStatus();
  TWINLINE_ASSIGN_OR_RETURN(page_, MetricsPage::Open(address, [this] { return Render(); }));
  return absl::OkStatus();
}

int Metrics::port() const { return page_ == nullptr ? 0 : page_->port(); }

void Metrics::StopListening() { page_.reset(); }

std::string Metrics::Render() const {
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, Collect());
  return text.str();
}

}  // namespace twinline::runtime
