// Starting, running and stopping what was opened.
#include "platform/runtime/host.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/base/status_macros.h"
#include "platform/runtime/host_parts.h"
#include "platform/runtime/logging.h"
#include "platform/runtime/start_check.h"
#include "platform/store/state_store.h"
#include "platform/vault/owner_key.h"
#include "platform/vault/sealed_proto.h"
#include "spdlog/spdlog.h"

namespace twinline::runtime {
namespace {

constexpr std::chrono::seconds kTick{1};
constexpr int kTicksBetweenEnds = 60;
constexpr int kTicksBetweenKeySweeps = 3'600;

absl::Status Named(const absl::Status& status, std::string_view what) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(std::string(what), ": ", status.message()));
}

}  // namespace

Host::~Host() { Stop(); }

vault::KeyVault* Host::key_vault() const { return vault_->keys; }
vault::Sealer* Host::sealer() const { return vault_->sealer.get(); }

engine::Shard* Host::shard(std::string_view service) const {
  for (const Running& running : running_) {
    if (running.module->name() == service && !running.shards.empty()) {
      return running.shards.front().get();
    }
  }
  return nullptr;
}

std::vector<engine::Shard*> Host::shards() const {
  std::vector<engine::Shard*> all;
  for (const Running& running : running_) {
    for (const auto& shard : running.shards) all.push_back(shard.get());
  }
  return all;
}

void Host::FillDeps(Running* running) {
  Deps& deps = running->deps;
  deps.installation = installation_;
  deps.clock = clock_;
  deps.real_clock = &base::SystemClock();
  for (const auto& shard : running->shards) deps.shards.push_back(shard.get());
  deps.shard = deps.shards.empty() ? nullptr : deps.shards.front();
  deps.journals = &medium_->journals();
  deps.vault = vault_->keys;
  deps.sealer = vault_->sealer.get();
  deps.search_tokens = &*vault_->tokens;
  deps.fingerprints = vault_->fingerprints.get();
  deps.blobs = vault_->blobs.get();
  deps.directory = directory_.get();
  deps.metrics = &metrics_;
  deps.second_place = places_.second_place;
  deps.hub_url = options_.config.hub().url();
}

absl::Status Host::Start() {
  TWINLINE_RETURN_IF_ERROR(OpenShards());
  if (driven_ != nullptr) {
    driven_->OnMove([this] {
      for (engine::Shard* shard : shards()) shard->Poke();
    });
  }
  for (engine::Shard* shard : shards()) {
    TWINLINE_RETURN_IF_ERROR(Named(shard->Start(), shard->journal_name()));
  }
  TWINLINE_RETURN_IF_ERROR(OpenAccess());
  TWINLINE_RETURN_IF_ERROR(OpenServer());
  if (!drill_) {
    for (Running& running : running_) {
      TWINLINE_RETURN_IF_ERROR(Named(running.module->Start(), running.module->name()));
    }
  }
  metrics_.AddSource([this](std::vector<Sample>* samples) { CollectMetrics(samples); });
  TWINLINE_RETURN_IF_ERROR(metrics_.Listen(options_.config.metrics().listen()));
  housekeeper_ = std::thread([this] { Housekeep(); });
  return absl::OkStatus();
}

// Rights and the access journal. In a drill nothing is appended, so looks are not recorded; whoever
// tries out a backup has the whole data directory anyway.
absl::Status Host::OpenAccess() {
  completions_ = std::make_unique<rpc::Completions>();
  directory_ = std::make_unique<rpc::MemoryDirectory>(installation_.county_code);
  TWINLINE_ASSIGN_OR_RETURN(std::shared_ptr<journal::Journal> registry,
                            medium_->journals().Open("registry/0"));
  TWINLINE_RETURN_IF_ERROR(directory_->FollowRegistry(std::move(registry)));
  if (drill_) {
    spdlog::warn("drill: reads only, no epoch is taken and looks are not recorded (R-69)");
    return absl::OkStatus();
  }
  rpc::AccessLog::Options options;
  options.slot = options_.config.access().slot();
  options.identity = Identity();
  TWINLINE_ASSIGN_OR_RETURN(access_log_,
                            rpc::AccessLog::Open(std::move(options), &medium_->journals(),
                                                 &base::SystemClock(), completions_.get()));
  const base::Id16 owner = rpc::AccessEntriesOwner(installation_.id);
  TWINLINE_ASSIGN_OR_RETURN(const base::Id16 key, vault::DataKeyOf(*vault_->keys, owner));
  recorder_ = std::make_unique<rpc::AccessRecorder>(
      access_log_.get(),
      [this, owner, key](std::string_view message_type, uint32_t field, std::string_view plain,
                         types::v1::Sealed* sealed) {
        const auto made = vault_->sealer->Seal(key, {owner, message_type, field}, plain);
        if (!made.ok()) return false;
        vault::ToProto(*made, sealed);
        return true;
      },
      &base::SystemClock());
  return absl::OkStatus();
}

