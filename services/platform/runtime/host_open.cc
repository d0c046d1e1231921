// Opening: places, clock, states, and the check that nothing acknowledged is missing. Until this
// file is through, nothing has been appended to any journal but `clock/0` of a demonstration.
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/base/status_macros.h"
#include "platform/journal/admit.h"
#include "platform/runtime/host_parts.h"
#include "platform/runtime/start_check.h"
#include "platform/store/state_store.h"
#include "spdlog/spdlog.h"

namespace twinline::runtime {
namespace {

std::string JournalOf(std::string_view service, uint32_t shard) {
  return absl::StrCat(std::string(service), "/", shard);
}

std::string HostName() {
  char name[256] = {};
  return ::gethostname(name, sizeof(name) - 1) == 0 ? name : "unknown";
}

class ClockAhead final : public base::Clock {
 public:
  explicit ClockAhead(int64_t by_us) : by_us_(by_us) {}
  base::Timestamp Now() const override { return {base::SystemClock().Now().us + by_us_}; }

 private:
  const int64_t by_us_;
};

absl::Status Named(const absl::Status& status, const std::string& what) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(what, ": ", status.message()));
}

// Adds what one cursor in a state database knows of a journal.
void AddCursor(const std::string& journal, const std::string& reader, const std::string& who,
               std::vector<KnownPosition>* known) {
  const auto decoded = journal::DecodeReaderState(reader);
  if (!decoded) return;  // the engine says so when it loads the state
  known->push_back({journal, decoded->first.value, decoded->second.next_pos, who});
}

}  // namespace

Host::Host(HostOptions options) : options_(std::move(options)) {}

absl::StatusOr<std::unique_ptr<Host>> Host::Open(HostOptions options) {
  std::unique_ptr<Host> host(new Host(std::move(options)));
  TWINLINE_RETURN_IF_ERROR(host->OpenPlaces());
  TWINLINE_RETURN_IF_ERROR(host->OpenStates());
  TWINLINE_RETURN_IF_ERROR(host->CheckEnds());
  TWINLINE_RETURN_IF_ERROR(host->OpenClock());
  return host;
}

absl::Status Host::OpenPlaces() {
  places_ = PlacesOf(options_.data, options_.config);
  TWINLINE_ASSIGN_OR_RETURN(installation_, LoadInstallation(places_));
  TWINLINE_RETURN_IF_ERROR(
      CheckHostMark(places_, options_.config.places().host_mark_file(), options_.on_another_host));
  TWINLINE_ASSIGN_OR_RETURN(host_marks_,
                            ReadHostMarks(places_, options_.config.places().host_mark_file()));
  drill_ = options_.on_another_host == OnAnotherHost::kDrill;
  leader_ = absl::StrCat(HostName(), " pid ", ::getpid(), " ", options_.build);

  TWINLINE_ASSIGN_OR_RETURN(medium_, JournalMedium::Open(places_, installation_, options_.config));
  TWINLINE_RETURN_IF_ERROR(CheckOwner(*medium_, installation_));

  vault_ = std::make_unique<Vault>();
  TWINLINE_ASSIGN_OR_RETURN(vault_->opened,
                            OpenVault(places_, installation_, options_.config, *medium_));
  vault_->keys = vault_->opened.keys.get();
  vault_->sealer = std::make_unique<vault::Sealer>(*vault_->keys);
  TWINLINE_ASSIGN_OR_RETURN(vault_->tokens, vault::SearchTokens::Load(*vault_->keys));
  vault_->fingerprints = std::make_unique<vault::RequestFingerprints>(*vault_->keys);
  TWINLINE_ASSIGN_OR_RETURN(vault_->blobs, vault::DirectoryBlobStore::Open(places_.blobs));
  return absl::OkStatus();
}

absl::Status Host::OpenStates() {
  store::StoreOptions store_options;
  store_options.block_cache =
      store::MakeBlockCache(size_t{options_.config.state().cache_mib()} << 20);
  store_options.memtable_bytes = size_t{options_.config.state().memtable_mib()} << 20;
  std::error_code error;
  std::filesystem::create_directories(places_.state, error);
  if (error) {
    return absl::PermissionDeniedError(
        absl::StrCat("cannot make ", places_.state.string(), ": ", error.message()));
  }
  for (std::unique_ptr<ServiceModule>& module : options_.modules) {
    Running running;
    running.module = std::move(module);
    const std::string name(running.module->name());
    running.deps.directory_path = places_.state / absl::StrCat(name, "-0.d");
    std::filesystem::create_directories(running.deps.directory_path, error);
    running.module->Settle(installation_);
    const uint32_t shards = running.module->domain() == nullptr ? 0 : installation_.ShardsOf(name);
    for (uint32_t shard = 0; shard < shards; ++shard) {
      const std::filesystem::path path = places_.state / absl::StrCat(name, "-", shard);
      auto opened = store::StateStore::Open(path.string(), store_options);
      if (!opened.ok()) return Named(opened.status(), absl::StrCat("state of ", name));
      running.stores.push_back(*std::move(opened));
    }
    running_.push_back(std::move(running));
  }
  options_.modules.clear();
  return absl::OkStatus();
}

