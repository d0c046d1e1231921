// The registry module behind hand-made calls: a real shard over a simulated journal, a real vault
// in memory, real sealing. Calls are answered in the test's thread, which also steps the shard.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "platform/journal/admit.h"
#include "platform/journal/sim_journal.h"
#include "platform/store/state_store.h"
#include "platform/vault/memory_vault.h"
#include "platform/vault/sealer.h"
#include "platform/vault/search_token.h"
#include "registry/service/module.h"
#include "tests/support/shard_rig.h"
#include "twinline/registry/v1/registry.pb.h"
#include "twinline/transfer/v1/transfer_events.pb.h"

namespace twinline::registry {

inline base::CivilDay Day(std::string_view text) { return *base::CivilDay::Parse(text); }

// One office's reach: a school, or everything (a bureau).
class FakeReach final : public rpc::Reach {
 public:
  explicit FakeReach(std::string school) : school_(std::move(school)) {}
  bool everything() const override { return school_.empty(); }
  bool CoversChild(const rpc::ChildPlace& place) const override {
    return CoversSchool(place.school_code) || CoversSchool(place.pending_school_code);
  }
  bool CoversSchool(std::string_view code) const override {
    return everything() || code == school_;
  }
  bool CoversClass(const base::Id16&) const override { return true; }
  bool CoversOffice(std::string_view) const override { return true; }
  const rpc::Duty& duty() const override { return duty_; }

 private:
  const std::string school_;
  const rpc::Duty duty_;
};

struct Caller {
  std::string name = "registrar";
  std::string office = "school:2141000001";
};

// Answer of a call: OK, a refusal code, or a status.
struct Result {
  bool finished = false;
  std::string refusal;
  absl::Status status;
  bool ok() const { return finished && refusal.empty() && status.ok(); }
};

template <typename Base>
class FakeCall : public Base {
 public:
  FakeCall(const google::protobuf::Message& request, google::protobuf::Message* reply,
           const Caller& caller)
      : request_(request),
        reply_(reply),
        reach_(caller.office.starts_with("school:") ? caller.office.substr(7) : std::string()) {
    principal_.subject = base::DeriveId({caller.name});
    duty_.office = caller.office;
    actor_.set_subject(principal_.subject.str());
    actor_.set_office(caller.office);
  }
  const google::protobuf::Message& request() const override { return request_; }
  google::protobuf::Message& reply() override { return *reply_; }
  const rpc::Principal& principal() const override { return principal_; }
  const rpc::Duty* duty() const override { return &duty_; }
  journal::v1::Actor actor() const override { return actor_; }
  const rpc::Reach& reach() const override { return reach_; }
  void Shows(const base::Id16&) override {}
  void Finish() override { End({true, "", absl::OkStatus()}); }
  void Finish(const base::Refusal& refusal) override {
    End({true, refusal.code, absl::OkStatus()});
  }
  void Finish(const absl::Status& status) override { End({true, "", status}); }
  bool cancelled() const override { return false; }
  int64_t deadline_monotonic_us() const override { return INT64_MAX; }

  Result result() const {
    std::lock_guard lock(mutex_);
    return result_;
  }

 private:
  void End(Result result) {
    std::lock_guard lock(mutex_);
    EXPECT_FALSE(result_.finished) << "a call is finished exactly once";
    result_ = std::move(result);
  }
  const google::protobuf::Message& request_;
  google::protobuf::Message* const reply_;
  rpc::Principal principal_;
  rpc::Duty duty_;
  journal::v1::Actor actor_;
  const FakeReach reach_;
  mutable std::mutex mutex_;
  Result result_;
};

class FakeStream final : public FakeCall<rpc::StreamCall> {
 public:
  using FakeCall::FakeCall;
  bool Write(const google::protobuf::Message& message) override {
    const auto& chunk = static_cast<const v1::FileChunk&>(message);
    bytes += chunk.data();
    children += chunk.child_id_size();
    return true;
  }
  std::string bytes;
  int children = 0;
};

class FakeUpload final : public FakeCall<rpc::ClientStreamCall> {
 public:
  using FakeCall::FakeCall;
  void Next() override {}
};

class FakeRegistry final : public rpc::ServiceRegistry {
 public:
  void Unary(std::string_view method, std::function<void(rpc::CallPtr)> handler) override {
    unary[std::string(method)] = std::move(handler);
  }
  void ServerStream(std::string_view method,
                    std::function<void(rpc::StreamCallPtr)> handler) override {
    server_stream[std::string(method)] = std::move(handler);
  }
  void ClientStream(std::string_view method,
                    std::function<rpc::ClientStreamHandler(std::shared_ptr<rpc::ClientStreamCall>)>
                        handler) override {
    client_stream[std::string(method)] = std::move(handler);
  }
  std::map<std::string, std::function<void(rpc::CallPtr)>> unary;
  std::map<std::string, std::function<void(rpc::StreamCallPtr)>> server_stream;
  std::map<std::string,
           std::function<rpc::ClientStreamHandler(std::shared_ptr<rpc::ClientStreamCall>)>>
      client_stream;
};

class ServiceRig {
 public:
  static constexpr char kSchool[] = "2141000001";
  static constexpr char kSchoolB[] = "2141000002";

