// What the audit costs: microseconds of CPU to index one roll call, alone in its record (a quiet
// system) and 64 to a record (the bell of a morning). The journals are in memory and their digests
// already known, as they are when the audit shares buffers with a shard that has just read its
// records back; what is measured is leaf, tree, trail and the store.
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "audit/service/journal_index.h"
#include "platform/base/check.h"
#include "platform/base/decision.h"
#include "platform/journal/record_digest.h"
#include "twinline/attendance/v1/attendance_events.pb.h"
#include "twinline/registry/v1/registry_events.pb.h"

namespace twinline {
namespace {

constexpr size_t kChildren = 69'000;
constexpr size_t kTeachers = 1'700;
constexpr size_t kRollCalls = 100'000;
constexpr int64_t kStartUs = 1'788'220'800'000'000;

base::Id16 Id(std::string_view kind, size_t i) { return base::DeriveId({kind, std::to_string(i)}); }

class MemoryJournal final : public journal::Journal {
 public:
  explicit MemoryJournal(std::string name) : name_(std::move(name)) {}
  const std::string& name() const override { return name_; }
  absl::StatusOr<journal::Place> Append(journal::RecordPtr record) override {
    records_.push_back(std::move(record));
    return journal::Place{records_.size()};
  }
  absl::StatusOr<std::vector<journal::Entry>> Read(journal::Place from, size_t max) const override {
    std::vector<journal::Entry> entries;
    for (uint64_t place = std::max<uint64_t>(from.value, 1);
         place <= records_.size() && entries.size() < max; ++place) {
      entries.push_back({{place}, records_[place - 1]});
    }
    return entries;
  }
  absl::StatusOr<journal::Place> End() const override {
    return journal::Place{records_.size() + 1};
  }
  uint64_t Watch(std::function<void()>) override { return 0; }
  void Unwatch(uint64_t) override {}

 private:
  const std::string name_;
  std::vector<journal::RecordPtr> records_;
};

class MemoryJournals final : public journal::JournalProvider {
 public:
  absl::StatusOr<std::shared_ptr<journal::Journal>> Open(const std::string& name) override {
    auto& journal = journals_[name];
    if (journal == nullptr) journal = std::make_shared<MemoryJournal>(name);
    return std::shared_ptr<journal::Journal>(journal);
  }
  absl::StatusOr<std::vector<std::string>> List() const override {
    std::vector<std::string> names;
    for (const auto& [name, journal] : journals_) {
      if (name != hidden) names.push_back(name);
    }
    return names;
  }

  std::string hidden;  // not there yet

 private:
  std::map<std::string, std::shared_ptr<MemoryJournal>> journals_;
};

// Writes a journal as an engine would.
class Writer {
 public:
  Writer(MemoryJournals* journals, const std::string& name)
      : name_(name), journal_(journals->Open(name).value()) {
    journal::v1::RecordHeader genesis;
    genesis.mutable_journal_created()->set_installation_id(Id("installation", 0).str());
    genesis.mutable_journal_created()->set_realm(journal::v1::REALM_DEMO);
    genesis.mutable_journal_created()->set_clock(journal::v1::CLOCK_KIND_WALL);
    genesis.mutable_journal_created()->set_hash(journal::v1::HASH_ALGORITHM_SHA256);
    Add(genesis, {});
    journal::v1::RecordHeader epoch;
    epoch.set_epoch(1);
    epoch.mutable_epoch_started()->set_nonce(std::string(16, 'n'));
    Add(epoch, {});
  }
  void Batch(const std::vector<journal::v1::Commit>& commits) {
    journal::v1::RecordHeader header;
    header.set_epoch(1);
    header.set_pos(pos_);
    header.set_prev_chain(std::string(base::View(chain_)));
    header.mutable_batch();
    Add(header, commits);
  }

