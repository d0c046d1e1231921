#include "audit/service/trail.h"

#include <algorithm>
#include <set>

#include "audit/domain/class_lists.h"
#include "platform/base/decision.h"
#include "platform/base/keys.h"
#include "platform/base/status_macros.h"
#include "twinline/audit/v1/access_events.pb.h"

namespace twinline::audit {
namespace {

constexpr size_t kMarkBytes = 8 + 2 + 6 + 4;

// Entries of reads and refusals are in access journals and nowhere else.
bool IsAccessType(uint32_t type) {
  return type == base::EventType<v1::AccessNoted>() ||
         type == base::EventType<v1::AccessRefused>() || type == base::EventType<v1::SessionSeen>();
}

template <typename Entry>
bool NamesRpc(const journal::v1::Event& event, const std::string& rpc) {
  Entry entry;
  return event.type() == base::EventType<Entry>() && entry.ParseFromString(event.data()) &&
         entry.rpc() == rpc;
}

}  // namespace

std::string EncodeMark(const TrailMark& mark) {
  std::string out;
  AppendBig(&out, static_cast<uint64_t>(mark.place.time_us), 8);
  AppendBig(&out, mark.place.number, 2);
  AppendBig(&out, mark.place.pos, 6);
  AppendBig(&out, mark.commit, 4);
  return out;
}

std::optional<TrailMark> DecodeMark(std::string_view bytes) {
  if (bytes.size() != kMarkBytes) return std::nullopt;
  return TrailMark{{static_cast<int64_t>(ReadBig(bytes, 0, 8)),
                    static_cast<JournalNumber>(ReadBig(bytes, 8, 2)), ReadBig(bytes, 10, 6)},
                   static_cast<uint32_t>(ReadBig(bytes, 16, 4))};
}

std::vector<std::tuple<base::Id16, uint32_t, uint32_t>> ListsWith(const store::IndexStore& store,
                                                                  const base::Id16& child) {
  std::vector<RosterChange> changes;
  const std::string prefix = MembershipPrefix(child);
  store::IndexCursor cursor = store.MakeCursor();
  for (cursor.Seek(prefix); cursor.valid() && cursor.key().starts_with(prefix); cursor.Next()) {
    const std::string_view rest = cursor.key().substr(prefix.size());
    if (rest.size() != base::Id16::kSize + 5) continue;
    changes.push_back({child, base::AsId(rest.substr(0, base::Id16::kSize)),
                       static_cast<uint32_t>(ReadBig(rest, base::Id16::kSize, 4)),
                       rest.back() != 0});
  }
  std::vector<std::tuple<base::Id16, uint32_t, uint32_t>> lists;
  for (const Membership& stretch : Memberships(std::move(changes))) {
    lists.emplace_back(stretch.class_id, stretch.from, stretch.to);
  }
  return lists;
}

TrailSearch::TrailSearch(const store::IndexStore& store, std::shared_ptr<const IndexView> view,
                         TrailQuestion question, const std::optional<TrailMark>& behind)
    : store_(store), view_(std::move(view)), question_(std::move(question)), behind_(behind) {
  Stretch stretch{question_.from_us, question_.to_us, question_.newest_first, std::nullopt};
  if (behind_) {
    mark_ = *behind_;
    // The record of the mark itself is looked at once more: it may hold further commits.
    stretch.after = behind_->place;
    if (question_.newest_first) {
      ++stretch.after->pos;
    } else if (stretch.after->pos > 0) {
      --stretch.after->pos;
    } else {
      stretch.after.reset();
      stretch.from_us = std::max(stretch.from_us, behind_->place.time_us);
    }
  }
  OpenSources(stretch);
}

void TrailSearch::OpenSources(const Stretch& stretch) {
  if (!question_.child.empty()) {
    sources_.push_back(MakeListSource(store_, List::kChild, question_.child.bytes(), stretch));
    for (const auto& [class_id, from, to] : ListsWith(store_, question_.child)) {
      sources_.push_back(
          MakeListSource(store_, List::kClass, class_id.bytes(), stretch, std::pair(from, to)));
    }
    return;
  }
  if (!question_.actor.empty()) {
    sources_.push_back(MakeListSource(store_, List::kActor, question_.actor.bytes(), stretch));
    return;
  }
  const bool access_only =
      !question_.rpc.empty() || (question_.event_type && IsAccessType(*question_.event_type));
  for (const JournalView& journal : view_->journals) {
    if (access_only && !journal.name.starts_with("access/")) continue;
    sources_.push_back(MakeJournalSource(store_, journal, stretch));
  }
}

const Candidate* TrailSearch::Best() const {
  const Candidate* best = nullptr;
  for (const auto& source : sources_) {
    const Candidate* now = source->Now();
    if (now == nullptr) continue;
    const bool better = best == nullptr || (question_.newest_first ? now->place > best->place
                                                                   : now->place < best->place);
    if (better) best = now;
  }
  return best;
}

// Takes the next record from all sources that name it.
absl::Status TrailSearch::LoadRecord() {
  const Candidate best = *Best();
  std::set<uint32_t> commits;
  current_ = {best.place, best.record_place, 0, best.record};
  bool all = false;
  for (const auto& source : sources_) {
    const Candidate* now = source->Now();
    if (now == nullptr || now->place != best.place) continue;
    all = all || now->commits.empty();
    for (const ListedCommit& commit : now->commits) commits.insert(commit.commit);
    source->Next();
  }
  commits_.clear();
  const JournalView* journal = view_->Find(best.place.number);
  if (journal == nullptr || best.place.pos >= journal->indexed) return absl::OkStatus();
  if (current_.record == nullptr) {
    TWINLINE_ASSIGN_OR_RETURN(current_.record,
                              ReadIndexed(store_, *journal, best.place.pos, best.record_place));
  }
  const auto count = static_cast<uint32_t>(current_.record->commits().size());
  for (uint32_t i = 0; i < count; ++i) {
    if (all || commits.contains(i)) commits_.push_back(i);
  }
  if (!question_.newest_first) std::reverse(commits_.begin(), commits_.end());
  return absl::OkStatus();
}

bool TrailSearch::WantedAction(const journal::v1::Commit& commit) const {
  if (!question_.event_type && question_.rpc.empty()) return true;
  return std::any_of(
      commit.events().begin(), commit.events().end(), [this](const journal::v1::Event& event) {
        if (question_.event_type && event.type() != *question_.event_type) return false;
        return question_.rpc.empty() || NamesRpc<v1::AccessNoted>(event, question_.rpc) ||
               NamesRpc<v1::AccessRefused>(event, question_.rpc);
      });
}

bool TrailSearch::Wanted(const journal::v1::Commit& commit) const {
  const journal::v1::Actor& actor = commit.actor();
  if (!question_.actor.empty() && actor.subject() != question_.actor.bytes()) return false;
  if (!question_.office.empty() && actor.office() != question_.office &&
      actor.service() != question_.office) {
    return false;
  }
  return WantedAction(commit);
}

absl::StatusOr<std::optional<TrailHit>> TrailSearch::Next(size_t* budget) {
  TWINLINE_RETURN_IF_ERROR(broken_);
  for (;;) {
    while (!commits_.empty()) {
      const uint32_t commit = commits_.back();
      commits_.pop_back();
      const bool seen =
          behind_ && current_.place == behind_->place &&
          (question_.newest_first ? commit >= behind_->commit : commit <= behind_->commit);
      if (seen || !Wanted(current_.record->commits()[commit])) continue;
      mark_ = {current_.place, commit};
      TrailHit hit = current_;
      hit.commit = commit;
      return std::optional<TrailHit>(std::move(hit));
    }
    if (current_.record != nullptr) {
      mark_ = {current_.place, question_.newest_first ? 0U : UINT32_MAX};
    }
    for (const auto& source : sources_) {
      if (broken_ = source->status(); !broken_.ok()) return broken_;
    }
    if (Best() == nullptr) return std::optional<TrailHit>();
    if (*budget == 0) {
      exhausted_ = true;
      return std::optional<TrailHit>();
    }
    --*budget;
    if (broken_ = LoadRecord(); !broken_.ok()) return broken_;
  }
}

}  // namespace twinline::audit
