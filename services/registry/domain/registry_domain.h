// registry/0: the domain that the engine runs. One shard per installation, so that what is true of
// one child is decided in one journal.
#pragma once

#include "platform/base/decision.h"

namespace twinline::registry {

class RegistryDomain final : public base::ShardDomain {
 public:
  std::string_view name() const override { return "registry"; }
  uint32_t evolve_version() const override { return 2; }

  base::Decision Decide(const base::CommandView& command, const base::Rows& rows,
                        const base::Context& context) const override;
  absl::Status Evolve(const journal::v1::Event& event, const base::EventContext& context,
                      base::Rows& rows) const override;

  std::vector<std::string> Sources() const override { return {"transfer"}; }
  bool Wants(uint32_t event_type) const override;
  std::vector<std::string> Rules() const override;
  std::vector<base::DerivedCommand> React(const base::SourceEvent& source) const override;

  // The first id is the one the caller asked for (child, class, staff member, duty, task), the
  // second a child's registration; duplicate tasks follow.
  std::vector<base::Id16> Outcome(const journal::v1::Commit& commit) const override;
};

}  // namespace twinline::registry
