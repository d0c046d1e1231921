#include "tools/bench/county_server.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

#include "platform/base/time.h"
#include "tools/demo/guide.h"
#include "tools/demo/term.h"
#include "twinline/attendance/v1/attendance.pb.h"
#include "twinline/audit/v1/audit.pb.h"

namespace twinline::bench {

namespace fs = std::filesystem;
namespace av1 = attendance::v1;

namespace {

constexpr size_t kStreams = 8;  // at a time

// gRPC's pollers and executors are one part, RocksDB's flushes and compactions another.
std::string PartOf(const std::string& thread) {
  if (thread.starts_with("nexting_thread") || thread.starts_with("default-executo") ||
      thread.starts_with("resolver-execut") || thread.starts_with("grpc") ||
      thread.starts_with("timer_manager") || thread.starts_with("event_engine")) {
    return "grpc";
  }
  if (thread.starts_with("rocksdb:")) return "rocksdb";
  // A shard's thread has the name of its journal.
  const size_t slash = thread.find('/');
  if (slash == std::string::npos || thread.starts_with("follow")) return thread;
  return "engine of " + thread.substr(0, slash);
}

}  // namespace

CountyServer::CountyServer(const fs::path& twinlined, bool small, size_t times)
    : twinlined_(twinlined),
      data_(fs::temp_directory_path() / ("twinline-bench-" + std::to_string(getpid()))) {
  const base::CivilDay first = base::CivilDay::FromYmd(2026, 9, 1);
  datagen::Options options;
  options.small = small;
  options.times = times;
  options.term_start = first;
  county_ = datagen::MakeCounty(options);
  Connect();
  demo::Term::AdvanceTo(*api_, {base::StartOfDay(first - 5).us});
  loaded_ = demo::LoadCounty(*api_, county_, first, demo::FirstAdmins(data_));
  days_ = demo::AdoptTerm(*api_, loaded_, first, base::CivilDay::FromYmd(2027, 1, 22));
  plan_ = std::make_unique<datagen::AbsencePlan>(county_, 1, static_cast<int>(days_.size()));
  for (const datagen::Class& room : county_.classes) api_->TokenOf(loaded_.staff[room.teacher]);
}

CountyServer::~CountyServer() {
  server_.reset();
  std::error_code ignored;
  fs::remove_all(data_, ignored);
}

void CountyServer::Connect() {
  const int port = server_ ? server_->port() : 0;
  auto server =
      demo::ServerProcess::Start(twinlined_, data_, base::CivilDay::FromYmd(2026, 8, 20), port);
  if (!server.ok()) demo::Stop(std::string(server.status().message()));
  server_ = std::make_unique<demo::ServerProcess>(*std::move(server));
  clients_.clear();
  for (int i = 0; i < 2; ++i) {
    rpc::ChannelOptions channel;
    channel.target = "127.0.0.1:" + std::to_string(server_->port());
    channel.own_connection = true;
    auto client = rpc::Client::Connect(channel);
    if (!client.ok() || !client->WaitConnected(20'000'000)) demo::Stop("cannot connect");
    clients_.push_back(*std::move(client));
  }
  if (api_ == nullptr) api_ = std::make_unique<demo::Api>(clients_.front());
}

void CountyServer::Restart() {
  server_->Stop();
  Connect();
  api_->SetClient(clients_.front());
}

void CountyServer::Stop() { server_->Stop(); }

void CountyServer::NextSession() {
  ++session_;
  const base::CivilDay day = days_[static_cast<size_t>(session_ / 2)];
  const int hour = session_ % 2 == 0 ? 8 : 14;
  demo::Term::AdvanceTo(*api_, {base::StartOfDay(day).us + (int64_t{hour} * 60 + 30) * 60'000'000});
}

CallToMake CountyServer::RollCall(size_t i) {
  const size_t c = i % county_.classes.size();
  const int day = session_ / 2;
  auto request = std::make_unique<av1::SubmitRollCallRequest>();
  request->mutable_write()->set_request_id(rpc::NewRequestId(api_->now_us()).str());
  request->set_class_id(loaded_.classes[c].str());
  request->mutable_day()->set_days(days_[static_cast<size_t>(day)].days);
  const uint32_t session = session_ % 2 == 0 ? 1 : 2;
  request->set_session(static_cast<types::v1::Session>(session));
  request->set_roster_version(loaded_.roster_version[c]);
  for (const size_t pupil : county_.classes[c].pupils) {
    const uint32_t code = plan_->Mark(pupil, day, session);
    if (code == 0) continue;
    auto* exception = request->add_exceptions();
    exception->set_registration_id(loaded_.registrations[pupil].str());
    exception->set_code(code);
  }
  ++taken_;
  return {std::move(request), api_->TokenOf(loaded_.staff[county_.classes[c].teacher])};
}

std::unique_ptr<google::protobuf::Message> CountyServer::AnyRollCall(size_t i) const {
  const size_t c = i % county_.classes.size();
  auto request = std::make_unique<av1::SubmitRollCallRequest>();
  request->mutable_write()->set_request_id(rpc::NewRequestId(api_->now_us()).str());
  request->set_class_id(loaded_.classes[c].str());
  request->mutable_day()->set_days(days_[static_cast<size_t>(std::max(0, session_) / 2)].days);
  request->set_session(types::v1::SESSION_MORNING);
  request->set_roster_version(loaded_.roster_version[c]);
  for (const size_t pupil : county_.classes[c].pupils) {
    const uint32_t code = plan_->Mark(pupil, std::max(0, session_) / 2, 1);
    if (code == 0) continue;
    auto* exception = request->add_exceptions();
    exception->set_registration_id(loaded_.registrations[pupil].str());
    exception->set_code(code);
  }
  return request;
}

LoadResult CountyServer::StreamSession() {
  NextSession();
  std::map<size_t, std::vector<size_t>> by_school;
  for (size_t c = 0; c < classes(); ++c) by_school[county_.classes[c].school].push_back(c);
  std::vector<std::vector<std::unique_ptr<google::protobuf::Message>>> messages;
  std::vector<std::string> tokens;
  for (const auto& [school, rooms] : by_school) {
    messages.emplace_back();
    for (const size_t c : rooms) messages.back().push_back(RollCall(c).request);
    tokens.push_back(api_->TokenOf(loaded_.principal.at("school:" + county_.schools[school].code)));
  }
  LoadResult result;
  const int64_t begun = base::MonotonicUs();
  for (size_t from = 0; from < messages.size(); from += kStreams) {
    std::vector<rpc::Client::Writer> writers;
    const size_t to = std::min(messages.size(), from + kStreams);
    size_t longest = 0;
    for (size_t i = from; i < to; ++i) {
      rpc::CallOptions options;
      options.token = tokens[i];
      writers.push_back(clients_[i % clients_.size()].OpenWriter(
          "twinline.attendance.v1.AttendanceService.SubmitRollCalls", options));
      longest = std::max(longest, messages[i].size());
    }
    for (size_t m = 0; m < longest; ++m) {
      for (size_t i = from; i < to; ++i) {
        if (m < messages[i].size()) writers[i - from].Write(*messages[i][m]);
      }
    }
    for (rpc::Client::Writer& writer : writers) {
      av1::SubmitRollCallsReply reply;
      writer.Finish(&reply);
      result.calls += reply.accepted();
      result.failed += static_cast<size_t>(reply.refused_size());
    }
  }
  result.seconds = static_cast<double>(base::MonotonicUs() - begun) / 1e6;
  return result;
}

void CountyServer::WaitForAudit() {
  audit::v1::GetStatusRequest wait;
  wait.set_wait(true);
  audit::v1::GetStatusReply status;
  api_->Must("twinline.audit.v1.AuditService.GetStatus", wait, &status, loaded_.auditor);
}

CpuByPart CountyServer::Cpu() const {
  CpuByPart parts;
  std::error_code gone;
  const fs::path tasks = "/proc/" + std::to_string(server_->pid()) + "/task";
  for (const auto& task : fs::directory_iterator(tasks, gone)) {
    std::ifstream stat(task.path() / "stat"), exact(task.path() / "schedstat");
    std::string text((std::istreambuf_iterator<char>(stat)), std::istreambuf_iterator<char>());
    const size_t open = text.find('('), close = text.rfind(')');
    int64_t nanoseconds = 0;  // on a processor, user and system
    if (close == std::string::npos || !(exact >> nanoseconds)) continue;  // the thread has ended
    parts[PartOf(text.substr(open + 1, close - open - 1))] += nanoseconds / 1'000;
  }
  return parts;
}

void CountyServer::WaitForNameIndex() const {
  constexpr auto kLook = std::chrono::milliseconds(500);
  for (int64_t before = -1;;) {
    const int64_t used = Cpu()["name index"];
    if (used == before) return;
    before = used;
    std::this_thread::sleep_for(kLook);
  }
}

CpuByPart Used(const CpuByPart& before, const CpuByPart& after) {
  CpuByPart used;
  for (const auto& [part, micros] : after) {
    const auto it = before.find(part);
    const int64_t more = micros - (it == before.end() ? 0 : it->second);
    if (more > 0) used[part] = more;
  }
  return used;
}

}  // namespace twinline::bench
