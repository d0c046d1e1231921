#include "audit/domain/verify.h"

#include <google/protobuf/util/json_util.h>

#include <tuple>

#include "audit/domain/prove.h"
#include "platform/base/merkle.h"
#include "platform/base/status_macros.h"
#include "platform/journal/record_digest.h"
#include "twinline/audit/v1/audit_events.pb.h"
#include "twinline/types/v1/options.pb.h"

namespace twinline::audit {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// A root that is already believed, and the number of leaves under it.
struct Head {
  uint64_t size = 0;
  base::Digest root = {};
};

absl::Status Malformed(std::string_view what) {
  return absl::InvalidArgumentError(std::string(what));
}

absl::Status Forged(std::string_view what) { return absl::DataLossError(std::string(what)); }

absl::Status At(std::string_view place, const absl::Status& status) {
  if (status.ok()) return status;
  return absl::Status(status.code(), std::string(place) + ": " + std::string(status.message()));
}

template <typename T>
absl::StatusOr<T> At(std::string_view place, absl::StatusOr<T> result) {
  if (result.ok()) return result;
  return At(place, result.status());
}

// A field that this verifier does not know could say anything; nothing beside it is called
// verified.
bool HasUnknownFields(const Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  if (!reflection.GetUnknownFields(message).empty()) return true;
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      if (HasUnknownFields(reflection.GetMessage(message, field))) return true;
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      if (HasUnknownFields(reflection.GetRepeatedMessage(message, field, i))) return true;
    }
  }
  return false;
}

template <typename Evidence>
absl::StatusOr<Evidence> Read(std::string_view file) {
  if (file.size() > kMaxEvidenceBytes) return Malformed("evidence: too long");
  Evidence evidence;
  if (!file.empty() && file.front() == '{') {
    const auto parsed = google::protobuf::util::JsonStringToMessage(
        google::protobuf::StringPiece(file.data(), file.size()), &evidence);
    if (!parsed.ok()) return Malformed("evidence: not the JSON of this message");
    return evidence;
  }
  if (!evidence.ParseFromArray(file.data(), static_cast<int>(file.size()))) {
    return Malformed("evidence: not the bytes of this message");
  }
  return evidence;
}

template <typename Hashes>
absl::StatusOr<base::MerkleProof> ReadHashes(const Hashes& hashes) {
  base::MerkleProof proof;
  for (const std::string& bytes : hashes) {
    const std::optional<base::Digest> hash = base::DigestFromBytes(bytes);
    if (!hash) return Malformed("a hash does not have 32 bytes");
    proof.push_back(*hash);
  }
  return proof;
}

// The heart: commit -> record digest -> leaf of a tree whose head is believed.
absl::StatusOr<ProvenFact> CheckCommit(const v1::ProvenCommit& proven, const Head& head) {
  ProvenFact fact;
  if (!fact.header.ParseFromString(proven.header())) return Malformed("unreadable header");
  if (fact.header.format() != 1) return Malformed("unknown record format");
  if (!fact.header.has_batch()) return Malformed("the record is not a batch of commits");
  if (fact.header.pos() != proven.pos()) return Forged("the header names another position");
  if (proven.commit_index() >= fact.header.commit_count()) {
    return Forged("the record has no such commit");
  }
  TWINLINE_ASSIGN_OR_RETURN(const base::MerkleProof commit_path, ReadHashes(proven.commit_path()));
  TWINLINE_ASSIGN_OR_RETURN(const base::MerkleProof record_path, ReadHashes(proven.record_path()));
  TWINLINE_ASSIGN_OR_RETURN(
      const base::Digest digest,
      journal::RecordDigestFromCommit(proven.header(), proven.commit(), proven.commit_index(),
                                      fact.header.commit_count(), commit_path));
  TWINLINE_RETURN_IF_ERROR(base::VerifyInclusion(
      proven.pos(), head.size, base::LeafHash(base::View(digest)), record_path, head.root));
  if (!fact.commit.ParseFromString(proven.commit())) return Malformed("unreadable commit");
  fact.journal = fact.header.journal();
  fact.pos = proven.pos();
  fact.commit_index = proven.commit_index();
  return fact;
}

// A commit of `audit/0` with exactly one event, of type Event.
template <typename Event>
absl::StatusOr<Event> OnlyEvent(const ProvenFact& fact) {
  if (fact.journal != kAuditJournal) return Forged("not a record of audit/0");
  const uint32_t type = Event::descriptor()->options().GetExtension(types::v1::event_type);
  Event event;
  if (fact.commit.events_size() != 1 || fact.commit.events(0).type() != type ||
      !event.ParseFromString(fact.commit.events(0).data())) {
    return Forged("the commit is not a single " + Event::descriptor()->name());
  }
  return event;
}

