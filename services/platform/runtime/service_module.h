// How a service is plugged into a process. A module names its domain; the host opens journal, state
// and shard for it and hands it what it may use. A module cannot tell whether others run beside it.
//
//   std::unique_ptr<runtime::ServiceModule> MakeRegistryModule();   // in registry/service/module.h
//
// and one line in twinlined/main.cc.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "platform/base/decision.h"
#include "platform/base/ids.h"
#include "platform/base/time.h"
#include "platform/engine/shard.h"
#include "platform/journal/journal.h"
#include "platform/rpc/server.h"
#include "platform/rpc/token.h"

namespace twinline::vault {
class BlobStore;
class KeyVault;
class RequestFingerprints;
class SearchTokens;
class Sealer;
}  // namespace twinline::vault

namespace twinline::rpc {
class MemoryDirectory;
}

namespace twinline::runtime {

class Metrics;

// What an installation is, for ever (installation.textproto).
struct Installation {
  base::Id16 id;
  journal::v1::Realm realm = journal::v1::REALM_REAL;
  journal::v1::ClockKind clock = journal::v1::CLOCK_KIND_WALL;
  std::string county_code;      // six digits
  base::Timestamp clock_start;  // driven clocks: where time begins
  // Counties of shard 1, 2 … of attendance; every other county is of shard 0 (R-58, ADR 0024).
  std::vector<std::vector<std::string>> attendance_shards;

  bool demo() const { return realm == journal::v1::REALM_DEMO; }
  bool driven() const { return clock == journal::v1::CLOCK_KIND_DRIVEN; }
  // How many journals a service has, wherever it runs.
  uint32_t ShardsOf(std::string_view service) const {
    return 1 + (service == "attendance" ? static_cast<uint32_t>(attendance_shards.size()) : 0);
  }
};

// All pointers outlive the module.
struct Deps {
  Installation installation;
  const base::Clock* clock = nullptr;       // record time: driven in a demonstration
  const base::Clock* real_clock = nullptr;  // tokens, deadlines, metrics
  engine::Shard* shard = nullptr;           // the module's own; null when it has no domain
  std::vector<engine::Shard*> shards;       // all of them, where a service has several (attendance)
  journal::JournalProvider* journals = nullptr;
  vault::KeyVault* vault = nullptr;
  vault::Sealer* sealer = nullptr;
  vault::SearchTokens* search_tokens = nullptr;
  vault::RequestFingerprints* fingerprints = nullptr;
  vault::BlobStore* blobs = nullptr;
  rpc::MemoryDirectory* directory = nullptr;
  Metrics* metrics = nullptr;
  std::filesystem::path directory_path;  // private files of this module: <data>/state/<name>-0.d
  std::filesystem::path second_place;    // outside the backup set
  std::string hub_url;                   // the ministry's hub to other provinces; empty: none
};

class ServiceModule {
 public:
  virtual ~ServiceModule() = default;

  virtual std::string_view name() const = 0;  // "registry"
  // Before everything else: what this installation is, and with it how the service is divided.
  virtual void Settle(const Installation&) {}
  virtual const base::ShardDomain* domain() const { return nullptr; }
  // Of one of several shards (Installation::ShardsOf); only attendance has them.
  virtual const base::ShardDomain* domain_of(uint32_t) const { return domain(); }

  // Adds the RPC handlers; called once, before Start. The shard is open but does not serve yet.
  virtual absl::Status Register(rpc::ServiceRegistry& registry, const Deps& deps) = 0;
  // After the shard serves; background work begins here.
  virtual absl::Status Start() { return absl::OkStatus(); }
  // Before the shard stops. Idempotent.
  virtual void Stop() {}
  // Not OK: the module stands still although its shard leads (the audit after a contradiction), and
  // its shard is shown as not serving. Any thread.
  virtual absl::Status Health() const { return absl::OkStatus(); }

  // Of one module in each process, identity or what stands in for it: how tokens are verified;
  // valid after Register.
  virtual rpc::TokenVerifier token_verifier() { return {}; }
  // Of the same module: the session that an event of `identity/0` ended.
  virtual std::optional<uint64_t> EndedSession(const journal::v1::Event&) const {
    return std::nullopt;
  }
  // Positions of other journals that this module's own files know (audit: noted heads), for the
  // check after opening that no acknowledged record is lost: journal name -> number of
  // records.
  virtual std::vector<std::pair<std::string, uint64_t>> KnownEnds(
      const std::filesystem::path& directory_path) const {
    return {};
  }
};

}  // namespace twinline::runtime
