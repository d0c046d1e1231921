// Identity as a process runs it: the module behind the real server and client, a threaded shard
// over a simulated journal, a vault in memory, a directory that follows both journals. Two clocks
// that stand until they are moved: record time and the real one.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>

#include "identity/service/module.h"
#include "platform/journal/sim_journal.h"
#include "platform/rpc/client.h"
#include "platform/rpc/directory.h"
#include "platform/rpc/grpc_server.h"
#include "platform/store/state_store.h"
#include "platform/vault/fingerprint.h"
#include "platform/vault/memory_vault.h"
#include "platform/vault/sealer.h"
#include "twinline/identity/v1/identity.pb.h"

namespace twinline::identity {

inline base::Id16 Staff(std::string_view name) { return base::DeriveId({name}); }

class MovableClock final : public base::Clock {
 public:
  base::Timestamp Now() const override { return base::Timestamp{us.load()}; }
  std::atomic<int64_t> us{base::StartOfDay(base::CivilDay::FromYmd(2026, 9, 15)).us +
                          int64_t{8} * 3'600 * 1'000'000};
};

class ServiceRig {
 public:
  static constexpr int64_t kSecond = 1'000'000;
  static constexpr int64_t kMinute = 60 * kSecond;

  explicit ServiceRig(journal::v1::Realm realm = journal::v1::REALM_DEMO);
  ~ServiceRig() { Stop(); }

  void Start();
  void Stop();
  void Restart() {
    Stop();
    Start();
  }

  // The refusal's code, the status's name, or "OK". Fills the request id of a write.
  template <typename Request, typename Reply>
  std::string Call(const std::string& method, Request request, Reply* reply,
                   const std::string& token = "") {
    if constexpr (requires { request.mutable_write(); }) {
      if (request.write().request_id().empty()) {
        request.mutable_write()->set_request_id(rpc::NewRequestId(clock.us).str());
      }
    }
    rpc::CallOptions options;
    options.token = token;
    last = client->Call("twinline.identity.v1.IdentityService." + method, request, reply, options);
    return last.ok() ? "OK" : last.code();
  }

  std::string LogIn(const std::string& login, const std::string& password,
                    const std::string& fresh = "");       // reply in `token`
  std::string Refresh(const std::string& refresh_token);  // reply in `token`
  std::string WhoAmI(const std::string& token);           // reply in `who`

  // An account whose password is PasswordOf(who) and needs no change; the person is a class
  // teacher.
  void AddTeacher(const std::string& who);
  static std::string PasswordOf(const std::string& who) {
    return "Own-" + Staff(who).hex().substr(0, 8) + "-x!";
  }
  void Appoint(const std::string& who, types::v1::Role role, const std::string& office);
  // The token of a security administrator.
  std::string Admin();
  // Waits until the directory has read what is durable now.
  void Follow();
  // Both clocks.
  void Pass(int64_t us) {
    clock.us += us;
    real_clock.us += us;
  }
  // Everything ever written to identity/0.
  std::string JournalBytes();

  MovableClock clock, real_clock;
  journal::SimJournalProvider journals;
  vault::MemoryVault vault{7};
  std::unique_ptr<rpc::MemoryDirectory> directory;
  std::unique_ptr<engine::Shard> shard, registry_shard;
  std::unique_ptr<runtime::ServiceModule> module;
  std::unique_ptr<vault::Sealer> sealer;
  std::unique_ptr<rpc::Client> client;
  runtime::Installation installation;
  rpc::CallResult last;
  v1::TokenReply token;
  v1::WhoAmIReply who;

 private:
  std::unique_ptr<engine::Shard> OpenShard(const std::string& name, const base::ShardDomain* domain,
                                           std::shared_ptr<store::MemoryDisk> disk);

  std::shared_ptr<store::MemoryDisk> disk_ = store::MakeMemoryDisk();
  std::shared_ptr<store::MemoryDisk> registry_disk_ = store::MakeMemoryDisk();
  std::unique_ptr<base::ShardDomain> registry_domain_;
  std::unique_ptr<vault::RequestFingerprints> fingerprints_;
  std::unique_ptr<rpc::Completions> completions_;
  std::unique_ptr<rpc::Server> server_;
};

}  // namespace twinline::identity
