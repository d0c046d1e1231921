#include "platform/base/decision.h"

namespace twinline::base {

// Timers live in own table 0 of every shard: key (due, kind, entity, generation).
namespace {
std::string TimerKey(const Timer& timer) {
  return EncodeKey(Space::kOwn, 0, 0, timer.due, timer.kind, timer.entity, timer.generation);
}
}  // namespace

void SetTimer(Rows& rows, const Timer& timer) {
  journal::v1::TimerRef row;
  row.set_due_us(timer.due.us);
  row.set_kind(timer.kind);
  row.set_entity(timer.entity.str());
  row.set_generation(timer.generation);
  rows.Set(TimerKey(timer), row.SerializeAsString());
}

void CancelTimer(Rows& rows, const Timer& timer) { rows.Remove(TimerKey(timer)); }

}  // namespace twinline::base
