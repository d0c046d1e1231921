// The audit index reads commits with a scanner of its own, for speed. Promise: it sees what the
// full parser sees, in whatever shape the bytes of a commit come.

#include "audit/domain/commit_scan.h"
#include "platform/base/check.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/unit/audit/sample_history.h"
#include "twinline/journal/v1/record.pb.h"

namespace twinline::fuzz {

std::vector<std::string> Seeds() {
  std::vector<std::string> seeds;
  const auto history = audit_test::SmallHistory();
  for (const auto& record : history.journal("registry/0").records) {
    for (const std::string& commit : record.commit()) seeds.push_back(commit);
  }
  return seeds;
}

void OneInput(std::string_view input) {
  journal::v1::Commit parsed;
  if (!parsed.ParseFromArray(input.data(), static_cast<int>(input.size()))) return;
  audit::ScannedCommit scanned;
  TWINLINE_CHECK(audit::ScanCommit(input, &scanned), "the scanner refuses a commit");
  TWINLINE_CHECK(scanned.subject == parsed.actor().subject(), "the scanner sees another actor");
  TWINLINE_CHECK(scanned.events.size() == static_cast<size_t>(parsed.events_size()),
                 "the scanner sees another number of events");
  for (int i = 0; i < parsed.events_size(); ++i) {
    TWINLINE_CHECK(scanned.events[i].type == parsed.events(i).type(), "another type of event");
    TWINLINE_CHECK(scanned.events[i].data == parsed.events(i).data(), "another event");
  }
}

}  // namespace twinline::fuzz
