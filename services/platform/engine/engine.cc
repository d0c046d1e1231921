// The turn: what the engine does next, and how a leader fills a batch.
#include "platform/engine/engine.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/base/status_macros.h"
#include "spdlog/spdlog.h"

namespace twinline::engine {
namespace {

// What bulk commands may take of one record: people behind them wait no longer than for this, and
// the reactions of followers to it fit one record of theirs.
constexpr size_t kBulkBytesMax = size_t{128} << 10;
// How many commands may wait for a followed journal: a client that names what never comes
// cannot fill the queue.
constexpr size_t kWaitingMax = 1'024;
constexpr int64_t kNobodyWaits = INT64_MAX;
constexpr uint64_t kAllScansEvery = 1024;  // records
constexpr int64_t kReadBackTimeoutUs = 30'000'000;
constexpr int64_t kMediumRetryUs = 1'000'000;
constexpr int64_t kLookAtSourcesUs = 30'000'000;  // half of what makes them stale
constexpr int64_t kTimerSleepMaxUs = 30'000'000;  // the wall clock may be set meanwhile

}  // namespace

Engine::Engine(const ShardOptions* options, const base::ShardDomain* domain,
               store::StateStore* store, std::shared_ptr<journal::Journal> journal,
               std::vector<std::shared_ptr<journal::Journal>> sources, const base::Clock* clock,
               CommandQueue* queue, Board* board, ShardMetrics* metrics)
    : options_(options),
      domain_(domain),
      store_(store),
      active_(store),
      journal_(std::move(journal)),
      clock_(clock),
      real_clock_(options->real_clock != nullptr ? options->real_clock : &base::SystemClock()),
      queue_(queue),
      board_(board),
      metrics_(metrics),
      overlay_(&store->Latest()),
      fold_(domain, options->journal),
      batch_(options, domain, &fold_, &overlay_, metrics),
      sources_(domain, options->journal, std::move(sources), metrics),
      recovery_(options->clock_trust),
      reader_(journal_) {}

absl::StatusOr<bool> Engine::Turn() {
  if (!halted_.ok()) return halted_;
  auto done = TryTurn();
  if (!done.ok()) return Halt(done.status());
  return done;
}

absl::StatusOr<bool> Engine::TryTurn() {
  bool progress = false;
  if (in_flight_) {
    TWINLINE_ASSIGN_OR_RETURN(progress, ReadBack());
    if (in_flight_) return progress;
  }
  if (own_news_.exchange(false, std::memory_order_acquire)) {
    TWINLINE_ASSIGN_OR_RETURN(const bool caught_up, CatchUp());
    progress = progress || caught_up;
  }
  if (lead_requested_.exchange(false)) {
    want_lead_ = !leading_;
    retry_at_us_ = 0;
  }
  if (leading_) {
    TWINLINE_ASSIGN_OR_RETURN(const bool led, LeadTurn());
    return progress || led;
  }
  if (want_lead_ && (!options_->threaded || base::MonotonicUs() >= retry_at_us_)) {
    TWINLINE_ASSIGN_OR_RETURN(const bool attempted, AttemptLead());
    return progress || attempted;
  }
  TWINLINE_ASSIGN_OR_RETURN(const bool followed, FollowTurn());
  return progress || followed;
}

base::Timestamp Engine::RecordTime() const { return {std::max(last_time_us_, clock_->Now().us)}; }

absl::StatusOr<bool> Engine::LeadTurn() {
  if (!ClockHolds()) return true;
  TWINLINE_RETURN_IF_ERROR(NoteAlive());
  const int64_t begin_us = base::MonotonicUs();
  const uint64_t pos = reader_.state().next_pos;
  const auto correction = recovery_.Correction(last_time_us_, clock_->Now());
  batch_.Begin({epoch_, pos, correction ? base::Timestamp{correction->to_us()} : RecordTime()});
  TWINLINE_RETURN_IF_ERROR(AddRecovery(correction));
  if (SettingUp()) {
    // In records of its own: input may only be taken once the rules have started.
    TWINLINE_RETURN_IF_ERROR(AddSetUp());
  } else {
    if (!std::exchange(inputs_first_, false)) TWINLINE_RETURN_IF_ERROR(AddTimers());
    if (sources_.size() > 0) {
      sources_.LookAtEnds(BootUs());
      TWINLINE_RETURN_IF_ERROR(AddInputs());
    }
    AddClients();
  }
  // A row that could not be read was taken for missing: nothing decided on it may be written.
  TWINLINE_RETURN_IF_ERROR(active_->Health());
  if (batch_.commits() == 0 && !sources_.CursorDue()) return FinishWithoutRecord();

  journal::v1::RecordHeader header;
  header.set_format(journal::kFormat);
  header.set_reader_min(1);
  header.set_journal(options_->journal);
  header.set_epoch(epoch_);
  header.set_pos(pos);
  header.set_prev_chain(std::string(base::View(reader_.state().chain)));
  header.set_time_unix_us(batch_.now().us);
  header.mutable_batch();
  sources_.FillInputs(&header);
  sources_.FillScans(pos % kAllScansEvery == 0, &header);
  TWINLINE_ASSIGN_OR_RETURN(journal::RecordPtr record, batch_.Seal(std::move(header)));
  ShardMetrics::Add(metrics_->decide_us, static_cast<uint64_t>(base::MonotonicUs() - begin_us));
  return Append(Kind::kBatch, std::move(record));
}

absl::Status Engine::AddSetUp() {
  for (const auto& started : rules_to_start_) {
    TWINLINE_RETURN_IF_ERROR(batch_.AddRuleStart(started).status());
  }
  for (size_t next = next_seed_; next < seeds_.size(); ++next) {
    TWINLINE_ASSIGN_OR_RETURN(const Batch::Added added, batch_.AddSeed(seeds_[next]));
    if (added == Batch::Added::kFull) break;  // the rest follows in the next record
  }
  return absl::OkStatus();
}

absl::Status Engine::AddTimers() {
  if (TimersHeld()) return absl::OkStatus();
  for (const DueTimer& timer : timers_.Due(batch_.now(), options_->timers_per_batch_max)) {
    const auto added = batch_.AddTimer(timer);
    if (!added.ok()) {
      return absl::DataLossError(absl::StrCat("timer of kind ", timer.kind, " for ",
                                              timer.entity.hex(),
                                              " cannot fire: ", added.status().message()));
    }
    if (*added == Batch::Added::kFull) break;
  }
  return absl::OkStatus();
}

absl::Status Engine::AddInputs() {
  Sources::Limits limits;
  for (;;) {
    batch_.Mark();
    TWINLINE_ASSIGN_OR_RETURN(const Sources::Taken taken, sources_.Take(true, limits, overlay_));
    size_t too_far = 0;  // how many records were taken up to the one that did not fit
    for (size_t i = 0; i < taken.reactions.size() && too_far == 0; ++i) {
      const auto added = batch_.AddReaction(taken.reactions[i]);
      if (!added.ok()) {
        return absl::DataLossError(absl::StrCat("rule ", taken.reactions[i].command.rule,
                                                " on event ", EventIdText(taken.reactions[i].cause),
                                                " fails: ", added.status().message()));
      }
      if (*added == Batch::Added::kFull) too_far = taken.record_of[i];
    }
    if (too_far == 0) {
      batch_.KeepMark();
      return absl::OkStatus();
    }
    // A cursor cannot point into the middle of a source record: all of its reactions, or none.
    batch_.UndoMark();
    sources_.Release();
    if (too_far > 1) {
      limits.records = too_far - 1;
    } else if (batch_.commits() > 0) {
      inputs_first_ = true;
      return absl::OkStatus();
    } else {
      return absl::DataLossError("the reactions to one source record do not fit one record");
    }
  }
}

void Engine::AddClients() {
  queue_->Drain(&people_, &bulk_);
  size_t room = options_->batch_commands_max;
  const int64_t now_us = BootUs();
  CallBackWaiting(now_us);
  std::optional<base::Refusal> stale;
  if (!people_.empty() || !bulk_.empty()) stale = SourcesStale(now_us);
  const auto take = [&](std::deque<Submission>& from, Lane lane, size_t bytes_max) {
    const size_t bytes_before = batch_.bytes();
    size_t answered = 0;
    while (room > 0 && !from.empty() && batch_.bytes() - bytes_before < bytes_max) {
      const int64_t from_us = waiting_.size() < kWaitingMax ? now_us : kNobodyWaits;
      const auto added = batch_.AddClient(from.front(), from_us, stale ? &*stale : nullptr);
      if (added == Batch::Added::kFull) break;
      if (added == Batch::Added::kWaits) {
        waiting_.push_back(std::move(from.front()));
      } else {
        ++answered;
      }
      from.pop_front();
      --room;
    }
    queue_->Left(lane, answered);
  };
  take(people_, Lane::kPeople, kCommitsMax);
  take(bulk_, Lane::kBulk, kBulkBytesMax);
}

// Nothing to append: what was only followed is kept beside the state, and the refusals rest on what
// is durable already.
absl::StatusOr<bool> Engine::FinishWithoutRecord() {
  // More is to be decided when those who wait took up a whole turn.
  bool progress = batch_.has_answers() || !people_.empty() || !bulk_.empty();
  if (sources_.moved()) {
    progress = true;
    auto scans = sources_.Keep();
    store::StateBatch state =
        store::StateBatch::Scanned(std::move(scans[0].first), std::move(scans[0].second));
    for (size_t i = 1; i < scans.size(); ++i) {
      state.SetScan(std::move(scans[i].first), std::move(scans[i].second));
    }
    state.SetWrites(overlay_.Take());
    TWINLINE_RETURN_IF_ERROR(active_->Commit(state));
  }
  batch_.Deliver();
  return progress;
}

absl::StatusOr<bool> Engine::FollowTurn() {
  if (queue_->waiting() > 0) {
    FailQueued(absl::UnavailableError(
        absl::StrCat(options_->journal, " is not led here: ", board_->Get().reason)));
  }
  if (sources_.size() == 0) return false;
  sources_.LookAtEnds(BootUs());
  batch_.Begin({});
  TWINLINE_RETURN_IF_ERROR(sources_.Take(false, {}, overlay_).status());
  TWINLINE_RETURN_IF_ERROR(active_->Health());
  return FinishWithoutRecord();
}

void Engine::FailQueued(const absl::Status& error) {
  queue_->Drain(&people_, &bulk_);
  for (; !waiting_.empty(); waiting_.pop_front()) {
    auto& lane = waiting_.front().lane == Lane::kPeople ? people_ : bulk_;
    lane.push_back(std::move(waiting_.front()));
  }
  for (const Lane lane : {Lane::kPeople, Lane::kBulk}) {
    std::deque<Submission> failed;
    failed.swap(lane == Lane::kPeople ? people_ : bulk_);
    queue_->Left(lane, failed.size());
    for (Submission& submission : failed) submission.done(error);
  }
}

absl::Status Engine::Halt(absl::Status why) {
  halted_ = std::move(why);
  leading_ = false;
  want_lead_ = false;
  in_flight_.reset();
  overlay_.Clear();
  sources_.Release();
  spdlog::error("{} halts: {}", options_->journal, halted_.ToString());
  const absl::Status error = absl::UnavailableError(absl::StrCat(
      "outcome unknown, retry with the same id; the shard has halted: ", halted_.message()));
  board_->Update([&](Board::Shown& shown) {
    shown.leading = false;
    shown.halted = true;
    shown.reason = std::string(halted_.message());
  });
  batch_.Fail(error);
  queue_->Close();
  FailQueued(error);
  board_->Release();
  return halted_;
}

void Engine::ShowLeading(bool leading, const std::string& reason) {
  board_->Update([&](Board::Shown& shown) {
    shown.leading = leading;
    shown.reason = reason;
    shown.epoch = reader_.state().epoch;
  });
}

std::optional<int64_t> Engine::SleepUs() const {
  if (!halted_.ok()) return std::nullopt;
  std::optional<int64_t> sleep;
  const auto at_most = [&](int64_t us) {
    us = std::max<int64_t>(us, 0);
    sleep = sleep ? std::min(*sleep, us) : us;
  };
  const int64_t now_us = base::MonotonicUs();
  if (in_flight_) at_most(in_flight_->since_us + kReadBackTimeoutUs - now_us);
  if (want_lead_ && !leading_ && !in_flight_) at_most(retry_at_us_ - now_us);
  for (const Submission& waits : waiting_) at_most(waits.wait_until_us - now_us);
  if (!own_failing_.ok() || !sources_.failing().ok()) at_most(kMediumRetryUs);
  if (leading_ && sources_.size() > 0) at_most(kLookAtSourcesUs);
  if (leading_ && options_->clock_kind == journal::v1::CLOCK_KIND_WALL) {
    if (options_->clock_trust != nullptr) at_most(kTimerSleepMaxUs);  // it may be set or confirmed
    if (const auto next = timers_.Next(); next && notice_.empty()) {
      at_most(std::min(next->us - clock_->Now().us, kTimerSleepMaxUs));
    }
  }
  return sleep;
}

}  // namespace twinline::engine
