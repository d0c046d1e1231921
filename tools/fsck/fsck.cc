#include "tools/fsck/fsck.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "audit/domain/commit_scan.h"
#include "audit/domain/prove.h"
#include "platform/base/merkle.h"
#include "platform/base/status_macros.h"
#include "platform/journal/admit.h"
#include "platform/journal/embedded_journal.h"
#include "platform/runtime/start_check.h"
#include "tools/fsck/claims.h"
#include "tools/fsck/named.h"

namespace twinline::fsck {
namespace {

constexpr size_t kReadRecords = 1'024;
constexpr size_t kPrefixBytes = 8;

// What one journal says about how far it has read another.
struct Cursor {
  std::string by;
  uint64_t next_pos = 0;
  std::string prefix;  // chain value of the other at next_pos - 1; empty: not said
};

class Checker {
 public:
  explicit Checker(const Options& options) : options_(options) {}

  absl::StatusOr<Report> Run() {
    TWINLINE_ASSIGN_OR_RETURN(log_, journal::EmbeddedLog::OpenReadOnly(options_.log.string()));
    Progress("files");
    for (const std::string& note : log_->recovery_notes()) {
      Problem(absl::StrCat("the log was not closed cleanly and lost its tail: ", note));
    }
    if (const absl::Status files = log_->VerifyFiles(); !files.ok()) {
      Problem(std::string(files.message()));
    }
    TWINLINE_ASSIGN_OR_RETURN(const std::vector<std::string> names, log_->List());
    if (names.empty()) Problem("the log holds no journal");
    if (const auto audit = log_->Open(std::string(audit::kAuditJournal)); audit.ok()) {
      claims_.ReadAudit(*audit);
    }
    claims_.ReadSecondPlace(options_.second_place, options_.audit_files, &report_);
    claims_.OpenNotes(options_.verifier_key, &report_);
    for (const std::string& name : names) {
      Progress(name);
      TWINLINE_ASSIGN_OR_RETURN(auto journal, log_->Open(name));
      CheckJournal(name, std::move(journal));
    }
    for (const auto& [name, heads] : claims_.heads()) {
      if (!prefixes_.contains(name)) {
        Problem(absl::StrCat("journal ", name, " is missing, but ",
                             heads.rbegin()->second.front().who, " knows ", heads.rbegin()->first,
                             " records of it"));
      }
    }
    CheckCursors();
    CheckEnds();
    Progress("evidence");
    named_.CheckBlobs(options_.blobs, &report_);
    Progress("keys");
    named_.CheckKeys(options_, &report_);
    return std::move(report_);
  }

 private:
  void Problem(std::string text) { report_.problems.push_back(std::move(text)); }
  void Progress(const std::string& what) const {
    if (options_.progress) options_.progress(what);
  }

  void CheckJournal(const std::string& name, std::shared_ptr<journal::Journal> journal) {
    journal::AdmittedReader reader(std::move(journal));
    JournalFacts facts;
    facts.name = name;
    base::CompactRange tree;
    std::string& prefixes = prefixes_[name];
    const auto claims = claims_.heads().find(name);
    bool changed = false;
    for (;;) {
      const auto records = reader.Next(kReadRecords);
      if (!records.ok()) {
        Problem(std::string(records.status().message()));
        break;
      }
      if (records->empty()) break;
      for (const journal::Admitted& record : *records) {
        tree.Append(base::LeafHash(base::View(record.record->digest())));
        prefixes.append(base::View(record.chain).substr(0, kPrefixBytes));
        TakeRecord(name, record, &facts);
        if (claims != claims_.heads().end() && !changed) {
          changed = !RootsAgree(name, tree, claims->second, &facts);
        }
      }
    }
    facts.records = reader.state().next_pos;
    facts.epoch = reader.state().epoch;
    facts.ignored = reader.ignored();
    CheckGenesis(name, reader.state());
    if (claims != claims_.heads().end() && claims->second.rbegin()->first > facts.records) {
      Problem(absl::StrCat(name, " ends at record ", facts.records, ", but ",
                           claims->second.rbegin()->second.front().who, " knows ",
                           claims->second.rbegin()->first,
                           ": acknowledged history is lost (R-60)"));
    }
    report_.journals.push_back(std::move(facts));
  }

