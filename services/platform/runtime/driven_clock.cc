// Keeping, moving and serving demonstration time.
#include "platform/runtime/driven_clock.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "fmt/format.h"
#include "platform/base/civil.h"
#include "platform/base/decision.h"
#include "platform/base/status_macros.h"
#include "twinline/demo/v1/demo_clock.pb.h"
#include "twinline/demo/v1/demo_events.pb.h"

namespace twinline::runtime {
namespace {

constexpr std::chrono::microseconds kLook{200};
constexpr size_t kReadRecords = 256;

std::vector<uint64_t> Positions(const std::vector<engine::Shard*>& shards) {
  std::vector<uint64_t> positions;
  for (const engine::Shard* shard : shards) positions.push_back(shard->Status().next_pos);
  return positions;
}

absl::Status AnyHalted(const std::vector<engine::Shard*>& shards) {
  for (const engine::Shard* shard : shards) {
    const engine::ShardStatus status = shard->Status();
    if (status.halted) {
      return absl::UnavailableError(
          absl::StrCat(shard->journal_name(), " has halted: ", status.reason));
    }
  }
  return absl::OkStatus();
}

// Nothing is due, queued, in flight or unread anywhere. A record that appears between two looks at
// two shards would be missed by one look at each; it changes a position, so the positions must
// stand still around the look.
bool AtRest(const std::vector<engine::Shard*>& shards, base::Timestamp now) {
  const std::vector<uint64_t> before = Positions(shards);
  for (const engine::Shard* shard : shards) {
    const auto due = shard->NextTimer();
    if ((due && *due <= now) || !shard->Idle()) return false;
  }
  return Positions(shards) == before;
}

absl::Status WaitForRest(const std::vector<engine::Shard*>& shards, base::Timestamp now,
                         const std::atomic<bool>& stopping, int64_t rest_us) {
  const int64_t deadline = base::MonotonicUs() + rest_us;
  while (!AtRest(shards, now)) {
    if (stopping.load()) return absl::CancelledError("the process is stopping");
    TWINLINE_RETURN_IF_ERROR(AnyHalted(shards));
    if (base::MonotonicUs() > deadline) {
      return absl::DeadlineExceededError(absl::StrCat(
          "the shards did not come to rest at ", base::ToIso8601(now), "; call again to go on"));
    }
    std::this_thread::sleep_for(kLook);
  }
  return absl::OkStatus();
}

std::optional<base::Timestamp> Earliest(const std::vector<engine::Shard*>& shards) {
  std::optional<base::Timestamp> earliest;
  for (const engine::Shard* shard : shards) {
    const auto due = shard->NextTimer();
    if (due && (!earliest || *due < *earliest)) earliest = due;
  }
  return earliest;
}

}  // namespace

absl::StatusOr<std::unique_ptr<DrivenClock>> DrivenClock::Open(
    std::shared_ptr<journal::Journal> journal, rpc::JournalIdentity identity, base::Timestamp start,
    const base::Clock* real_clock) {
  std::unique_ptr<DrivenClock> clock(new DrivenClock(start));
  clock->writer_ = std::make_unique<rpc::JournalWriter>(
      std::move(journal), std::move(identity), real_clock, clock.get(),
      [raw = clock.get()](const journal::Admitted& record) { raw->Replay(record); });
  TWINLINE_RETURN_IF_ERROR(clock->writer_->Start());
  return clock;
}

absl::StatusOr<std::unique_ptr<DrivenClock>> DrivenClock::OpenStill(
    std::shared_ptr<journal::Journal> journal, base::Timestamp start) {
  std::unique_ptr<DrivenClock> clock(new DrivenClock(start));
  journal::AdmittedReader reader(std::move(journal));
  for (;;) {
    TWINLINE_ASSIGN_OR_RETURN(const auto records, reader.Next(kReadRecords));
    if (records.empty()) return clock;
    for (const journal::Admitted& record : records) clock->Replay(record);
  }
}

void DrivenClock::Replay(const journal::Admitted& record) {
  for (const journal::v1::Commit& commit : record.record->commits()) {
    for (const journal::v1::Event& event : commit.events()) {
      demo::v1::TimeAdvanced advanced;
      if (event.type() != base::EventType<demo::v1::TimeAdvanced>() ||
          !advanced.ParseFromString(event.data())) {
        continue;
      }
      now_us_.store(std::max(now_us_.load(), advanced.to_unix_us()), std::memory_order_release);
    }
  }
}

absl::Status DrivenClock::MoveTo(base::Timestamp to) {
  const std::lock_guard lock(mutex_);
  if (to < Now()) return absl::InvalidArgumentError("the clock never goes back");
  if (to == Now()) return absl::OkStatus();
  if (writer_ == nullptr) return absl::FailedPreconditionError("the clock of a drill stands still");
  demo::v1::TimeAdvanced advanced;
  advanced.set_to_unix_us(to.us);
  journal::v1::Commit commit;
  commit.mutable_actor()->set_service("service:clock");
  *commit.add_events() = base::MakeEvent(advanced, base::DayOf(to));
  // The time counts when the record is read back (Replay), as it will after a restart.
  return writer_->Append({commit.SerializeAsString()}, {base::EventType<demo::v1::TimeAdvanced>()});
}

absl::StatusOr<Advanced> Advance(DrivenClock* clock, const std::vector<engine::Shard*>& shards,
                                 base::Timestamp target, const std::atomic<bool>& stopping,
                                 int64_t rest_us) {
  Advanced advanced;
  while (true) {
    TWINLINE_RETURN_IF_ERROR(WaitForRest(shards, clock->Now(), stopping, rest_us));
    const std::optional<base::Timestamp> due = Earliest(shards);
    const bool on_the_way = due && *due <= target;
    if (!on_the_way && clock->Now() >= target) break;
    TWINLINE_RETURN_IF_ERROR(clock->MoveTo(on_the_way ? std::max(*due, clock->Now()) : target));
    advanced.steps += on_the_way ? 1 : 0;
    for (engine::Shard* shard : shards) shard->Poke();
  }
  advanced.now = clock->Now();
  return advanced;
}

DemoClockService::DemoClockService(DrivenClock* clock, std::vector<engine::Shard*> shards)
    : clock_(clock), shards_(std::move(shards)), thread_([this] { Loop(); }) {}

DemoClockService::~DemoClockService() { Stop(); }

void DemoClockService::Stop() {
  stopping_.store(true);
  std::deque<rpc::CallPtr> left;
  {
    const std::lock_guard lock(mutex_);
    left.swap(waiting_);
  }
  wake_.notify_all();
  for (const rpc::CallPtr& call : left) call->Finish(absl::UnavailableError("stopping"));
  if (thread_.joinable()) thread_.join();
}

void DemoClockService::Register(rpc::ServiceRegistry* registry) {
  registry->Unary("twinline.demo.v1.DemoClock.AdvanceTo", [this](rpc::CallPtr call) {
    {
      const std::lock_guard lock(mutex_);
      if (!stopping_.load()) {
        waiting_.push_back(std::move(call));
        wake_.notify_one();
        return;
      }
    }
    call->Finish(absl::UnavailableError("stopping"));
  });
  registry->Unary("twinline.demo.v1.DemoClock.GetTime", [this](rpc::CallPtr call) {
    rpc::Out<demo::v1::GetTimeReply>(*call).set_now_unix_us(clock_->Now().us);
    call->Finish();
  });
}

void DemoClockService::Loop() {
  while (true) {
    rpc::CallPtr call;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_.load() || !waiting_.empty(); });
      if (stopping_.load()) return;
      call = std::move(waiting_.front());
      waiting_.pop_front();
    }
    Serve(call);
  }
}

void DemoClockService::Serve(const rpc::CallPtr& call) {
  const base::Timestamp target{rpc::In<demo::v1::AdvanceToRequest>(*call).to_unix_us()};
  if (target < clock_->Now()) {
    return call->Finish(
        base::Refusal{"CLOCK_NEVER_GOES_BACK",
                      fmt::format("演示时间已到 {}，不能回拨。", base::ToIso8601(clock_->Now())),
                      fmt::format("demonstration time is already {} and never goes back",
                                  base::ToIso8601(clock_->Now())),
                      {{"now_unix_us", std::to_string(clock_->Now().us)}}});
  }
  const absl::StatusOr<Advanced> advanced = Advance(clock_, shards_, target, stopping_);
  if (!advanced.ok()) return call->Finish(advanced.status());
  auto& reply = rpc::Out<demo::v1::AdvanceToReply>(*call);
  reply.set_now_unix_us(advanced->now.us);
  reply.set_steps(advanced->steps);
  call->Finish();
}

}  // namespace twinline::runtime