absl::Status Host::CheckEnds() {
  std::vector<KnownPosition> known;
  for (const Running& running : running_) {
    const std::string name(running.module->name());
    for (auto& [journal, records] : running.module->KnownEnds(running.deps.directory_path)) {
      known.push_back({journal, 0, records, absl::StrCat("the files of ", name)});
    }
    for (uint32_t shard = 0; shard < running.stores.size(); ++shard) {
      const store::StateStore& store = *running.stores[shard];
      const std::string who = absl::StrCat("the state of ", JournalOf(name, shard));
      if (const auto cursor = store.OwnCursor()) {
        AddCursor(JournalOf(name, shard), cursor->reader, who, &known);
      }
      for (const std::string& source : running.module->domain()->Sources()) {
        for (const std::string& journal : JournalsOf(source)) {
          if (const auto reader = store.ScanCursor(journal)) {
            AddCursor(journal, *reader, who, &known);
          }
        }
      }
    }
  }
  TWINLINE_ASSIGN_OR_RETURN(std::vector<KnownPosition> second, ReadEnds(places_.second_place));
  known.insert(known.end(), second.begin(), second.end());
  TWINLINE_ASSIGN_OR_RETURN(const std::vector<journal::JournalEnd> ends, medium_->Ends());
  return CheckNothingIsMissing(ends, known);
}

rpc::JournalIdentity Host::Identity() const {
  return {installation_.id, installation_.realm, installation_.clock, leader_};
}

absl::Status Host::OpenWallClock() {
  ClockWatch::Options options;
  if (options_.demo_clock_ahead_us != 0) {
    if (!installation_.demo()) {
      return absl::InvalidArgumentError("the clock of a real installation is the machine's");
    }
    ahead_ = std::make_unique<ClockAhead>(options_.demo_clock_ahead_us);
    clock_ = ahead_.get();
    options.kept_error_us = [] { return std::nullopt; };  // no time service keeps this one
  }
  options.wall = clock_;
  clock_watch_ = std::make_unique<ClockWatch>(std::move(options));
  return absl::OkStatus();
}

// One process of a demonstration moves its clock.
bool Host::LeadsClock() const { return !drill_ && !options_.config.demo_clock().moved_elsewhere(); }

absl::Status Host::OpenClock() {
  clock_ = &base::SystemClock();
  if (!installation_.driven()) return OpenWallClock();
  TWINLINE_ASSIGN_OR_RETURN(std::shared_ptr<journal::Journal> journal,
                            medium_->journals().Open("clock/0"));
  if (drill_) {
    TWINLINE_ASSIGN_OR_RETURN(
        driven_, DrivenClock::OpenStill(std::move(journal), installation_.clock_start));
  } else if (LeadsClock()) {
    TWINLINE_ASSIGN_OR_RETURN(
        driven_, DrivenClock::Open(std::move(journal), Identity(), installation_.clock_start,
                                   &base::SystemClock()));
  } else {
    TWINLINE_ASSIGN_OR_RETURN(driven_,
                              DrivenClock::Follow(std::move(journal), installation_.clock_start));
  }
  clock_ = driven_.get();
  return absl::OkStatus();
}

// Every journal of a service, here or elsewhere.
std::vector<std::string> Host::JournalsOf(std::string_view service) const {
  std::vector<std::string> journals;
  for (uint32_t shard = 0; shard < installation_.ShardsOf(service); ++shard) {
    journals.push_back(JournalOf(service, shard));
  }
  return journals;
}

absl::StatusOr<std::unique_ptr<engine::Shard>> Host::OpenShard(
    const std::string& name, const base::ShardDomain* domain,
    std::unique_ptr<store::StateStore> store) {
  engine::ShardOptions options;
  options.journal = name;
  options.installation = installation_.id;
  options.realm = installation_.realm;
  options.clock_kind = installation_.clock;
  options.leader = leader_;
  options.batch_commands_max = options_.config.journals().batch_commands_max();
  options.queue_people_max = options_.config.journals().queue_people_max();
  options.queue_bulk_max = options_.config.journals().queue_bulk_max();
  options.lead = !drill_;
  options.real_clock = &base::SystemClock();
  options.clock_trust = clock_watch_.get();
  options.host_mark = host_marks_.own;
  options.moved_from = host_marks_.moved_from;
  TWINLINE_ASSIGN_OR_RETURN(std::shared_ptr<journal::Journal> journal,
                            medium_->journals().Open(name));
  std::vector<std::shared_ptr<journal::Journal>> sources;
  for (const std::string& source : domain->Sources()) {
    for (const std::string& followed : JournalsOf(source)) {
      TWINLINE_ASSIGN_OR_RETURN(std::shared_ptr<journal::Journal> opened,
                                medium_->journals().Open(followed));
      sources.push_back(std::move(opened));
    }
  }
  return engine::Shard::Open(std::move(options), domain, std::move(store), std::move(journal),
                             std::move(sources), clock_);
}

absl::Status Host::OpenShards() {
  for (Running& running : running_) {
    for (uint32_t shard = 0; shard < running.stores.size(); ++shard) {
      const std::string name = JournalOf(running.module->name(), shard);
      auto opened =
          OpenShard(name, running.module->domain_of(shard), std::move(running.stores[shard]));
      if (!opened.ok()) return Named(opened.status(), name);
      running.shards.push_back(*std::move(opened));
    }
    running.stores.clear();
  }
  return absl::OkStatus();
}

}  // namespace twinline::runtime
