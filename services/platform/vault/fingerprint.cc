#include "platform/vault/fingerprint.h"

#include <algorithm>
#include <optional>

#include "platform/base/hash.h"
#include "platform/base/status_macros.h"
#include "platform/vault/aead.h"
#include "platform/vault/concat.h"
#include "platform/vault/vault_entry.h"

namespace twinline::vault {
namespace {

base::Id16 FingerprintOwner() { return base::DeriveId({"twinline", "request-fingerprint"}); }

// "2026-09-01" -> "2026-09"
std::string MonthOf(base::CivilDay day) { return day.ToString().substr(0, 7); }

// The first day after `month`; nullopt when the text is no month.
std::optional<base::CivilDay> EndOfMonth(const std::string& month) {
  const std::optional<base::CivilDay> first = base::CivilDay::Parse(Concat({month, "-01"}));
  if (!first) return std::nullopt;
  const base::YearMonthDay ymd = first->ymd();
  return ymd.month == 12 ? base::CivilDay::FromYmd(ymd.year + 1, 1, 1)
                         : base::CivilDay::FromYmd(ymd.year, ymd.month + 1, 1);
}

}  // namespace

absl::StatusOr<std::string> RequestFingerprints::Compute(const base::Id16& request_id,
                                                         std::string_view rpc,
                                                         std::string_view body) {
  const std::optional<base::Timestamp> time = base::TimeOfUuidV7(request_id);
  if (!time) return absl::InvalidArgumentError("the request id is no UUIDv7");
  const std::string message = Concat({BigEndian64(rpc.size()), rpc, body});
  TWINLINE_ASSIGN_OR_RETURN(std::shared_ptr<const SecretBytes> key,
                            KeyOf(MonthOf(base::DayOf(*time))));
  return std::string(base::View(base::HmacSha256(key->view(), message)).substr(0, kSize));
}

absl::StatusOr<std::shared_ptr<const SecretBytes>> RequestFingerprints::KeyOf(
    const std::string& month) {
  std::lock_guard lock(mutex_);
  if (const auto found = keys_.find(month); found != keys_.end()) return found->second;
  TWINLINE_ASSIGN_OR_RETURN(std::vector<EntryInfo> entries, vault_.List(FingerprintOwner()));
  const auto of_month = [&](const EntryInfo& entry) { return entry.label == month; };
  if (std::none_of(entries.begin(), entries.end(), of_month)) {
    TWINLINE_RETURN_IF_ERROR(
        vault_.Put(FingerprintOwner(), SecretKind::kFingerprintKey, month, MakeKey(random_).view())
            .status());
    // Looked up again: another process may have made one at the same moment.
    TWINLINE_ASSIGN_OR_RETURN(entries, vault_.List(FingerprintOwner()));
  }
  for (const EntryInfo& entry : entries) {
    if (!of_month(entry)) continue;
    // The first entry of the month counts, alive or not: an expired month gets no second key, or a
    // late retry would look like a new body.
    if (entry.destroyed) {
      return absl::FailedPreconditionError(
          Concat({"the fingerprint key of ", month, " has been destroyed"}));
    }
    TWINLINE_ASSIGN_OR_RETURN(Secret secret, vault_.Get(entry.key_id));
    if (secret.state != KeyState::kPresent) {
      return absl::DataLossError(Concat({"the fingerprint key of ", month, " is unreadable"}));
    }
    return keys_[month] = std::make_shared<const SecretBytes>(std::move(secret.bytes));
  }
  return absl::DataLossError("the vault lost a key that it had just stored");
}

absl::StatusOr<std::vector<std::string>> RequestFingerprints::DestroyExpired(base::CivilDay today) {
  std::lock_guard lock(mutex_);
  TWINLINE_ASSIGN_OR_RETURN(std::vector<EntryInfo> entries, vault_.List(FingerprintOwner()));
  std::vector<std::string> months;
  std::vector<base::Id16> ids;
  for (const EntryInfo& entry : entries) {
    const std::optional<base::CivilDay> end = EndOfMonth(entry.label);
    if (entry.destroyed || !end || today - *end <= kKeepDaysAfterMonth) continue;
    months.push_back(entry.label);
    ids.push_back(entry.key_id);
  }
  if (ids.empty()) return months;
  TWINLINE_RETURN_IF_ERROR(vault_.Destroy(ids));
  for (const std::string& month : months) keys_.erase(month);
  return months;
}

}  // namespace twinline::vault
