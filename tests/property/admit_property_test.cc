// Two leaders, one journal, and a medium that delays, loses and repeats. Whatever the interleaving:
// every reader, from every start, admits the same list; at every moment the list is a prefix of the
// later one; what was acknowledged is in it exactly once; and each batch is by the leader whose
// epoch it was.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "platform/journal/admit.h"
#include "platform/journal/record_digest.h"
#include "platform/journal/resume.h"
#include "platform/journal/sim_journal.h"
#include "tests/support/journal_records.h"

namespace twinline::journal_test {
namespace {

using journal::Admitted;
using journal::AdmittedReader;
using journal::Entry;
using journal::Journal;
using journal::JournalState;
using journal::Place;
using journal::RecordPtr;
using journal::SimJournalProvider;

enum class Do { kCatchUp, kTakeEpoch, kBatch, kLandLate };
enum class Fate { kLands, kReportLost, kLate, kTwice, kNever };

struct Action {
  Do what;
  int leader;  // 0 or 1
  Fate fate;
  int number;  // which late record; how far the clock puts the epoch ahead
};

std::ostream& operator<<(std::ostream& out, const Action& action) {
  return out << "{" << static_cast<int>(action.what) << " by " << action.leader << " fate "
             << static_cast<int>(action.fate) << " " << action.number << "}";
}

// Weighted so that most runs get somewhere: a leader must read its own start before it may write.
rc::Gen<std::vector<Action>> AnyActions() {
  auto action = rc::gen::construct<Action>(
      rc::gen::weightedElement<Do>(
          {{8, Do::kCatchUp}, {2, Do::kTakeEpoch}, {8, Do::kBatch}, {2, Do::kLandLate}}),
      rc::gen::inRange(0, 2),
      rc::gen::weightedElement<Fate>({{14, Fate::kLands},
                                      {1, Fate::kReportLost},
                                      {3, Fate::kLate},
                                      {2, Fate::kTwice},
                                      {1, Fate::kNever}}),
      rc::gen::inRange(0, 8));
  return rc::gen::scale(3.0, rc::gen::container<std::vector<Action>>(std::move(action)));
}

// The protocol of the engine, no more: one record in flight per epoch, a new epoch after any failed
// append, leadership only by one's own nonce read back, acknowledged only when reported and read
// back.
class Leader {
 public:
  Leader(std::string id, std::shared_ptr<Journal> journal)
      : id_(std::move(id)), view_(std::move(journal)) {}

  void CatchUp() {
    while (true) {
      const auto next = view_.Next(3);
      RC_ASSERT(next.ok());
      if (next->empty()) return;
      for (const Admitted& admitted : *next) See(admitted);
    }
  }

  // What to send next: a genesis as long as none is seen, else the start of an epoch.
  RecordPtr Candidate(int clock_ahead) {
    leading_ = false;
    waiting_ = nullptr;
    if (view_.state().next_pos == 0) return GenesisRecord({}, kJournal, ++counter_);
    nonce_ = id_ + "#" + std::to_string(++counter_);
    const auto ahead = static_cast<uint64_t>(clock_ahead);
    return EpochRecord(view_.state().epoch + 1 + ahead, nonce_);
  }

  // nullptr unless it believes that it leads and nothing is in flight.
  RecordPtr Batch() {
    if (!leading_ || waiting_ != nullptr) return nullptr;
    waiting_ = NextBatch(view_.state(), id_ + "#" + std::to_string(++counter_));
    return waiting_;
  }
  void AppendFailed() {
    leading_ = false;
    waiting_ = nullptr;
  }

  const std::vector<base::Digest>& acknowledged() const { return acknowledged_; }

 private:
  void See(const Admitted& admitted) {
    const journal::v1::RecordHeader& header = admitted.record->header();
    if (header.has_epoch_started()) {
      leading_ = header.epoch_started().nonce() == nonce_;
      waiting_ = nullptr;
    }
    if (waiting_ == nullptr || !header.has_batch()) return;
    if (admitted.record->digest() == waiting_->digest()) {
      acknowledged_.push_back(waiting_->digest());
      waiting_ = nullptr;
    }
  }