absl::Status Host::OpenServer() {
  const auto& config = options_.config.rpc();
  rpc::ServerOptions options;
  options.listen = config.listen();
  options.tls = {config.tls_certificate_file(), config.tls_key_file(), config.tls_client_ca_file()};
  options.in_flight_max = config.in_flight_max();
  options.streams_max = config.streams_max();
  options.default_deadline_us = int64_t{config.default_deadline_s()} * 1'000'000;
  options.demo_methods = installation_.demo();
  options.directory = directory_.get();
  options.record_clock = clock_;
  options.real_clock = &base::SystemClock();
  options.recorder = recorder_.get();
  options.completions = completions_.get();
  options.observer = &metrics_;
  options.fingerprint = [this](const base::Id16& id, std::string_view rpc, std::string_view body) {
    return vault_->fingerprints->Compute(id, rpc, body);
  };
  // Whoever verifies tokens is known only after it was registered with this very server.
  auto verifier = std::make_shared<rpc::TokenVerifier>();
  options.verifier =
      [verifier](std::string_view jwt,
                 base::Timestamp now) -> std::variant<rpc::VerifiedToken, rpc::TokenProblem> {
    if (!*verifier) return rpc::TokenProblem::kInvalid;
    return (*verifier)(jwt, now);
  };
  server_ = std::make_unique<rpc::Server>(std::move(options));
  for (Running& running : running_) {
    FillDeps(&running);
    const absl::Status registered = running.module->Register(*server_, running.deps);
    TWINLINE_RETURN_IF_ERROR(Named(registered, running.module->name()));
    if (auto offered = running.module->token_verifier()) {
      *verifier = std::move(offered);
      TWINLINE_ASSIGN_OR_RETURN(std::shared_ptr<journal::Journal> identity,
                                medium_->journals().Open("identity/0"));
      TWINLINE_RETURN_IF_ERROR(directory_->FollowIdentity(
          std::move(identity), [module = running.module.get()](const journal::v1::Event& event) {
            return module->EndedSession(event);
          }));
    }
  }
  if (driven_ != nullptr && !drill_) {
    std::vector<Look> peers;
    for (const std::string& peer : options_.config.demo_clock().peers()) {
      TWINLINE_ASSIGN_OR_RETURN(peers.emplace_back(), LookAtPeer(peer));
    }
    demo_clock_ =
        std::make_unique<DemoClockService>(driven_.get(), shards(), std::move(peers), LeadsClock());
    demo_clock_->Register(server_.get());
  }
  if (clock_watch_ != nullptr && !drill_) {
    clock_service_ = std::make_unique<ClockService>(clock_watch_.get(), shards());
    clock_service_->Register(server_.get());
  }
  admin_ =
      std::make_unique<AdminService>(places_, installation_, options_.config.places().backups(),
                                     medium_.get(), vault_->opened.on_this_machine);
  admin_->Register(server_.get());
  metrics_.SetMethods(server_->methods());
  TWINLINE_RETURN_IF_ERROR(server_->Start());
  LookAtShards();
  return absl::OkStatus();
}

void Host::LookAtShards() {
  std::set<std::string> standing;  // whose module stands still
  for (const Running& running : running_) {
    if (running.deps.shard != nullptr && !running.module->Health().ok()) {
      standing.insert(running.deps.shard->journal_name());
    }
  }
  bool all = true;
  for (const engine::Shard* shard : shards()) {
    const bool serving = shard->Status().serving;
    server_->SetHealth(shard->journal_name(), serving && !standing.contains(shard->journal_name()));
    all = all && serving;
  }
  server_->SetHealth("", all);
}

void Host::Housekeep() {
  std::set<std::string> reported;
  for (int tick = 0;; ++tick) {
    {
      std::unique_lock lock(mutex_);
      if (wake_.wait_for(lock, kTick, [this] { return stopping_; })) return;
    }
    LookAtShards();
    for (const engine::Shard* shard : shards()) {
      const engine::ShardStatus status = shard->Status();
      if (status.halted && reported.insert(shard->journal_name()).second) {
        spdlog::critical(WithFields({{"journal", shard->journal_name()}},
                                    absl::StrCat("halted: ", status.reason)));
      }
    }
    if (drill_) continue;
    if (const absl::Status access = access_log_->Health();
        !access.ok() && tick % kTicksBetweenEnds == 0) {
      spdlog::error("access entries cannot be written, reads of children are refused: {}",
                    access.ToString());
    }
    if (tick % kTicksBetweenEnds == kTicksBetweenEnds - 1) {
      NoteEnds();
    }
    if (tick % kTicksBetweenKeySweeps == 0) {
      const auto months = vault_->fingerprints->DestroyExpired(base::DayOf(clock_->Now()));
      if (!months.ok()) spdlog::error("fingerprint keys: {}", months.status().ToString());
    }
  }
}

void Host::Stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    stopped_ = stopping_ = true;
  }
  wake_.notify_all();
  if (housekeeper_.joinable()) housekeeper_.join();
  metrics_.StopListening();
  if (demo_clock_ != nullptr) demo_clock_->Stop();
  if (driven_ != nullptr) driven_->OnMove(nullptr);
  if (admin_ != nullptr) admin_->Stop();
  for (auto it = running_.rbegin(); it != running_.rend(); ++it) it->module->Stop();
  if (server_ != nullptr) {
    server_->Stop(int64_t{options_.config.rpc().stop_grace_s()} * 1'000'000);
  }
  for (auto it = running_.rbegin(); it != running_.rend(); ++it) {
    for (const auto& shard : it->shards) shard->Stop();
  }
  if (directory_ != nullptr) directory_->Stop();
  access_log_.reset();  // appends what is queued
  completions_.reset();
  if (!drill_ && server_ != nullptr) NoteEnds();
}

void Host::NoteEnds() {
  const absl::StatusOr<std::vector<journal::JournalEnd>> ends = medium_->Ends();
  const absl::Status noted = ends.ok() ? WriteEnds(places_.second_place, *ends) : ends.status();
  if (!noted.ok()) spdlog::error("second place: {}", noted.ToString());
}

}  // namespace twinline::runtime
