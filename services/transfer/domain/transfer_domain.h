// The transfer shard: every approval that changes a registration's status or school
// (base::ShardDomain). Its open-business row is the only lock on a child; the registry does
// the change by reaction.
#pragma once

#include "platform/base/decision.h"
#include "platform/calendar/working_days.h"
#include "twinline/transfer/v1/transfer_commands.pb.h"
#include "twinline/transfer/v1/transfer_rows.pb.h"

namespace twinline::transfer {

// Timer kinds, frozen. Entity: the business id.
inline constexpr uint32_t kTimerStepDue = 1;
inline constexpr uint32_t kTimerLongOverdue = 2;
inline constexpr uint32_t kTimerRecompute = 3;  // no entity: goes on with moving deadlines

base::Decision Decide(const base::CommandView& command, const base::Rows& rows,
                      const base::Context& context);
absl::Status Evolve(const journal::v1::Event& event, const base::EventContext& context,
                    base::Rows& rows);
bool WantsSource(uint32_t event_type);
void Follow(const base::SourceEvent& source, base::Rows& rows);
std::vector<base::DerivedCommand> React(const base::SourceEvent& source);
std::vector<std::string> ReactionRules();

inline constexpr uint32_t kTimerClassRun = 4;  // entity: the run; its next class

// The working-day calendars adopted in this journal.
calendar::WorkingCalendar LoadCalendar(const base::Rows& rows);

class TransferDomain final : public base::ShardDomain {
 public:
  std::string_view name() const override { return "transfer"; }
  uint32_t evolve_version() const override { return 2; }
  base::Decision Decide(const base::CommandView& command, const base::Rows& rows,
                        const base::Context& context) const override {
    return transfer::Decide(command, rows, context);
  }
  absl::Status Evolve(const journal::v1::Event& event, const base::EventContext& context,
                      base::Rows& rows) const override {
    return transfer::Evolve(event, context, rows);
  }
  std::vector<std::string> Sources() const override { return {"registry", "accountability"}; }
  bool Wants(uint32_t event_type) const override { return WantsSource(event_type); }
  void Follow(const base::SourceEvent& source, base::Rows& rows) const override {
    transfer::Follow(source, rows);
  }
  std::vector<base::DerivedCommand> React(const base::SourceEvent& source) const override {
    return transfer::React(source);
  }
  bool HasDeadlines() const override { return true; }
  std::vector<base::Id16> Outcome(const journal::v1::Commit& commit) const override;
  std::vector<std::string> Rules() const override;
  std::vector<base::DerivedCommand> Seed() const override;
};

}  // namespace twinline::transfer
