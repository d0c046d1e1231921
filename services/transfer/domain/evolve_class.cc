#include "transfer/domain/evolve_class.h"

#include "platform/base/dispatch.h"
#include "transfer/domain/transfer_domain.h"
#include "transfer/tables/tables.h"

namespace twinline::transfer {

using base::AsId;
using base::EventContext;
using base::Rows;

namespace {

absl::Status PutRun(const v1::ClassRunFacts& facts, const EventContext& context, Rows& rows,
                    v1::ClassRunRow* out = nullptr) {
  auto row = base::Find<v1::ClassRunRow>(rows, AsId(facts.run_id())).value_or(v1::ClassRunRow());
  if (facts.version() != row.facts().version() + 1) {
    return absl::DataLossError("an event of a class run skips a version");
  }
  if (!row.has_facts()) row.set_planned_us(context.recorded.us);
  *row.mutable_facts() = facts;
  base::Put(rows, row);
  if (out != nullptr) *out = std::move(row);
  return absl::OkStatus();
}

// One class at a time: the next turn is due at once, and people's commands of the same batch are
// decided beside it.
void GoOn(const v1::ClassRunFacts& run, const EventContext& context, Rows& rows) {
  if (run.state() != "RUNNING") return;
  base::SetTimer(rows, {context.recorded, kTimerClassRun, AsId(run.run_id()), run.started()});
}

absl::Status Fold(const v1::ClassRunPlanned& event, const EventContext& context, Rows& rows) {
  return PutRun(event.run(), context, rows);
}
absl::Status Fold(const v1::ClassRunApproved& event, const EventContext& context, Rows& rows) {
  GoOn(event.run(), context, rows);
  return PutRun(event.run(), context, rows);
}
absl::Status Fold(const v1::ClassRunFinished& event, const EventContext& context, Rows& rows) {
  return PutRun(event.run(), context, rows);
}
absl::Status Fold(const v1::ClassRunCancelled& event, const EventContext& context, Rows& rows) {
  return PutRun(event.run(), context, rows);
}

absl::Status Fold(const v1::ClassRunAllStarted& event, const EventContext& context, Rows& rows) {
  v1::ClassRunRow row;
  absl::Status status = PutRun(event.run(), context, rows, &row);
  if (!status.ok()) return status;
  row.set_all_started(true);
  base::Put(rows, row);
  return absl::OkStatus();
}

absl::Status Fold(const v1::ClassBusinessApproved& event, const EventContext& context, Rows& rows) {
  const v1::ClassBusinessFacts& facts = event.business();
  v1::ClassRunRow run;
  absl::Status status = PutRun(event.run(), context, rows, &run);
  if (!status.ok()) return status;
  run.set_after_school(facts.school_code());
  run.set_after_class(facts.class_id());
  base::Put(rows, run);
  GoOn(event.run(), context, rows);
  v1::ClassBusinessRow row;
  *row.mutable_facts() = facts;
  base::Put(rows, row);
  for (const v1::ClassMember& member : facts.members()) {
    if (base::Find<v1::OpenBusinessRow>(rows, AsId(member.child_id()))) {
      return absl::DataLossError("a class business takes a child that has another one open");
    }
    v1::OpenBusinessRow lock;
    lock.set_child_id(member.child_id());
    lock.set_business_id(facts.business_id());
    base::Put(rows, lock);
  }
  return absl::OkStatus();
}

absl::Status Fold(const v1::ClassBusinessCompleted& event, const EventContext& context,
                  Rows& rows) {
  absl::Status status = PutRun(event.run(), context, rows);
  if (!status.ok()) return status;
  auto row = base::Find<v1::ClassBusinessRow>(rows, AsId(event.business().business_id()));
  if (!row) return absl::DataLossError("a class business ends that was never approved");
  *row->mutable_facts() = event.business();
  base::Put(rows, *row);
  for (const v1::ClassMember& member : event.business().members()) {
    const auto lock = base::Find<v1::OpenBusinessRow>(rows, AsId(member.child_id()));
    if (!lock || lock->business_id() != event.business().business_id()) {
      return absl::DataLossError("a child of a class business is not locked by it");
    }
    base::Erase(rows, *lock);
  }
  return absl::OkStatus();
}

}  // namespace

std::optional<absl::Status> EvolveClassBusiness(const journal::v1::Event& event,
                                                const EventContext& context, Rows& rows) {
  return base::FoldIfAny<v1::ClassRunPlanned, v1::ClassRunApproved, v1::ClassBusinessApproved,
                         v1::ClassBusinessCompleted, v1::ClassRunAllStarted, v1::ClassRunFinished,
                         v1::ClassRunCancelled>(
      event, [&](const auto& message) { return Fold(message, context, rows); });
}

}  // namespace twinline::transfer
