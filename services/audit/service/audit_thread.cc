#include "audit/service/audit_thread.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "audit/domain/prove.h"
#include "audit/service/second_place.h"
#include "platform/base/civil.h"
#include "platform/base/status_macros.h"
#include "platform/base/thread_name.h"
#include "spdlog/spdlog.h"

namespace twinline::audit {
namespace {

constexpr int64_t kLookUs = 1'000'000;  // for journals that are new

}  // namespace

AuditThread::AuditThread(AuditThreadOptions options, journal::JournalProvider* journals,
                         engine::Shard* shard, const NoteSigner* signer,
                         const base::Clock* record_clock, const base::Clock* real_clock)
    : options_(std::move(options)),
      journals_(journals),
      shard_(shard),
      signer_(signer),
      real_clock_(real_clock),
      record_clock_(record_clock) {}

AuditThread::~AuditThread() { Stop(); }

absl::Status AuditThread::Start() {
  TWINLINE_ASSIGN_OR_RETURN(
      auto store, JournalIndex::OpenStore((options_.directory / "index").string(), options_.store));
  index_ = std::make_unique<JournalIndex>(journals_, std::move(store), options_.installation,
                                          [this] { Wake(); });
  if (shard_ != nullptr) {
    notary_.emplace(shard_, signer_, record_clock_, options_.notary, [this] {
      const std::lock_guard lock(mutex_);
      hurry_ = true;
      woken_ = true;
      wake_.notify_one();
    });
  }
  thread_ = std::thread([this] { Loop(); });
  return absl::OkStatus();
}

void AuditThread::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

absl::Status AuditThread::Health() const {
  const std::lock_guard lock(mutex_);
  return health_;
}

absl::Status AuditThread::SecondPlaceHealth() const {
  const std::lock_guard lock(mutex_);
  return second_place_health_;
}

std::shared_ptr<const IndexView> AuditThread::View() const {
  return index_ ? index_->View() : std::make_shared<IndexView>();
}

void AuditThread::Wake() {
  const std::lock_guard lock(mutex_);
  if (woken_) return;
  woken_ = true;
  wake_.notify_one();
}

bool AuditThread::Urgent() const {
  return std::any_of(waiters_.begin(), waiters_.end(),
                     [](const Waiter& waiter) { return !waiter.journal.empty(); });
}

void AuditThread::Loop() {
  base::NameThread("audit index");
  absl::Status status = index_->Load();
  if (status.ok()) status = index_->Pump();
  if (status.ok()) status = CheckSecondPlace();
  while (status.ok()) {
    {
      const std::lock_guard lock(mutex_);
      health_ = absl::OkStatus();
      if (stopping_) break;
    }
    AnswerWaiters();
    Sleep();
    status = Round();
    // The medium may come back; what contradicts itself does not.
    if (absl::IsUnavailable(status)) {
      spdlog::warn("audit: {}", std::string(status.message()));
      status = absl::OkStatus();
    }
  }
  if (!status.ok()) spdlog::error("the audit halts: {}", std::string(status.message()));
  std::vector<Waiter> left;
  {
    const std::lock_guard lock(mutex_);
    if (!status.ok()) health_ = status;
    ended_ = true;
    left.swap(waiters_);
  }
  for (const Waiter& waiter : left) waiter.done(false);
  const absl::Status flushed = index_->Flush();
  if (!flushed.ok()) spdlog::warn("audit: {}", std::string(flushed.message()));
}

void AuditThread::Sleep() {
  std::unique_lock lock(mutex_);
  int64_t until_us = base::MonotonicUs() + kLookUs;
  if (notary_) until_us = std::min(until_us, notary_->due_us());
  for (const Waiter& waiter : waiters_) until_us = std::min(until_us, waiter.deadline_us);
  const int64_t sleep_us = std::max<int64_t>(until_us - base::MonotonicUs(), 1'000);
  wake_.wait_for(lock, std::chrono::microseconds(sleep_us), [this] { return woken_ || stopping_; });
  if (!hurry_ && !stopping_ && woken_) {
    wake_.wait_for(lock, std::chrono::microseconds(options_.gather_us),
                   [this] { return hurry_ || stopping_; });
  }
  woken_ = false;
  hurry_ = false;
}

absl::Status AuditThread::Round() {
  TWINLINE_RETURN_IF_ERROR(index_->Pump());
  if (const auto note = index_->TakeNote()) KeepNote(*note);
  if (!notary_) return absl::OkStatus();
  bool urgent = false;
  {
    const std::lock_guard lock(mutex_);
    urgent = Urgent();
    if (stopping_) return absl::OkStatus();
  }
  return notary_->Step(*index_, base::MonotonicUs(), urgent);
}

// Evidence kept elsewhere must be a beginning of what is here.
absl::Status AuditThread::CheckSecondPlace() const {
  if (options_.second_place.empty()) return absl::OkStatus();
  const auto heads = ReadHeads(CheckpointsIn(options_.second_place));
  if (!heads.ok()) return absl::DataLossError(std::string(heads.status().message()));
  const std::shared_ptr<const IndexView> view = index_->View();
  for (const KnownHead& head : *heads) {
    const JournalView* journal = view->Find(head.journal);
    if (journal == nullptr || journal->indexed < head.size) {
      return absl::DataLossError(
          absl::StrCat("the second place knows ", head.size, " records of ", head.journal,
                       ", here are ", journal == nullptr ? 0 : journal->indexed,
                       ": acknowledged history is lost. Restore the newest backup"));
    }
    const auto root = base::Root(StoredTree(&index_->store(), journal->number), head.size);
    if (!root.ok() || *root != head.root) {
      return absl::DataLossError(absl::StrCat("history was changed: the first ", head.size,
                                              " records of ", head.journal,
                                              " are not those that the second place knows"));
    }
  }
  return absl::OkStatus();
}

void AuditThread::KeepNote(const std::string& note) {
  if (options_.second_place.empty() || signer_ == nullptr) return;
  const std::shared_ptr<const IndexView> view = index_->View();
  std::vector<KnownHead> heads;
  for (const JournalView& journal : view->journals) {
    if (journal.name == kAuditJournal) {
      const auto root =
          base::Root(StoredTree(&index_->store(), journal.number), view->checkpoint.size);
      if (root.ok()) heads.push_back({journal.name, view->checkpoint.size, *root});
    } else if (journal.covered.size > 0) {
      heads.push_back({journal.name, journal.covered.size, journal.covered.root});
    }
  }
  const absl::Status kept =
      KeepCheckpoint(options_.second_place, options_.directory, note, signer_->verifier_key(),
                     heads, base::DayOf(real_clock_->Now()));
  if (!kept.ok()) spdlog::warn("audit: the second place: {}", std::string(kept.message()));
  const std::lock_guard lock(mutex_);
  second_place_health_ = kept;
}

bool AuditThread::IsAnswered(const Waiter& waiter, const IndexView& view) const {
  if (!waiter.journal.empty()) {
    if (waiter.journal == kAuditJournal) return view.checkpoint.size > waiter.pos;
    const JournalView* journal = view.Find(waiter.journal);
    return journal != nullptr && journal->covered.size > waiter.pos;
  }
  return std::all_of(waiter.ends.begin(), waiter.ends.end(), [&view](const auto& end) {
    const JournalView* journal = view.Find(end.first);
    return journal != nullptr && journal->next_place >= end.second;
  });
}

void AuditThread::AnswerWaiters() {
  const std::shared_ptr<const IndexView> view = index_->View();
  const int64_t now_us = base::MonotonicUs();
  std::vector<std::pair<Done, bool>> answered;
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(waiters_, [&](Waiter& waiter) {
      const bool reached = IsAnswered(waiter, *view);
      if (!reached && now_us < waiter.deadline_us) return false;
      answered.emplace_back(std::move(waiter.done), reached);
      return true;
    });
  }
  for (const auto& [done, reached] : answered) done(reached);
}

void AuditThread::AddWaiter(Waiter waiter) {
  {
    const std::lock_guard lock(mutex_);
    if (!ended_ && !stopping_ && thread_.joinable()) {
      waiters_.push_back(std::move(waiter));
      woken_ = true;
      hurry_ = true;
      wake_.notify_one();
      return;
    }
  }
  waiter.done(false);
}

void AuditThread::WhenCaughtUp(Done done) {
  Waiter waiter;
  const auto names = journals_->List();
  if (!names.ok()) return done(false);
  for (const std::string& name : *names) {
    const auto journal = journals_->Open(name);
    if (!journal.ok()) return done(false);
    const auto end = (*journal)->End();
    if (!end.ok()) return done(false);
    waiter.ends.emplace_back(name, *end);
  }
  waiter.done = std::move(done);
  AddWaiter(std::move(waiter));
}

void AuditThread::WhenCovered(std::string journal, uint64_t pos, int64_t timeout_us, Done done) {
  Waiter waiter;
  waiter.journal = std::move(journal);
  waiter.pos = pos;
  waiter.deadline_us = base::MonotonicUs() + timeout_us;
  waiter.done = std::move(done);
  AddWaiter(std::move(waiter));
}

}  // namespace twinline::audit
