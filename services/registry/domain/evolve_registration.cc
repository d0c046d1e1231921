#include "platform/base/status_macros.h"
#include "registry/domain/evolve.h"
#include "registry/domain/rules.h"
#include "registry/tables/tables.h"

namespace twinline::registry {
namespace {

// Adds `sign` pupils to the head count that these facts stand in. An alias stands in none.
void Count(const v1::ChildFacts& facts, int sign, base::Rows& rows) {
  if (!facts.alias_of().empty()) return;
  auto row = base::Find<v1::CountRow>(rows, facts.school_code(), facts.grade(), facts.status());
  if (!row) {
    row.emplace();
    row->set_school_code(facts.school_code());
    row->set_grade(facts.grade());
    row->set_status(facts.status());
  }
  const auto& groups = facts.watch_groups();
  const bool left_behind =
      Contains(groups, "LEFT_BEHIND_ONE") || Contains(groups, "LEFT_BEHIND_BOTH");
  row->set_pupils(row->pupils() + sign);
  if (facts.sex() == 2) row->set_girls(row->girls() + sign);
  if (facts.boarding() == "2") row->set_boarders(row->boarders() + sign);
  if (left_behind) row->set_left_behind(row->left_behind() + sign);
  if (Contains(groups, "ACCOMPANYING")) row->set_accompanying(row->accompanying() + sign);
  if (facts.special_education()) row->set_special_education(row->special_education() + sign);
  if (!facts.problems().empty()) row->set_problems(row->problems() + sign);
  if (row->pupils() == 0) {
    base::Erase(rows, *row);
  } else {
    base::Put(rows, *row);
  }
}

void Join(const FactsChange& change, v1::RegistrationRow* row, base::Rows& rows) {
  const v1::ChildFacts& facts = *change.after;
  row->set_home_class_id(facts.class_id());
  row->set_member_version(facts.version());
  v1::MemberRow member;
  member.set_class_id(facts.class_id());
  member.set_registration_id(facts.registration_id());
  member.set_child_id(facts.child_id());
  member.set_joined_version(facts.version());
  member.mutable_joined_on()->set_days(change.event->effective_date());
  member.set_joined_us(change.context->recorded.us);
  base::Put(rows, member);
}

absl::Status Leave(const v1::RegistrationRow& row, const FactsChange& change, base::Rows& rows) {
  const v1::ChildFacts& before = row.facts();
  auto member =
      base::Find<v1::MemberRow>(rows, base::AsId(before.class_id()),
                                base::AsId(before.registration_id()), row.member_version());
  if (!member) return absl::DataLossError("a registration on a roster has no open membership");
  member->mutable_left_on()->set_days(change.event->effective_date());
  member->set_left_us(change.context->recorded.us);
  base::Put(rows, *member);
  return absl::OkStatus();
}

absl::Status Store(v1::RegistrationRow row, const std::string& class_before,
                   const FactsChange& change, base::Rows& rows) {
  const v1::ChildFacts& after = *change.after;
  if (class_before != after.class_id()) {
    if (!class_before.empty()) TWINLINE_RETURN_IF_ERROR(Leave(row, change, rows));
    if (!after.class_id().empty()) Join(change, &row, rows);
  }
  *row.mutable_facts() = after;
  row.set_changed_us(change.context->recorded.us);
  row.set_changed_pos(change.context->ref.pos());
  base::Put(rows, row);
  return absl::OkStatus();
}

}  // namespace

v1::HistoryRow HistoryOf(std::string_view child_id, const FactsChange& change) {
  v1::HistoryRow row;
  const journal::v1::EventRef& ref = change.context->ref;
  row.set_child_id(std::string(child_id));
  row.set_pos(ref.pos());
  row.set_commit(ref.commit());
  row.set_event(ref.event());
  row.set_epoch(ref.epoch());
  row.set_event_type(change.event->type());
  row.set_recorded_us(change.context->recorded.us);
  row.mutable_effective()->set_days(change.event->effective_date());
  if (change.context->actor != nullptr) {
    row.set_actor_subject(change.context->actor->subject());
    row.set_actor_office(change.context->actor->office());
    row.set_actor_service(change.context->actor->service());
  }
  if (change.after != nullptr) *row.mutable_facts() = *change.after;
  return row;
}

absl::Status PutNewRegistration(const v1::ChildRegistered& registered, const FactsChange& change,
                                base::Rows& rows) {
  const v1::ChildFacts& facts = *change.after;
  if (base::Find<v1::RegistrationRow>(rows, base::AsId(facts.registration_id()))) {
    return absl::DataLossError("a registration is recorded twice under one id");
  }
  v1::RegistrationRow row;
  row.set_entry_kind(registered.entry_kind());
  *row.mutable_entered_on() = registered.entered_on();
  row.set_created_us(change.context->recorded.us);
  Count(facts, +1, rows);
  return Store(std::move(row), {}, change, rows);
}

absl::Status PutFacts(const FactsChange& change, base::Rows& rows) {
  const v1::ChildFacts& after = *change.after;
  auto row = base::Find<v1::RegistrationRow>(rows, base::AsId(after.registration_id()));
  if (!row) return absl::DataLossError("an event names a registration that was never recorded");
  if (after.version() != row->facts().version() + 1) {
    return absl::DataLossError("an event skips a version of its registration");
  }
  Count(row->facts(), -1, rows);
  Count(after, +1, rows);
  const std::string class_before = row->facts().class_id();
  return Store(std::move(*row), class_before, change, rows);
}

void PutClass(const v1::ClassFacts& facts, const base::EventContext& context, base::Rows& rows) {
  if (facts.class_id().empty()) return;
  v1::ClassRow row;
  *row.mutable_facts() = facts;
  base::Put(rows, row);
  v1::RosterRow roster;
  roster.set_class_id(facts.class_id());
  roster.set_roster_version(facts.roster_version());
  roster.set_recorded_us(context.recorded.us);
  roster.set_pupils(facts.pupils());
  base::Put(rows, roster);
}

}  // namespace twinline::registry
