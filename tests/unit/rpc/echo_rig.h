// A small county behind the real server and the real client: two schools in two townships, three
// classes, one person for each kind of duty, and the echo service of tests/support. Tokens are
// plain text here; everything else is what a process runs.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "platform/journal/admit.h"
#include "platform/journal/sim_journal.h"
#include "platform/rpc/access_log.h"
#include "platform/rpc/client.h"
#include "platform/rpc/directory.h"
#include "platform/rpc/grpc_server.h"
#include "twinline/audit/v1/access_events.pb.h"
#include "twinline/test/v1/echo.pb.h"

namespace twinline::rpc_test {

inline base::Id16 Id(std::string_view name) { return base::DeriveId({name}); }
inline constexpr char kService[] = "twinline.test.v1.EchoService.";
inline constexpr char kSchoolA[] = "2141000001", kSchoolB[] = "2141000002";

// A clock that stands until it is moved.
class FixedClock final : public base::Clock {
 public:
  base::Timestamp Now() const override { return base::Timestamp{us.load()}; }
  std::atomic<int64_t> us{base::StartOfDay(base::CivilDay::FromYmd(2026, 9, 15)).us +
                          int64_t{8} * 3'600 * 1'000'000};
};

// Answers every submission at once; counts what it saw.
class FakeShard final : public engine::Shard {
 public:
  absl::Status Start() override { return absl::OkStatus(); }
  void Stop() override {}
  void Submit(engine::Submission submission) override;
  engine::ReadView Read() const override;
  absl::Status WaitApplied(uint64_t, int64_t) const override { return absl::OkStatus(); }
  void WhenApplied(uint64_t pos, std::function<void()> ready) override;
  engine::ShardStatus Status() const override { return {}; }
  const std::string& journal_name() const override { return name_; }
  std::optional<base::Timestamp> NextTimer() const override { return std::nullopt; }
  bool Idle() const override { return true; }
  void Poke() override {}
  absl::StatusOr<std::string> StateHash() const override { return std::string(); }
  absl::StatusOr<bool> Step() override { return false; }

  // Moves the applied position and lets waiting reads go.
  void Apply(uint64_t next_pos);

  std::mutex mutex;
  std::vector<engine::Submission> seen;  // `done` is empty in these
  engine::Answer answer = engine::Accepted{7, 0, 1, {}, false};
  std::atomic<uint64_t> next_pos{10};

 private:
  const std::string name_ = "registry/0";
  std::multimap<uint64_t, std::function<void()>> waiting_;
};

struct RigOptions {
  bool record = true;  // an access journal
  size_t in_flight_max = 256;
  bool demo = false;
  bool real_port = false;  // TCP on loopback instead of in-process
};

class EchoRig {
 public:
  explicit EchoRig(RigOptions options = {});
  ~EchoRig();

  // A token of the person with this name; the session follows from the name.
  static rpc::CallOptions As(const std::string& person);
  rpc::CallResult Call(const std::string& method, const google::protobuf::Message& request,
                       google::protobuf::Message* reply, const rpc::CallOptions& options);
  rpc::CallResult GetChild(const std::string& person, const std::string& child);

  // A person's duty since 1 September 2026.
  void Appoint(const std::string& person, types::v1::Role role, const std::string& office);
  void PutChild(const std::string& name, const std::string& class_name, const std::string& school,
                const std::string& hukou_township, const std::string& residence_township = "");

  // Everything in this month's access journal, in order.
  std::vector<journal::v1::Event> AccessEvents();
  template <typename Message>
  std::vector<Message> Access() {
    std::vector<Message> found;
    for (const auto& event : AccessEvents()) {
      Message message;
      if (event.type() == Message::descriptor()->options().GetExtension(types::v1::event_type) &&
          message.ParseFromString(event.data())) {
        found.push_back(std::move(message));
      }
    }
    return found;
  }
  void Release();  // lets held calls go

  FixedClock clock;
  journal::SimJournalProvider journals;
  rpc::MemoryDirectory directory{"411282"};
  FakeShard shard;
  std::unique_ptr<rpc::Completions> completions;
  std::unique_ptr<rpc::AccessLog> access_log;
  std::unique_ptr<rpc::AccessRecorder> recorder;
  std::unique_ptr<rpc::Server> server;
  std::unique_ptr<rpc::Client> client;
  std::atomic<int> verified{0};  // signatures checked
  std::atomic<int> held{0};      // calls that wait for Release

 private:
  void Handlers();
  std::mutex mutex_;
  std::vector<rpc::CallPtr> holding_;
};

}  // namespace twinline::rpc_test
