// The accountability shard: cases of children who stop coming to school, on two lines
// (base::ShardDomain). One shard per installation: a case never moves, its two offices may be in
// any county. What may happen is the table in rules.h; what a case becomes is built in
// case_change.h.
#pragma once

#include "platform/base/decision.h"

namespace twinline::accountability {

base::Decision Decide(const base::CommandView& command, const base::Rows& rows,
                      const base::Context& context);
absl::Status Evolve(const journal::v1::Event& event, const base::EventContext& context,
                    base::Rows& rows);

// Facts of registry, attendance and transfer that are copied, and commands that follow from them.
bool WantsSource(uint32_t event_type);
void Follow(const base::SourceEvent& source, base::Rows& rows);
std::vector<base::DerivedCommand> React(const base::SourceEvent& source);
// Names of the rules by which React makes commands; frozen.
std::vector<std::string> ReactionRules();

class AccountabilityDomain final : public base::ShardDomain {
 public:
  std::string_view name() const override { return "accountability"; }
  uint32_t evolve_version() const override { return 1; }
  base::Decision Decide(const base::CommandView& command, const base::Rows& rows,
                        const base::Context& context) const override {
    return accountability::Decide(command, rows, context);
  }
  absl::Status Evolve(const journal::v1::Event& event, const base::EventContext& context,
                      base::Rows& rows) const override {
    return accountability::Evolve(event, context, rows);
  }
  std::vector<std::string> Sources() const override {
    return {"registry", "attendance", "transfer"};
  }
  bool Wants(uint32_t event_type) const override { return WantsSource(event_type); }
  void Follow(const base::SourceEvent& source, base::Rows& rows) const override {
    accountability::Follow(source, rows);
  }
  std::vector<base::DerivedCommand> React(const base::SourceEvent& source) const override {
    return accountability::React(source);
  }
  std::vector<std::string> Rules() const override { return ReactionRules(); }
  bool HasDeadlines() const override { return true; }
  // The case, paper, task or webhook that the commit made or changed.
  std::vector<base::Id16> Outcome(const journal::v1::Commit& commit) const override;
  std::vector<base::DerivedCommand> Seed() const override;
};

}  // namespace twinline::accountability
