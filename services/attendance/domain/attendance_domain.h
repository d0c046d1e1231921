// The attendance shard: what it decides, folds and follows (base::ShardDomain). Rules in judge.h.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "platform/base/decision.h"

namespace twinline::attendance {

// Timer kinds, frozen.
inline constexpr uint32_t kTimerDayClose = 1;  // entity: SchoolEntity(code)

// A 10-digit school code carried in a timer's entity id.
base::Id16 SchoolEntity(std::string_view school_code);
std::string SchoolOfEntity(const base::Id16& entity);

base::Decision Decide(const base::CommandView& command, const base::Rows& rows,
                      const base::Context& context);
absl::Status Evolve(const journal::v1::Event& event, const base::EventContext& context,
                    base::Rows& rows);

// Facts of registry and accountability that attendance copies, and commands that follow from them.
bool WantsSource(uint32_t event_type);
void Follow(const base::SourceEvent& source, base::Rows& rows);

// Which counties' schools a shard keeps (six-digit codes, GB/T 2260).
struct CountyShare {
  std::set<std::string, std::less<>> counties;
  bool others = true;  // keeps every county but these; false: these and no others

  bool Keeps(std::string_view county) const { return counties.contains(county) != others; }
};

std::vector<std::string> ReactionRules();
std::vector<base::DerivedCommand> React(const base::SourceEvent& source, const CountyShare& share);

// A shard keeps the school days of its counties and therefore takes the roll calls of their
// classes; a class of another shard is unknown here. One shard keeps all, until load asks for more
// . What does not cross a border between shards: ADR 0024.
class AttendanceDomain final : public base::ShardDomain {
 public:
  AttendanceDomain() = default;
  // Fixed for the life of the installation: a school that changed its shard would leave its past
  // behind.
  explicit AttendanceDomain(CountyShare share) : share_(std::move(share)) {}

  std::string_view name() const override { return "attendance"; }
  uint32_t evolve_version() const override { return 2; }
  base::Decision Decide(const base::CommandView& command, const base::Rows& rows,
                        const base::Context& context) const override {
    return attendance::Decide(command, rows, context);
  }
  absl::Status Evolve(const journal::v1::Event& event, const base::EventContext& context,
                      base::Rows& rows) const override {
    return attendance::Evolve(event, context, rows);
  }
  std::vector<std::string> Sources() const override { return {"registry", "accountability"}; }
  bool Wants(uint32_t event_type) const override { return WantsSource(event_type); }
  void Follow(const base::SourceEvent& source, base::Rows& rows) const override {
    attendance::Follow(source, rows);
  }
  std::vector<base::DerivedCommand> React(const base::SourceEvent& source) const override;
  // A roll call stands on the roster version that it names.
  bool RestsOnSources(uint32_t command_type) const override;
  // A proposed correction's id; of a roll call, the registrations that crossed a threshold by it.
  std::vector<base::Id16> Outcome(const journal::v1::Commit& commit) const override;
  std::vector<std::string> Rules() const override { return ReactionRules(); }
  std::vector<base::DerivedCommand> Seed() const override;

 private:
  CountyShare share_;
};

// The rule set that a new installation begins with: domain.md 2.3, valid from the beginning.
// Numbers are proposals until the bureau answers ASK-07.
std::string DefaultRuleSetCommand();

}  // namespace twinline::attendance
