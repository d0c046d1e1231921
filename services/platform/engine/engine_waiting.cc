// Commands and the journals that this shard follows: those that rest on foreign rows are not
// decided on old ones, and one that names what has not come yet waits for it.
#include <algorithm>
#include <utility>

#include "platform/engine/engine.h"

namespace twinline::engine {
namespace {

constexpr int64_t kStaleUs = 60'000'000;
constexpr int64_t kSecondUs = 1'000'000;

base::Refusal Stale(const std::string& journal, int64_t seconds) {
  return {
      "UNAVAILABLE_SOURCES_STALE",
      "相关记录（" + journal + "）已 " + std::to_string(seconds) +
          " 秒未能更新，暂停办理，没有执行任何操作。请稍后用同一请求编号重试；点名和查询不受影响，"
          "持续如此请联系系统管理员。",
      "what this service knows of " + journal + " could not be brought up to date for " +
          std::to_string(seconds) +
          " seconds, so nothing was decided; retry later with the same request id. Roll calls "
          "and reads go on; tell the system administrator if it lasts",
      {{"journal", journal}, {"seconds", std::to_string(seconds)}}};
}

}  // namespace

int64_t Engine::BootUs() const {
  return options_->clock_trust != nullptr ? options_->clock_trust->BootUs() : base::MonotonicUs();
}

std::optional<base::Refusal> Engine::SourcesStale(int64_t now_us) {
  // A stepped shard in a test without such a clock has no real time to measure by.
  if (!options_->threaded && options_->clock_trust == nullptr) return std::nullopt;
  const auto oldest = sources_.Oldest(now_us);
  if (!oldest || oldest->us <= kStaleUs) return std::nullopt;
  return Stale(*oldest->journal, oldest->us / kSecondUs);
}

// Whoever waits is decided again when a source has moved, before those who came later; and for the
// last time when the waiting is over.
void Engine::CallBackWaiting(int64_t now_us) {
  const bool moved = sources_.moved();
  std::deque<Submission> still;
  for (; !waiting_.empty(); waiting_.pop_back()) {
    Submission& last = waiting_.back();
    if (moved || last.wait_until_us <= now_us) {
      (last.lane == Lane::kPeople ? people_ : bulk_).push_front(std::move(last));
    } else {
      still.push_front(std::move(last));
    }
  }
  waiting_.swap(still);
}

}  // namespace twinline::engine
