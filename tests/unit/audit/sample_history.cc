#include "tests/unit/audit/sample_history.h"

#include <limits>
#include <utility>

#include "audit/domain/checkpoint.h"
#include "audit/domain/prove.h"
#include "platform/journal/record_digest.h"
#include "twinline/audit/v1/audit_events.pb.h"
#include "twinline/types/v1/options.pb.h"

namespace twinline::audit_test {
namespace {

const std::string kAudit(audit::kAuditJournal);

template <typename Event>
journal::v1::Commit AuditCommit(const Event& event) {
  return CommitOf(Event::descriptor()->options().GetExtension(types::v1::event_type),
                  event.SerializeAsString(), "service:audit");
}

}  // namespace

audit::NoteSigner TestSigner(std::string_view origin) {
  return audit::NoteSigner::FromSeed(origin, *base::FromHex(kSeedHex)).value();
}

journal::v1::Commit CommitOf(uint32_t event_type, std::string data, std::string_view actor) {
  journal::v1::Commit commit;
  commit.set_request_id(std::string(base::View(base::Sha256({data})).substr(0, 16)));
  commit.mutable_actor()->set_service(std::string(actor));
  journal::v1::Event& event = *commit.add_events();
  event.set_type(event_type);
  event.set_data(std::move(data));
  return commit;
}

SampleHistory::SampleHistory(audit::NoteSigner signer) : signer_(std::move(signer)) {}

void SampleHistory::AppendRecord(const std::string& journal, journal::v1::RecordHeader header,
                                 const std::vector<journal::v1::Commit>& commits) {
  SampleJournal& target = journals_[journal];
  time_us_ += 1'000'000;
  header.set_format(1);
  header.set_journal(journal);
  header.set_time_unix_us(time_us_);
  header.set_commit_count(static_cast<uint32_t>(commits.size()));
  journal::v1::Record record;
  record.set_header(header.SerializeAsString());
  for (const journal::v1::Commit& commit : commits) record.add_commit(commit.SerializeAsString());
  target.chain =
      journal::ChainHash(target.chain, journal::RecordDigest(record.header(), record.commit()));
  target.range.Append(audit::RecordLeaf(record), &target.nodes);
  target.records.push_back(std::move(record));
}

uint64_t SampleHistory::Append(const std::string& journal,
                               const std::vector<journal::v1::Commit>& commits) {
  if (!journals_.contains(journal)) {
    journal::v1::RecordHeader created;
    created.mutable_journal_created()->set_realm(journal::v1::REALM_DEMO);
    AppendRecord(journal, created, {});
    journal::v1::RecordHeader epoch;
    epoch.set_epoch(1);
    epoch.mutable_epoch_started()->set_nonce("0123456789abcdef");
    AppendRecord(journal, epoch, {});
  }
  const SampleJournal& target = journals_.at(journal);
  journal::v1::RecordHeader header;
  header.set_epoch(1);
  header.set_pos(target.records.size());
  header.set_prev_chain(std::string(base::View(target.chain)));
  header.mutable_batch();
  AppendRecord(journal, header, commits);
  return header.pos();
}

void SampleHistory::NoteHeads() {
  std::vector<journal::v1::Commit> commits;
  std::vector<SampleJournal*> noted;
  for (auto& [name, journal] : journals_) {
    if (name == kAudit || journal.range.size() == journal.noted_size) continue;
    audit::v1::HeadsNoted head;
    head.set_journal(name);
    head.set_size(journal.range.size());
    head.set_root(std::string(base::View(journal.range.Root())));
    commits.push_back(AuditCommit(head));
    noted.push_back(&journal);
  }
  const uint64_t pos = Append(kAudit, commits);
  for (uint32_t i = 0; i < noted.size(); ++i) {
    noted[i]->noted_size = noted[i]->range.size();
    noted[i]->head_pos = pos;
    noted[i]->head_commit = i;
  }
}

std::string SampleHistory::Checkpoint() const {
  const SampleJournal& log = journals_.at(kAudit);
  return audit::SignCheckpoint(signer_, log.range.size(), log.range.Root()).value();
}

audit::v1::InclusionBundle SampleHistory::Bundle(const std::string& journal, uint64_t pos,
                                                 uint32_t commit_index) const {
  const SampleJournal& source = journals_.at(journal);
  const SampleJournal& log = journals_.at(kAudit);
  audit::v1::InclusionBundle bundle;
  bundle.set_format(audit::kProofFormat);
  bundle.set_checkpoint(Checkpoint());
  const uint64_t size = journal == kAudit ? log.range.size() : source.noted_size;
  *bundle.mutable_subject() =
      audit::ProveCommit(source.records.at(pos), commit_index, pos, source.nodes, size).value();
  if (journal != kAudit) {
    *bundle.mutable_head() = audit::ProveCommit(log.records.at(source.head_pos), source.head_commit,
                                                source.head_pos, log.nodes, log.range.size())
                                 .value();
  }
  return bundle;
}

uint64_t SampleHistory::FreezeManifest(const audit::v1::TrailQuery& query, const Wanted& wanted,
                                       audit::v1::TrailExport& trail,
                                       std::vector<std::pair<std::string, uint64_t>>& places) {
  audit::v1::TrailManifest manifest;
  manifest.set_format(audit::kProofFormat);
  *manifest.mutable_query() = query;
  audit::EntriesTree tree;
  for (const auto& [name, source] : journals_) {
    const auto range = static_cast<uint32_t>(manifest.ranges_size());
    audit::v1::TrailRange& searched = *manifest.add_ranges();
    searched.set_journal(name);
    searched.set_size(name == kAudit ? source.range.size() : source.noted_size);
    if (name != kAudit) {
      searched.set_root(std::string(base::View(base::Root(source.nodes, searched.size()).value())));
    }
    for (uint64_t pos = 0; pos < searched.size(); ++pos) {
      const journal::v1::Record& record = source.records[pos];
      for (int i = 0; i < record.commit_size(); ++i) {
        journal::v1::Commit commit;
        commit.ParseFromString(record.commit(i));
        if (!wanted(name, commit)) continue;
        tree.Add(range, pos, i, record.commit(i));
        audit::v1::TrailEntry& entry = *trail.add_entries();
        entry.set_range(range);
        entry.mutable_commit()->set_commit_index(i);
        places.emplace_back(name, pos);
      }
    }
  }
  manifest.set_entry_count(tree.count());
  manifest.set_entries_root(std::string(base::View(tree.Root())));
  trail.set_manifest(manifest.SerializeAsString());
  audit::v1::TrailExported exported;
  exported.set_manifest_digest(std::string(base::View(audit::ManifestDigest(trail.manifest()))));
  exported.set_entry_count(tree.count());
  return Append(kAudit, {AuditCommit(exported)});
}

audit::v1::TrailExport SampleHistory::Trail(const audit::v1::TrailQuery& query,
                                            const Wanted& wanted, uint64_t old_size) {
  audit::v1::TrailExport trail;
  trail.set_format(audit::kProofFormat);
  std::vector<std::pair<std::string, uint64_t>> places;
  const uint64_t exported_pos = FreezeManifest(query, wanted, trail, places);
  const SampleJournal& log = journals_.at(kAudit);
  const uint64_t size = log.range.size();
  for (const auto& [name, source] : journals_) {
    if (name == kAudit) continue;
    *trail.add_heads() = audit::ProveCommit(log.records[source.head_pos], source.head_commit,
                                            source.head_pos, log.nodes, size)
                             .value();
  }
  for (size_t i = 0; i < places.size(); ++i) {
    const auto& [name, pos] = places[i];
    const SampleJournal& source = journals_.at(name);
    audit::v1::ProvenCommit& commit = *trail.mutable_entries(static_cast<int>(i))->mutable_commit();
    commit = audit::ProveCommit(source.records[pos], commit.commit_index(), pos, source.nodes,
                                name == kAudit ? size : source.noted_size)
                 .value();
  }
  *trail.mutable_exported() =
      audit::ProveCommit(log.records[exported_pos], 0, exported_pos, log.nodes, size).value();
  trail.set_checkpoint(Checkpoint());
  if (old_size > 0) {
    const base::MerkleProof proof = base::ConsistencyProof(log.nodes, old_size, size).value();
    for (const base::Digest& hash : proof) {
      trail.add_consistency(std::string(base::View(hash)));
    }
  }
  return trail;
}

SampleHistory SmallHistory() {
  const std::string child(kChild);
  SampleHistory history;
  history.Append("registry/0", {CommitOf(1001, child + " registered")});
  history.Append("registry/0", {CommitOf(1001, "another child registered"),
                                CommitOf(1002, child + " placed"), CommitOf(1003, "class opened")});
  history.Append("attendance/0", {CommitOf(3001, "roll call")});
  history.NoteHeads();
  history.Append("registry/0", {CommitOf(1004, "school renamed"), CommitOf(1004, "again")});
  history.Append("attendance/0", {CommitOf(3002, child + " absent"), CommitOf(3001, "roll call")});
  history.Append("access/0/202609", {CommitOf(6001, child + " looked at")});
  history.NoteHeads();
  return history;
}

audit::v1::TrailExport ChildTrail(SampleHistory& history, uint64_t old_size) {
  audit::v1::TrailQuery query;
  query.set_child(std::string(kChild));
  query.set_to_unix_us(std::numeric_limits<int64_t>::max());
  return history.Trail(
      query,
      [](const std::string& journal, const journal::v1::Commit& commit) {
        return commit.events(0).data().starts_with(kChild);
      },
      old_size);
}

}  // namespace twinline::audit_test
