// The whole process around two small services: counters that react to each other and ring alarms.
// Start, stop, start again, loss, drills, and a clock that is driven from alarm to alarm.
#include "platform/runtime/host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/rpc/client.h"
#include "platform/runtime/config.h"
#include "platform/vault/files.h"
#include "tests/support/counter_domain.h"
#include "tests/support/temp_dir.h"
#include "twinline/demo/v1/demo_clock.pb.h"
#include "twinline/test/v1/echo.pb.h"

namespace twinline::runtime {
namespace {

using engine_test::CounterDomain;
using engine_test::CounterSetup;
using ::testing::HasSubstr;

constexpr char kPing[] = "twinline.test.v1.EchoService.Ping";

class CounterModule final : public ServiceModule {
 public:
  explicit CounterModule(CounterSetup setup, bool serves_ping = false)
      : domain_(std::move(setup)), serves_ping_(serves_ping) {}
  std::string_view name() const override { return domain_.name(); }
  const base::ShardDomain* domain() const override { return &domain_; }
  absl::Status Register(rpc::ServiceRegistry& registry, const Deps& deps) override {
    deps_ = deps;
    if (!serves_ping_) return absl::OkStatus();
    registry.Unary(kPing, [](rpc::CallPtr call) {
      rpc::Out<test::v1::PingReply>(*call).set_text(rpc::In<test::v1::PingRequest>(*call).text());
      call->Finish();
    });
    return absl::OkStatus();
  }
  absl::Status Start() override {
    started = true;
    return absl::OkStatus();
  }
  void Stop() override { stopped = true; }
  const CounterDomain& counters() const { return domain_; }
  const Deps& deps() const { return deps_; }
  bool started = false, stopped = false;

 private:
  CounterDomain domain_;
  const bool serves_ping_;
  Deps deps_;
};

class HostTest : public ::testing::Test {
 protected:
  HostTest() {
    config_ = *ParseConfig(
        "rpc { listen: '127.0.0.1:0' stop_grace_s: 1 } metrics { listen: '127.0.0.1:0' }"
        "log { level: 'error' } state { cache_mib: 8 memtable_mib: 4 }");
    config_.mutable_places()->set_host_mark_file(directory_ / "machine");
    Write("machine", "machine 1");
    installation_.id = *base::Id16::FromBytes("0123456789abcdef");
    installation_.realm = journal::v1::REALM_DEMO;
    installation_.clock = journal::v1::CLOCK_KIND_DRIVEN;
    installation_.county_code = "411282";
    installation_.clock_start = base::StartOfDay(base::CivilDay::FromYmd(2026, 8, 25));
  }
  ~HostTest() override {
    if (host_ != nullptr) host_->Stop();
  }

  void Write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(vault::WriteFileDurably(directory_ / name, text, 0640).ok());
  }
  void Init() {
    ASSERT_TRUE(InitInstallation(PlacesOf(directory_ / "data", config_), installation_).ok());
  }
  absl::Status Start(OnAnotherHost mode = OnAnotherHost::kRefuse) {
    HostOptions options;
    options.data = directory_ / "data";
    options.config = config_;
    options.on_another_host = mode;
    CounterSetup first;
    first.name = "first";
    CounterSetup second;
    second.name = "second";
    second.sources = {"first"};
    auto a = std::make_unique<CounterModule>(first, /*serves_ping=*/true);
    auto b = std::make_unique<CounterModule>(second);
    first_ = a.get();
    second_ = b.get();
    options.modules.push_back(std::move(a));
    options.modules.push_back(std::move(b));
    auto host = Host::Open(std::move(options));
    if (!host.ok()) return host.status();
    host_ = *std::move(host);
    const absl::Status started = host_->Start();
    if (!started.ok()) return started;
    rpc::ChannelOptions channel;
    channel.target = "127.0.0.1:" + std::to_string(host_->port());
    client_ = std::make_unique<rpc::Client>(*rpc::Client::Connect(channel));
    return absl::OkStatus();
  }
  void Stop() {
    client_.reset();
    host_->Stop();
    host_.reset();
  }

  // Submits and waits for the answer.
  engine::Answer Do(std::string_view service, uint32_t type, const std::string& body) {
    engine::Submission submission;
    submission.command_type = type;
    submission.body = body;
    submission.request_id = rpc::NewRequestId(host_->clock().Now().us);
    submission.fingerprint = "fingerprint 16 b";
    std::mutex mutex;
    std::condition_variable wake;
    std::optional<engine::Answer> answer;
    submission.done = [&](engine::Answer given) {
      const std::lock_guard lock(mutex);
      answer = std::move(given);
      wake.notify_one();
    };
    host_->shard(service)->Submit(std::move(submission));
    std::unique_lock lock(mutex);
    wake.wait(lock, [&] { return answer.has_value(); });
    return *answer;
  }
  rpc::CallResult AdvanceTo(int64_t us, demo::v1::AdvanceToReply* reply) {
    demo::v1::AdvanceToRequest request;
    request.set_to_unix_us(us);
    return client_->Call("twinline.demo.v1.DemoClock.AdvanceTo", request, reply);
  }

