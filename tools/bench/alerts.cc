#include "tools/bench/alerts.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "platform/base/time.h"
#include "twinline/accountability/v1/accountability.pb.h"
#include "twinline/attendance/v1/attendance.pb.h"

namespace twinline::bench {
namespace {

namespace av1 = attendance::v1;
namespace cv1 = accountability::v1;

constexpr const char* kUnary = "twinline.attendance.v1.AttendanceService.SubmitRollCall";
constexpr int kRatePerSecond = 500;
constexpr size_t kCrossing = 120;  // children made to cross at once

// When each child's alert reached an inbox; the bench's own clock on both ends.
class Inboxes {
 public:
  void Watch(CountyServer& server, const std::string& office, const base::Id16& person) {
    cv1::WatchAlertsRequest request;
    request.set_office(office);
    rpc::CallOptions options;
    options.token = server.api().TokenOf(person);
    options.deadline_us = 0;
    readers_.push_back(std::make_unique<rpc::Client::Reader>(server.clients().back().OpenReader(
        "twinline.accountability.v1.AccountabilityService.WatchAlerts", request, options)));
    const bool government = office.starts_with("township:");
    threads_.emplace_back([this, government, reader = readers_.back().get()] {
      cv1::WatchAlertsReply message;
      while (reader->Read(&message)) {
        const int64_t now = base::MonotonicUs();
        std::lock_guard lock(mutex_);
        auto& seen = seen_[message.alert().child_id()];
        if (!seen[government ? 0 : 1]) seen[government ? 0 : 1] = now;
        changed_.notify_all();
      }
    });
  }
  // Both lines' times for a child; zeros when it did not come within ten seconds.
  std::array<int64_t, 2> WaitFor(const std::string& child) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(10),
                      [&] { return seen_[child][0] && seen_[child][1]; });
    return seen_[child];
  }
  void Stop() {
    for (auto& reader : readers_) reader->Cancel();
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::array<int64_t, 2>> seen_;
  std::vector<std::unique_ptr<rpc::Client::Reader>> readers_;
  std::vector<std::thread> threads_;
};

}  // namespace

void MeasureAlerts(CountyServer& server, Report* report) {
  const datagen::County& county = server.county();
  // One child in each of many classes stays away for five judged days.
  std::map<size_t, size_t> absent;  // class -> pupil
  for (size_t c = 0; c < county.classes.size() && absent.size() < kCrossing; c += 3) {
    if (!county.classes[c].pupils.empty()) absent[c] = county.classes[c].pupils.back();
  }
  const auto with_absentee = [&](size_t i) {
    CallToMake call = server.RollCall(i);
    const auto pupil = absent.find(i % county.classes.size());
    if (pupil == absent.end()) return call;
    auto& request = static_cast<av1::SubmitRollCallRequest&>(*call.request);
    const std::string id = server.loaded().registrations[pupil->second].str();
    for (int e = 0; e < request.exceptions_size(); ++e) {
      if (request.exceptions(e).registration_id() == id)
        request.mutable_exceptions()->DeleteSubrange(e--, 1);
    }
    auto* exception = request.add_exceptions();
    exception->set_registration_id(id);
    exception->set_code(5);
    return call;
  };
  const auto reply = [] { return std::make_unique<av1::SubmitRollCallReply>(); };
  // Sessions come in pairs from here on, so that the tenth one is an afternoon: it judges the fifth
  // day.
  if (!server.morning_next()) {
    server.NextSession();
    RunLoad(
        server.clients(), kUnary, server.classes(), 64,
        [&](size_t i) { return server.RollCall(i); }, reply);
  }
  for (int session = 0; session < 9; ++session) {
    server.NextSession();
    RunLoad(server.clients(), kUnary, server.classes(), 64, with_absentee, reply);
  }
  Inboxes inboxes;
  for (const auto& [office, official] : server.loaded().township_official)
    inboxes.Watch(server, office, official);
  for (const auto& [office, principal] : server.loaded().principal)
    inboxes.Watch(server, office, principal);
  server.NextSession();
  // 500 roll calls a second, evenly; the crossing ones are among them.
  std::map<std::string, int64_t> sent;
  std::mutex mutex;
  std::condition_variable idle;
  size_t open = 0;
  const int64_t begun = base::MonotonicUs();
  struct InFlight {
    CallToMake call;
    av1::SubmitRollCallReply reply;
  };
  for (size_t i = 0; i < server.classes(); ++i) {
    std::this_thread::sleep_until(
        std::chrono::steady_clock::now() +
        std::chrono::microseconds(std::max<int64_t>(
            0,
            begun + static_cast<int64_t>(i) * 1'000'000 / kRatePerSecond - base::MonotonicUs())));
    auto flight = std::make_shared<InFlight>();
    flight->call = with_absentee(i);
    if (const auto pupil = absent.find(i); pupil != absent.end()) {
      sent[server.loaded().children[pupil->second].str()] = base::MonotonicUs();
    }
    rpc::CallOptions options;
    options.token = flight->call.token;
    {
      std::lock_guard lock(mutex);
      ++open;
    }
    server.clients()[i % 2].CallAsync(kUnary, *flight->call.request, &flight->reply, options,
                                      [&, flight](rpc::CallResult) {
                                        std::lock_guard lock(mutex);
                                        if (--open == 0) idle.notify_all();
                                      });
  }
  {
    std::unique_lock lock(mutex);
    idle.wait(lock, [&] { return open == 0; });
  }
  std::vector<double> latencies;
  size_t missing = 0;
  for (const auto& [child, when] : sent) {
    const auto seen = inboxes.WaitFor(child);
    if (!seen[0] || !seen[1]) {
      ++missing;
      continue;
    }
    latencies.push_back(static_cast<double>(std::max(seen[0], seen[1]) - when) / 1000.0);
  }
  inboxes.Stop();
  std::sort(latencies.begin(), latencies.end());
  const double p99 = latencies.empty()
                         ? 0
                         : latencies[std::min(latencies.size() - 1, latencies.size() * 99 / 100)];
  const double p50 = latencies.empty() ? 0 : latencies[latencies.size() / 2];
  report->Add({"alert_p99", p99, "ms", std::nullopt, "", 1,
               "p50 " + std::to_string(p50) + " ms; " + std::to_string(latencies.size()) +
                   " alerts to both lines at " + std::to_string(kRatePerSecond) +
                   " roll calls/s, " + std::to_string(missing) + " missing"});
}

}  // namespace twinline::bench