  // False at the first root that is not what somebody says it was.
  bool RootsAgree(const std::string& name, const base::CompactRange& tree,
                  const std::map<uint64_t, std::vector<Claim>>& claims, JournalFacts* facts) {
    const auto here = claims.find(tree.size());
    if (here == claims.end()) return true;
    const base::Digest root = tree.Root();
    for (const Claim& claim : here->second) {
      ++facts->heads;
      if (claim.root == root) continue;
      Problem(absl::StrCat(name, ": history was changed. The root over the first ", tree.size(),
                           " records is not the one in ", claim.who));
      return false;
    }
    return true;
  }

  void TakeRecord(const std::string& name, const journal::Admitted& admitted, JournalFacts* facts) {
    const journal::v1::Record& record = admitted.record->record();
    const journal::v1::RecordHeader& header = admitted.record->header();
    const std::string where = absl::StrCat(name, " at ", admitted.pos);
    for (const auto& input : header.inputs()) {
      cursors_[input.journal()].push_back({where, input.next_pos(), input.chain_prefix()});
    }
    for (const auto& scan : header.scans()) {
      uint64_t& newest = scans_[{name, scan.journal()}];
      newest = std::max(newest, scan.next_pos());
    }
    facts->commits += static_cast<uint64_t>(record.commit_size());
    for (const std::string& bytes : record.commit()) {
      if (!audit::ScanCommit(bytes, &commit_)) {
        Problem(absl::StrCat(where, ": a commit cannot be read"));
        continue;
      }
      for (const audit::ScannedEvent& event : commit_.events) {
        named_.Take(event.type, event.data, where);
      }
    }
  }

  void CheckGenesis(const std::string& name, const journal::JournalState& state) {
    if (state.next_pos == 0) return;
    if (!state.genesis) return Problem(absl::StrCat(name, " does not say whose it is"));
    std::string identity = state.genesis->SerializeAsString();
    if (options_.installation &&
        state.genesis->installation_id() != options_.installation->bytes()) {
      Problem(absl::StrCat(name, " belongs to another installation (R-05)"));
    } else if (identity_.empty()) {
      identity_ = std::move(identity);
    } else if (identity_ != identity) {
      Problem(absl::StrCat(name, " is of another installation, realm or clock than the rest"));
    }
  }

  uint64_t RecordsOf(const std::string& name) const {
    const auto it = prefixes_.find(name);
    return it == prefixes_.end() ? 0 : it->second.size() / kPrefixBytes;
  }

  void CheckCursors() {
    for (const auto& [source, cursors] : cursors_) {
      const uint64_t records = RecordsOf(source);
      for (const Cursor& cursor : cursors) {
        if (cursor.next_pos > records) {
          Problem(absl::StrCat(cursor.by, " has read ", source, " up to ", cursor.next_pos,
                               ", which has only ", records,
                               " records: the journals are not of one moment (R-73)"));
          break;
        }
        if (cursor.next_pos == 0 || cursor.prefix.empty()) continue;
        const std::string_view here =
            std::string_view(prefixes_[source])
                .substr((cursor.next_pos - 1) * kPrefixBytes, kPrefixBytes);
        if (here != std::string_view(cursor.prefix).substr(0, kPrefixBytes)) {
          Problem(absl::StrCat(cursor.by, " has read another history of ", source,
                               " than the one here (at ", cursor.next_pos - 1, ")"));
          break;
        }
      }
    }
    for (const auto& [pair, next_pos] : scans_) {
      if (next_pos <= RecordsOf(pair.second)) continue;
      Problem(absl::StrCat(pair.first, " has seen ", pair.second, " up to ", next_pos,
                           ", which has only ", RecordsOf(pair.second), " records (R-73)"));
    }
  }

  // The places that the host keeps outside the data directory.
  void CheckEnds() {
    if (options_.second_place.empty()) return;
    const auto known = runtime::ReadEnds(options_.second_place);
    if (!known.ok()) return Problem(std::string(known.status().message()));
    const absl::Status missing = runtime::CheckNothingIsMissing(log_->Ends(), *known);
    if (!missing.ok()) Problem(std::string(missing.message()));
  }

  const Options& options_;
  std::unique_ptr<journal::EmbeddedLog> log_;
  Report report_;
  Claims claims_;
  Named named_;
  std::string identity_;
  std::map<std::string, std::string> prefixes_;  // eight bytes of chain value a record
  std::map<std::string, std::vector<Cursor>> cursors_;
  std::map<std::pair<std::string, std::string>, uint64_t> scans_;
  audit::ScannedCommit commit_;
};

}  // namespace

absl::StatusOr<Report> Check(const Options& options) { return Checker(options).Run(); }

}  // namespace twinline::fsck
