#include "tests/simulation/auditor.h"

#include "absl/strings/str_cat.h"

namespace twinline::simulation {

Auditor::Auditor(const std::vector<std::shared_ptr<journal::Journal>>& journals,
                 RequestBook* requests, Findings* findings)
    : journals_(journals), requests_(requests), findings_(findings) {
  checks_.push_back(MakeRegistrationCheck(findings));
  checks_.push_back(MakeApprovalCheck(findings));
  checks_.push_back(MakeCaseCheck(findings));
  checks_.push_back(MakeRollCallCheck(findings));
  checks_.push_back(MakeReactionCheck(findings));
}

void Auditor::Show(const SeenRecord& seen) {
  for (const auto& check : checks_) check->OnRecord(seen);
  EventAt at;
  at.shard = seen.shard;
  at.pos = seen.record.pos;
  at.header = &seen.record.record->header();
  const std::vector<journal::v1::Commit>& commits = seen.record.record->commits();
  if (commits.size() != at.header->commit_count()) {
    findings_->Add(absl::StrCat(at.header->journal(), " ", at.pos, ": a commit does not parse"));
  }
  for (uint32_t c = 0; c < commits.size(); ++c) {
    at.commit_index = c;
    at.commit = &commits[c];
    at.event = nullptr;
    if (commits[c].actor().service().empty()) {
      requests_->SawCommit(at.shard, commits[c], at.pos, c);
    }
    for (const auto& check : checks_) check->OnCommit(at);
    for (int e = 0; e < commits[c].events_size(); ++e) {
      at.event_index = static_cast<uint32_t>(e);
      at.event = &commits[c].events(e);
      ++events_;
      for (const auto& check : checks_) check->OnEvent(at, published_);
      published_.Take(at);
    }
    at.event = nullptr;
    for (const auto& check : checks_) check->AfterCommit(at);
  }
}

void Auditor::Look() {
  std::vector<SeenRecord> records;
  if (const absl::Status read = journals_.Read(&records); !read.ok()) {
    findings_->Add("a reader halts: " + read.ToString());
  }
  for (const SeenRecord& record : records) Show(record);
}

void Auditor::AtRest(base::Timestamp clock) {
  Look();
  if (journals_.waiting() > 0) {
    findings_->Add("R-51: a record names positions of other journals that do not exist");
  }
  std::vector<uint64_t> told;
  for (size_t shard = 0; shard < kShards; ++shard) told.push_back(journals_.told(shard));
  requests_->Judge(told);
  for (const auto& check : checks_) check->AtRest(published_, clock);
}

}  // namespace twinline::simulation
