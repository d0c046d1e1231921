// What is said about the journals by others than themselves: heads and checkpoints in audit/0, and
// what the second place keeps. Collected first, held against the journals afterwards.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "platform/base/hash.h"
#include "platform/journal/journal.h"
#include "tools/fsck/fsck.h"

namespace twinline::fsck {

struct Claim {
  base::Digest root{};
  std::string who;  // "record 17 of audit/0"
};

class Claims {
 public:
  // Reads audit/0 as far as it can be read; that it cannot be read further is reported by the pass
  // over all journals.
  void ReadAudit(const std::shared_ptr<journal::Journal>& audit);
  void ReadSecondPlace(const std::filesystem::path& second_place,
                       const std::filesystem::path& audit_files, Report* report);
  // Verifies the signatures and adds what the checkpoints say about audit/0.
  void OpenNotes(const std::string& verifier_key, Report* report);

  // Journal -> size -> what is said about its root there.
  const std::map<std::string, std::map<uint64_t, std::vector<Claim>>>& heads() const {
    return heads_;
  }

 private:
  struct Note {
    std::string text;
    std::string who;
  };

  std::map<std::string, std::map<uint64_t, std::vector<Claim>>> heads_;
  std::vector<Note> notes_;
  std::vector<std::string> keys_;  // as audit/0 names them
  std::string kept_key_;           // as the second place has it
};

}  // namespace twinline::fsck
