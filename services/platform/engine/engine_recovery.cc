// What a leader does about the wall clock before anything else in a turn. The rules
// are in recovery.h.
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/base/status_macros.h"
#include "platform/engine/engine.h"
#include "spdlog/spdlog.h"

namespace twinline::engine {

// False: this epoch is over. The next one is taken when somebody vouches for the clock, and it
// finds the gap if there was one.
bool Engine::ClockHolds() {
  std::string why;
  if (recovery_.ClockWasSet()) {
    why =
        "the wall clock was set by more than a minute while the service ran; leading again when "
        "a time service or an operator confirms it";
  } else if (recovery_.Slept(clock_->Now())) {
    why = "nothing ran for more than a day, the machine slept; a new epoch begins";
  } else {
    return true;
  }
  spdlog::error("{} stops leading: {}", options_->journal, why);
  leading_ = false;
  want_lead_ = true;
  retry_at_us_ = 0;
  attempts_ = 0;
  ShowLeading(false, why);
  FailQueued(absl::UnavailableError(absl::StrCat("nothing was written, retry: ", why)));
  return false;
}

absl::Status Engine::NoteAlive() {
  const base::Timestamp now = clock_->Now();
  if (!recovery_.AliveDue(now)) return absl::OkStatus();
  TWINLINE_RETURN_IF_ERROR(active_->Commit(store::StateBatch::Alive(now.us)));
  recovery_.Noted(now);
  return absl::OkStatus();
}

absl::Status Engine::AddRecovery(const std::optional<journal::v1::ClockCorrected>& correction) {
  if (correction) {
    spdlog::warn("{}: record time goes back by {} s to the confirmed clock", options_->journal,
                 (correction->from_us() - correction->to_us()) / 1'000'000);
    TWINLINE_RETURN_IF_ERROR(
        batch_.AddEngineFact(*correction, correction->clock_evidence()).status());
  }
  if (const auto resumed = recovery_.Resumption(batch_.now())) {
    spdlog::warn("{}: away from {} to {}; deadlines that overlap are moved before any is judged",
                 options_->journal, base::ToIso8601({resumed->down_from_us()}),
                 base::ToIso8601({resumed->down_to_us()}));
    return batch_.AddEngineFact(*resumed, resumed->clock_evidence()).status();
  }
  if (const auto work = recovery_.Work()) {
    if (absl::Status added = batch_.AddOutageWork(*work).status(); !added.ok()) {
      return absl::DataLossError(
          absl::StrCat("deadlines cannot be moved for an outage: ", added.message()));
    }
  }
  return absl::OkStatus();
}

bool Engine::TimersHeld() {
  const base::Timestamp now = clock_->Now();
  std::string notice = recovery_.WhyHeld(batch_.now().us, now);
  const bool held = !notice.empty();
  if (notice != notice_) {
    notice_ = std::move(notice);
    if (held) spdlog::warn("{}: {}", options_->journal, notice_);
    board_->Update([&](Board::Shown& shown) { shown.notice = notice_; });
  }
  return held;
}

}  // namespace twinline::engine
