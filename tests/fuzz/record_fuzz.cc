// Entries of a journal's medium, damaged in any way, before Admit. Promise: a record counts only
// when it is the next one, and a record that does not count changes nothing.

#include "platform/base/check.h"
#include "platform/journal/admit.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/unit/audit/sample_history.h"

namespace twinline::fuzz {
namespace {

// Entries are framed by four bytes of length.
std::string Framed(const std::vector<journal::v1::Record>& records) {
  std::string out;
  for (const auto& record : records) {
    const std::string bytes = record.SerializeAsString();
    for (int shift = 24; shift >= 0; shift -= 8) {
      out.push_back(static_cast<char>((bytes.size() >> shift) & 0xff));
    }
    out += bytes;
  }
  return out;
}

std::string_view TakeFrame(std::string_view& rest) {
  size_t size = 0;
  const size_t head = std::min<size_t>(4, rest.size());
  for (size_t i = 0; i < head; ++i) size = size << 8 | static_cast<uint8_t>(rest[i]);
  rest.remove_prefix(head);
  const std::string_view frame = rest.substr(0, size);
  rest.remove_prefix(frame.size());
  return frame;
}

}  // namespace

std::vector<std::string> Seeds() {
  const auto history = audit_test::SmallHistory();
  return {Framed(history.journal("registry/0").records),
          Framed(history.journal("audit/0").records)};
}

void OneInput(std::string_view input) {
  journal::JournalState state;
  for (int entries = 0; !input.empty() && entries < 64; ++entries) {
    const auto record = journal::StoredRecord::Parse(std::string(TakeFrame(input)));
    if (record == nullptr) return;  // readers halt here
    const journal::JournalState before = state;
    const auto admission = journal::Admit(state, *record);
    if (admission.verdict == journal::Verdict::kAccept) {
      TWINLINE_CHECK(admission.pos == before.next_pos, "a record out of its place is admitted");
      TWINLINE_CHECK(state.next_pos == before.next_pos + 1, "a place is skipped");
      TWINLINE_CHECK(state.epoch >= before.epoch, "the epoch goes back");
      TWINLINE_CHECK(state.chain != before.chain, "the chain stands still");
    } else {
      TWINLINE_CHECK(!admission.reason.empty(), "passed over without a reason");
      TWINLINE_CHECK(
          journal::EncodeReaderState({}, state) == journal::EncodeReaderState({}, before),
          "a record that does not count changes the state");
    }
    if (admission.verdict == journal::Verdict::kHalt) return;
    (void)record->commits();
  }
  const std::string encoded = journal::EncodeReaderState({7}, state);
  const auto decoded = journal::DecodeReaderState(encoded);
  TWINLINE_CHECK(decoded && journal::EncodeReaderState(decoded->first, decoded->second) == encoded,
                 "a reader's state is lost in its own store");
}

}  // namespace twinline::fuzz
