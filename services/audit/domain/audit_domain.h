// The audit shard: the log of heads and what leaves the house (base::ShardDomain). It holds no
// personal data, so that each of its records may be handed to anybody as part of a proof.
//
// What it guards: a head only grows and never contradicts itself, a checkpoint only grows, and a
// trail of more than one child leaves only after two persons agreed. That heads and notes
// are true is computed by the audit service before it submits them, and computed again by every
// rebuild.
#pragma once

#include "platform/base/decision.h"

namespace twinline::audit {

// The actor of the service's own commands; heads and checkpoints are taken from nobody else.
inline constexpr std::string_view kAuditService = "service:audit";

// An approval to export is good for a week.
inline constexpr int64_t kExportValidUs = 7 * base::kDayUs;

class AuditDomain final : public base::ShardDomain {
 public:
  std::string_view name() const override { return "audit"; }
  uint32_t evolve_version() const override { return 1; }
  base::Decision Decide(const base::CommandView& command, const base::Rows& rows,
                        const base::Context& context) const override;
  absl::Status Evolve(const journal::v1::Event& event, const base::EventContext& context,
                      base::Rows& rows) const override;
  std::vector<base::Id16> Outcome(const journal::v1::Commit& commit) const override;
};

}  // namespace twinline::audit
