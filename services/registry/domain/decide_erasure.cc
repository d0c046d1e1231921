// Erasure by destroying keys: rare, ordered by two persons on a named legal ground, never a
// deletion of events or rows.
#include "registry/domain/decide.h"
#include "registry/domain/lookup.h"

namespace twinline::registry {

base::Decision Decide(const v1::OrderErasureCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  const auto subject = FindSubject(rows, command.child_id());
  if (!subject) return No("CHILD_UNKNOWN", "没有这名学生的学籍。", "There is no such child.");
  if (command.ground().empty()) {
    return No("REASON_MISSING", "请写明销毁的法律依据。", "Name the legal ground.");
  }
  if (command.second_person().size() != base::Id16::kSize ||
      command.second_person() == context.actor.subject()) {
    return No("SECOND_PERSON_NEEDED", "销毁个人信息须由两人共同作出。",
              "Two persons must order an erasure.");
  }
  if (!subject->child.erasure_ground().empty()) {
    return No("ERASURE_ORDERED", "该生个人信息销毁已下达。", "The erasure is already ordered.");
  }
  v1::ErasureOrdered event;
  event.set_child_id(command.child_id());
  event.set_ground(command.ground());
  event.set_second_person(command.second_person());
  return base::Events{base::MakeEvent(event, context.today)};
}

base::Decision Decide(const v1::NoteKeyDestroyedCommand& command, const base::Rows& rows,
                      const base::Context& context) {
  const auto subject = FindSubject(rows, command.child_id());
  if (!subject) return No("CHILD_UNKNOWN", "没有这名学生的学籍。", "There is no such child.");
  if (subject->child.erasure_ground().empty()) {
    return No("ERASURE_NOT_ORDERED", "尚未下达销毁决定。", "No erasure was ordered.");
  }
  v1::KeyDestroyed event;
  event.set_child_id(command.child_id());
  *event.mutable_key_id() = command.key_id();
  event.set_ground(command.ground());
  return base::Events{base::MakeEvent(event, context.today)};
}

}  // namespace twinline::registry