  test_support::TempDir directory_;
  config::v1::Config config_;
  Installation installation_;
  std::unique_ptr<Host> host_;
  CounterModule* first_ = nullptr;
  CounterModule* second_ = nullptr;
  std::unique_ptr<rpc::Client> client_;
};

TEST_F(HostTest, WithoutAnInstallationItSaysHowToMakeOne) {
  const absl::Status started = Start();
  EXPECT_EQ(started.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(started.message()), HasSubstr("--init"));
}

TEST_F(HostTest, ServesAndComesBackWithWhatItKnew) {
  Init();
  ASSERT_TRUE(Start().ok());
  EXPECT_TRUE(first_->started);
  EXPECT_NE(first_->deps().sealer, nullptr);
  EXPECT_EQ(first_->deps().installation.county_code, "411282");
  EXPECT_TRUE(*client_->Healthy());
  EXPECT_TRUE(*client_->Healthy("second/0"));
  test::v1::PingRequest ping;
  ping.set_text("hello");
  test::v1::PingReply pong;
  const rpc::CallResult called = client_->Call(kPing, ping, &pong);
  EXPECT_TRUE(called.ok()) << called.status;
  EXPECT_EQ(called.server_time_us, installation_.clock_start.us);
  EXPECT_TRUE(
      std::holds_alternative<engine::Accepted>(Do("first", engine_test::kAdd, "apples 12")));
  EXPECT_THAT(host_->metrics().Render(),
              HasSubstr(R"(twinline_shard_serving{journal="first/0"} 1)"));
  EXPECT_THAT(
      host_->metrics().Render(),
      HasSubstr(R"(twinline_rpc_calls_total{method="test.v1.EchoService.Ping",code="OK"} 1)"));
  CounterModule* const module = first_;
  host_->Stop();
  EXPECT_TRUE(module->stopped);
  host_.reset();

  ASSERT_TRUE(Start().ok());
  EXPECT_EQ(engine_test::Total(*host_->shard("first")->Read().rows, "apples"), 12);
}

TEST_F(HostTest, OneDataDirectoryHasOneProcess) {
  Init();
  ASSERT_TRUE(Start().ok());
  HostOptions second;
  second.data = directory_ / "data";
  second.config = config_;
  EXPECT_EQ(Host::Open(std::move(second)).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(HostTest, AStateThatKnowsMoreThanTheLogStopsTheStart) {
  Init();
  ASSERT_TRUE(Start().ok());
  Stop();
  // An older copy of the log under a newer state.
  std::filesystem::copy(directory_ / "data/log", directory_ / "older",
                        std::filesystem::copy_options::recursive);
  ASSERT_TRUE(Start().ok());
  ASSERT_TRUE(std::holds_alternative<engine::Accepted>(Do("first", engine_test::kAdd, "apples 1")));
  Stop();
  std::filesystem::remove_all(directory_ / "data/log");
  std::filesystem::rename(directory_ / "older", directory_ / "data/log");
  const absl::Status started = Start();
  EXPECT_EQ(started.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(started.message()), HasSubstr("acknowledged records are missing"));
  // Without the state the second place still knows.
  std::filesystem::remove_all(directory_ / "data/state");
  EXPECT_THAT(std::string(Start().message()), HasSubstr("the second place"));
}

TEST_F(HostTest, AStateMayBeDeletedAndIsRebuilt) {
  Init();
  ASSERT_TRUE(Start().ok());
  ASSERT_TRUE(std::holds_alternative<engine::Accepted>(Do("first", engine_test::kAdd, "apples 5")));
  Stop();
  std::filesystem::remove_all(directory_ / "data/state");
  ASSERT_TRUE(Start().ok());
  EXPECT_EQ(engine_test::Total(*host_->shard("first")->Read().rows, "apples"), 5);
}

TEST_F(HostTest, ADrillReadsAndTakesNoEpoch) {
  Init();
  ASSERT_TRUE(Start().ok());
  ASSERT_TRUE(std::holds_alternative<engine::Accepted>(Do("first", engine_test::kAdd, "apples 5")));
  const uint64_t records = host_->shard("first")->Status().next_pos;
  Stop();
  Write("machine", "machine 2");
  EXPECT_EQ(Start().code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(Start(OnAnotherHost::kDrill).ok());
  EXPECT_EQ(host_->shard("first")->Status().next_pos, records);
  EXPECT_FALSE(host_->shard("first")->Status().serving);
  EXPECT_EQ(engine_test::Total(*host_->shard("first")->Read().rows, "apples"), 5);
  EXPECT_FALSE(first_->started);
}

TEST_F(HostTest, TheClockGoesFromAlarmToAlarmAndEveryoneComesToRest) {
  Init();
  ASSERT_TRUE(Start().ok());
  const int64_t day = base::kDayUs;
  const int64_t start = installation_.clock_start.us;
  const auto alarm = [&](const char* service, const std::string& name, int64_t due) {
    EXPECT_TRUE(std::holds_alternative<engine::Accepted>(
        Do(service, engine_test::kAlarm, name + " " + std::to_string(due))));
  };
  alarm("first", "b", start + 5 * day);
  alarm("second", "a", start + 2 * day);
  alarm("first", "c", start + 9 * day);
  alarm("second", "late", start + 40 * day);
  demo::v1::AdvanceToReply reply;
  const rpc::CallResult advanced = AdvanceTo(start + 10 * day, &reply);
  ASSERT_TRUE(advanced.ok()) << advanced.status;
  EXPECT_EQ(reply.steps(), 3);
  EXPECT_EQ(reply.now_unix_us(), start + 10 * day);
  // Each rang at its own time, not at the target.
  ASSERT_EQ(first_->counters().fired.size(), 2);
  EXPECT_EQ(first_->counters().fired[0], (std::pair<int64_t, std::string>{start + 5 * day, "b"}));
  EXPECT_EQ(first_->counters().fired[1], (std::pair<int64_t, std::string>{start + 9 * day, "c"}));
  ASSERT_EQ(second_->counters().fired.size(), 1);
  EXPECT_EQ(second_->counters().fired[0].first, start + 2 * day);

  EXPECT_EQ(AdvanceTo(start + 9 * day, &reply).code(), "CLOCK_NEVER_GOES_BACK");
  ASSERT_TRUE(AdvanceTo(start + 10 * day, &reply).ok());
  EXPECT_EQ(reply.steps(), 0);
  Stop();
  ASSERT_TRUE(Start().ok());  // time stands where it stood
  demo::v1::GetTimeReply time;
  ASSERT_TRUE(
      client_->Call("twinline.demo.v1.DemoClock.GetTime", demo::v1::GetTimeRequest(), &time).ok());
  EXPECT_EQ(time.now_unix_us(), start + 10 * day);
}

TEST_F(HostTest, ReactionsAreDoneWhenTheClockHasArrived) {
  Init();
  ASSERT_TRUE(Start().ok());
  const int64_t start = installation_.clock_start.us;
  demo::v1::AdvanceToReply reply;
  for (int i = 1; i <= 20; ++i) {
    ASSERT_TRUE(
        std::holds_alternative<engine::Accepted>(Do("first", engine_test::kAdd, "apples 10")));
    ASSERT_TRUE(AdvanceTo(start + i * base::kDayUs, &reply).ok());
    EXPECT_EQ(engine_test::Total(*host_->shard("second")->Read().rows, "copy/apples"), 10 * i) << i;
  }
}

// Another process moves it: this one refuses to, and tells whoever asks how its shards stand.
TEST_F(HostTest, AProcessThatFollowsTheClockSaysWhetherItRests) {
  Init();
  ASSERT_TRUE(Start().ok());
  const int64_t now = installation_.clock_start.us + 3 * base::kDayUs;
  demo::v1::AdvanceToReply advanced;
  ASSERT_TRUE(AdvanceTo(now, &advanced).ok());
  Stop();
  config_.mutable_demo_clock()->set_moved_elsewhere(true);
  ASSERT_TRUE(Start().ok());
  EXPECT_EQ(host_->clock().Now().us, now) << "read from clock/0";
  EXPECT_EQ(AdvanceTo(now + base::kDayUs, &advanced).code(), "CLOCK_LED_ELSEWHERE");
  EXPECT_EQ(host_->clock().Now().us, now);
  demo::v1::GetRestReply rest;
  ASSERT_TRUE(
      client_->Call("twinline.demo.v1.DemoClock.GetRest", demo::v1::GetRestRequest(), &rest).ok());
  EXPECT_EQ(rest.now_unix_us(), now);
  ASSERT_EQ(rest.shards_size(), 2);
  EXPECT_EQ(rest.shards(0).journal(), "first/0");
  EXPECT_EQ(rest.shards(0).next_pos(), host_->shard("first")->Status().next_pos);
  ASSERT_EQ(rest.shards(1).sources_size(), 1) << "second follows first";
  EXPECT_EQ(rest.shards(1).sources(0).journal(), "first/0");
}

TEST_F(HostTest, AWallClockHasNoDemonstrationRpc) {
  installation_.clock = journal::v1::CLOCK_KIND_WALL;
  Init();
  ASSERT_TRUE(Start().ok());
  demo::v1::AdvanceToReply reply;
  EXPECT_EQ(AdvanceTo(1, &reply).status.code(), absl::StatusCode::kUnimplemented);
}

}  // namespace
}  // namespace twinline::runtime
