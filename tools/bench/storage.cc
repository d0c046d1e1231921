#include "tools/bench/storage.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>

#include "attendance/domain/attendance_domain.h"
#include "platform/base/time.h"
#include "platform/engine/shard.h"
#include "platform/journal/admit.h"
#include "platform/journal/embedded_journal.h"
#include "platform/store/state_store.h"
#include "tools/bench/disk_size.h"

namespace twinline::bench {
namespace {

namespace fs = std::filesystem;

// Keys and values of each table before compression, the largest first: where the bytes are.
void SayTables(const fs::path& directory, double marks, Report* report) {
  auto store = store::StateStore::Open(directory.string(), {});
  if (!store.ok()) demo::Stop(std::string(store.status().message()));
  std::map<std::string, std::pair<uint64_t, uint64_t>> tables;  // bytes, rows
  const store::StateView view = (*store)->View();
  for (const char space : {'o', 'f'}) {
    view.rows->Scan(std::string(1, space), {}, [&](std::string_view key, std::string_view value) {
      // The space, then number of the table and of the index (base/keys.h).
      const int table = static_cast<uint8_t>(key[1]) << 8 | static_cast<uint8_t>(key[2]);
      auto& [bytes, rows] = tables[(space == 'o' ? "own " : "foreign ") + std::to_string(table) +
                                   (key[3] == 0 ? "" : " index " + std::to_string(key[3]))];
      bytes += key.size() + value.size();
      ++rows;
      return true;
    });
  }
  std::vector<std::pair<uint64_t, std::string>> largest;
  for (const auto& [table, size] : tables) largest.emplace_back(size.first, table);
  std::sort(largest.rbegin(), largest.rend());
  for (const auto& [bytes, table] : largest) {
    if (static_cast<double>(bytes) < marks / 20) break;
    char line[160];
    std::snprintf(line, sizeof line, "  state table %-18s %8llu rows, %6.2f raw bytes per mark",
                  table.c_str(), static_cast<unsigned long long>(tables[table].second),
                  static_cast<double>(bytes) / marks);
    report->Say(line);
  }
}

struct Contents {
  std::map<std::string, uint64_t> bytes;    // of records, by service
  std::map<std::string, uint64_t> commits;  // by journal
};

Contents ContentsOf(journal::EmbeddedLog& log) {
  Contents found;
  const auto names = log.List();
  if (!names.ok()) demo::Stop(std::string(names.status().message()));
  for (const std::string& name : *names) {
    auto journal = log.Open(name);
    journal::AdmittedReader reader(*std::move(journal));
    for (;;) {
      const auto some = reader.Next(1'024);
      if (!some.ok() || some->empty()) break;
      for (const journal::Admitted& admitted : *some) {
        found.bytes[name.substr(0, name.find('/'))] += admitted.record->bytes().size();
        found.commits[name] += static_cast<uint64_t>(admitted.record->record().commit_size());
      }
    }
  }
  return found;
}

// Seconds that the shard takes to build an empty state anew, its own journal and what it follows.
double Rebuild(journal::EmbeddedLog& log, const fs::path& directory,
               const std::vector<std::string>& followed) {
  attendance::AttendanceDomain domain;
  engine::ShardOptions options;
  options.journal = "attendance/0";
  options.lead = false;
  journal::AdmittedReader reader(*log.Open("attendance/0"));
  if (!reader.Next(1).ok()) demo::Stop("the journal of attendance cannot be read");
  const auto& genesis = *reader.state().genesis;
  options.installation = *base::Id16::FromBytes(genesis.installation_id());
  options.realm = genesis.realm();
  options.clock_kind = genesis.clock();
  std::vector<std::shared_ptr<journal::Journal>> sources;
  for (const std::string& name : followed) sources.push_back(*log.Open(name));
  fs::remove_all(directory);
  auto store = store::StateStore::Open(directory.string(), {});
  if (!store.ok()) demo::Stop(std::string(store.status().message()));
  const int64_t begun = base::MonotonicUs();
  auto shard = engine::Shard::Open(options, &domain, *std::move(store), *log.Open("attendance/0"),
                                   std::move(sources), &base::SystemClock());
  if (!shard.ok() || !(*shard)->Start().ok()) demo::Stop("the rebuild failed");
  const double seconds = static_cast<double>(base::MonotonicUs() - begun) / 1e6;
  (*shard)->Stop();
  fs::remove_all(directory);
  return seconds;
}

}  // namespace

void MeasureStorage(CountyServer& server, int rounds, Report* report) {
  // A whole term: what weighs the same whatever is marked, copies of registry facts and replies of
  // 31 days, is spread over the marks of a term, as it will be.
  report->Say("taking the roll calls of the rest of the term …");
  while (server.sessions_left() > 0) server.StreamSession();
  server.WaitForAudit();
  const double marks = static_cast<double>(server.roll_calls_taken()) *
                       static_cast<double>(server.pupils()) / static_cast<double>(server.classes());
  server.Stop();
  const fs::path state = server.data() / "state" / "attendance-0", log_dir = server.data() / "log";
  SayTables(state, marks, report);
  const StateSize on_disk = StateOnDisk(state);
  const uint64_t journal_on_disk = JournalOnDisk(log_dir, "attendance/0");
  const auto per_mark = [marks](uint64_t bytes) { return static_cast<double>(bytes) / marks; };
  const auto text = [&](uint64_t bytes) {
    char number[32];
    std::snprintf(number, sizeof number, "%.2f", per_mark(bytes));
    return std::string(number);
  };

  auto log = journal::EmbeddedLog::Open(log_dir.string(), {});
  if (!log.ok()) demo::Stop(std::string(log.status().message()));
  Contents contents = ContentsOf(**log);
  report->Add({"bytes_per_mark_state", per_mark(on_disk.own + on_disk.foreign), "bytes", 1.0,
               "goal", 1,
               "after a term, flushed and compacted; own rows " + text(on_disk.own) +
                   ", copies of registry facts " + text(on_disk.foreign)});
  report->Add({"bytes_per_mark_total", per_mark(on_disk.own + on_disk.foreign + journal_on_disk),
               "bytes", 6.0, "goal", 1,
               "with the attendance journal: " + text(journal_on_disk) + " on disk, " +
                   text(contents.bytes["attendance"]) + " before compression; audit journal " +
                   text(contents.bytes["audit"]) + ", access " + text(contents.bytes["access"]) +
                   " apart"});

  const fs::path fresh = server.data().string() + "-rebuild";
  std::vector<double> own, all;
  const uint64_t commits = contents.commits["attendance/0"];
  const uint64_t followed = contents.commits["registry/0"] + contents.commits["accountability/0"];
  for (int round = 0; round < rounds; ++round) {
    own.push_back(static_cast<double>(commits) / Rebuild(**log, fresh, {}));
    all.push_back(static_cast<double>(commits + followed) /
                  Rebuild(**log, fresh, {"registry/0", "accountability/0"}));
  }
  report->Add({"rebuild_commits", Median(own), "commits/s", 50'000.0, "goal", rounds,
               std::to_string(commits) +
                   " attendance commits from the embedded log into an empty state; with " +
                   std::to_string(followed) + " of registry and accountability " +
                   std::to_string(static_cast<int>(Median(all))) + "/s"});
}

}  // namespace twinline::bench
