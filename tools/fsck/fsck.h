// Checks everything that an installation has stored, from the bytes up, changing nothing and taking
// no lock. What it guards against: a byte that changed on the disk, a record that was changed, lost
// or put in by whoever may write to the disk, and parts of a backup that do not belong together.
//
//   files        every file of the log against its own checksums; what recovery had to drop
//   journals     order, epochs and hash chain of each (Admit); that all are of one installation
//   trees        the root of each journal at every head that audit/0 notes, and at those that the
//                second place keeps; a journal shorter than a head is a loss
//   checkpoints  the signature of each and the root that it signs, in audit/0 and the second place
//   each other   no journal names a position or a chain value that another does not have
//   evidence     every evidence file that an event names is there, with the content of its name
//   keys         every key that sealed data names is in the vault, or was destroyed
//
// Beside a running server it sees what was durable when it began; the vault is then not looked at.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "platform/base/ids.h"

namespace twinline::fsck {

struct Options {
  std::filesystem::path log;
  std::filesystem::path vault;  // empty: keys are not checked
  std::filesystem::path kek_file;
  std::filesystem::path blobs;         // empty: evidence is not checked
  std::filesystem::path second_place;  // empty: nothing is compared with it
  std::filesystem::path audit_files;   // private files of the audit, whose heads are compared too
  std::optional<base::Id16> installation;
  // The key that checkpoints must be signed by, from a place that this machine cannot reach. Empty:
  // the keys that audit/0 itself names, which proves less.
  std::string verifier_key;
  std::function<void(const std::string&)> progress;  // may be null
};

struct JournalFacts {
  std::string name;
  uint64_t records = 0;
  uint64_t commits = 0;
  uint64_t ignored = 0;  // late or repeated entries that every reader passes over
  uint64_t epoch = 0;
  uint64_t heads = 0;  // noted heads that its tree was held against
};

struct Report {
  std::vector<JournalFacts> journals;
  uint64_t checkpoints = 0;  // signatures and roots that were verified
  uint64_t blobs = 0;
  uint64_t blobs_named = 0;
  uint64_t keys_named = 0;
  uint64_t keys_destroyed = 0;        // of those
  std::vector<std::string> problems;  // one sentence each; empty: all is well
  std::vector<std::string> notes;     // what could not be checked, and why
  bool ok() const { return problems.empty(); }
};

// An error only when nothing can be checked: there is no log, or no right to read it.
absl::StatusOr<Report> Check(const Options& options);

}  // namespace twinline::fsck
