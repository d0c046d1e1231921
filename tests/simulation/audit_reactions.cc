// What follows from events and from time: each reaction and each timer exactly once, no timer
// early, no cursor backwards (I8, I10, R-10). A table of its own says how many commits of which
// service must follow from which event; at rest the journals must hold exactly these. R-51 is
// looked at directly: what the writer of a cause had read, its reactor had read too; and nothing
// that exists is ever called unknown.
#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "platform/base/hash.h"
#include "tests/simulation/auditor.h"
#include "tests/support/reaction_graph.h"

namespace twinline::simulation {
namespace {

namespace rv1 = registry::v1;
namespace tv1 = transfer::v1;
namespace av1 = attendance::v1;
namespace cv1 = accountability::v1;

bool IsTransfer(const tv1::BusinessFacts& facts) {
  return absl::StartsWith(facts.kind(), "TRANSFER_");
}

bool EndsSchooling(const std::string& status) {
  return status == "DECEASED" || status == "GRADUATED" || status == "COMPLETED";
}

template <typename Verdicts>
bool SaysPresentOrAbsent(const Verdicts& verdicts) {
  for (const av1::Verdict& verdict : verdicts) {
    if (verdict.outcome() == 1 || verdict.outcome() == 2) return true;
  }
  return false;
}

class ReactionCheck final : public Check {
 public:
  explicit ReactionCheck(Findings* findings) : findings_(findings) {}

  void OnRecord(const SeenRecord& seen) override {
    const journal::v1::RecordHeader& header = seen.record.record->header();
    const std::string name = absl::StrCat(header.journal(), " ", seen.record.pos);
    Positions& scans = scans_[seen.shard];
    if (header.has_epoch_started()) scans.clear();  // names them all again
    for (const auto& scan : header.scans()) {
      uint64_t& at = scans[scan.journal()];
      if (scan.next_pos() < at) findings_->Add("I10: " + name + ": a scan position goes back");
      at = scan.next_pos();
    }
    for (const auto& input : header.inputs()) {
      uint64_t& at = inputs_[seen.shard][input.journal()];
      if (input.next_pos() < at) findings_->Add("I10: " + name + ": an input cursor goes back");
      at = input.next_pos();
    }
    if (header.has_batch()) {
      if (header.time_unix_us() < time_[seen.shard])
        findings_->Add(name + ": record time goes back");
      time_[seen.shard] = header.time_unix_us();
    }
    known_at_[seen.shard].push_back(scans);
  }

  void OnCommit(const EventAt& at) override {
    const journal::v1::Commit& commit = *at.commit;
    if (commit.actor().service().empty()) return;
    if (!derived_ids_[at.shard].insert(commit.request_id()).second) {
      Add(at, "R-10: a reaction or a timer takes effect twice");
    }
    if (commit.has_timer() && at.header->time_unix_us() < commit.timer().due_us()) {
      Add(at, "I8: a timer fires early");
    }
    if (commit.has_cause()) Caused(at, commit.cause());
  }

  void OnEvent(const EventAt& at, const Published& before) override {
    On<journal::v1::NoEffect>(at, [&](const auto& event) {
      if (absl::StrContains(event.reason(), "UNKNOWN")) {
        Add(at, absl::StrCat("R-51: ", event.rule(), " says ", event.reason()));
      }
    });
    event_ = Key(at.header->journal(), at.pos, at.commit_index, at.event_index);
    types_[event_] = at.event->type();
    if (at.commit->has_cause()) InTheGraph(at);
    if (at.shard == kRegistry) FromRegistry(at);
    if (at.shard == kTransfer) FromTransfer(at);
    if (at.shard == kAttendance) FromAttendance(at);
    if (at.shard == kAccountability) FromAccountability(at);
  }

  void AtRest(const Published&, base::Timestamp) override {
    if (expected_ == reacted_) return;
    for (const auto& [key, count] : expected_) {
      const auto found = reacted_.find(key);
      const int seen = found == reacted_.end() ? 0 : found->second;
      if (seen != count) {
        findings_->Add(absl::StrCat("R-10: ", key.second, " must lead to ", count, " commits of ",
                                    kShardNames[key.first], ", there are ", seen));
      }
    }
    for (const auto& [key, count] : reacted_) {
      if (!expected_.contains(key)) {
        findings_->Add(absl::StrCat("R-10: ", kShardNames[key.first], " reacts to ", key.second,
                                    ", which asks for nothing"));
      }
    }
  }

 private:
  using Positions = std::map<std::string, uint64_t>;

  void Add(const EventAt& at, const std::string& what) { findings_->Add(at.Text() + ": " + what); }
  static std::string Key(const std::string& journal, uint64_t pos, uint32_t commit,
                         uint32_t event) {
    return absl::StrCat(journal, " ", pos, "/", commit, "/", event);
  }

  void Caused(const EventAt& at, const journal::v1::EventRef& cause) {
    ++reacted_[{at.shard, Key(cause.journal(), cause.pos(), cause.commit(), cause.event())}];
    for (size_t source = 0; source < kShards; ++source) {
      if (absl::StrCat(kShardNames[source], "/0") != cause.journal()) continue;
      if (cause.pos() >= known_at_[source].size()) {
        Add(at, "R-51: reacts to what does not exist");
        return;
      }
      for (const auto& [journal, next_pos] : known_at_[source][cause.pos()]) {
        const auto own = scans_[at.shard].find(journal);
        if (own != scans_[at.shard].end() && own->second < next_pos) {
          Add(at, absl::StrCat("R-51: reacts to ", cause.journal(), " ", cause.pos(),
                               ", whose writer had read ", journal, " to ", next_pos,
                               "; read here: ", own->second));
        }
      }
    }
  }

