// One pass over every journal, then the claims that they make about each other.
#include "tools/twinline/fsck.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/base/hash.h"
#include "platform/base/status_macros.h"
#include "platform/journal/admit.h"
#include "platform/runtime/start_check.h"
#include "platform/vault/blob_store.h"
#include "tools/twinline/event_evidence.h"
#include "tools/twinline/render.h"

namespace twinline::cli {
namespace {

constexpr size_t kBatch = 1024;
constexpr size_t kChainPrefix = 8;

struct Claim {
  std::string by;  // journal and position that made it
  uint64_t next_pos = 0;
  std::string prefix;  // chain of the source at next_pos-1; empty: not stated
};

class Checker {
 public:
  Checker(const DataDirectory& directory, const std::function<void(const std::string&)>& progress)
      : directory_(directory), progress_(progress) {}

  absl::StatusOr<FsckReport> Run() {
    TWINLINE_ASSIGN_OR_RETURN(auto log,
                              journal::EmbeddedLog::OpenReadOnly(directory_.places.log.string()));
    TWINLINE_ASSIGN_OR_RETURN(const std::vector<std::string> names, log->List());
    if (names.empty()) Problem("the log holds no journal");
    for (const std::string& name : names) {
      progress_(name);
      TWINLINE_ASSIGN_OR_RETURN(auto opened, log->Open(name));
      Read(name, std::move(opened));
    }
    CheckClaims();
    CheckSecondPlace(*log);
    CheckBlobs();
    if (!std::filesystem::exists(directory_.places.vault))
      Problem("the vault is missing: no personal data can be read");
    return std::move(report_);
  }

 private:
  void Problem(std::string text) { report_.problems.push_back(std::move(text)); }

  void Read(const std::string& name, std::shared_ptr<journal::Journal> opened) {
    journal::AdmittedReader reader(std::move(opened));
    FsckJournal facts;
    facts.name = name;
    auto& prefixes = chains_[name];
    for (;;) {
      const auto records = reader.Next(kBatch);
      if (!records.ok()) {
        Problem(absl::StrCat(name, ": ", records.status().message()));
        break;
      }
      if (records->empty()) break;
      for (const journal::Admitted& admitted : *records) {
        prefixes.append(base::View(admitted.chain).substr(0, kChainPrefix));
        NoteClaims(name, admitted);
        CheckCommits(name, admitted, &facts);
      }
    }
    facts.records = reader.state().next_pos;
    facts.epoch = reader.state().epoch;
    facts.ignored = reader.ignored();
    CheckGenesis(name, reader.state());
    report_.journals.push_back(std::move(facts));
  }

  void CheckGenesis(const std::string& name, const journal::JournalState& state) {
    if (!state.genesis) {
      if (state.next_pos > 0)
        Problem(absl::StrCat(name, ": its first record does not say whose it is"));
      return;
    }
    const runtime::Installation& own = directory_.installation;
    if (state.genesis->installation_id() != own.id.bytes() || state.genesis->realm() != own.realm ||
        state.genesis->clock() != own.clock) {
      Problem(absl::StrCat(name, ": belongs to another installation, realm or clock (R-05)"));
    }
  }

  void NoteClaims(const std::string& name, const journal::Admitted& admitted) {
    const auto& header = admitted.record->header();
    const std::string by = absl::StrCat(name, " at ", admitted.pos);
    for (const auto& input : header.inputs()) {
      claims_[input.journal()].push_back({by, input.next_pos(), input.chain_prefix()});
    }
    for (const auto& scan : header.scans()) {
      uint64_t& newest = scans_[{name, scan.journal()}];
      newest = std::max(newest, scan.next_pos());
    }
  }

