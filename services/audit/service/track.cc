#include "audit/service/track.h"

#include <algorithm>

#include "platform/base/status_macros.h"

namespace twinline::audit {

void JournalIndex::Track::Took(const journal::Admitted& record) {
  const journal::v1::RecordHeader& header = record.record->header();
  taken_place = {record.place.value + 1};
  taken.epoch = header.epoch();
  taken.next_pos = record.pos + 1;
  taken.chain = record.chain;
  taken.last_digest = record.record->digest();
  if (!taken.genesis) taken.genesis = reader.state().genesis;
  taken.sealed = header.has_journal_moved();
  dirty = true;
}

std::string JournalIndex::Track::Encode() const {
  const std::string place = journal::EncodeReaderState(taken_place, taken);
  std::string out;
  AppendBig(&out, place.size(), 4);
  out += place;
  out += tree.range().Serialize();
  return out;
}

absl::Status JournalIndex::Track::Restore(std::string_view bytes, const store::IndexStore& store) {
  const absl::Status damaged = absl::DataLossError(
      "the audit's index is damaged: delete it, it is built anew from the journals");
  if (bytes.size() < 4) return damaged;
  const size_t size = ReadBig(bytes, 0, 4);
  bytes.remove_prefix(4);
  if (bytes.size() < size) return damaged;
  auto state = journal::DecodeReaderState(bytes.substr(0, size));
  if (!state) return damaged;
  TWINLINE_ASSIGN_OR_RETURN(base::CompactRange range,
                            base::CompactRange::Parse(bytes.substr(size)));
  if (range.size() != state->second.next_pos) return damaged;
  taken_place = state->first;
  taken = state->second;
  reader = journal::AdmittedReader(journal, state->first, std::move(state->second));
  return tree.Load(store, std::move(range));
}

bool JournalIndex::Track::NoteInBlock(const journal::Admitted& record) {
  const int64_t time = record.record->header().time_unix_us();
  if (record.pos % kBlockRecords == 0) {
    block = {record.place.value, time, time};
  } else {
    block.from_us = std::min(block.from_us, time);
    block.to_us = std::max(block.to_us, time);
  }
  return record.pos % kBlockRecords == kBlockRecords - 1;
}

}  // namespace twinline::audit
