#include "platform/journal/sim_journal.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/journal/sim_prng.h"
#include "platform/journal/wake_list.h"

namespace twinline::journal {
namespace {

absl::Status Unknown(const char* what) {
  return absl::UnavailableError(absl::StrCat("simulated: ", what));
}

}  // namespace

SimFaults SimFaults::Swarm(uint64_t seed) {
  SimPrng prng(seed ^ 0x5157a3);
  const auto draw = [&prng](uint32_t max) -> uint32_t {
    const bool on = prng.Below(2) == 0;
    const auto per_mille = static_cast<uint32_t>(1 + prng.Below(max));
    return on ? per_mille : 0;
  };
  SimFaults faults;
  faults.append_report_lost = draw(100);
  faults.append_fails = draw(100);
  faults.append_lands_late = draw(150);
  faults.late_is_lost = draw(500);
  faults.append_lands_twice = draw(150);
  faults.read_stalls = draw(300);
  faults.read_in_pieces = draw(500);
  faults.place_gap = draw(300);
  faults.late_by_max = static_cast<uint32_t>(1 + prng.Below(12));
  return faults;
}

// One medium: what all "processes" of a simulation see of it is the same.
struct SimJournalProvider::World {
  struct Late {
    RecordPtr record;
    uint64_t due;  // in entries or ticks from now
  };
  struct Log {
    std::vector<Entry> entries;
    std::vector<Late> late;
    uint64_t end = 1;
    WakeList wakes;
  };

  World(uint64_t seed, SimFaults first_faults) : prng(seed), faults(first_faults) {}

  Place Land(Log& log, RecordPtr record) {
    if (prng.Chance(faults.place_gap)) {
      log.end += 1 + prng.Below(4);
      ++counts.gaps;
    }
    const Place place{log.end++};
    log.entries.push_back({place, std::move(record)});
    return place;
  }

  void Delay(Log& log, RecordPtr record) {
    log.late.push_back({std::move(record), 1 + prng.Below(std::max(1u, faults.late_by_max))});
  }

  // One step of time for the late records of one journal. `all`: they land now, whatever their
  // time.
  void Age(Log& log, bool all = false) {
    std::vector<Late> due;
    std::vector<Late> rest;
    for (Late& late : log.late) {
      if (late.due > 0) --late.due;
      (all || late.due == 0 ? due : rest).push_back(std::move(late));
    }
    log.late = std::move(rest);
    for (Late& late : due) {
      if (!all && prng.Chance(faults.late_is_lost)) {
        ++counts.late_lost;
        continue;
      }
      ++counts.late_landed;
      Land(log, std::move(late.record));
    }
  }

  absl::StatusOr<Place> Append(Log& log, const RecordPtr& record) {
    ++counts.appends;
    if (prng.Chance(faults.append_fails)) {
      ++counts.failed;
      return Unknown("append failed");
    }
    if (prng.Chance(faults.append_lands_late)) {
      ++counts.late;
      Delay(log, record);
      return Unknown("append timed out");
    }
    // What is late may slip in before this record or after it.
    const bool late_first = prng.Below(2) == 0;
    if (late_first) Age(log);
    const Place place = Land(log, record);
    if (!late_first) Age(log);
    if (prng.Chance(faults.append_lands_twice)) {
      ++counts.twice;
      Delay(log, record);
    }
    if (prng.Chance(faults.append_report_lost)) {
      ++counts.report_lost;
      return Unknown("append landed, its report was lost");
    }
    return place;
  }

  absl::StatusOr<std::vector<Entry>> Read(const std::string& name, const Log& log, Place from,
                                          size_t max_entries) {
    if (from.value > log.end) {
      return absl::DataLossError(absl::StrCat("journal ", name, " ends before place ", log.end,
                                              ", but a reader has already read up to place ",
                                              from.value, ": records were lost"));
    }
    const auto first = std::lower_bound(
        log.entries.begin(), log.entries.end(), from,
        [](const Entry& entry, const Place& place) { return entry.place < place; });
    auto count = std::min<size_t>(static_cast<size_t>(log.entries.end() - first),
                                  std::max<size_t>(max_entries, 1));
    if (count > 0 && prng.Chance(faults.read_stalls)) {
      ++counts.stalled;
      count = 0;
    }
    if (count > 1 && prng.Chance(faults.read_in_pieces)) {
      ++counts.pieces;
      count = 1;
    }
    return std::vector<Entry>(first, first + static_cast<std::ptrdiff_t>(count));
  }

  std::mutex mutex;
  SimPrng prng;
  SimFaults faults;
  SimCounts counts;
  std::map<std::string, std::unique_ptr<Log>> logs;  // never removed, so a Log& stays good
  std::map<std::string, std::shared_ptr<Journal>> journals;
};

class SimJournal : public Journal {
 public:
  using World = SimJournalProvider::World;

