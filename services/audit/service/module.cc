#include "audit/service/module.h"

#include <filesystem>
#include <optional>

#include "audit/domain/audit_domain.h"
#include "audit/service/handlers.h"
#include "audit/service/second_place.h"
#include "audit/service/signing_key.h"
#include "audit/tables/tables.h"
#include "platform/base/status_macros.h"
#include "platform/rpc/access_recorder.h"
#include "platform/runtime/metrics.h"
#include "spdlog/spdlog.h"

namespace twinline::audit {
namespace {

constexpr size_t kReadingThreads = 2;
constexpr size_t kEvidenceThreads = 2;
constexpr size_t kQueueMax = 256;

class AuditModule final : public runtime::ServiceModule {
 public:
  explicit AuditModule(AuditModuleOptions options) : options_(options) {}
  ~AuditModule() override { Stop(); }

  std::string_view name() const override { return "audit"; }
  const base::ShardDomain* domain() const override { return &domain_; }

  absl::Status Register(rpc::ServiceRegistry& registry, const runtime::Deps& deps) override {
    const runtime::Installation& installation = deps.installation;
    const std::string origin =
        OriginOf(installation.id, installation.county_code, installation.demo());
    TWINLINE_ASSIGN_OR_RETURN(signer_, LoadOrMakeSigner(*deps.vault, installation.id, origin));
    std::error_code code;
    std::filesystem::create_directories(deps.directory_path, code);
    if (code) {
      return absl::PermissionDeniedError("cannot make " + deps.directory_path.string() + ": " +
                                         code.message());
    }
    AuditThreadOptions options;
    options.installation = installation.id;
    options.directory = deps.directory_path;
    options.second_place = deps.second_place;
    options.notary = {options_.heads_interval_us, options_.heads_interval_min_us};
    thread_.emplace(std::move(options), deps.journals, deps.shard, &*signer_, deps.clock,
                    deps.real_clock);
    reading_.emplace(kReadingThreads, kQueueMax);
    evidence_.emplace(kEvidenceThreads, kQueueMax);
    metrics_ = deps.metrics;
    environment_.shard = deps.shard;
    environment_.thread = &*thread_;
    environment_.signer = &*signer_;
    environment_.vault = deps.vault;
    environment_.sealer = deps.sealer;
    environment_.clock = deps.clock;
    environment_.access_owner = rpc::AccessEntriesOwner(installation.id);
    environment_.reading = &*reading_;
    environment_.evidence = &*evidence_;
    RegisterTrailHandlers(registry, environment_);
    RegisterProofHandlers(registry, environment_);
    RegisterExportHandlers(registry, environment_);
    return absl::OkStatus();
  }

  absl::Status Start() override {
    if (metrics_ != nullptr) {
      metrics_->AddSource([this](std::vector<runtime::Sample>* samples) { Measure(samples); });
    }
    spdlog::info("audit: checkpoints are signed by {}", signer_->verifier_key());
    return thread_->Start();
  }

  void Stop() override {
    // The thread first: work that waits for it is let go.
    if (thread_) thread_->Stop();
    if (reading_) reading_->Stop();
    if (evidence_) evidence_->Stop();
  }

  absl::Status Health() const override { return thread_ ? thread_->Health() : absl::OkStatus(); }

  std::vector<std::pair<std::string, uint64_t>> KnownEnds(
      const std::filesystem::path& directory_path) const override {
    std::vector<std::pair<std::string, uint64_t>> ends;
    const auto heads = ReadHeads(directory_path);
    if (!heads.ok()) return ends;  // beside the index, which is only derived
    for (const KnownHead& head : *heads) ends.emplace_back(head.journal, head.size);
    return ends;
  }

 private:
  void Measure(std::vector<runtime::Sample>* samples) const;

  const AuditModuleOptions options_;
  AuditDomain domain_;
  runtime::Metrics* metrics_ = nullptr;  // null in tests
  std::optional<NoteSigner> signer_;
  std::optional<AuditThread> thread_;
  std::optional<WorkQueue> reading_;
  std::optional<WorkQueue> evidence_;
  Environment environment_;  // handlers keep references to it
};

// What an operator watches: does it stand still, is it behind, is evidence still signed and kept.
void AuditModule::Measure(std::vector<runtime::Sample>* samples) const {
  const auto gauge = [&](const char* name, const char* help, double value,
                         std::vector<std::pair<std::string, std::string>> labels = {}) {
    samples->push_back({name, help, std::move(labels), value, false});
  };
  const absl::Status health = thread_->Health();
  gauge("twinline_audit_halted", "1: history contradicts itself, the log says how.",
        !health.ok() && !absl::IsUnavailable(health));
  gauge("twinline_audit_second_place_healthy", "0: the newest checkpoint could not be kept there.",
        thread_->SecondPlaceHealth().ok());
  const auto view = thread_->View();
  for (const JournalView& journal : view->journals) {
    const std::vector<std::pair<std::string, std::string>> labels = {{"journal", journal.name}};
    gauge("twinline_audit_tree_size", "Records in the tree of a journal.",
          static_cast<double>(journal.indexed), labels);
    const auto end = journal.journal->End();
    if (!end.ok()) continue;
    const uint64_t next = journal.next_place.value;
    gauge("twinline_audit_lag_entries", "Entries of a journal that are not in its tree yet.",
          end->value > next ? static_cast<double>(end->value - next) : 0, labels);
  }
  gauge("twinline_audit_checkpoint_size", "Records of audit/0 under the newest checkpoint.",
        static_cast<double>(view->checkpoint.size));
  if (environment_.shard == nullptr) return;
  const auto row = base::Find<v1::CheckpointRow>(*environment_.shard->Read().rows);
  if (row) {
    gauge("twinline_audit_checkpoint_time_seconds",
          "When the newest checkpoint was recorded, Unix time.",
          static_cast<double>(row->recorded_us()) / 1e6);
  }
}

}  // namespace

std::unique_ptr<runtime::ServiceModule> MakeAuditModule() { return MakeAuditModule({}); }

std::unique_ptr<runtime::ServiceModule> MakeAuditModule(AuditModuleOptions options) {
  return std::make_unique<AuditModule>(options);
}

}  // namespace twinline::audit
