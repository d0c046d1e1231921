// Group commit of access entries.
#include "platform/rpc/access_log.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "fmt/format.h"
#include "platform/base/status_macros.h"
#include "platform/base/thread_name.h"

namespace twinline::rpc {
namespace {

// How often an idle writer looks whether tomorrow is another month.
constexpr std::chrono::minutes kLook{10};

}  // namespace

std::string AccessJournalName(uint32_t slot, base::CivilDay day) {
  const base::YearMonthDay ymd = day.ymd();
  return fmt::format("access/{}/{:04}{:02}", slot, ymd.year, ymd.month);
}

absl::StatusOr<std::unique_ptr<AccessLog>> AccessLog::Open(Options options,
                                                           journal::JournalProvider* journals,
                                                           const base::Clock* real_clock,
                                                           Completions* completions) {
  std::unique_ptr<AccessLog> log(
      new AccessLog(std::move(options), journals, real_clock, completions));
  TWINLINE_RETURN_IF_ERROR(log->WriterOf(base::DayOf(real_clock->Now())).status());
  log->thread_ = std::thread([raw = log.get()] { raw->Loop(); });
  return log;
}

AccessLog::~AccessLog() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

absl::StatusOr<JournalWriter*> AccessLog::WriterOf(base::CivilDay day) {
  const std::string name = AccessJournalName(options_.slot, day);
  if (const auto it = writers_.find(name); it != writers_.end()) return it->second.get();
  TWINLINE_ASSIGN_OR_RETURN(std::shared_ptr<journal::Journal> journal, journals_->Open(name));
  auto writer = std::make_unique<JournalWriter>(std::move(journal), options_.identity, real_clock_,
                                                real_clock_);
  TWINLINE_RETURN_IF_ERROR(writer->Start());
  return writers_.emplace(name, std::move(writer)).first->second.get();
}

// Tomorrow's month is opened today; months before today's are let go.
void AccessLog::OpenMonths() {
  const base::CivilDay today = base::DayOf(real_clock_->Now());
  const std::string current = AccessJournalName(options_.slot, today);
  std::erase_if(writers_, [&](const auto& entry) { return entry.first < current; });
  if (const auto next = WriterOf(today + 1); !next.ok()) SetHealth(next.status());
}

void AccessLog::Append(std::string commit, uint32_t event_type, Durable durable) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_ && queue_.size() < options_.queue_max) {
      queue_.push_back({std::move(commit), event_type, std::move(durable)});
      if (queue_.size() == 1) wake_.notify_one();
      return;
    }
  }
  if (durable) completions_->Run([durable = std::move(durable)] { durable(false); });
}

void AccessLog::Loop() {
  base::NameThread("access writer");
  while (true) {
    std::vector<Item> taken;
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, kLook, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty() && stopping_) return;
      taken.swap(queue_);
    }
    OpenMonths();
    if (!taken.empty()) Write(std::move(taken));
  }
}

void AccessLog::Write(std::vector<Item> items) {
  size_t done = 0;
  while (done < items.size()) {
    std::vector<std::string> commits;
    std::vector<uint32_t> types;
    size_t bytes = 0;
    size_t end = done;
    for (; end < items.size() && commits.size() < options_.commits_per_record_max; ++end) {
      if (!commits.empty() && bytes + items[end].commit.size() > options_.bytes_per_record_max)
        break;
      bytes += items[end].commit.size() + 4;
      types.push_back(items[end].event_type);
      commits.push_back(std::move(items[end].commit));
    }
    std::sort(types.begin(), types.end());
    types.erase(std::unique(types.begin(), types.end()), types.end());
    const auto writer = WriterOf(base::DayOf(real_clock_->Now()));
    const absl::Status status = writer.ok() ? (*writer)->Append(commits, types) : writer.status();
    SetHealth(status);
    if (status.ok()) {
      entries_.fetch_add(commits.size(), std::memory_order_relaxed);
      records_.fetch_add(1, std::memory_order_relaxed);
    }
    std::vector<Durable> waiting;
    for (size_t i = done; i < end; ++i) {
      if (items[i].durable) waiting.push_back(std::move(items[i].durable));
    }
    if (!waiting.empty()) {
      completions_->Run([waiting = std::move(waiting), ok = status.ok()] {
        for (const Durable& durable : waiting) durable(ok);
      });
    }
    done = end;
  }
}

void AccessLog::SetHealth(absl::Status status) {
  const std::lock_guard lock(mutex_);
  health_ = std::move(status);
}

absl::Status AccessLog::Health() const {
  const std::lock_guard lock(mutex_);
  return health_;
}

}  // namespace twinline::rpc
