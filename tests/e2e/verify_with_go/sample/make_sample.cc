// Writes evidence as JSON files, true and forged, for a verifier that is not ours. The forged ones
// must be refused; their names begin with "forged-".
#include <google/protobuf/util/json_util.h>

#include <fstream>
#include <iostream>
#include <string>

#include "platform/base/merkle.h"
#include "tests/unit/audit/sample_history.h"

namespace twinline::audit_test {
namespace {

void Write(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) {
    std::cerr << "cannot write " << path << "\n";
    std::exit(1);
  }
}

void WriteJson(const std::string& path, const google::protobuf::Message& message) {
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) {
    std::cerr << "cannot print " << path << "\n";
    std::exit(1);
  }
  Write(path, json);
}

void WriteBundles(const SampleHistory& history, const std::string& directory) {
  const audit::v1::InclusionBundle bundle = history.Bundle("registry/0", 3, 1);
  WriteJson(directory + "/bundle.json", bundle);
  WriteJson(directory + "/bundle-of-audit.json", history.Bundle("audit/0", 2, 1));

  audit::v1::InclusionBundle forged = bundle;
  forged.mutable_subject()->mutable_commit()->back() ^= 1;
  WriteJson(directory + "/forged-commit.json", forged);
  forged = bundle;
  forged.mutable_subject()->mutable_header()->back() ^= 1;
  WriteJson(directory + "/forged-header.json", forged);
  forged = bundle;
  forged.mutable_head()->mutable_commit()->back() ^= 1;
  WriteJson(directory + "/forged-head.json", forged);
  forged = bundle;
  forged.mutable_head()->mutable_record_path(0)->front() ^= 1;
  WriteJson(directory + "/forged-path.json", forged);
  forged = bundle;
  forged.mutable_checkpoint()->at(kOrigin.size() + 1) ^= 1;  // the tree size
  WriteJson(directory + "/forged-checkpoint.json", forged);
}

// The same installation once more, with its first registration changed before the old checkpoint:
// signed by the right key, true in itself, and no continuation of what the receiver holds.
void WriteRewritten(uint64_t old_size, const std::string& directory) {
  SampleHistory rewritten;
  rewritten.Append("registry/0", {CommitOf(1001, "somebody else registered")});
  for (int i = 0; i < 4; ++i) rewritten.NoteHeads();
  WriteJson(directory + "/forged-trail.json", ChildTrail(rewritten, old_size));
}

}  // namespace
}  // namespace twinline::audit_test

int main(int argc, char** argv) {
  using namespace twinline::audit_test;  // NOLINT(google-build-using-namespace)
  if (argc != 2) {
    std::cerr << "usage: audit_make_sample <directory>\n";
    return 2;
  }
  const std::string directory = argv[1];
  SampleHistory history = SmallHistory();
  Write(directory + "/key.txt", TestSigner().verifier_key() + "\n");
  Write(directory + "/old-checkpoint.txt", history.Checkpoint());
  const uint64_t old_size = history.journal("audit/0").range.size();
  WriteBundles(history, directory);
  history.Append("registry/0", {CommitOf(1004, "later")});
  history.NoteHeads();
  WriteJson(directory + "/trail.json", ChildTrail(history, old_size));
  WriteRewritten(old_size, directory);
  return 0;
}
