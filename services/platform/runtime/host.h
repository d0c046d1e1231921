// One process: opens the data directory, checks that nothing acknowledged is missing, opens a shard
// for every module with a domain, follows rights, serves RPCs, and stops in the reverse order. It
// knows no service; main.cc names them.
//
// Order of a start, each step with its reason:
//   1. installation and machine mark       a copy must not act as the original
//   2. journals, vault, blobs, clock       FAILED_PRECONDITION when another process has them, or
//                                          when the journals are another installation's
//   3. every position known anywhere       before the first epoch
//   4. shards                              replay, then an epoch each
//   5. rights, access journal, server      only now can anybody be answered
//   6. modules                             background work last
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/engine/shard.h"
#include "platform/rpc/access_log.h"
#include "platform/rpc/access_recorder.h"
#include "platform/rpc/directory.h"
#include "platform/rpc/grpc_server.h"
#include "platform/runtime/admin_service.h"
#include "platform/runtime/clock_service.h"
#include "platform/runtime/clock_watch.h"
#include "platform/runtime/driven_clock.h"
#include "platform/runtime/installation.h"
#include "platform/runtime/journal_medium.h"
#include "platform/runtime/metrics.h"
#include "platform/runtime/service_module.h"
#include "twinline/config/v1/config.pb.h"

namespace twinline::runtime {

struct HostOptions {
  std::filesystem::path data;
  config::v1::Config config;  // complete: from LoadConfig
  std::vector<std::unique_ptr<ServiceModule>> modules;
  OnAnotherHost on_another_host = OnAnotherHost::kRefuse;
  // Demonstrations with a wall clock only: how far record time runs ahead of the machine's clock.
  int64_t demo_clock_ahead_us = 0;
  std::string build;  // version, for people
};

class Host {
 public:
  // Steps 1 to 3.
  static absl::StatusOr<std::unique_ptr<Host>> Open(HostOptions options);
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  // Steps 4 to 6.
  absl::Status Start();
  // Calls at work are answered, then everything closes. Idempotent.
  void Stop();

  const Installation& installation() const { return installation_; }
  int port() const { return server_ == nullptr ? 0 : server_->port(); }
  rpc::Server& server() { return *server_; }
  rpc::MemoryDirectory& directory() { return *directory_; }
  Metrics& metrics() { return metrics_; }
  const base::Clock& clock() const { return *clock_; }
  vault::KeyVault* key_vault() const;
  vault::Sealer* sealer() const;
  // The first shard of a service; null when there is none here.
  engine::Shard* shard(std::string_view service) const;
  std::vector<engine::Shard*> shards() const;

 private:
  struct Running {
    std::unique_ptr<ServiceModule> module;
    std::vector<std::unique_ptr<store::StateStore>> stores;  // until the shards take them
    std::vector<std::unique_ptr<engine::Shard>> shards;
    Deps deps;
  };
  struct Vault;  // vault, sealer, tokens, fingerprints

  explicit Host(HostOptions options);
  absl::Status OpenPlaces();
  absl::Status OpenClock();
  absl::Status OpenWallClock();
  bool LeadsClock() const;
  absl::Status OpenStates();
  absl::Status CheckEnds();
  void NoteEnds();
  absl::Status OpenShards();
  absl::StatusOr<std::unique_ptr<engine::Shard>> OpenShard(
      const std::string& name, const base::ShardDomain* domain,
      std::unique_ptr<store::StateStore> store);
  absl::Status OpenAccess();
  absl::Status OpenServer();
  rpc::JournalIdentity Identity() const;
  void FillDeps(Running* running);
  std::vector<std::string> JournalsOf(std::string_view service) const;
  void CollectMetrics(std::vector<Sample>* samples) const;
  void Housekeep();
  void LookAtShards();
  bool drill() const { return drill_; }

  HostOptions options_;
  Places places_;
  Installation installation_;
  HostMarks host_marks_;
  std::string leader_;
  bool drill_ = false;
  Metrics metrics_;
  std::unique_ptr<JournalMedium> medium_;
  std::unique_ptr<Vault> vault_;
  std::unique_ptr<DrivenClock> driven_;
  std::unique_ptr<base::Clock> ahead_;  // a demonstration's wall clock, moved
  const base::Clock* clock_ = nullptr;
  std::unique_ptr<ClockWatch> clock_watch_;  // null: a driven clock
  std::unique_ptr<ClockService> clock_service_;
  std::vector<Running> running_;
  std::unique_ptr<rpc::Completions> completions_;
  std::unique_ptr<rpc::AccessLog> access_log_;
  std::unique_ptr<rpc::AccessRecorder> recorder_;
  std::unique_ptr<rpc::MemoryDirectory> directory_;
  std::unique_ptr<DemoClockService> demo_clock_;
  std::unique_ptr<AdminService> admin_;
  std::unique_ptr<rpc::Server> server_;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  bool stopped_ = false;
  std::thread housekeeper_;
};

}  // namespace twinline::runtime
