// What tests of the service room share: a board that threads tell and the test waits on, and a call
// of one person as handlers and streams see it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "platform/rpc/server.h"
#include "twinline/accountability/v1/accountability_alerts.pb.h"

namespace twinline::accountability {

// What threads tell the test: it waits for a condition, never for a time.
class Board {
 public:
  template <typename Change>
  void Tell(Change change) {
    {
      const std::lock_guard lock(mutex_);
      change();
    }
    wake_.notify_all();
  }
  bool Wait(const std::function<bool()>& done) {
    std::unique_lock lock(mutex_);
    return wake_.wait_for(lock, std::chrono::seconds(20), done);
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
};

// A call of one person, as handlers and streams see it.
class FakeCall final : public rpc::StreamCall {
 public:
  explicit FakeCall(std::string office, types::v1::Role role = types::v1::ROLE_TOWNSHIP_OFFICIAL) {
    duty_.office = std::move(office);
    duty_.role = role;
    principal_.subject = base::DeriveId({"township person"});
  }
  v1::WatchAlertsRequest asked;
  Board board;
  std::vector<v1::WatchAlertsReply> written;
  bool finished = false;

  const google::protobuf::Message& request() const override { return asked; }
  google::protobuf::Message& reply() override { return reply_; }
  const rpc::Principal& principal() const override { return principal_; }
  const rpc::Duty* duty() const override { return &duty_; }
  journal::v1::Actor actor() const override { return {}; }
  const rpc::Reach& reach() const override { return rpc::NoReach(); }
  void Shows(const base::Id16&) override {}
  void Finish() override { End(); }
  void Finish(const base::Refusal&) override { End(); }
  void Finish(const absl::Status&) override { End(); }
  bool cancelled() const override { return false; }
  int64_t deadline_monotonic_us() const override { return 0; }
  bool Write(const google::protobuf::Message& message) override {
    board.Tell([&] { written.push_back(static_cast<const v1::WatchAlertsReply&>(message)); });
    return true;
  }

 private:
  void End() {
    board.Tell([this] { finished = true; });
  }
  rpc::Duty duty_;
  rpc::Principal principal_;
  v1::WatchAlertsReply reply_;
};

}  // namespace twinline::accountability