 private:
  void Add(journal::v1::RecordHeader header, const std::vector<journal::v1::Commit>& commits) {
    header.set_format(1);
    header.set_journal(name_);
    header.set_time_unix_us(kStartUs + static_cast<int64_t>(pos_) * 1'000);
    header.set_commit_count(static_cast<uint32_t>(commits.size()));
    journal::v1::Record record;
    record.set_header(header.SerializeAsString());
    for (const auto& commit : commits) record.add_commit(commit.SerializeAsString());
    auto stored = journal::StoredRecord::Parse(record.SerializeAsString());
    TWINLINE_CHECK(stored != nullptr, "a record of the benchmark is none");
    chain_ = journal::ChainHash(chain_, stored->digest());
    ++pos_;
    (void)journal_->Append(std::move(stored));
  }

  const std::string name_;
  const std::shared_ptr<journal::Journal> journal_;
  base::Digest chain_ = journal::kChainStart;
  uint64_t pos_ = 0;
};

template <typename Event>
journal::v1::Commit CommitOf(const Event& event, const base::Id16& actor, std::string office) {
  journal::v1::Commit commit;
  commit.set_request_id(actor.str());
  commit.set_rpc(3501);
  commit.set_body_fingerprint(std::string(16, 'f'));
  commit.mutable_actor()->set_subject(actor.str());
  commit.mutable_actor()->set_session(12345);
  commit.mutable_actor()->set_office(std::move(office));
  *commit.add_events() = base::MakeEvent(event, base::CivilDay::FromYmd(2026, 9, 1));
  return commit;
}

// A county's registry, and roll calls with two exceptions each.
MemoryJournals MakeJournals(size_t per_record) {
  MemoryJournals journals;
  Writer registry(&journals, "registry/0");
  std::vector<journal::v1::Commit> commits;
  for (size_t i = 0; i < kChildren; ++i) {
    registry::v1::ChildRegistered event;
    event.mutable_facts()->set_child_id(Id("child", i).str());
    event.mutable_facts()->set_registration_id(Id("registration", i).str());
    commits.push_back(CommitOf(event, Id("registrar", i % 85), "school:2141000001"));
    if (commits.size() == 256 || i + 1 == kChildren) {
      registry.Batch(commits);
      commits.clear();
    }
  }
  Writer attendance(&journals, "attendance/0");
  std::mt19937_64 random(7);  // NOLINT: the same history each time
  for (size_t i = 0; i < kRollCalls; ++i) {
    attendance::v1::RollCallTaken event;
    event.set_class_id(Id("class", i % kTeachers).str());
    event.set_day(base::CivilDay::FromYmd(2026, 9, 1).days);
    event.set_session(1);
    event.set_school_code("2141000001");
    for (int k = 0; k < 2; ++k) {
      auto* exception = event.add_exceptions();
      exception->set_registration_id(Id("registration", random() % kChildren).str());
      exception->set_code(2);
    }
    commits.push_back(CommitOf(event, Id("teacher", i % kTeachers), "school:2141000001"));
    if (commits.size() == per_record) {
      attendance.Batch(commits);
      commits.clear();
    }
  }
  return journals;
}

void IndexRollCalls(benchmark::State& state) {
  MemoryJournals journals = MakeJournals(static_cast<size_t>(state.range(0)));
  std::string directory = (std::filesystem::current_path() / "index-bench-XXXXXX").string();
  TWINLINE_CHECK(mkdtemp(directory.data()) != nullptr, "no directory for the benchmark");
  uint64_t bytes = 0;
  for (auto _ : state) {
    state.PauseTiming();
    std::filesystem::remove_all(directory);
    auto store = audit::JournalIndex::OpenStore(directory).value();
    audit::JournalIndex index(&journals, std::move(store), Id("installation", 0), [] {});
    TWINLINE_CHECK(index.Load().ok(), "the index does not load");
    journals.hidden = "attendance/0";
    TWINLINE_CHECK(index.Pump().ok(), "the index halts at the registry");
    TWINLINE_CHECK(index.Flush().ok(), "the index does not flush");
    const uint64_t before = index.store().ApproximateBytes();
    journals.hidden.clear();
    state.ResumeTiming();
    TWINLINE_CHECK(index.Pump().ok(), "the index halts");
    state.PauseTiming();
    TWINLINE_CHECK(index.Flush().ok(), "the index does not flush");
    bytes = index.store().ApproximateBytes() - before;
    state.ResumeTiming();
  }
  std::filesystem::remove_all(directory);
  const auto roll_calls = static_cast<double>(kRollCalls);
  state.counters["us_per_roll_call"] =
      benchmark::Counter(roll_calls * 1e-6, benchmark::Counter::kIsIterationInvariantRate |
                                                benchmark::Counter::kInvert);
  state.counters["bytes_per_roll_call"] = static_cast<double>(bytes) / roll_calls;
}
BENCHMARK(IndexRollCalls)->Arg(1)->Arg(64)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime();

}  // namespace
}  // namespace twinline

BENCHMARK_MAIN();
