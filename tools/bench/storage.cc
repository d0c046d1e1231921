#include "tools/bench/storage.h"

#include <cstdio>
#include <filesystem>
#include <map>

#include "attendance/domain/attendance_domain.h"
#include "platform/base/time.h"
#include "platform/engine/shard.h"
#include "platform/journal/admit.h"
#include "platform/journal/embedded_journal.h"
#include "platform/store/state_store.h"

namespace twinline::bench {
namespace {

namespace fs = std::filesystem;

uint64_t SizeOf(const fs::path& directory) {
  uint64_t size = 0;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) size += entry.file_size();
  }
  return size;
}

}  // namespace

void MeasureStorage(CountyServer& server, Report* report) {
  const double marks = static_cast<double>(server.roll_calls_taken()) *
                       static_cast<double>(server.pupils()) / static_cast<double>(server.classes());
  server.Stop();
  auto log = journal::EmbeddedLog::OpenReadOnly((server.data() / "log").string());
  if (!log.ok()) demo::Stop(std::string(log.status().message()));
  // Stored bytes of each journal's records, before the medium compresses them.
  std::map<std::string, uint64_t> bytes;
  uint64_t commits = 0;
  const auto names = (*log)->List();
  for (const std::string& name : *names) {
    auto journal = (*log)->Open(name);
    journal::AdmittedReader reader(*std::move(journal));
    for (;;) {
      const auto some = reader.Next(1'024);
      if (!some.ok() || some->empty()) break;
      for (const journal::Admitted& admitted : *some) {
        bytes[name.substr(0, name.find('/'))] += admitted.record->bytes().size();
        if (name == "attendance/0")
          commits += static_cast<uint64_t>(admitted.record->record().commit_size());
      }
    }
  }
  const uint64_t state = SizeOf(server.data() / "state" / "attendance-0");
  report->Add({"bytes_per_mark_state", static_cast<double>(state) / marks, "bytes", 1.0, "goal", 1,
               "files of the attendance state, replies of 31 days and unflushed log included"});
  report->Add({"bytes_per_mark_total", static_cast<double>(state + bytes["attendance"]) / marks,
               "bytes", 6.0, "goal", 1,
               "state files and attendance journal (raw record bytes); audit journal " +
                   std::to_string(static_cast<double>(bytes["audit"]) / marks) + ", access " +
                   std::to_string(static_cast<double>(bytes["access"]) / marks) + " apart"});
  log->reset();

  // A fresh state from the same journal, by the shard itself.
  auto writable = journal::EmbeddedLog::Open((server.data() / "log").string(), {});
  if (!writable.ok()) demo::Stop(std::string(writable.status().message()));
  attendance::AttendanceDomain domain;
  auto store = store::StateStore::Open(server.data().string() + "-rebuild", {});
  engine::ShardOptions options;
  options.journal = "attendance/0";
  options.lead = false;
  const auto genesis = [&] {
    journal::AdmittedReader reader(*(*writable)->Open("attendance/0"));
    (void)reader.Next(1);
    return *reader.state().genesis;
  }();
  options.installation = *base::Id16::FromBytes(genesis.installation_id());
  options.realm = genesis.realm();
  options.clock_kind = genesis.clock();
  const int64_t begun = base::MonotonicUs();
  auto shard = engine::Shard::Open(
      options, &domain, *std::move(store), *(*writable)->Open("attendance/0"),
      {*(*writable)->Open("registry/0"), *(*writable)->Open("accountability/0")},
      &base::SystemClock());
  if (!shard.ok() || !(*shard)->Start().ok()) demo::Stop("the rebuild failed");
  const double seconds = static_cast<double>(base::MonotonicUs() - begun) / 1e6;
  (*shard)->Stop();
  report->Add(
      {"rebuild_commits", static_cast<double>(commits) / seconds, "commits/s", 50'000.0, "goal", 1,
       std::to_string(commits) + " attendance commits from the embedded log into an empty state"});
  std::error_code ignored;
  fs::remove_all(server.data().string() + "-rebuild", ignored);
}

}  // namespace twinline::bench
