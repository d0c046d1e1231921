// The offline verifier: decides whether a file of evidence (proof.proto) is true, given one
// verifier key and, for a trail, the checkpoint its receiver already holds. It reads no clock, no
// journal and no network, and trusts nothing that is not under the signature.
//
// What it guards against: a byte changed anywhere in the evidence, a commit that never happened, a
// commit shown under another journal, position or place in its record, a trail with an entry
// dropped, added, swapped or repeated, a trail made for another question, and a history that was
// rewritten since the old checkpoint. What it cannot guard against is described at TrailExport in
// proof.proto.
//
// Errors: InvalidArgument = not well-formed evidence, Unauthenticated = not signed by this key,
// DataLoss = well-formed and signed, but it does not add up: somebody changed something. The
// message begins with the part that failed ("subject:", "entry 3:", "checkpoint:").
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "audit/domain/checkpoint.h"
#include "audit/domain/signed_note.h"
#include "twinline/audit/v1/proof.pb.h"
#include "twinline/journal/v1/record.pb.h"

namespace twinline::audit {

// A commit that is history, with its place: event n of it has the id journal/epoch/pos/commit/n.
struct ProvenFact {
  std::string journal;
  uint64_t pos = 0;
  uint32_t commit_index = 0;
  journal::v1::RecordHeader header;
  journal::v1::Commit commit;
};

struct ProvenBundle {
  Checkpoint checkpoint;  // under which the subject is proven
  ProvenFact subject;
};

struct ProvenTrail {
  Checkpoint checkpoint;
  v1::TrailManifest manifest;       // what was asked, what was searched
  ProvenFact exported;              // who exported it and when
  std::vector<ProvenFact> entries;  // in the order of the file
};

// A file of evidence is at most 256 MiB; a longer trail is exported in parts.
inline constexpr size_t kMaxEvidenceBytes = size_t{256} << 20;

// Reads evidence from a file: serialised bytes, or protobuf JSON when it begins with "{".
absl::StatusOr<v1::InclusionBundle> ReadBundle(std::string_view file);
absl::StatusOr<v1::TrailExport> ReadTrail(std::string_view file);

// Proves one commit under the bundle's checkpoint.
absl::StatusOr<ProvenBundle> VerifyBundle(const v1::InclusionBundle& bundle,
                                          const NoteVerifier& verifier);

// Proves a trail under its checkpoint. With `old_note` (a signed note of the same log) it also
// proves that the new history continues the old one; without it the trail must carry no consistency
// proof.
absl::StatusOr<ProvenTrail> VerifyTrail(const v1::TrailExport& trail,
                                        std::optional<std::string_view> old_note,
                                        const NoteVerifier& verifier);

// Proves that the history under `new_note` continues the one under `old_note`: what a witness
// checks each day. The proof is a list of 32-byte hashes.
absl::StatusOr<Checkpoint> VerifyContinuation(std::string_view old_note, std::string_view new_note,
                                              const std::vector<std::string>& consistency,
                                              const NoteVerifier& verifier);

}  // namespace twinline::audit
