// Everything that moves the state: replay of what others wrote, the read-back of what this leader
// wrote, and the one WriteBatch in which rows and cursor go to the store.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/base/hash.h"
#include "platform/base/status_macros.h"
#include "platform/engine/engine.h"
#include "spdlog/spdlog.h"

namespace twinline::engine {
namespace {

constexpr size_t kReplayRecords = 32;  // per WriteBatch; a record may hold 256 commits
constexpr size_t kReadBackRecords = 64;
constexpr int64_t kReadBackTimeoutUs = 30'000'000;
constexpr int kBackoffMaxExponent = 6;  // 1, 2, 4 ... 60 seconds
constexpr int64_t kBackoffMaxUs = 60'000'000;
constexpr int kRaceAttempts = 3;
constexpr int64_t kRaceBackoffUs = 1'000'000;

}  // namespace

absl::StatusOr<bool> Engine::CatchUp() {
  bool progress = false;
  for (;;) {
    auto read = reader_.Next(kReplayRecords);
    own_failing_ = read.status();
    if (absl::IsUnavailable(own_failing_)) {
      own_news_.store(true, std::memory_order_release);
      return progress;
    }
    if (!read.ok()) return read.status();
    if (read->empty()) return progress;
    TWINLINE_RETURN_IF_ERROR(ApplyReplayed(*read));
    progress = true;
  }
}

// Perhaps the whole journal: one thread reads ahead while this one folds.
absl::Status Engine::Replay() {
  reader_.SetReadAhead(options_->threaded);
  const absl::Status caught_up = CatchUp().status();
  reader_.SetReadAhead(false);
  return caught_up;
}

absl::Status Engine::ApplyReplayed(const std::vector<journal::Admitted>& records) {
  for (const journal::Admitted& record : records) TWINLINE_RETURN_IF_ERROR(ApplyOne(record));
  TWINLINE_RETURN_IF_ERROR(active_->Health());
  return CommitState();
}

absl::Status Engine::ApplyOne(const journal::Admitted& record) {
  static const uint32_t kCorrected = base::EventType<journal::v1::ClockCorrected>();
  const auto& header = record.record->header();
  const bool corrected = std::count(header.event_types().begin(), header.event_types().end(),
                                    kCorrected) > 0;  // the one way back
  last_time_us_ =
      corrected ? header.time_unix_us() : std::max(last_time_us_, header.time_unix_us());
  TWINLINE_RETURN_IF_ERROR(fold_.ApplyRecord(record, {last_time_us_}, overlay_));
  Note(record);
  ShardMetrics::Add(metrics_->replayed);
  return absl::OkStatus();
}

// What a record means for leadership and cursors, whoever wrote it.
void Engine::Note(const journal::Admitted& record) {
  const journal::v1::RecordHeader& header = record.record->header();
  sources_.OnOwnRecord(*record.record);
  if (header.has_epoch_started()) won_ = header.epoch_started().nonce() == nonce_;
  if (header.has_epoch_started() && leading_ && header.epoch() > epoch_) {
    StepDown(
        absl::StrCat("epoch ", header.epoch(), " was taken by ", header.epoch_started().leader()));
  }
  if (header.has_journal_moved() && leading_) {
    StepDown(absl::StrCat("the journal moved to ", header.journal_moved().target()));
  }
}

absl::StatusOr<bool> Engine::Append(Kind kind, journal::RecordPtr record) {
  const int64_t begin_us = base::MonotonicUs();
  const auto place = journal_->Append(record);
  const int64_t end_us = base::MonotonicUs();
  ShardMetrics::Add(metrics_->append_us, static_cast<uint64_t>(end_us - begin_us));
  if (!place.ok()) {
    ShardMetrics::Add(metrics_->append_errors);
    Lose(absl::StrCat("appending failed: ", place.status().message()));
    return kind == Kind::kBatch;
  }
  in_flight_ = InFlight{kind, std::move(record), *place, end_us};
  TWINLINE_RETURN_IF_ERROR(ReadBack().status());
  return true;
}

// What happened to the record in flight, or whether it will still land, is not known here. Its
// waiters are told so, and nothing more is written in this epoch: readers must never see a gap.
void Engine::Lose(const std::string& why) {
  spdlog::warn("{}: {}", options_->journal, why);
  const bool was_leading = std::exchange(leading_, false);
  want_lead_ = true;
  in_flight_.reset();
  overlay_.Clear();
  sources_.Release();
  own_news_.store(true, std::memory_order_release);
  if (was_leading) {
    attempts_ = 0;
    retry_at_us_ = 0;
  } else {
    const int64_t backoff_us = int64_t{1'000'000} << std::min(attempts_++, kBackoffMaxExponent);
    retry_at_us_ = base::MonotonicUs() + std::min(backoff_us, kBackoffMaxUs);
  }
  ShowLeading(false, why);
  batch_.Fail(
      absl::UnavailableError(absl::StrCat("outcome unknown, retry with the same id: ", why)));
  if (!was_leading) {
    FailQueued(absl::UnavailableError(absl::StrCat("nothing was written, retry: ", why)));
  }
}

// Our EpochStarted came behind a higher one: another leader's, or one that our reader had not seen
// yet. The second is worth a few more attempts; the first costs that leader one change at most, for
// a leader that loses its epoch does not ask again.
void Engine::LoseRace() {
  want_lead_ = ++attempts_ < kRaceAttempts;
  retry_at_us_ = base::MonotonicUs() + kRaceBackoffUs;
  ShowLeading(false, absl::StrCat("another leader holds epoch ", reader_.state().epoch));
}

void Engine::StepDown(const std::string& why) {
  spdlog::info("{} no longer leads: {}", options_->journal, why);
  leading_ = false;
  want_lead_ = false;
  ShowLeading(false, why);
  FailQueued(absl::UnavailableError(absl::StrCat("nothing was written, retry: ", why)));
}

absl::StatusOr<bool> Engine::ReadBack() {
  auto read = reader_.Next(kReadBackRecords);
  own_failing_ = read.status();
  if (!read.ok() && !absl::IsUnavailable(own_failing_)) return read.status();
  const bool any = read.ok() && !read->empty();
  const journal::Place place = in_flight_->place;
  const Kind kind = in_flight_->kind;
  if (any && kind == Kind::kBatch) {
    const journal::Admitted& first = read->front();
    // only the very bytes that were sent, at the place for which they were made.
    if (first.pos == in_flight_->record->header().pos() &&
        first.record->digest() == in_flight_->record->digest()) {
      TWINLINE_RETURN_IF_ERROR(AcceptBatch(*read));
    } else {
      Lose("another record stands where the appended one was meant to");
      want_lead_ = false;
      TWINLINE_RETURN_IF_ERROR(ApplyReplayed(*read));
    }
    return true;
  }
  if (any) TWINLINE_RETURN_IF_ERROR(ApplyReplayed(*read));
  if (place < reader_.next_place()) {
    in_flight_.reset();
    if (kind == Kind::kEpoch && won_ && reader_.state().epoch == tried_epoch_) {
      BecomeLeader();
    } else if (kind == Kind::kEpoch) {
      LoseRace();
    } else if (kind == Kind::kBatch) {
      Lose("the appended record was ignored by every reader");
    }
    return true;
  }
  if (options_->threaded && base::MonotonicUs() - in_flight_->since_us > kReadBackTimeoutUs) {
    Lose("an appended record was not readable within 30 seconds");
  }
  return any;
}

// The record is durable and admitted: the rows on which it was decided become the state (P-5).
absl::Status Engine::AcceptBatch(const std::vector<journal::Admitted>& records) {
  const int64_t begin_us = base::MonotonicUs();
  if (options_->verify_apply) TWINLINE_RETURN_IF_ERROR(VerifyApply(records.front()));
  in_flight_.reset();
  const uint64_t commits = batch_.commits();
  next_seed_ += batch_.seeds();
  last_time_us_ = batch_.now().us;
  sources_.OnOwnRecord(*records.front().record);
  rules_to_start_.clear();
  for (size_t i = 1; i < records.size(); ++i) TWINLINE_RETURN_IF_ERROR(ApplyOne(records[i]));
  TWINLINE_RETURN_IF_ERROR(active_->Health());
  TWINLINE_RETURN_IF_ERROR(CommitState());
  ShardMetrics::Add(metrics_->records);
  ShardMetrics::Add(metrics_->commits, commits);
  metrics_->CountBatch(commits);
  ShardMetrics::Add(metrics_->apply_us, static_cast<uint64_t>(base::MonotonicUs() - begin_us));
  batch_.Deliver();
  return absl::OkStatus();
}

// Folds the stored bytes once more, as every replay will, and compares with what was decided on.
absl::Status Engine::VerifyApply(const journal::Admitted& record) const {
  store::Overlay again(&active_->Latest());
  Fold fold(domain_, options_->journal);
  TWINLINE_RETURN_IF_ERROR(fold.ApplyRecord(record, batch_.now(), again));
  const auto own = [](const store::WriteSet& writes) { return writes.lower_bound("o"); };
  auto decided = own(overlay_.writes());
  auto replayed = own(again.writes());
  for (; decided != overlay_.writes().end() && replayed != again.writes().end();
       ++decided, ++replayed) {
    if (*decided != *replayed) break;
  }
  if (decided == overlay_.writes().end() && replayed == again.writes().end()) {
    return absl::OkStatus();
  }
  const std::string& key = decided != overlay_.writes().end() ? decided->first : replayed->first;
  return absl::DataLossError(absl::StrCat("the fold is not deterministic: position ", record.pos,
                                          " leaves other rows when it is replayed, first at key ",
                                          base::ToHex(key)));
}

absl::Status Engine::CommitState() {
  store::StateBatch state =
      store::StateBatch::At({reader_.state().next_pos, last_time_us_,
                             journal::EncodeReaderState(reader_.next_place(), reader_.state())});
  for (auto& [journal, scan] : sources_.Keep()) state.SetScan(journal, scan);
  if (!version_stored_) state.SetEvolveVersion(domain_->evolve_version());
  state.SetWrites(overlay_.Take());
  TWINLINE_RETURN_IF_ERROR(active_->Commit(state));
  version_stored_ = true;
  timers_.Apply(state.writes());
  recovery_.Apply(state.writes());
  if (active_ != store_) return absl::OkStatus();
  board_->Update([&](Board::Shown& shown) { shown.next_timer = timers_.Next(); });
  board_->Applied(reader_.state().next_pos);
  return absl::OkStatus();
}

}  // namespace twinline::engine