  ServiceRig();
  ~ServiceRig() { module_->Stop(); }

  // Fills the request id when the request has one and it is empty. `method`: "GetChild", or
  // "ErasureService.OrderErasure".
  template <typename Request, typename Reply>
  Result Call(const std::string& method, Request request, Reply* reply, const Caller& caller = {}) {
    if constexpr (requires { request.mutable_write(); }) {
      if (request.write().request_id().empty()) request.mutable_write()->set_request_id(NewId());
    }
    auto call = std::make_shared<FakeCall<rpc::Call>>(request, reply, caller);
    const std::string service = method.find('.') == std::string::npos ? "RegistryService." : "";
    registry_.unary.at("twinline.registry.v1." + service + method)(call);
    return Await(*call);
  }

  Result Import(const std::string& bytes, const std::string& name, bool dry_run,
                v1::ImportStudentsReply* reply, const Caller& caller = Bureau());
  Result Fetch(const std::string& method, const google::protobuf::Message& request,
               std::string* bytes, int* children, const Caller& caller);
  std::string ImportResult(const v1::ImportStudentsReply& reply, const Caller& caller = Bureau());

  static Caller Bureau() { return {"official", "bureau:411282"}; }

  std::string NewId();
  std::string AddClass(uint32_t grade, uint32_t number, const std::string& school = kSchool);
  v1::ChildInput Child(const std::string& name, const std::string& id_number,
                       const std::string& class_id) const;
  std::string Register(const v1::ChildInput& child, const Caller& caller = {});

  // Every byte of the journal, to look for what must not be there.
  std::string JournalBytes() const;
  // What was sealed for this owner; a failed expectation and "" when it does not open.
  std::string Open(const std::string& owner, const std::string& message_type, uint32_t field,
                   const types::v1::Sealed& sealed);
  // Every event of the journal, in order.
  std::vector<journal::v1::Event> JournalEvents() const;

  vault::MemoryVault& vault() { return vault_; }
  vault::SearchTokens& tokens() { return *tokens_; }
  const engine::Shard& shard() const { return *shard_; }
  engine::Shard& shard() { return *shard_; }

  engine_test::TestClock clock;

 private:
  template <typename AnyCall>
  Result Await(const AnyCall& call) {
    for (int turn = 0; turn < 20'000'000; ++turn) {
      const Result result = call.result();
      if (result.finished) return result;
      const auto step = shard_->Step();
      if (!step.ok()) return {true, "", step.status()};
      if (!*step) std::this_thread::yield();
    }
    return {false, "", absl::DeadlineExceededError("never answered")};
  }

  journal::SimJournalProvider journals_;
  vault::MemoryVault vault_{7};
  std::unique_ptr<vault::Sealer> sealer_;
  std::optional<vault::SearchTokens> tokens_;
  FakeRegistry registry_;
  std::unique_ptr<runtime::ServiceModule> module_ = MakeRegistryModule();
  std::shared_ptr<store::MemoryDisk> disk_ = store::MakeMemoryDisk();
  std::shared_ptr<journal::Journal> journal_;
  std::unique_ptr<engine::Shard> shard_;
  uint64_t ids_ = 0;
};

}  // namespace twinline::registry