  void CheckCommits(const std::string& name, const journal::Admitted& admitted,
                    FsckJournal* facts) {
    const auto& commits = admitted.record->commits();
    const auto& header = admitted.record->header();
    if (commits.size() != header.commit_count()) {
      Problem(absl::StrCat(name, " at ", admitted.pos, ": ", header.commit_count(),
                           " commits are announced, ", commits.size(), " can be read"));
    }
    facts->commits += commits.size();
    for (const auto& commit : commits) {
      for (const auto& event : commit.events()) {
        for (std::string& digest : EvidenceOf(event))
          named_.emplace(std::move(digest), absl::StrCat(name, " at ", admitted.pos));
      }
    }
  }

  void CheckClaims() {
    for (const auto& [source, claims] : claims_) {
      const std::string& prefixes = chains_[source];
      const uint64_t records = prefixes.size() / kChainPrefix;
      for (const Claim& claim : claims) {
        if (claim.next_pos > records) {
          Problem(absl::StrCat(claim.by, " has read ", source, " up to ", claim.next_pos,
                               ", which has only ", records,
                               " records: the journals are not of one moment (R-73)"));
          break;
        }
        if (claim.next_pos == 0 || claim.prefix.empty()) continue;
        const auto stored =
            std::string_view(prefixes).substr((claim.next_pos - 1) * kChainPrefix, kChainPrefix);
        if (stored != std::string_view(claim.prefix).substr(0, kChainPrefix)) {
          Problem(absl::StrCat(claim.by, " has read another history of ", source,
                               " than the one here (at ", claim.next_pos - 1, ")"));
          break;
        }
      }
    }
    for (const auto& [pair, next_pos] : scans_) {
      const uint64_t records = chains_[pair.second].size() / kChainPrefix;
      if (next_pos > records) {
        Problem(absl::StrCat(pair.first, " has seen ", pair.second, " up to ", next_pos,
                             ", which has only ", records, " records"));
      }
    }
  }

  void CheckSecondPlace(const journal::EmbeddedLog& log) {
    const auto known = runtime::ReadEnds(directory_.places.second_place);
    if (!known.ok()) return Problem(std::string(known.status().message()));
    const absl::Status missing = runtime::CheckNothingIsMissing(log.Ends(), *known);
    if (!missing.ok()) Problem(std::string(missing.message()));
  }

  void CheckBlobs() {
    report_.blobs_named = named_.size();
    if (!std::filesystem::is_directory(directory_.places.blobs)) {
      if (!named_.empty())
        Problem(absl::StrCat(directory_.places.blobs.string(), " is missing, but events name ",
                             named_.size(), " evidence files"));
      return;
    }
    progress_("blobs");
    const auto store = vault::DirectoryBlobStore::Open(directory_.places.blobs);
    if (!store.ok()) return Problem(std::string(store.status().message()));
    const absl::Status listed = (*store)->List([&](const vault::BlobInfo& info) {
      ++report_.blobs;
      named_.erase(std::string(base::View(info.digest)));
      if (const auto content = (*store)->Get(info.digest); !content.ok()) {
        Problem(absl::StrCat("evidence ", base::ToHex(base::View(info.digest)), ": ",
                             content.status().message()));
      }
    });
    if (!listed.ok()) Problem(std::string(listed.message()));
    for (const auto& [digest, by] : named_)
      Problem(absl::StrCat("evidence ", Hex(digest), ", named by ", by, ", is missing"));
  }

  const DataDirectory& directory_;
  const std::function<void(const std::string&)>& progress_;
  FsckReport report_;
  std::map<std::string, std::string> chains_;  // eight bytes a record
  std::map<std::string, std::vector<Claim>> claims_;
  std::map<std::pair<std::string, std::string>, uint64_t> scans_;
  std::map<std::string, std::string>
      named_;  // digest of an evidence file -> the first event that names it
};

}  // namespace

absl::StatusOr<FsckReport> Fsck(const DataDirectory& directory,
                                const std::function<void(const std::string&)>& progress) {
  return Checker(directory, progress).Run();
}

}  // namespace twinline::cli