  // What follows from what is drawn in a graph that people review.
  void InTheGraph(const EventAt& at) {
    const journal::v1::EventRef& ref = at.commit->cause();
    const auto cause = types_.find(Key(ref.journal(), ref.pos(), ref.commit(), ref.event()));
    if (cause == types_.end()) return;  // found elsewhere
    if (at.event->type() == base::EventType<journal::v1::NoEffect>()) return;
    for (const test::Reaction& reaction : test::Reactions()) {
      const auto has = [](const std::vector<uint32_t>& all, uint32_t one) {
        return std::find(all.begin(), all.end(), one) != all.end();
      };
      if (reaction.service == kShardNames[at.shard] && has(reaction.causes, cause->second) &&
          has(reaction.effects, at.event->type())) {
        return;
      }
    }
    Add(at,
        absl::StrCat("R-10: event type ", cause->second, " leads here to type ", at.event->type(),
                     ", which tests/support/reaction_graph.cc does not show"));
  }

  void Expect(size_t writer, int count = 1) { expected_[{writer, event_}] += count; }

  void FromRegistry(const EventAt& at) {
    const auto moved = [&](const auto& event) {
      Expect(kAttendance);
      Expect(kAccountability);
    };
    On<rv1::SchoolRecorded>(at,
                            [&](const auto& event) {
                              Expect(kAttendance);
                              if (!event.school().successor_code().empty()) Expect(kTransfer);
                            }) ||
        On<rv1::ClassPromoted>(at,
                               [&](const auto& event) {
                                 Expect(kTransfer);
                                 if (!event.children().empty()) moved(event);
                               }) ||
        On<rv1::DutyStarted>(at, [&](const auto&) { Expect(kAccountability); }) ||
        On<rv1::DutyEnded>(at, [&](const auto&) { Expect(kAccountability); }) ||
        On<rv1::ChildPlaced>(at, moved) || On<rv1::RegistrationMoved>(at, moved) ||
        On<rv1::ChildCorrected>(at, [&](const auto&) { Expect(kAccountability); }) ||
        On<rv1::RegistrationStatusChanged>(at,
                                           [&](const auto& event) {
                                             Expect(kAccountability, 2);
                                             if (event.has_class_before() ||
                                                 event.has_class_after() ||
                                                 EndsSchooling(event.facts().status())) {
                                               Expect(kAttendance);
                                             }
                                           }) ||
        On<rv1::DuplicateResolved>(at, [&](const auto& event) {
          if (event.outcome() == "MERGED") Expect(kAccountability);
          if (event.has_class_before() || event.has_class_after()) Expect(kAttendance);
        });
    const auto answer = [&](const auto& event) { Expect(kTransfer); };
    On<rv1::RegistrationMoved>(at, answer) || On<rv1::RegistrationStatusChanged>(at, answer) ||
        On<rv1::MoveRefused>(at, answer);
  }

  void FromTransfer(const EventAt& at) {
    const auto noted = [&](const auto& event) { Expect(kRegistry); };
    On<tv1::BusinessOpened>(at, noted) || On<tv1::BusinessApproved>(at, noted) ||
        On<tv1::BusinessRefused>(at, noted) || On<tv1::BusinessWithdrawn>(at, noted) ||
        On<tv1::RefusalOverridden>(at, noted) || On<tv1::BusinessReassigned>(at, noted) ||
        On<tv1::ClassBusinessApproved>(at, noted) ||
        On<tv1::ClassRunFinished>(at,
                                  [&](const auto& event) {
                                    if (event.run().kind() == "MERGER") Expect(kRegistry);
                                  }) ||
        On<tv1::BusinessCompleted>(at,
                                   [&](const auto& event) {
                                     Expect(kRegistry);
                                     if (IsTransfer(event.business())) Expect(kAccountability);
                                   }) ||
        On<tv1::BusinessLongOverdue>(at, [&](const auto& event) {
          if (IsTransfer(event.business())) Expect(kAccountability);
        });
  }

  void FromAttendance(const EventAt& at) {
    const auto one = [&](const auto& event) { Expect(kAccountability); };
    On<av1::RollCallTaken>(
        at,
        [&](const auto& event) {
          if (event.judged() && !event.signed_late() && SaysPresentOrAbsent(event.verdicts())) {
            Expect(kAccountability);
          }
        }) ||
        On<av1::DayJudged>(at,
                           [&](const auto& event) {
                             if (SaysPresentOrAbsent(event.verdicts())) Expect(kAccountability);
                           }) ||
        On<av1::StreakCrossed>(at, one) || On<av1::StreakRecomputed>(at, one) ||
        On<av1::StreakEnded>(at, one) || On<av1::ClassUnmarked>(at, one) ||
        On<av1::PresentAtTwoSchools>(at, one);
  }

  void FromAccountability(const EventAt& at) {
    const auto watch = [&](const auto& event) { Expect(kAttendance); };
    On<cv1::ProbationStarted>(at, watch) || On<cv1::ProbationEnded>(at, watch) ||
        On<cv1::CaseClosed>(at, watch);
  }

  Findings* findings_;
  std::map<size_t, Positions> scans_;
  std::map<size_t, Positions> inputs_;
  std::map<size_t, int64_t> time_;
  std::map<size_t, std::vector<Positions>> known_at_;  // what each record's writer had read
  std::map<size_t, std::set<std::string>> derived_ids_;
  std::map<std::pair<size_t, std::string>, int> expected_;
  std::map<std::pair<size_t, std::string>, int> reacted_;
  std::string event_;
  std::map<std::string, uint32_t> types_;  // of every event seen
};

}  // namespace

std::unique_ptr<Check> MakeReactionCheck(Findings* findings) {
  return std::make_unique<ReactionCheck>(findings);
}

}  // namespace twinline::simulation
