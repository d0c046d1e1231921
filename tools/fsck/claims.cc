#include "tools/fsck/claims.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "audit/domain/checkpoint.h"
#include "audit/domain/prove.h"
#include "audit/domain/signed_note.h"
#include "audit/service/second_place.h"
#include "platform/base/decision.h"
#include "platform/journal/admit.h"
#include "platform/vault/files.h"
#include "twinline/audit/v1/audit_events.pb.h"

namespace twinline::fsck {
namespace {

constexpr size_t kReadRecords = 1'024;
const std::string kAudit(audit::kAuditJournal);

}  // namespace

void Claims::ReadAudit(const std::shared_ptr<journal::Journal>& journal) {
  journal::AdmittedReader reader(journal);
  for (;;) {
    const auto records = reader.Next(kReadRecords);
    if (!records.ok() || records->empty()) return;
    for (const journal::Admitted& record : *records) {
      const std::string who = absl::StrCat("record ", record.pos, " of audit/0");
      for (const auto& commit : record.record->commits()) {
        for (const auto& event : commit.events()) {
          audit::v1::HeadsNoted head;
          audit::v1::CheckpointSigned note;
          audit::v1::CheckpointKeyPublished key;
          if (event.type() == base::EventType<audit::v1::HeadsNoted>() &&
              head.ParseFromString(event.data())) {
            const auto root = base::DigestFromBytes(head.root());
            heads_[head.journal()][head.size()].push_back({root.value_or(base::Digest()), who});
          } else if (event.type() == base::EventType<audit::v1::CheckpointSigned>() &&
                     note.ParseFromString(event.data())) {
            notes_.push_back({note.note(), who});
          } else if (event.type() == base::EventType<audit::v1::CheckpointKeyPublished>() &&
                     key.ParseFromString(event.data())) {
            keys_.push_back(key.verifier_key());
          }
        }
      }
    }
  }
}

void Claims::ReadSecondPlace(const std::filesystem::path& second_place,
                             const std::filesystem::path& audit_files, Report* report) {
  std::vector<std::pair<std::filesystem::path, std::string>> places;
  if (!audit_files.empty()) places.emplace_back(audit_files, "the audit's own file of heads");
  if (!second_place.empty()) {
    places.emplace_back(audit::CheckpointsIn(second_place), "the second place");
  }
  for (const auto& [directory, who] : places) {
    const auto heads = audit::ReadHeads(directory);
    if (!heads.ok()) {
      report->problems.push_back(absl::StrCat(who, ": ", std::string(heads.status().message())));
      continue;
    }
    for (const audit::KnownHead& head : *heads) {
      heads_[head.journal][head.size].push_back({head.root, who});
    }
  }
  if (second_place.empty()) return;
  const auto notes = audit::ReadNotes(second_place);
  if (!notes.ok()) {
    report->problems.push_back(
        absl::StrCat("the second place: ", std::string(notes.status().message())));
    return;
  }
  for (const auto& [name, text] : *notes) {
    notes_.push_back({text, absl::StrCat("checkpoint \"", name, "\" of the second place")});
  }
  const auto key = vault::ReadFile(audit::CheckpointsIn(second_place) / "verifier-key", 4'096);
  if (key.ok() && *key) kept_key_ = std::string(absl::StripSuffix(**key, "\n"));
}

void Claims::OpenNotes(const std::string& verifier_key, Report* report) {
  std::vector<std::string> trusted = keys_;
  if (!verifier_key.empty()) {
    trusted = {verifier_key};
  } else if (!notes_.empty()) {
    report->notes.push_back(
        "checkpoints were checked with the keys that audit/0 itself names; give the printed "
        "verifier key to check them against something that this machine cannot change");
  }
  if (!kept_key_.empty() && !trusted.empty() &&
      std::find(trusted.begin(), trusted.end(), kept_key_) == trusted.end()) {
    report->problems.push_back("the second place has another verifier key than audit/0 names");
  }
  std::vector<audit::NoteVerifier> verifiers;
  for (const std::string& key : trusted) {
    auto verifier = audit::NoteVerifier::Parse(key);
    if (verifier.ok()) verifiers.push_back(*std::move(verifier));
  }
  uint64_t failed = 0;
  for (const Note& note : notes_) {
    absl::StatusOr<audit::Checkpoint> opened = absl::UnauthenticatedError("no key is known");
    for (const audit::NoteVerifier& verifier : verifiers) {
      opened = audit::OpenCheckpoint(note.text, verifier);
      if (opened.ok()) break;
    }
    if (opened.ok()) {
      ++report->checkpoints;
      heads_[kAudit][opened->size].push_back({opened->root, note.who});
    } else if (++failed <= 3) {
      report->problems.push_back(
          absl::StrCat(note.who, ": ", std::string(opened.status().message())));
    }
  }
  if (failed > 3) {
    report->problems.push_back(
        absl::StrCat("and ", failed - 3, " more checkpoints that do not verify"));
  }
}

}  // namespace twinline::fsck
