// Keeping, moving and serving demonstration time.
#include "platform/runtime/driven_clock.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "fmt/format.h"
#include "platform/base/civil.h"
#include "platform/base/decision.h"
#include "platform/base/status_macros.h"
#include "platform/rpc/client.h"
#include "twinline/demo/v1/demo_events.pb.h"

namespace twinline::runtime {
namespace {

constexpr std::chrono::microseconds kLook{200};
constexpr size_t kReadRecords = 256;
constexpr int64_t kPeerDeadlineUs = 10'000'000;

using Looked = std::vector<demo::v1::GetRestReply>;

absl::StatusOr<Looked> LookAll(const std::vector<Look>& looks) {
  Looked looked;
  for (const Look& look : looks) {
    TWINLINE_ASSIGN_OR_RETURN(looked.emplace_back(), look());
    for (const demo::v1::ShardRest& shard : looked.back().shards()) {
      if (shard.halted().empty()) continue;
      return absl::UnavailableError(absl::StrCat(shard.journal(), " has halted: ", shard.halted()));
    }
  }
  return looked;
}

std::map<std::string, uint64_t> Positions(const Looked& looked) {
  std::map<std::string, uint64_t> positions;
  for (const demo::v1::GetRestReply& process : looked) {
    for (const demo::v1::ShardRest& shard : process.shards()) {
      positions[shard.journal()] = shard.next_pos();
    }
  }
  return positions;
}

// By one look: everybody has read the time, nothing is due, queued or in flight, and what each has
// taken of the others is all that they have written (a process may not have heard of it yet).
bool Resting(const Looked& looked, base::Timestamp now) {
  const std::map<std::string, uint64_t> written = Positions(looked);
  for (const demo::v1::GetRestReply& process : looked) {
    if (process.now_unix_us() != now.us) return false;
    for (const demo::v1::ShardRest& shard : process.shards()) {
      if (!shard.idle()) return false;
      if (shard.next_timer_unix_us() != 0 && shard.next_timer_unix_us() <= now.us) return false;
      for (const demo::v1::SourceRest& source : shard.sources()) {
        const auto owner = written.find(source.journal());
        if (owner != written.end() && source.next_pos() < owner->second) return false;
      }
    }
  }
  return true;
}

// A record that appears between two looks at two shards would be missed by one look at each; it
// changes a position, so the positions must stand still around the look.
absl::StatusOr<bool> AtRest(const std::vector<Look>& looks, base::Timestamp now) {
  TWINLINE_ASSIGN_OR_RETURN(const Looked first, LookAll(looks));
  if (!Resting(first, now)) return false;
  TWINLINE_ASSIGN_OR_RETURN(const Looked second, LookAll(looks));
  return Resting(second, now) && Positions(first) == Positions(second);
}

absl::Status WaitForRest(const std::vector<Look>& looks, base::Timestamp now,
                         const std::atomic<bool>& stopping, int64_t rest_us) {
  const int64_t deadline = base::MonotonicUs() + rest_us;
  while (true) {
    TWINLINE_ASSIGN_OR_RETURN(const bool resting, AtRest(looks, now));
    if (resting) return absl::OkStatus();
    if (stopping.load()) return absl::CancelledError("the process is stopping");
    if (base::MonotonicUs() > deadline) {
      return absl::DeadlineExceededError(absl::StrCat(
          "the shards did not come to rest at ", base::ToIso8601(now), "; call again to go on"));
    }
    std::this_thread::sleep_for(kLook);
  }
}

absl::StatusOr<std::optional<base::Timestamp>> Earliest(const std::vector<Look>& looks) {
  TWINLINE_ASSIGN_OR_RETURN(const Looked looked, LookAll(looks));
  std::optional<base::Timestamp> earliest;
  for (const demo::v1::GetRestReply& process : looked) {
    for (const demo::v1::ShardRest& shard : process.shards()) {
      const base::Timestamp due{shard.next_timer_unix_us()};
      if (due.us != 0 && (!earliest || due < *earliest)) earliest = due;
    }
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

absl::StatusOr<std::unique_ptr<DrivenClock>> DrivenClock::Follow(
    std::shared_ptr<journal::Journal> journal, base::Timestamp start) {
  std::unique_ptr<DrivenClock> clock(new DrivenClock(start));
  clock->follower_ = std::make_unique<rpc::JournalFollower>(
      std::move(journal), [raw = clock.get()](const std::vector<journal::Admitted>& records) {
        for (const journal::Admitted& record : records) raw->Replay(record);
      });
  TWINLINE_RETURN_IF_ERROR(clock->follower_->Start());
  return clock;
}

void DrivenClock::OnMove(std::function<void()> moved) {
  const std::lock_guard lock(move_mutex_);
  moved_ = std::move(moved);
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
  const std::lock_guard lock(move_mutex_);
  if (moved_) moved_();
}

absl::Status DrivenClock::MoveTo(base::Timestamp to) {
  const std::lock_guard lock(mutex_);
  if (to < Now()) return absl::InvalidArgumentError("the clock never goes back");
  if (to == Now()) return absl::OkStatus();
  if (writer_ == nullptr) return absl::FailedPreconditionError("this process only reads the clock");
  demo::v1::TimeAdvanced advanced;
  advanced.set_to_unix_us(to.us);
  journal::v1::Commit commit;
  commit.mutable_actor()->set_service("service:clock");
  *commit.add_events() = base::MakeEvent(advanced, base::DayOf(to));
  // The time counts when the record is read back (Replay), as it will after a restart.
  return writer_->Append({commit.SerializeAsString()}, {base::EventType<demo::v1::TimeAdvanced>()});
}

Look LookAt(const DrivenClock* clock, std::vector<engine::Shard*> shards) {
  return [clock, shards = std::move(shards)]() -> absl::StatusOr<demo::v1::GetRestReply> {
    demo::v1::GetRestReply reply;
    reply.set_now_unix_us(clock->Now().us);
    for (const engine::Shard* shard : shards) {
      demo::v1::ShardRest* rest = reply.add_shards();
      const engine::ShardStatus status = shard->Status();
      rest->set_journal(shard->journal_name());
      rest->set_next_pos(status.next_pos);
      rest->set_idle(shard->Idle());
      if (status.halted) rest->set_halted(status.reason.empty() ? "halted" : status.reason);
      if (const auto due = shard->NextTimer()) rest->set_next_timer_unix_us(due->us);
      for (const auto& [journal, next_pos] : status.sources) {
        demo::v1::SourceRest* source = rest->add_sources();
        source->set_journal(journal);
        source->set_next_pos(next_pos);
      }
    }
    return reply;
  };
}

absl::StatusOr<Look> LookAtPeer(const std::string& target) {
  rpc::ChannelOptions channel;
  channel.target = target;
  TWINLINE_ASSIGN_OR_RETURN(rpc::Client client, rpc::Client::Connect(channel));
  auto shared = std::make_shared<rpc::Client>(std::move(client));
  return [shared, target]() -> absl::StatusOr<demo::v1::GetRestReply> {
    demo::v1::GetRestReply reply;
    rpc::CallOptions options;
    options.deadline_us = kPeerDeadlineUs;
    const rpc::CallResult result = shared->Call("twinline.demo.v1.DemoClock.GetRest",
                                                demo::v1::GetRestRequest(), &reply, options);
    if (result.ok()) return reply;
    return absl::UnavailableError(absl::StrCat("the process at ", target,
                                               " does not answer: ", result.status.message(),
                                               "; call again when it runs"));
  };
}

absl::StatusOr<Advanced> Advance(DrivenClock* clock, const std::vector<Look>& looks,
                                 base::Timestamp target, const std::atomic<bool>& stopping,
                                 int64_t rest_us) {
  Advanced advanced;
  while (true) {
    TWINLINE_RETURN_IF_ERROR(WaitForRest(looks, clock->Now(), stopping, rest_us));
    TWINLINE_ASSIGN_OR_RETURN(const std::optional<base::Timestamp> due, Earliest(looks));
    const bool on_the_way = due && *due <= target;
    if (!on_the_way && clock->Now() >= target) break;
    TWINLINE_RETURN_IF_ERROR(clock->MoveTo(on_the_way ? std::max(*due, clock->Now()) : target));
    advanced.steps += on_the_way ? 1 : 0;
  }
  advanced.now = clock->Now();
  return advanced;
}

DemoClockService::DemoClockService(DrivenClock* clock, std::vector<engine::Shard*> shards,
                                   std::vector<Look> peers, bool leads)
    : clock_(clock), leads_(leads), looks_(std::move(peers)) {
  looks_.insert(looks_.begin(), LookAt(clock, std::move(shards)));
  if (leads_) thread_ = std::thread([this] { Loop(); });
}

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
  registry->Unary("twinline.demo.v1.DemoClock.GetRest", [this](rpc::CallPtr call) {
    const auto look = looks_.front()();
    if (!look.ok()) return call->Finish(look.status());
    rpc::Out<demo::v1::GetRestReply>(*call) = *look;
    call->Finish();
  });
  registry->Unary("twinline.demo.v1.DemoClock.AdvanceTo", [this](rpc::CallPtr call) {
    if (!leads_) {
      return call->Finish(
          base::Refusal{"CLOCK_LED_ELSEWHERE",
                        "演示时间由另一进程推进，请向该进程调用。",
                        "Demonstration time is moved by another process: call that one.",
                        {}});
    }
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
  const absl::StatusOr<Advanced> advanced = Advance(clock_, looks_, target, stopping_);
  if (!advanced.ok()) return call->Finish(advanced.status());
  auto& reply = rpc::Out<demo::v1::AdvanceToReply>(*call);
  reply.set_now_unix_us(advanced->now.us);
  reply.set_steps(advanced->steps);
  call->Finish();
}

}  // namespace twinline::runtime
