// A leadership of one without an engine.
#include "platform/rpc/journal_writer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/base/hash.h"
#include "platform/base/status_macros.h"

namespace twinline::rpc {
namespace {

using journal::v1::RecordHeader;

constexpr size_t kReadAhead = 1'024;

}  // namespace

JournalWriter::JournalWriter(std::shared_ptr<journal::Journal> journal, JournalIdentity identity,
                             const base::Clock* epoch_clock, const base::Clock* record_clock,
                             std::function<void(const journal::Admitted&)> replay)
    : journal_(std::move(journal)),
      identity_(std::move(identity)),
      epoch_clock_(epoch_clock),
      record_clock_(record_clock),
      replay_(std::move(replay)),
      reader_(journal_) {}

absl::Status JournalWriter::CatchUp() {
  while (true) {
    TWINLINE_ASSIGN_OR_RETURN(const std::vector<journal::Admitted> records,
                              reader_.Next(kReadAhead));
    if (records.empty()) return absl::OkStatus();
    if (!replay_) continue;
    for (const journal::Admitted& record : records) replay_(record);
  }
}

absl::Status JournalWriter::CheckGenesis() const {
  const auto& genesis = reader_.state().genesis;
  if (genesis && genesis->installation_id() == identity_.installation.bytes() &&
      genesis->realm() == identity_.realm && genesis->clock() == identity_.clock_kind) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      absl::StrCat("journal ", journal_->name(),
                   " belongs to another installation, realm or clock than this process (R-05)"));
}

absl::Status JournalWriter::AppendOne(RecordHeader header,
                                      const std::vector<std::string>& commits) {
  header.set_format(journal::kFormat);
  header.set_reader_min(1);
  header.set_journal(journal_->name());
  header.set_time_unix_us(record_clock_->Now().us);
  header.set_commit_count(static_cast<uint32_t>(commits.size()));
  journal::v1::Record record;
  header.SerializeToString(record.mutable_header());
  for (const std::string& commit : commits) record.add_commit(commit);
  const journal::RecordPtr stored = journal::StoredRecord::Parse(record.SerializeAsString());
  const absl::StatusOr<journal::Place> place = journal_->Append(stored);
  if (!place.ok()) {
    leading_ = false;
    return place.status();
  }
  if (absl::Status status = CatchUp(); !status.ok()) {
    leading_ = false;
    return status;
  }
  if (reader_.state().last_digest != stored->digest()) {
    leading_ = false;
    return absl::UnavailableError(absl::StrCat(
        "journal ", journal_->name(), ": the record was not admitted at its place (R-80)"));
  }
  return absl::OkStatus();
}

absl::Status JournalWriter::TakeEpoch() {
  TWINLINE_RETURN_IF_ERROR(CatchUp());
  if (reader_.state().next_pos == 0) {
    RecordHeader genesis;
    auto* created = genesis.mutable_journal_created();
    created->set_installation_id(identity_.installation.str());
    created->set_realm(identity_.realm);
    created->set_clock(identity_.clock_kind);
    created->set_hash(journal::v1::HASH_ALGORITHM_SHA256);
    TWINLINE_RETURN_IF_ERROR(AppendOne(std::move(genesis), {}));
  }
  TWINLINE_RETURN_IF_ERROR(CheckGenesis());
  RecordHeader header;
  const auto seconds = static_cast<uint64_t>(epoch_clock_->Now().us / 1'000'000);
  header.set_epoch(std::max(reader_.state().epoch + 1, seconds));
  header.mutable_epoch_started()->set_nonce(base::RandomBytes(16));
  header.mutable_epoch_started()->set_leader(identity_.leader);
  header.mutable_epoch_started()->set_reason("start");
  TWINLINE_RETURN_IF_ERROR(AppendOne(std::move(header), {}));
  leading_ = true;
  return absl::OkStatus();
}

absl::Status JournalWriter::Start() { return TakeEpoch(); }

absl::Status JournalWriter::Append(const std::vector<std::string>& commits,
                                   const std::vector<uint32_t>& event_types) {
  if (!leading_) TWINLINE_RETURN_IF_ERROR(TakeEpoch());
  RecordHeader header;
  header.set_epoch(reader_.state().epoch);
  header.set_pos(reader_.state().next_pos);
  header.set_prev_chain(std::string(base::View(reader_.state().chain)));
  header.mutable_batch();
  for (const uint32_t type : event_types) header.add_event_types(type);
  return AppendOne(std::move(header), commits);
}

}  // namespace twinline::rpc
