#include "tests/support/running_county.h"

#include <signal.h>
#include <unistd.h>

#include <cstdlib>

#include "tools/demo/guide.h"
#include "tools/demo/term.h"
#include "twinline/attendance/v1/attendance.pb.h"

namespace twinline::test {

namespace fs = std::filesystem;

RunningCounty::RunningCounty(std::string config, std::vector<std::string> init_flags)
    : data_(fs::temp_directory_path() / ("twinline-test-" + std::to_string(getpid()) + "-" +
                                         std::to_string(base::MonotonicUs()))),
      config_(std::move(config)),
      init_flags_(std::move(init_flags)) {
  const base::CivilDay first = base::CivilDay::FromYmd(2026, 9, 1);
  county_ = TinyCounty(first);
  Connect();
  demo::Term::AdvanceTo(*api_, {base::StartOfDay(first - 5).us + 9LL * 3600 * 1'000'000});
  loaded_ = demo::LoadCounty(*api_, county_, first, demo::FirstAdmins(data_));
  days_ = demo::AdoptTerm(*api_, loaded_, first, base::CivilDay::FromYmd(2027, 1, 22));
}

RunningCounty::RunningCounty(base::Timestamp wall_start)
    : data_(fs::temp_directory_path() / ("twinline-test-" + std::to_string(getpid()) + "-" +
                                         std::to_string(base::MonotonicUs()))),
      wall_(true),
      ahead_s_((wall_start.us - base::SystemClock().Now().us) / 1'000'000) {
  const base::CivilDay first = base::CivilDay::FromYmd(2026, 9, 1);
  county_ = TinyCounty(first);
  Connect();
  loaded_ = demo::LoadCounty(*api_, county_, first, demo::FirstAdmins(data_));
  days_ = demo::AdoptTerm(*api_, loaded_, first, base::CivilDay::FromYmd(2027, 1, 22));
}

void RunningCounty::KillAndSleep(int64_t seconds) {
  ahead_s_ += seconds;
  KillAndRestart();
}

RunningCounty::~RunningCounty() {
  server_.reset();
  std::error_code ignored;
  if (const char* keep = std::getenv("TWINLINE_KEEP_DATA")) {
    fs::copy(data_, fs::path(keep) / data_.filename(), fs::copy_options::recursive, ignored);
  }
  fs::remove_all(data_, ignored);
}

void RunningCounty::Connect() {
  auto server =
      wall_ ? demo::ServerProcess::StartOnWallClock(TWINLINED, data_, ahead_s_, port_)
            : demo::ServerProcess::Start(TWINLINED, data_, base::CivilDay::FromYmd(2026, 8, 20),
                                         port_, config_, init_flags_);
  if (!server.ok()) demo::Stop(std::string(server.status().message()));
  server_ = std::make_unique<demo::ServerProcess>(*std::move(server));
  port_ = server_->port();
  rpc::ChannelOptions channel;
  channel.target = "127.0.0.1:" + std::to_string(port_);
  channel.own_connection = true;
  auto client = rpc::Client::Connect(channel);
  if (!client.ok() || !client->WaitConnected(20'000'000)) demo::Stop("cannot connect to twinlined");
  const int64_t now = wall_ ? WallNow().us : api_ ? api_->now_us() : 0;
  api_ = std::make_unique<demo::Api>(*std::move(client));
  api_->SetNow(now);
}

void RunningCounty::KillAndRestart() {
  kill(server_->pid(), SIGKILL);
  server_->Wait();
  Connect();
}

int RunningCounty::StopServer() { return server_->Stop(); }

void RunningCounty::Configure(const std::string& more) {
  config_ = more;
  StopServer();
  StartServer();
}

void RunningCounty::GoTo(int day, int hour, int minute) {
  demo::Term::AdvanceTo(*api_, {base::StartOfDay(days_[static_cast<size_t>(day)]).us +
                                (int64_t{hour} * 60 + minute) * 60'000'000});
}

base::Id16 RunningCounty::Village(size_t village) const {
  for (const datagen::Duty& duty : county_.duties) {
    if (duty.office == "village:" + county_.villages[village].code)
      return loaded_.staff[duty.staff];
  }
  return {};
}

rpc::CallResult RunningCounty::RollCall(
    size_t school_class, int day, uint32_t session,
    const std::vector<std::pair<size_t, uint32_t>>& exceptions) {
  attendance::v1::SubmitRollCallRequest request;
  request.set_class_id(loaded_.classes[school_class].str());
  request.mutable_day()->set_days(days_[static_cast<size_t>(day)].days);
  request.set_session(static_cast<types::v1::Session>(session));
  request.set_roster_version(loaded_.roster_version[school_class]);
  for (const auto& [pupil, code] : exceptions) {
    auto* exception = request.add_exceptions();
    exception->set_registration_id(loaded_.registrations[pupil].str());
    exception->set_code(code);
  }
  attendance::v1::SubmitRollCallReply reply;
  return api_->Call("twinline.attendance.v1.AttendanceService.SubmitRollCall", request, &reply,
                    Teacher(school_class));
}

void RunningCounty::PlayDay(int day, const std::vector<size_t>& absent) {
  for (const uint32_t session : {1u, 2u}) {
    GoTo(day, session == 1 ? 8 : 14, 30);
    for (size_t c = 0; c < county_.classes.size(); ++c) {
      std::vector<std::pair<size_t, uint32_t>> exceptions;
      for (const size_t pupil : absent) {
        if (county_.pupils[pupil].school_class == c) exceptions.push_back({pupil, 5});
      }
      const rpc::CallResult result = RollCall(c, day, session, exceptions);
      if (!result.ok()) demo::Stop("roll call: " + result.code());
    }
  }
}

}  // namespace twinline::test
