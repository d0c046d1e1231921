#include "tests/golden/installation.h"

#include <fstream>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "platform/base/check.h"
#include "platform/base/decision.h"
#include "platform/journal/admit.h"
#include "platform/journal/embedded_journal.h"
#include "platform/runtime/config.h"
#include "tools/fsck/fsck.h"
#include "twinline/audit/v1/audit_events.pb.h"
#include "twinlined/services.h"

namespace twinline::golden {
namespace {

namespace fs = std::filesystem;

constexpr size_t kReadRecords = 256;

std::string Hex(const base::Digest& digest) {
  return absl::BytesToHexString(
      {reinterpret_cast<const char*>(digest.data()), digest.size()});  // NOLINT
}

// Every admitted record of every journal.
template <typename Fn>
void ForEachRecord(const fs::path& data, Fn&& fn) {
  const auto log = journal::EmbeddedLog::OpenReadOnly(PlacesIn(data).log.string());
  TWINLINE_CHECK(log.ok(), "the log of a golden installation opens");
  const auto names = (*log)->List();
  TWINLINE_CHECK(names.ok(), "and lists its journals");
  for (const std::string& name : *names) {
    const auto opened = (*log)->Open(name);
    TWINLINE_CHECK(opened.ok(), "and opens each");
    journal::AdmittedReader reader(*opened);
    for (;;) {
      const auto records = reader.Next(kReadRecords);
      if (!records.ok() || records->empty()) break;
      for (const journal::Admitted& record : *records) fn(name, record);
    }
  }
}

}  // namespace

Facts ReadFacts(const fs::path& file) {
  Facts facts;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    const size_t split = line.find(" = ");
    if (line.starts_with('#') || split == std::string::npos) continue;
    facts[line.substr(0, split)] = line.substr(split + 3);
  }
  return facts;
}

std::string Print(const Facts& facts) {
  std::string text;
  for (const auto& [what, value] : facts) absl::StrAppend(&text, what, " = ", value, "\n");
  return text;
}

runtime::Places PlacesIn(const fs::path& data) {
  return runtime::PlacesOf(data, runtime::DefaultConfig());
}

Facts JournalFacts(const fs::path& data) {
  const runtime::Places places = PlacesIn(data);
  fsck::Options options;
  options.log = places.log;
  options.vault = places.vault;
  options.kek_file = places.kek_file;
  options.blobs = places.blobs;
  options.second_place = places.second_place;
  Facts facts;
  const auto report = fsck::Check(options);
  if (!report.ok()) return {{"problem 0", report.status().ToString()}};
  for (size_t i = 0; i < report->problems.size(); ++i) {
    facts[absl::StrCat("problem ", i)] = report->problems[i];
  }
  for (const fsck::JournalFacts& journal : report->journals) {
    facts["journal " + journal.name] =
        absl::StrCat(journal.records, " records, ", journal.commits, " commits, epoch ",
                     journal.epoch, ", ", journal.heads, " heads");
  }
  facts["checkpoints verified"] = absl::StrCat(report->checkpoints);
  facts["keys named"] = absl::StrCat(report->keys_named, ", destroyed ", report->keys_destroyed);
  facts["evidence files"] = absl::StrCat(report->blobs);
  ForEachRecord(data, [&](const std::string& name, const journal::Admitted& record) {
    facts["chain " + name] = Hex(record.chain);
    for (const auto& commit : record.record->commits()) {
      for (const auto& event : commit.events()) {
        audit::v1::CheckpointSigned note;
        if (event.type() == base::EventType<audit::v1::CheckpointSigned>() &&
            note.ParseFromString(event.data())) {
          // Origin, size and root; fsck has verified the signature and computed the root again.
          std::string text = note.note().substr(0, note.note().find("\n\n"));
          for (char& c : text) c = c == '\n' ? ' ' : c;
          facts["newest checkpoint"] = text;
        }
      }
    }
  });
  return facts;
}

std::set<uint32_t> EventTypes(const fs::path& data) {
  std::set<uint32_t> types;
  ForEachRecord(data, [&](const std::string&, const journal::Admitted& record) {
    for (const auto& commit : record.record->commits()) {
      for (const auto& event : commit.events()) types.insert(event.type());
    }
  });
  return types;
}

absl::StatusOr<std::unique_ptr<runtime::Host>> Replay(const fs::path& data) {
  runtime::HostOptions options;
  options.data = data;
  options.config = runtime::DefaultConfig();
  options.config.mutable_rpc()->set_listen("127.0.0.1:0");
  options.config.mutable_metrics()->set_listen("off");
  options.on_another_host = runtime::OnAnotherHost::kDrill;
  for (const twinlined::Service& service : twinlined::Services()) {
    options.modules.push_back(service.make());
  }
  auto host = runtime::Host::Open(std::move(options));
  if (!host.ok()) return host;
  if (absl::Status started = (*host)->Start(); !started.ok()) {
    (*host)->Stop();
    return started;
  }
  return host;
}

Facts StateFacts(const runtime::Host& host) {
  std::map<std::string, uint32_t> versions;
  for (const twinlined::Service& service : twinlined::Services()) {
    const auto module = service.make();
    module->Settle(host.installation());
    versions[service.name] = module->domain()->evolve_version();
  }
  Facts facts;
  for (const engine::Shard* shard : host.shards()) {
    const std::string& name = shard->journal_name();
    facts[absl::StrCat("state ", name, " fold ", versions.at(name.substr(0, name.find('/'))))] =
        absl::StrCat(shard->Status().next_pos, " records, hash ",
                     shard->StateHash().value_or("none"));
  }
  return facts;
}

std::map<uint32_t, std::string> KnownEventTypes(const fs::path& catalogue) {
  std::map<uint32_t, std::string> known;
  std::ifstream stream(catalogue);
  for (std::string line; std::getline(stream, line);) {
    uint32_t type = 0;
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (words.size() == 3 && words[0] == "###" && absl::SimpleAtoi(words[1], &type)) {
      known[type] = words[2];
    }
  }
  return known;
}

}  // namespace twinline::golden
