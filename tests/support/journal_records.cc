#include "tests/support/journal_records.h"

#include <utility>

#include "platform/base/check.h"

namespace twinline::journal_test {

using journal::JournalState;
using journal::RecordPtr;

journal::v1::RecordHeader Header(const std::string& journal) {
  journal::v1::RecordHeader header;
  header.set_format(journal::kFormat);
  header.set_reader_min(1);
  header.set_journal(journal);
  return header;
}

RecordPtr Make(journal::v1::RecordHeader header, const std::vector<std::string>& commits) {
  header.set_commit_count(static_cast<uint32_t>(commits.size()));
  journal::v1::Record record;
  record.set_header(header.SerializeAsString());
  for (const std::string& commit : commits) record.add_commit(commit);
  return journal::StoredRecord::Parse(record.SerializeAsString());
}

RecordPtr GenesisRecord(const Genesis& genesis, const std::string& journal, int64_t time_unix_us) {
  journal::v1::RecordHeader header = Header(journal);
  header.set_time_unix_us(time_unix_us);
  auto& created = *header.mutable_journal_created();
  created.set_installation_id(genesis.installation);
  created.set_realm(genesis.realm);
  created.set_clock(genesis.clock);
  created.set_hash(genesis.hash);
  return Make(std::move(header));
}

RecordPtr EpochRecord(uint64_t epoch, const std::string& nonce, const std::string& journal) {
  journal::v1::RecordHeader header = Header(journal);
  header.set_epoch(epoch);
  header.mutable_epoch_started()->set_nonce(nonce);
  return Make(std::move(header));
}

RecordPtr BatchRecord(uint64_t epoch, uint64_t pos, const base::Digest& previous_chain,
                      const std::string& commit, const std::string& journal) {
  journal::v1::RecordHeader header = Header(journal);
  header.set_epoch(epoch);
  header.set_pos(pos);
  header.set_prev_chain(std::string(base::View(previous_chain)));
  header.mutable_batch();
  journal::v1::Commit body;
  body.set_request_id(commit);
  return Make(std::move(header), {body.SerializeAsString()});
}

RecordPtr LargeBatch(uint64_t epoch, const JournalState& state, size_t size,
                     const std::string& journal) {
  return BatchRecord(epoch, state.next_pos, state.chain, std::string(size, 'x'), journal);
}

std::vector<RecordPtr> History(size_t batches, JournalState& state, const std::string& journal) {
  std::vector<RecordPtr> records;
  const auto add = [&](RecordPtr record) {
    TWINLINE_CHECK(journal::Admit(state, *record).verdict == journal::Verdict::kAccept,
                   "a test history must be admitted");
    records.push_back(std::move(record));
  };
  add(GenesisRecord({}, journal));
  add(EpochRecord(6, "first", journal));
  for (size_t i = 0; i < batches; ++i) add(NextBatch(state, "c" + std::to_string(i), journal));
  return records;
}

ReadResult ReadAll(const std::shared_ptr<journal::Journal>& journal, size_t step,
                   journal::Place start, JournalState state) {
  ReadResult result;
  journal::AdmittedReader reader(journal, start, std::move(state));
  while (true) {
    auto next = reader.Next(step);
    if (!next.ok()) {
      result.halt = next.status();
      break;
    }
    if (next->empty()) break;
    for (auto& admitted : *next) result.admitted.push_back(std::move(admitted));
  }
  result.state = reader.state();
  return result;
}

}  // namespace twinline::journal_test
