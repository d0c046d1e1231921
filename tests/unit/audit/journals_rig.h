// Journals on disk with a history of an installation, written the way its services write: genesis,
// epochs, batches; and what the audit needs beside them.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "platform/base/civil.h"
#include "platform/base/decision.h"
#include "platform/journal/embedded_journal.h"
#include "platform/rpc/journal_writer.h"
#include "tests/support/temp_dir.h"
#include "twinline/journal/v1/record.pb.h"
#include "twinline/registry/v1/registry_facts.pb.h"

namespace twinline::audit_test {

base::Id16 Id(std::string_view name);

// A clock that moves a second each time it is read, from 1 September 2026, 08:00.
class StepClock final : public base::Clock {
 public:
  base::Timestamp Now() const override { return {now_us += 1'000'000}; }
  mutable std::atomic<int64_t> now_us{base::StartOfDay(base::CivilDay::FromYmd(2026, 9, 1)).us +
                                      int64_t{8} * 3'600 * 1'000'000};
};

struct Act {
  std::string by;  // a person's name; "service:..." for the system
  std::string office;
  uint64_t session = 0;
  std::vector<journal::v1::Event> events;
};
journal::v1::Commit MakeCommit(const Act& act);

template <typename Event>
journal::v1::Event MakeEvent(const Event& event) {
  return base::MakeEvent(event, base::CivilDay::FromYmd(2026, 9, 1));
}

class JournalsRig {
 public:
  JournalsRig();
  ~JournalsRig();

  // One record; its position. The journal is made at first use.
  uint64_t Append(const std::string& journal, const std::vector<Act>& acts);

  void Close();
  // Closes the log and opens it again, as a restart does.
  void Reopen();

  // Shorthands.
  void Register(const std::string& child, const std::string& class_name, uint32_t roster_version);
  // `absent`: children by name.
  uint64_t RollCall(const std::string& teacher, const std::string& class_name,
                    const std::vector<std::string>& absent);
  static registry::v1::ChildFacts Facts(const std::string& child,
                                        const std::string& status = "ACTIVE");

  const std::string& path() const { return dir_.path(); }
  std::string operator/(const std::string& name) const { return dir_ / name; }
  journal::EmbeddedLog& log() { return *log_; }
  const base::Id16 installation = base::DeriveId({"test installation"});
  StepClock clock;

 private:
  test_support::TempDir dir_;
  std::unique_ptr<journal::EmbeddedLog> log_;
  std::map<std::string, std::unique_ptr<rpc::JournalWriter>> writers_;
};

}  // namespace twinline::audit_test