  std::string id_;
  AdmittedReader view_;
  std::string nonce_;
  bool leading_ = false;
  RecordPtr waiting_;
  int64_t counter_ = 0;
  std::vector<base::Digest> acknowledged_;
};

class World {
 public:
  World() {
    journal_ = provider_.Open(kJournal).value();
    leaders_.emplace_back("a", journal_);
    leaders_.emplace_back("b", journal_);
  }

  void Run(const std::vector<Action>& actions) {
    for (const Action& action : actions) {
      Step(action);
      lists_.push_back(ReadAll(journal_, 5));
      RC_ASSERT(lists_.back().halt.ok());
    }
    while (!late_.empty()) Land(0);
    for (Leader& leader : leaders_) leader.CatchUp();
  }

  const std::shared_ptr<Journal>& journal() const { return journal_; }
  const std::vector<ReadResult>& lists() const { return lists_; }
  const std::vector<Leader>& leaders() const { return leaders_; }

 private:
  void Step(const Action& action) {
    Leader& leader = leaders_[static_cast<size_t>(action.leader)];
    switch (action.what) {
      case Do::kCatchUp:
        leader.CatchUp();
        break;
      case Do::kTakeEpoch:
        Send(leader, leader.Candidate(action.number % 3), action.fate);
        break;
      case Do::kBatch:
        if (RecordPtr batch = leader.Batch()) Send(leader, batch, action.fate);
        break;
      case Do::kLandLate:
        if (!late_.empty()) Land(static_cast<size_t>(action.number) % late_.size());
        break;
    }
  }

  void Send(Leader& leader, const RecordPtr& record, Fate fate) {
    if (fate == Fate::kLands || fate == Fate::kTwice || fate == Fate::kReportLost) {
      RC_ASSERT(journal_->Append(record).ok());
    }
    if (fate == Fate::kLate || fate == Fate::kTwice) late_.push_back(record);
    if (fate != Fate::kLands && fate != Fate::kTwice) leader.AppendFailed();
  }

  void Land(size_t index) {
    RC_ASSERT(journal_->Append(late_[index]).ok());
    late_.erase(late_.begin() + static_cast<std::ptrdiff_t>(index));
  }