// The head of another journal, as `audit/0` notes it.
absl::StatusOr<std::pair<std::string, Head>> CheckHead(const v1::ProvenCommit& proven,
                                                       const Head& checkpoint) {
  TWINLINE_ASSIGN_OR_RETURN(const ProvenFact fact, CheckCommit(proven, checkpoint));
  TWINLINE_ASSIGN_OR_RETURN(const v1::HeadsNoted noted, OnlyEvent<v1::HeadsNoted>(fact));
  const std::optional<base::Digest> root = base::DigestFromBytes(noted.root());
  if (!root) return Malformed("the noted root does not have 32 bytes");
  return std::make_pair(noted.journal(), Head{noted.size(), *root});
}

absl::Status CheckConsistency(const Checkpoint& older, const Checkpoint& newer,
                              const base::MerkleProof& proof) {
  return base::VerifyConsistency(older.size, newer.size, proof, older.root, newer.root);
}

bool AscendingRanges(const v1::TrailManifest& manifest) {
  for (int i = 0; i < manifest.ranges_size(); ++i) {
    const v1::TrailRange& range = manifest.ranges(i);
    if (range.journal().empty() || range.from_pos() > range.size()) return false;
    if (i > 0 && manifest.ranges(i - 1).journal() >= range.journal()) return false;
  }
  return true;
}

absl::StatusOr<v1::TrailManifest> ReadManifest(const std::string& bytes) {
  v1::TrailManifest manifest;
  if (!manifest.ParseFromString(bytes)) return Malformed("unreadable");
  if (manifest.format() != kProofFormat) return Malformed("unknown format");
  if (HasUnknownFields(manifest)) return Malformed("it says more than this verifier understands");
  const v1::TrailQuery& query = manifest.query();
  const int asked = !query.child().empty() + !query.actor().empty() + !query.office().empty();
  if (asked != 1) return Malformed("the query names not exactly one child, actor or office");
  if (!AscendingRanges(manifest)) return Malformed("the ranges are not in order");
  return manifest;
}

// The believed head of each range: noted in `audit/0`, or for `audit/0` the checkpoint itself.
absl::StatusOr<std::vector<Head>> CheckRanges(const v1::TrailExport& trail,
                                              const v1::TrailManifest& manifest,
                                              const Head& checkpoint, uint64_t exported_pos) {
  std::vector<Head> heads;
  int next = 0;
  for (const v1::TrailRange& range : manifest.ranges()) {
    if (range.journal() == kAuditJournal) {
      // It was searched before its own TrailExported was appended, so that one cannot be in it.
      if (range.size() > exported_pos || !range.root().empty()) return Forged(range.journal());
      heads.push_back(checkpoint);
      continue;
    }
    if (next == trail.heads_size()) return Malformed("a range has no noted head");
    TWINLINE_ASSIGN_OR_RETURN(const auto noted, CheckHead(trail.heads(next++), checkpoint));
    const auto& [journal, head] = noted;
    if (journal != range.journal() || head.size != range.size() ||
        base::View(head.root) != range.root()) {
      return Forged("the noted head is not the one that was searched");
    }
    heads.push_back(head);
  }
  if (next != trail.heads_size()) return Malformed("a head belongs to no range");
  return heads;
}

absl::StatusOr<ProvenFact> CheckEntry(const v1::TrailEntry& entry,
                                      const v1::TrailManifest& manifest,
                                      const std::vector<Head>& heads) {
  if (entry.range() >= heads.size()) return Malformed("no such range");
  const v1::TrailRange& range = manifest.ranges(static_cast<int>(entry.range()));
  TWINLINE_ASSIGN_OR_RETURN(ProvenFact fact, CheckCommit(entry.commit(), heads[entry.range()]));
  if (fact.journal != range.journal()) return Forged("it is of another journal");
  if (fact.pos < range.from_pos() || fact.pos >= range.size()) {
    return Forged("it is outside the range that was searched");
  }
  const int64_t time = fact.header.time_unix_us();
  if (time < manifest.query().from_unix_us() || time >= manifest.query().to_unix_us()) {
    return Forged("it is outside the time that was asked for");
  }
  return fact;
}

absl::StatusOr<std::vector<ProvenFact>> CheckEntries(const v1::TrailExport& trail,
                                                     const v1::TrailManifest& manifest,
                                                     const std::vector<Head>& heads) {
  std::vector<ProvenFact> facts;
  EntriesTree tree;
  std::optional<std::tuple<uint32_t, uint64_t, uint32_t>> last;
  for (int i = 0; i < trail.entries_size(); ++i) {
    const v1::TrailEntry& entry = trail.entries(i);
    const v1::ProvenCommit& commit = entry.commit();
    TWINLINE_ASSIGN_OR_RETURN(ProvenFact fact,
                              At("entry " + std::to_string(i), CheckEntry(entry, manifest, heads)));
    const auto place = std::make_tuple(entry.range(), commit.pos(), commit.commit_index());
    if (last && place <= *last) return Forged("entries: not in strictly ascending order");
    last = place;
    tree.Add(entry.range(), commit.pos(), commit.commit_index(), commit.commit());
    facts.push_back(std::move(fact));
  }
  if (tree.count() != manifest.entry_count()) {
    return Forged("entries: not as many as the exporter committed to");
  }
  if (base::View(tree.Root()) != manifest.entries_root()) {
    return Forged("entries: not those that the exporter committed to");
  }
  return facts;
}

}  // namespace

