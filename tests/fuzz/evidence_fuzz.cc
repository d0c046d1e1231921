// A file of evidence, as an outsider hands it to `twinline audit verify`. Promise: whatever the
// bytes, what verifies says exactly what the true file says.

#include "audit/domain/verify.h"
#include "platform/base/check.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/unit/audit/sample_history.h"

namespace twinline::fuzz {
namespace {

struct Truth {
  std::string file;
  audit::ProvenTrail proven;
  audit::NoteVerifier verifier;
};

const Truth& TheTruth() {
  static const Truth& truth = *[] {
    auto history = audit_test::SmallHistory();
    const auto trail = audit_test::ChildTrail(history, 0);
    const auto verifier = audit_test::TestSigner().verifier();
    return new Truth{trail.SerializeAsString(),
                     audit::VerifyTrail(trail, std::nullopt, verifier).value(), verifier};
  }();
  return truth;
}

bool SameFact(const audit::ProvenFact& a, const audit::ProvenFact& b) {
  return a.journal == b.journal && a.pos == b.pos && a.commit_index == b.commit_index &&
         a.header.SerializeAsString() == b.header.SerializeAsString() &&
         a.commit.SerializeAsString() == b.commit.SerializeAsString();
}

}  // namespace

std::vector<std::string> Seeds() { return {TheTruth().file}; }

void OneInput(std::string_view input) {
  const auto trail = audit::ReadTrail(input);
  if (!trail.ok()) return;
  const auto proven = audit::VerifyTrail(*trail, std::nullopt, TheTruth().verifier);
  if (!proven.ok()) return;
  const audit::ProvenTrail& truth = TheTruth().proven;
  TWINLINE_CHECK(proven->checkpoint == truth.checkpoint, "another checkpoint verifies");
  TWINLINE_CHECK(proven->manifest.SerializeAsString() == truth.manifest.SerializeAsString(),
                 "another question verifies");
  TWINLINE_CHECK(SameFact(proven->exported, truth.exported), "another export verifies");
  TWINLINE_CHECK(proven->entries.size() == truth.entries.size(), "entries dropped or added");
  for (size_t i = 0; i < truth.entries.size(); ++i) {
    TWINLINE_CHECK(SameFact(proven->entries[i], truth.entries[i]), "another entry verifies");
  }
}

}  // namespace twinline::fuzz
