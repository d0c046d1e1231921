// identity/0: accounts, sessions, lock-outs, signing keys and trusted issuers, one shard per
// installation. It follows nobody and nobody's rights depend on it: only who somebody is.
#pragma once

#include "platform/base/decision.h"

namespace twinline::identity {

class IdentityDomain final : public base::ShardDomain {
 public:
  std::string_view name() const override { return "identity"; }
  uint32_t evolve_version() const override { return 1; }

  base::Decision Decide(const base::CommandView& command, const base::Rows& rows,
                        const base::Context& context) const override;
  absl::Status Evolve(const journal::v1::Event& event, const base::EventContext& context,
                      base::Rows& rows) const override;

  // First what came into being or goes on: the session (session_id.h), the accounts. Then the vault
  // entries that nothing uses any more and that must be destroyed.
  std::vector<base::Id16> Outcome(const journal::v1::Commit& commit) const override;
};

}  // namespace twinline::identity