  SimJournal(World* world, std::string name, World::Log* log)
      : world_(world), name_(std::move(name)), log_(log) {}

  const std::string& name() const override { return name_; }

  absl::StatusOr<Place> Append(RecordPtr record) override {
    if (record == nullptr) return absl::InvalidArgumentError("no record");
    if (record->bytes().size() > kMaxRecordBytes) {
      return absl::InvalidArgumentError(absl::StrCat("a record of ", record->bytes().size(),
                                                     " bytes; the limit is ", kMaxRecordBytes));
    }
    absl::StatusOr<Place> place;
    {
      const std::lock_guard lock(world_->mutex);
      place = world_->Append(*log_, record);
    }
    log_->wakes.WakeAll();
    return place;
  }

  absl::StatusOr<std::vector<Entry>> Read(Place from, size_t max_entries) const override {
    const std::lock_guard lock(world_->mutex);
    return world_->Read(name_, *log_, from, max_entries);
  }

  absl::StatusOr<Place> End() const override {
    const std::lock_guard lock(world_->mutex);
    return Place{log_->end};
  }

  uint64_t Watch(std::function<void()> wake) override { return log_->wakes.Add(std::move(wake)); }
  void Unwatch(uint64_t id) override { log_->wakes.Remove(id); }

 private:
  World* const world_;
  const std::string name_;
  World::Log* const log_;
};

SimJournalProvider::SimJournalProvider(uint64_t seed, SimFaults faults)
    : world_(std::make_shared<World>(seed, faults)) {}
SimJournalProvider::~SimJournalProvider() = default;

absl::StatusOr<std::shared_ptr<Journal>> SimJournalProvider::Open(const std::string& name) {
  const std::lock_guard lock(world_->mutex);
  auto& log = world_->logs[name];
  if (log == nullptr) log = std::make_unique<World::Log>();
  auto& journal = world_->journals[name];
  if (journal == nullptr) journal = std::make_shared<SimJournal>(world_.get(), name, log.get());
  return journal;
}

absl::StatusOr<std::vector<std::string>> SimJournalProvider::List() const {
  const std::lock_guard lock(world_->mutex);
  std::vector<std::string> names;
  for (const auto& [name, log] : world_->logs) names.push_back(name);
  return names;
}

void SimJournalProvider::SetFaults(const SimFaults& faults) {
  const std::lock_guard lock(world_->mutex);
  world_->faults = faults;
}

void SimJournalProvider::Tick() {
  std::vector<World::Log*> logs;
  {
    const std::lock_guard lock(world_->mutex);
    for (auto& [name, log] : world_->logs) {
      world_->Age(*log);
      logs.push_back(log.get());
    }
  }
  for (World::Log* log : logs) log->wakes.WakeAll();
}

void SimJournalProvider::LandAll() {
  {
    const std::lock_guard lock(world_->mutex);
    for (auto& [name, log] : world_->logs) world_->Age(*log, /*all=*/true);
  }
  Tick();
}

size_t SimJournalProvider::late_records() const {
  const std::lock_guard lock(world_->mutex);
  size_t count = 0;
  for (const auto& [name, log] : world_->logs) count += log->late.size();
  return count;
}

SimCounts SimJournalProvider::counts() const {
  const std::lock_guard lock(world_->mutex);
  return world_->counts;
}

size_t SimJournalProvider::LoseTail(const std::string& name, size_t entries) {
  const std::lock_guard lock(world_->mutex);
  World::Log& log = *world_->logs.at(name);
  entries = std::min(entries, log.entries.size());
  for (size_t i = 0; i < entries; ++i) {
    log.end = log.entries.back().place.value;
    log.entries.pop_back();
  }
  return entries;
}

bool SimJournalProvider::ChangeByte(const std::string& name, Place place, size_t offset) {
  const std::lock_guard lock(world_->mutex);
  for (Entry& entry : world_->logs.at(name)->entries) {
    if (entry.place != place || entry.record == nullptr) continue;
    std::string bytes = entry.record->bytes();
    bytes[offset % bytes.size()] ^= 1;
    entry.record = StoredRecord::Parse(std::move(bytes));
    return true;
  }
  return false;
}

Place SimJournalProvider::InsertBytes(const std::string& name, std::string bytes) {
  World::Log* log = nullptr;
  Place place;
  {
    const std::lock_guard lock(world_->mutex);
    log = world_->logs.at(name).get();
    place = world_->Land(*log, StoredRecord::Parse(std::move(bytes)));
  }
  log->wakes.WakeAll();
  return place;
}

}  // namespace twinline::journal
