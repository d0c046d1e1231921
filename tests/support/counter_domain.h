// A small domain for engine tests: named counters, alarms, and reactions to other counters. Bodies
// and event data are plain text, "name number".
//
//   command                    accepted when                event        what it does
//   kAdd     "name delta"      total stays >= 0             kAdded       own total += delta
//   kAlarm   "name due_us"     always                       kAlarmSet    sets a timer; fired: kRang
//   kSilence "name due_us"     always                       kSilenced    cancels it
//   kGreet   "name 0"          always                       kGreeted     nothing here; others
//   react.
//                                                                        Rests on no source
//   kCopy    "name delta"      a foreign total is known;    kCopied      own total of "copy/name"
//                              waits for it                              += delta
//   kPoison  ""                always                       kPoisoned    Evolve fails
//   kPeek    ""                always                       kPeeked      Evolve reads a foreign row
//   kBig     "name bytes"      always                       kBigDone     an event of that many
//   bytes
//
// With `deadlines`, an outage moves each alarm that is set by its length, two in a commit.
//
// A timer for a name that begins with "quiet" is refused when it fires. Follows `sources`: kAdded
// is copied to foreign totals; kAdded of 10 or more leads to kCopy (rule "copy"), kGreeted to kCopy
// of 1 (rule "greet"), and kAdded of `flood` or more to that many commands of rule "flood".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/base/decision.h"

namespace twinline::engine_test {

inline constexpr uint32_t kAdd = 9511, kAlarm = 9512, kSilence = 9513, kGreet = 9514, kCopy = 9515,
                          kPoison = 9516, kPeek = 9517, kBig = 9518;
inline constexpr uint32_t kAdded = 9611, kAlarmSet = 9612, kSilenced = 9613, kGreeted = 9614,
                          kCopied = 9615, kPoisoned = 9616, kPeeked = 9617, kBigDone = 9618,
                          kRang = 9619;

struct CounterSetup {
  std::string name = "counter";
  std::vector<std::string> sources;
  uint32_t evolve_version = 1;
  std::vector<base::DerivedCommand> seeds;
  int64_t flood = 1'000'000;
  bool copies = true;              // has rule "copy"
  std::vector<std::string> rules;  // those whose start is recorded; the others react to everything
  bool deadlines = false;          // alarms are moved for outages
  bool drifts = false;             // Evolve writes something else each time it is called
};

class CounterDomain final : public base::ShardDomain {
 public:
  explicit CounterDomain(CounterSetup setup = {}) : setup_(std::move(setup)) {}

  std::string_view name() const override { return setup_.name; }
  uint32_t evolve_version() const override { return setup_.evolve_version; }
  base::Decision Decide(const base::CommandView& command, const base::Rows& rows,
                        const base::Context& context) const override;
  absl::Status Evolve(const journal::v1::Event& event, const base::EventContext& context,
                      base::Rows& rows) const override;
  std::vector<std::string> Sources() const override { return setup_.sources; }
  bool Wants(uint32_t event_type) const override {
    return !setup_.sources.empty() && (event_type == kAdded || event_type == kGreeted);
  }
  void Follow(const base::SourceEvent& source, base::Rows& rows) const override;
  std::vector<base::DerivedCommand> React(const base::SourceEvent& source) const override;
  std::vector<std::string> Rules() const override { return setup_.rules; }
  bool RestsOnSources(uint32_t command_type) const override { return command_type != kGreet; }
  bool HasDeadlines() const override { return setup_.deadlines; }
  std::vector<base::Id16> Outcome(const journal::v1::Commit& commit) const override;
  std::vector<base::DerivedCommand> Seed() const override { return setup_.seeds; }

  // Every decision for a fired timer: record time and name, in order.
  mutable std::vector<std::pair<int64_t, std::string>> fired;

 private:
  const CounterSetup setup_;
  mutable int64_t calls_ = 0;
};

// Own and foreign totals; nullopt when there is no such row.
std::optional<int64_t> Total(const base::Rows& rows, const std::string& name);
std::optional<int64_t> ForeignTotal(const base::Rows& rows, const std::string& name);
// How often the alarm rang; part of the own rows.
int64_t Rings(const base::Rows& rows, const std::string& name);

}  // namespace twinline::engine_test