  SimJournalProvider provider_;
  std::shared_ptr<Journal> journal_;
  std::vector<Leader> leaders_;
  std::deque<RecordPtr> late_;
  std::vector<ReadResult> lists_;  // what a new reader admits after each action
};

std::vector<std::string> BytesOf(const std::vector<Admitted>& list) {
  std::vector<std::string> bytes;
  for (const Admitted& admitted : list) bytes.push_back(admitted.record->bytes());
  return bytes;
}

// The list by itself: dense places, one chain, rising epochs, each batch by the leader of its
// epoch.
void CheckHistory(const std::vector<Admitted>& list) {
  base::Digest chain{};
  uint64_t epoch = 0;
  std::string leader;
  std::set<std::string> seen;
  for (size_t i = 0; i < list.size(); ++i) {
    const journal::StoredRecord& record = *list[i].record;
    RC_ASSERT(list[i].pos == i);
    RC_ASSERT(seen.insert(record.bytes()).second);
    if (record.header().has_epoch_started()) {
      RC_ASSERT(record.header().epoch() > epoch);
      epoch = record.header().epoch();
      leader = record.header().epoch_started().nonce().substr(0, 1);
    } else if (record.header().has_batch()) {
      RC_ASSERT(record.header().epoch() == epoch);
      RC_ASSERT(record.header().pos() == i);
      RC_ASSERT(record.header().prev_chain() == std::string(base::View(chain)));
      RC_ASSERT(record.commits().at(0).request_id().substr(0, 1) == leader);
    } else {
      RC_ASSERT(i == 0u);
    }
    chain = journal::ChainHash(chain, record.digest());
    RC_ASSERT(list[i].chain == chain);
  }
}

// Every place where a reader may have stopped, with the state it saved there, leads to the same
// list.
void CheckEveryStart(const std::shared_ptr<Journal>& journal, const std::vector<Admitted>& list) {
  const std::vector<Entry> entries = journal->Read(Place{0}, SIZE_MAX).value();
  JournalState state;
  for (const Entry& entry : entries) {
    const std::string saved = EncodeReaderState(entry.place, state);
    auto [place, loaded] = journal::DecodeReaderState(saved).value();
    const uint64_t from = loaded.next_pos;
    const ReadResult rest = ReadAll(journal, 4, place, std::move(loaded));
    RC_ASSERT(rest.halt.ok());
    RC_ASSERT(rest.admitted.size() + from == list.size());
    for (size_t i = 0; i < rest.admitted.size(); ++i) {
      RC_ASSERT(rest.admitted[i].pos == from + i);
      RC_ASSERT(rest.admitted[i].record->bytes() == list[from + i].record->bytes());
    }
    Admit(state, *entry.record);
  }
  // And one that lost its store has only the position and eight bytes of chain (R-52).
  for (uint64_t next = 1; next <= list.size(); ++next) {
    auto resumed = ReaderAt(journal, next, base::View(list[next - 1].chain).substr(0, 8));
    RC_ASSERT(resumed.ok());
    const auto rest = resumed->Next(1);
    RC_ASSERT(rest.ok());
    RC_ASSERT(rest->empty() == (next == list.size()));
    if (!rest->empty()) RC_ASSERT(rest->at(0).record->bytes() == list[next].record->bytes());
  }
}

RC_GTEST_PROP(AdmitProperty, EveryReaderAdmitsTheSameHistory, ()) {
  const std::vector<Action> actions = *AnyActions();
  World world;
  world.Run(actions);
  const ReadResult whole = ReadAll(world.journal());
  RC_ASSERT(whole.halt.ok());
  CheckHistory(whole.admitted);
  const std::vector<std::string> all = BytesOf(whole.admitted);
  for (const ReadResult& earlier : world.lists()) {
    const std::vector<std::string> list = BytesOf(earlier.admitted);
    RC_ASSERT(list.size() <= all.size());
    RC_ASSERT(std::equal(list.begin(), list.end(), all.begin()));
  }
  CheckEveryStart(world.journal(), whole.admitted);

  std::map<base::Digest, int> times;
  for (const Admitted& admitted : whole.admitted) ++times[admitted.record->digest()];
  for (const Leader& leader : world.leaders()) {
    for (const base::Digest& digest : leader.acknowledged()) RC_ASSERT(times[digest] == 1);
  }
  RC_CLASSIFY(all.size() > 10, "more than ten admitted");
  RC_CLASSIFY(world.journal()->Read(Place{0}, SIZE_MAX).value().size() > all.size(),
              "some entries ignored");
}

// A journal of its own with these records in this order.
std::shared_ptr<Journal> JournalOf(SimJournalProvider& provider,
                                   const std::vector<RecordPtr>& records) {
  auto journal = provider.Open(kJournal).value();
  for (const RecordPtr& record : records) RC_ASSERT(journal->Append(record).ok());
  return journal;
}

// Taking a batch out, or changing it, halts every reader no later than at the next batch.
RC_GTEST_PROP(AdmitProperty, ARemovedOrChangedBatchHaltsAtTheNextOne, ()) {
  const std::vector<Action> actions = *AnyActions();
  World world;
  world.Run(actions);
  const std::vector<Admitted> list = ReadAll(world.journal()).admitted;
  std::vector<size_t> batches;
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i].record->header().has_batch()) batches.push_back(i);
  }
  RC_PRE(batches.size() >= 2u);
  const auto chosen = *rc::gen::inRange<size_t>(0, batches.size() - 1);
  const base::Digest victim = list[batches[chosen]].record->digest();
  const bool remove = *rc::gen::arbitrary<bool>();

  const std::vector<Entry> entries = world.journal()->Read(Place{0}, SIZE_MAX).value();
  std::vector<RecordPtr> records;
  for (const Entry& entry : entries) {
    if (entry.record->digest() != victim) {
      records.push_back(entry.record);
    } else if (!remove) {
      records.push_back(Make(entry.record->header(), {"changed"}));
    }
  }
  SimJournalProvider tampered;
  const ReadResult read = ReadAll(JournalOf(tampered, records));
  RC_ASSERT(read.halt.code() == absl::StatusCode::kDataLoss);
  RC_ASSERT(read.admitted.size() <= batches[chosen + 1]);
}

}  // namespace
}  // namespace twinline::journal_test
