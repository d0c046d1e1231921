#include "platform/engine/fold.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/base/outages.h"
#include "platform/base/status_macros.h"
#include "platform/engine/platform_rows.h"
#include "platform/engine/replies.h"

namespace twinline::engine {
namespace {

bool IsSeed(const journal::v1::Commit& commit) {
  return commit.actor().service() == kInstallService;
}

bool IsEngine(const journal::v1::Commit& commit) {
  return commit.actor().service() == kEngineService;
}

// Reactions and timers are guarded by cursor and timer row, seeds by the progress row.
bool StoresReply(const journal::v1::Commit& commit) {
  return !commit.has_cause() && !commit.has_timer() && !IsSeed(commit) && !IsEngine(commit);
}

base::Timer TimerOf(const journal::v1::TimerRef& ref) {
  return {base::Timestamp{ref.due_us()}, ref.kind(), base::AsId(ref.entity()), ref.generation()};
}

// The outage that an event names, in the state in which it must be.
absl::StatusOr<journal::v1::OutageRow> OutageIn(uint32_t state, int64_t down_from_us,
                                                const base::Rows& rows) {
  auto row = base::FindOutage(rows, down_from_us);
  if (!row || row->state() != state) {
    return absl::DataLossError(absl::StrCat("no outage since ", down_from_us, " in state ", state));
  }
  return *std::move(row);
}

absl::Status ApplyResumed(const std::string& data, bool has_deadlines, base::Rows& rows) {
  journal::v1::ServiceResumed resumed;
  if (!resumed.ParseFromString(data)) return absl::DataLossError("ServiceResumed does not parse");
  TWINLINE_ASSIGN_OR_RETURN(journal::v1::OutageRow row,
                            OutageIn(base::kOutageWaits, resumed.down_from_us(), rows));
  row.set_down_to_us(resumed.down_to_us());
  row.set_state(has_deadlines ? base::kOutageMoving : base::kOutageDone);
  base::PutOutage(rows, row);
  return absl::OkStatus();
}

absl::Status ApplyWorked(const std::string& data, base::Rows& rows) {
  journal::v1::OutageWorked worked;
  if (!worked.ParseFromString(data)) return absl::DataLossError("OutageWorked does not parse");
  TWINLINE_ASSIGN_OR_RETURN(journal::v1::OutageRow row,
                            OutageIn(base::kOutageMoving, worked.down_from_us(), rows));
  row.set_moved(row.moved() + worked.moved());
  row.set_after(worked.after());
  if (!worked.more()) row.set_state(base::kOutageDone);
  base::PutOutage(rows, row);
  return absl::OkStatus();
}

}  // namespace

void CommitCounts::Add(const journal::v1::Commit& commit) {
  ++(IsSeed(commit) ? seeds : IsEngine(commit) ? engine : others);
}

Fold::Fold(const base::ShardDomain* domain, std::string journal)
    : domain_(domain), journal_(std::move(journal)) {
  context_.ref.set_journal(journal_);
}

absl::StatusOr<bool> Fold::ApplyPlatformEvent(const journal::v1::Event& event,
                                              store::Overlay& rows) const {
  static const uint32_t kNoEffect = base::EventType<journal::v1::NoEffect>();
  static const uint32_t kRuleStarted = base::EventType<journal::v1::ReactorRuleStarted>();
  static const uint32_t kResumed = base::EventType<journal::v1::ServiceResumed>();
  static const uint32_t kWorked = base::EventType<journal::v1::OutageWorked>();
  static const uint32_t kCorrected = base::EventType<journal::v1::ClockCorrected>();
  if (event.type() == kResumed) {
    TWINLINE_RETURN_IF_ERROR(ApplyResumed(event.data(), domain_->HasDeadlines(), rows));
    return true;
  }
  if (event.type() == kWorked) {
    TWINLINE_RETURN_IF_ERROR(ApplyWorked(event.data(), rows));
    return true;
  }
  if (event.type() == kRuleStarted) {
    journal::v1::ReactorRuleStarted started;
    started.ParseFromString(event.data());
    PutRuleStart(rows, started);
  }
  return event.type() == kRuleStarted || event.type() == kNoEffect || event.type() == kCorrected;
}

absl::Status Fold::Violation(store::Overlay& rows) const {
  if (auto violation = rows.TakeViolation()) return absl::InternalError(*violation);
  return absl::OkStatus();
}

absl::Status Fold::ApplyCommit(const journal::v1::Commit& commit, const CommitPlace& place,
                               store::Overlay& rows, std::vector<base::Id16>* entities) {
  rows.Enter(store::Room::kEvolve);
  if (commit.has_timer()) base::CancelTimer(rows, TimerOf(commit.timer()));
  context_.recorded = place.recorded;
  context_.actor = &commit.actor();
  context_.ref.set_epoch(place.epoch);
  context_.ref.set_pos(place.pos);
  context_.ref.set_commit(place.commit);
  for (int i = 0; i < commit.events_size(); ++i) {
    const journal::v1::Event& event = commit.events(i);
    const auto platform = ApplyPlatformEvent(event, rows);
    if (!platform.ok()) return platform.status();
    if (*platform) continue;
    context_.ref.set_event(static_cast<uint32_t>(i));
    if (absl::Status folded = domain_->Evolve(event, context_, rows); !folded.ok()) {
      return absl::Status(folded.code(), absl::StrCat("event ", i, " of type ", event.type(), ": ",
                                                      folded.message()));
    }
  }
  TWINLINE_RETURN_IF_ERROR(Violation(rows));
  if (!StoresReply(commit)) return absl::OkStatus();
  StoredReply reply{place.pos, place.commit, place.epoch, commit.body_fingerprint(),
                    domain_->Outcome(commit)};
  PutReply(rows, {SubjectOf(commit.actor()), commit.rpc(), base::AsId(commit.request_id())}, reply,
           place.recorded);
  if (entities != nullptr) *entities = std::move(reply.entities);
  return absl::OkStatus();
}

absl::Status Fold::FinishRecord(const journal::v1::RecordHeader& header, base::Timestamp recorded,
                                const CommitCounts& counts, store::Overlay& rows) {
  rows.Enter(store::Room::kEvolve);
  for (const journal::v1::InputCursor& cursor : header.inputs()) PutInputCursor(rows, cursor);
  if (const std::string& mark = header.epoch_started().host_mark(); !mark.empty()) {
    PutHostMark(rows, mark);
  }
  const int64_t down_from_us = header.epoch_started().down_from_us();
  if (down_from_us != 0 && !base::FindOutage(rows, down_from_us)) {
    journal::v1::OutageRow outage;
    outage.set_down_from_us(down_from_us);
    outage.set_down_to_us(recorded.us);
    outage.set_state(base::kOutageWaits);
    base::PutOutage(rows, outage);
  }
  if (counts.seeds + counts.engine + counts.others == 0) return absl::OkStatus();
  const Progress before = ReadProgress(rows);
  Progress after = before;
  after.seeds += counts.seeds;
  after.opened = before.opened || counts.others > 0;
  PruneReplies(rows, recorded, &after.pruned_to);
  if (after != before) WriteProgress(rows, after);
  return Violation(rows);
}

absl::Status Fold::ApplyRecord(const journal::Admitted& admitted, base::Timestamp recorded,
                               store::Overlay& rows) {
  const journal::v1::RecordHeader& header = admitted.record->header();
  const auto halt = [&](const std::string& what) {
    return absl::DataLossError(absl::StrCat("journal ", journal_, " cannot be applied at position ",
                                            admitted.pos, " (place ", admitted.place.value,
                                            "): ", what));
  };
  const std::vector<journal::v1::Commit>& commits = admitted.record->commits();
  if (commits.size() != static_cast<size_t>(admitted.record->record().commit_size())) {
    return halt("a commit cannot be parsed");
  }
  CommitCounts counts;
  for (uint32_t i = 0; i < commits.size(); ++i) {
    const CommitPlace place{header.epoch(), admitted.pos, i, recorded};
    const absl::Status applied = ApplyCommit(commits[i], place, rows, nullptr);
    if (!applied.ok()) return halt(absl::StrCat("commit ", i, ", ", applied.message()));
    counts.Add(commits[i]);
  }
  const absl::Status finished = FinishRecord(header, recorded, counts, rows);
  return finished.ok() ? finished : halt(std::string(finished.message()));
}

}  // namespace twinline::engine
