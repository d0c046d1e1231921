// RPCs of an operator to a running server (proto/twinline/admin/v1/admin.proto).
#pragma once

#include <filesystem>
#include <mutex>
#include <thread>

#include "platform/rpc/server.h"
#include "platform/runtime/installation.h"

namespace twinline::vault {
class EmbeddedVault;
}

namespace twinline::runtime {

class JournalMedium;

class AdminService {
 public:
  // `backups` empty: none can be asked for. All outlive the service.
  AdminService(Places places, Installation installation, std::filesystem::path backups,
               JournalMedium* medium, const vault::EmbeddedVault* vault);
  ~AdminService() { Stop(); }

  void Register(rpc::ServiceRegistry* registry);
  // Waits for a backup at work. Idempotent.
  void Stop();

 private:
  void BackUp(const rpc::CallPtr& call);
  void Run(const rpc::CallPtr& call, const std::filesystem::path& target);

  const Places places_;
  const Installation installation_;
  const std::filesystem::path backups_;
  JournalMedium* const medium_;
  const vault::EmbeddedVault* const vault_;
  std::mutex mutex_;
  bool running_ = false;
  bool stopping_ = false;
  std::thread worker_;
};

}  // namespace twinline::runtime
