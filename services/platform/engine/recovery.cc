#include "platform/engine/recovery.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "platform/base/civil.h"
#include "platform/base/outages.h"

namespace twinline::engine {

void Recovery::Load(const base::Rows& rows, std::optional<base::Timestamp> alive) {
  open_.clear();
  for (journal::v1::OutageRow& row : base::ReadOutages(rows)) {
    if (row.state() != base::kOutageDone) open_[row.down_from_us()] = std::move(row);
  }
  if (alive) alive_ = alive;
}

void Recovery::Apply(const store::WriteSet& writes) {
  const std::string prefix = base::OutagePrefix();
  for (auto it = writes.lower_bound(prefix);
       it != writes.end() && it->first.compare(0, prefix.size(), prefix) == 0; ++it) {
    if (!it->second) continue;  // outages are kept for ever
    journal::v1::OutageRow row;
    row.ParseFromString(*it->second);
    if (row.state() == base::kOutageDone) {
      open_.erase(row.down_from_us());
    } else {
      open_[row.down_from_us()] = std::move(row);
    }
  }
}

int64_t Recovery::DownFrom(base::Timestamp newest, base::Timestamp now) const {
  if (trust_ == nullptr || newest.us == 0) return 0;
  const int64_t known = std::max(newest.us, alive().us);
  return now.us - known > kGapUs ? known : 0;
}

void Recovery::Began(int64_t down_from_us) {
  if (trust_ != nullptr && down_from_us != 0) {
    back_at_boot_us_.emplace(down_from_us, trust_->BootUs());
  }
}

bool Recovery::TimersHeld(int64_t record_us, base::Timestamp now) const {
  if (trust_ == nullptr) return false;
  return !open_.empty() || record_us > now.us + kAheadMaxUs;
}

std::string Recovery::WhyHeld(int64_t record_us, base::Timestamp now) const {
  if (!TimersHeld(record_us, now)) return {};
  if (open_.empty()) return "record time is ahead of the clock; no deadline is judged";
  const journal::v1::OutageRow& row = open_.begin()->second;
  const std::string since = base::ToIso8601({row.down_from_us()});
  if (row.state() == base::kOutageWaits) {
    return absl::StrCat("away since ", since,
                        "; no deadline is judged until the clock is confirmed");
  }
  return absl::StrCat("away since ", since, "; deadlines are being moved");
}

std::optional<journal::v1::ClockCorrected> Recovery::Correction(int64_t record_us,
                                                                base::Timestamp now) const {
  if (trust_ == nullptr || record_us <= now.us + kAheadMaxUs) return std::nullopt;
  auto evidence = trust_->Evidence();
  if (!evidence) return std::nullopt;
  journal::v1::ClockCorrected corrected;
  corrected.set_from_us(record_us);
  corrected.set_to_us(now.us);
  *corrected.mutable_clock_evidence() = *std::move(evidence);
  return corrected;
}

std::optional<journal::v1::ServiceResumed> Recovery::Resumption(base::Timestamp now) const {
  if (trust_ == nullptr) return std::nullopt;
  const auto waiting = std::find_if(open_.begin(), open_.end(), [](const auto& outage) {
    return outage.second.state() == base::kOutageWaits;
  });
  if (waiting == open_.end()) return std::nullopt;
  auto evidence = trust_->Evidence();
  if (!evidence) return std::nullopt;
  journal::v1::ServiceResumed resumed;
  resumed.set_down_from_us(waiting->first);
  // By the clock that is trusted now; what an earlier process noted may come from one that was not.
  const auto back = back_at_boot_us_.find(waiting->first);
  int64_t to = back != back_at_boot_us_.end() ? now.us - (trust_->BootUs() - back->second)
                                              : waiting->second.down_to_us();
  if (to <= waiting->first || to > now.us) to = now.us;
  resumed.set_down_to_us(to);
  *resumed.mutable_clock_evidence() = *std::move(evidence);
  return resumed;
}

std::optional<journal::v1::OutageWork> Recovery::Work() const {
  for (const auto& [down_from, row] : open_) {
    if (row.state() != base::kOutageMoving) continue;
    journal::v1::OutageWork work;
    work.set_down_from_us(down_from);
    work.set_down_to_us(row.down_to_us());
    work.set_after(row.after());
    return work;
  }
  return std::nullopt;
}

bool Recovery::AliveDue(base::Timestamp now) const {
  return trust_ != nullptr && now.us - alive().us >= kAliveEveryUs;
}

bool Recovery::Slept(base::Timestamp now) const {
  return trust_ != nullptr && alive_ && now.us - alive_->us > kGapUs;
}

bool Recovery::MayLead() const { return !ClockWasSet() || trust_->Evidence().has_value(); }

void Recovery::Lead() {
  if (trust_ != nullptr) steps_ = trust_->Steps();
}

}  // namespace twinline::engine
