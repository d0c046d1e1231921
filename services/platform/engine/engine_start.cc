// How an engine comes to lead: state from disk or rebuilt, the own journal replayed, the sources
// followed, a genesis record in an empty journal, and a new epoch.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/base/hash.h"
#include "platform/base/status_macros.h"
#include "platform/engine/engine.h"
#include "platform/engine/platform_rows.h"
#include "spdlog/spdlog.h"

namespace twinline::engine {
namespace {

constexpr size_t kNonceBytes = 16;

std::string Describe(const std::string& installation, journal::v1::Realm realm,
                     journal::v1::ClockKind clock) {
  return absl::StrCat("installation ", base::ToHex(installation), ", ",
                      journal::v1::Realm_Name(realm), ", ", journal::v1::ClockKind_Name(clock));
}

}  // namespace

absl::Status Engine::Start() {
  absl::Status started = LoadState();
  if (started.ok()) started = FollowToEnd();
  if (!started.ok()) return Halt(std::move(started));
  board_->Update([](Board::Shown& shown) {
    shown.readable = true;
    shown.reason = "not asked to lead";
  });
  want_lead_ = options_->lead;
  // Genesis, epoch, rules and seeds, as far as they go without waiting.
  for (bool progress = true; progress && (leading_ ? SettingUp() : want_lead_);) {
    TWINLINE_ASSIGN_OR_RETURN(progress, Turn());
  }
  return absl::OkStatus();
}

absl::Status Engine::LoadState() {
  const auto alive = store_->AliveMark();  // a rebuilt state has none
  const auto cursor = store_->OwnCursor();
  const auto version = store_->EvolveVersion();
  if (cursor && version != domain_->evolve_version()) TWINLINE_RETURN_IF_ERROR(Rebuild());

  TWINLINE_ASSIGN_OR_RETURN(const journal::Place end, journal_->End());
  if (const auto current = store_->OwnCursor()) {
    auto decoded = journal::DecodeReaderState(current->reader);
    if (!decoded) {
      return absl::DataLossError(absl::StrCat(
          "the cursor in the state of ", options_->journal,
          " cannot be read: move the state directory away, it is rebuilt from the journal"));
    }
    if (end < decoded->first) {
      return absl::DataLossError(
          absl::StrCat("journal ", options_->journal, " ends at place ", end.value,
                       ", but the state was built from records up to place ", decoded->first.value,
                       ": acknowledged records are missing"));
    }
    reader_ = journal::AdmittedReader(journal_, decoded->first, std::move(decoded->second));
    last_time_us_ = current->last_time_us;
    version_stored_ = true;
    board_->Applied(current->next_pos);
  }
  timers_.Load(store_->Latest());
  recovery_.Load(store_->Latest(), alive);
  TWINLINE_RETURN_IF_ERROR(Replay());
  if (!own_failing_.ok()) return own_failing_;
  TWINLINE_RETURN_IF_ERROR(CheckGenesis());
  board_->Update([&](Board::Shown& shown) { shown.next_timer = timers_.Next(); });
  return sources_.Load(*store_);
}

// a changed fold makes another state of the same journal. It is made beside the old one,
// which goes on serving nothing but is there until the new one is complete.
absl::Status Engine::Rebuild() {
  spdlog::info("{}: the fold changed to version {}, rebuilding the state from the journal",
               options_->journal, domain_->evolve_version());
  board_->Update([](Board::Shown& shown) { shown.reason = "rebuilding the state"; });
  const int64_t begin_us = base::MonotonicUs();
  TWINLINE_ASSIGN_OR_RETURN(std::unique_ptr<store::StateStore> side, store_->OpenSide());
  active_ = side.get();
  overlay_.Rebase(&active_->Latest());
  const absl::Status replayed = Replay();
  const bool any = reader_.state().next_pos > 0;
  overlay_.Clear();
  active_ = store_;
  overlay_.Rebase(&store_->Latest());
  TWINLINE_RETURN_IF_ERROR(replayed);
  TWINLINE_RETURN_IF_ERROR(own_failing_);
  if (!any) {
    return absl::DataLossError(absl::StrCat("journal ", options_->journal,
                                            " is empty, but there is a state built from it"));
  }
  TWINLINE_RETURN_IF_ERROR(store_->Adopt(std::move(side)));
  spdlog::info("{}: rebuilt {} records in {} ms", options_->journal, reader_.state().next_pos,
               (base::MonotonicUs() - begin_us) / 1000);
  return absl::OkStatus();
}

// Foreign rows first, as far as the sources go without reacting; what is the leader's to react to
// waits.
absl::Status Engine::FollowToEnd() {
  for (;;) {
    TWINLINE_ASSIGN_OR_RETURN(const bool followed, FollowTurn());
    if (!followed) return sources_.CheckReached();
  }
}

absl::Status Engine::CheckGenesis() const {
  const auto& genesis = reader_.state().genesis;
  if (!genesis) return absl::OkStatus();
  if (genesis->installation_id() == options_->installation.bytes() &&
      genesis->realm() == options_->realm && genesis->clock() == options_->clock_kind) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      absl::StrCat("journal ", options_->journal, " belongs to ",
                   Describe(genesis->installation_id(), genesis->realm(), genesis->clock()),
                   "; this process is configured for ",
                   Describe(options_->installation.str(), options_->realm, options_->clock_kind)));
}

