// One shard, one command, one process: what syscall_faults.py runs under strace, so that every
// system call of an append can be made to fail or to be the last one. A server would do as much,
// but never the same calls twice; here they can be counted.
//
//   append_one append DIR NAME   opens DIR (log and state), starts the shard, adds one to NAME
//   under the id that
//                                belongs to NAME, prints "accepted POS" or "unknown WHY" and ends
//   append_one show DIR          reads the log without a lock and without a state: one line "POS
//   ID" per commit,
//                                in order, then "end POS"; anything that makes a reader halt is an
//                                error
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>

#include "platform/base/hash.h"
#include "platform/engine/shard.h"
#include "platform/journal/admit.h"
#include "platform/journal/embedded_journal.h"
#include "platform/store/state_store.h"
#include "spdlog/spdlog.h"
#include "tests/support/counter_domain.h"

namespace twinline {
namespace {

constexpr int kTurns = 100;
constexpr char kJournalName[] = "counter/0";

// Straight to the descriptor: what was said must be said even if the next call kills the process.
void Say(const std::string& line) {
  const std::string text = line + "\n";
  if (::write(STDOUT_FILENO, text.data(), text.size()) < 0) std::exit(2);
}

base::Id16 IdOf(const std::string& name) { return base::DeriveId({"append one", name}); }

int Fail(const std::string& what, const absl::Status& status) {
  Say("unknown " + what + ": " + status.ToString());
  return 1;
}

int Append(const std::string& dir, const std::string& name) {
  auto log = journal::EmbeddedLog::Open(dir + "/log", {});
  if (!log.ok()) return Fail("log", log.status());
  auto journal = (*log)->Open(kJournalName);
  if (!journal.ok()) return Fail("journal", journal.status());
  auto store = store::StateStore::Open(dir + "/state", {});
  if (!store.ok()) return Fail("state", store.status());

  const engine_test::CounterDomain domain;
  engine::ShardOptions options;
  options.journal = kJournalName;
  options.installation = base::DeriveId({"append one"});
  options.realm = journal::v1::REALM_DEMO;
  options.threaded = false;
  auto shard =
      engine::Shard::Open(options, &domain, *std::move(store), *journal, {}, &base::SystemClock());
  if (!shard.ok()) return Fail("shard", shard.status());
  if (const absl::Status started = (*shard)->Start(); !started.ok()) return Fail("start", started);

  bool answered = false;
  engine::Submission submission;
  submission.command_type = engine_test::kAdd;
  submission.body = name + " 1";
  submission.request_id = IdOf(name);
  submission.fingerprint = "fingerprint 16 b";
  submission.done = [&answered](engine::Answer answer) {
    answered = true;
    if (const auto* accepted = std::get_if<engine::Accepted>(&answer)) {
      Say("accepted " + std::to_string(accepted->pos));
    } else if (const auto* error = std::get_if<absl::Status>(&answer)) {
      Say("unknown " + error->ToString());
    }
  };
  (*shard)->Submit(std::move(submission));
  for (int turn = 0; turn < kTurns && !answered; ++turn) {
    if (!(*shard)->Step().ok()) break;
  }
  return 0;
}

int Show(const std::string& dir) {
  auto log = journal::EmbeddedLog::OpenReadOnly(dir + "/log");
  if (!log.ok()) return Fail("log", log.status());
  auto journal = (*log)->Open(kJournalName);
  if (!journal.ok()) return Fail("journal", journal.status());
  journal::AdmittedReader reader(*journal);
  for (;;) {
    const auto read = reader.Next(64);
    if (!read.ok()) return Fail("reader", read.status());
    if (read->empty()) break;
    for (const journal::Admitted& record : *read) {
      if (record.record->commits().size() != record.record->header().commit_count()) {
        return Fail("record", absl::DataLossError("a commit does not parse"));
      }
      for (const auto& commit : record.record->commits()) {
        Say(std::to_string(record.pos) + " " + base::ToHex(commit.request_id()));
      }
    }
  }
  Say("end " + std::to_string(reader.state().next_pos));
  return 0;
}

}  // namespace
}  // namespace twinline

int main(int argc, char** argv) {
  spdlog::set_level(spdlog::level::off);
  const std::string verb = argc > 1 ? argv[1] : "";
  if (verb == "append" && argc == 4) return twinline::Append(argv[2], argv[3]);
  if (verb == "show" && argc == 3) return twinline::Show(argv[2]);
  if (verb == "id" && argc == 3) {
    twinline::Say(twinline::IdOf(argv[2]).hex());
    return 0;
  }
  std::fprintf(stderr, "usage: append_one append DIR NAME | show DIR | id NAME\n");
  return 2;
}