absl::StatusOr<v1::InclusionBundle> ReadBundle(std::string_view file) {
  return Read<v1::InclusionBundle>(file);
}

absl::StatusOr<v1::TrailExport> ReadTrail(std::string_view file) {
  return Read<v1::TrailExport>(file);
}

absl::StatusOr<ProvenBundle> VerifyBundle(const v1::InclusionBundle& bundle,
                                          const NoteVerifier& verifier) {
  if (bundle.format() != kProofFormat) return Malformed("bundle: unknown format");
  if (HasUnknownFields(bundle)) {
    return Malformed("bundle: it says more than this verifier understands");
  }
  ProvenBundle proven;
  TWINLINE_ASSIGN_OR_RETURN(proven.checkpoint,
                            At("checkpoint", OpenCheckpoint(bundle.checkpoint(), verifier)));
  const Head checkpoint{proven.checkpoint.size, proven.checkpoint.root};
  if (!bundle.has_head()) {
    TWINLINE_ASSIGN_OR_RETURN(proven.subject,
                              At("subject", CheckCommit(bundle.subject(), checkpoint)));
    if (proven.subject.journal != kAuditJournal) {
      return Forged("subject: without a noted head it can only be of audit/0");
    }
    return proven;
  }
  TWINLINE_ASSIGN_OR_RETURN(const auto noted, At("head", CheckHead(bundle.head(), checkpoint)));
  TWINLINE_ASSIGN_OR_RETURN(proven.subject,
                            At("subject", CheckCommit(bundle.subject(), noted.second)));
  if (proven.subject.journal != noted.first) {
    return Forged("subject: the noted head is of another journal");
  }
  return proven;
}

absl::StatusOr<ProvenTrail> VerifyTrail(const v1::TrailExport& trail,
                                        std::optional<std::string_view> old_note,
                                        const NoteVerifier& verifier) {
  if (trail.format() != kProofFormat) return Malformed("trail: unknown format");
  if (HasUnknownFields(trail)) {
    return Malformed("trail: it says more than this verifier understands");
  }
  ProvenTrail proven;
  TWINLINE_ASSIGN_OR_RETURN(proven.checkpoint,
                            At("checkpoint", OpenCheckpoint(trail.checkpoint(), verifier)));
  TWINLINE_ASSIGN_OR_RETURN(const base::MerkleProof consistency,
                            At("consistency", ReadHashes(trail.consistency())));
  if (old_note) {
    TWINLINE_ASSIGN_OR_RETURN(const Checkpoint older,
                              At("old checkpoint", OpenCheckpoint(*old_note, verifier)));
    TWINLINE_RETURN_IF_ERROR(
        At("consistency", CheckConsistency(older, proven.checkpoint, consistency)));
  } else if (!consistency.empty()) {
    return Malformed("consistency: a proof, but no old checkpoint to prove it from");
  }
  const Head checkpoint{proven.checkpoint.size, proven.checkpoint.root};
  TWINLINE_ASSIGN_OR_RETURN(proven.manifest, At("manifest", ReadManifest(trail.manifest())));
  TWINLINE_ASSIGN_OR_RETURN(proven.exported,
                            At("export record", CheckCommit(trail.exported(), checkpoint)));
  TWINLINE_ASSIGN_OR_RETURN(const v1::TrailExported exported,
                            At("export record", OnlyEvent<v1::TrailExported>(proven.exported)));
  if (base::View(ManifestDigest(trail.manifest())) != exported.manifest_digest() ||
      proven.manifest.entry_count() != exported.entry_count()) {
    return Forged("manifest: not the one that the exporter committed to");
  }
  TWINLINE_ASSIGN_OR_RETURN(
      const std::vector<Head> heads,
      At("ranges", CheckRanges(trail, proven.manifest, checkpoint, proven.exported.pos)));
  TWINLINE_ASSIGN_OR_RETURN(proven.entries, CheckEntries(trail, proven.manifest, heads));
  return proven;
}

absl::StatusOr<Checkpoint> VerifyContinuation(std::string_view old_note, std::string_view new_note,
                                              const std::vector<std::string>& consistency,
                                              const NoteVerifier& verifier) {
  TWINLINE_ASSIGN_OR_RETURN(const Checkpoint older,
                            At("old checkpoint", OpenCheckpoint(old_note, verifier)));
  TWINLINE_ASSIGN_OR_RETURN(Checkpoint newer, At("checkpoint", OpenCheckpoint(new_note, verifier)));
  TWINLINE_ASSIGN_OR_RETURN(const base::MerkleProof proof,
                            At("consistency", ReadHashes(consistency)));
  TWINLINE_RETURN_IF_ERROR(At("consistency", CheckConsistency(older, newer, proof)));
  return newer;
}

}  // namespace twinline::audit