// A copy on another machine must not act on the world as if it were the first. The directory
// says where it belongs too (runtime/installation.h), but that is a file; this is the history.
absl::Status Engine::CheckHost() {
  const std::string last = ReadHostMark(store_->Latest());
  adopts_ = false;
  if (options_->host_mark.empty() || last.empty() || last == options_->host_mark) {
    return absl::OkStatus();
  }
  const auto& from = options_->moved_from;
  adopts_ = std::find(from.begin(), from.end(), last) != from.end();
  if (adopts_) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "journal ", options_->journal,
      " was last led on another machine. If that one is gone for good, start with --adopt-move; "
      "to try out a backup, start with --drill (R-69)"));
}

journal::RecordPtr Engine::GenesisRecord() {
  journal::v1::RecordHeader header;
  header.set_format(journal::kFormat);
  header.set_reader_min(1);
  header.set_journal(options_->journal);
  header.set_time_unix_us(RecordTime().us);
  journal::v1::JournalCreated* created = header.mutable_journal_created();
  created->set_installation_id(options_->installation.str());
  created->set_realm(options_->realm);
  created->set_clock(options_->clock_kind);
  created->set_hash(journal::v1::HASH_ALGORITHM_SHA256);
  journal::v1::Record record;
  header.SerializeToString(record.mutable_header());
  return journal::StoredRecord::Parse(record.SerializeAsString());
}

journal::RecordPtr Engine::EpochRecord() {
  // Seconds of the real clock, so that an older backup that was restored never issues an epoch
  // again.
  const auto seconds = static_cast<uint64_t>(real_clock_->Now().us / 1'000'000);
  tried_epoch_ = std::max({reader_.state().epoch + 1, tried_epoch_ + 1, seconds});
  nonce_ = options_->random ? options_->random(kNonceBytes) : base::RandomBytes(kNonceBytes);
  won_ = false;
  journal::v1::RecordHeader header;
  header.set_format(journal::kFormat);
  header.set_reader_min(1);
  header.set_journal(options_->journal);
  header.set_epoch(tried_epoch_);
  header.set_time_unix_us(RecordTime().us);
  sources_.FillScans(/*all=*/true, &header);
  journal::v1::EpochStarted* started = header.mutable_epoch_started();
  started->set_nonce(nonce_);
  started->set_leader(options_->leader);
  started->set_reason(adopts_ ? "move adopted" : attempts_ == 0 ? "start" : "retry");
  started->set_host_mark(options_->host_mark);
  started->set_evolve_version(domain_->evolve_version());
  tried_down_from_us_ = recovery_.DownFrom({last_time_us_}, clock_->Now());
  started->set_down_from_us(tried_down_from_us_);
  journal::v1::Record record;
  header.SerializeToString(record.mutable_header());
  return journal::StoredRecord::Parse(record.SerializeAsString());
}

absl::StatusOr<bool> Engine::AttemptLead() {
  TWINLINE_RETURN_IF_ERROR(CatchUp().status());
  if (!own_failing_.ok()) {
    Lose(absl::StrCat("the journal cannot be read: ", own_failing_.message()));
    return false;
  }
  if (!recovery_.MayLead()) {
    Lose("the wall clock was set and nobody has confirmed it yet");
    return false;
  }
  recovery_.Lead();
  if (reader_.state().sealed) {
    return absl::FailedPreconditionError(
        absl::StrCat("journal ", options_->journal, " has moved and is sealed here (R-66)"));
  }
  TWINLINE_RETURN_IF_ERROR(CheckGenesis());
  TWINLINE_RETURN_IF_ERROR(CheckHost());
  if (reader_.state().next_pos == 0) return Append(Kind::kGenesis, GenesisRecord());
  return Append(Kind::kEpoch, EpochRecord());
}

void Engine::BecomeLeader() {
  leading_ = true;
  want_lead_ = false;
  epoch_ = tried_epoch_;
  attempts_ = 0;
  ShardMetrics::Add(metrics_->epochs);
  recovery_.Began(tried_down_from_us_);
  recovery_.Noted(clock_->Now());
  const Progress progress = ReadProgress(store_->Latest());
  seeds_ = progress.opened ? std::vector<base::DerivedCommand>() : domain_->Seed();
  rules_to_start_ = sources_.RulesToStart();
  next_seed_ = std::min<size_t>(progress.seeds, seeds_.size());
  spdlog::info("{} leads epoch {} from position {}", options_->journal, epoch_,
               reader_.state().next_pos);
  ShowLeading(true, "");
}

}  // namespace twinline::engine
