// Reading attendance: a class-day, a child's term, streaks, classes nobody marked, two-school
// conflicts.
#include <algorithm>

#include "attendance/domain/marks.h"
#include "attendance/domain/schedule.h"
#include "attendance/service/handlers.h"
#include "attendance/tables/tables.h"
#include "platform/base/hash.h"
#include "platform/vault/owner_key.h"

namespace twinline::attendance {
namespace {

using base::AsId;
using base::CivilDay;

constexpr size_t kClassesMax = 20'000;  // of one installation's shard
constexpr size_t kStreaksMax = 200;
constexpr size_t kUnmarkedMax = 500;
constexpr int32_t kTermDaysMax = 400;

std::string Method(std::string_view name) {
  return "twinline.attendance.v1.AttendanceService." + std::string(name);
}

std::string OpenReason(const Environment& environment, const std::string& child,
                       const std::string& sealed_bytes) {
  types::v1::Sealed sealed;
  if (sealed_bytes.empty() || !sealed.ParseFromString(sealed_bytes)) return {};
  return vault::OpenText(
      *environment.deps.sealer,
      {AsId(child), "twinline.attendance.v1.Exception", v1::Exception::kReasonFieldNumber}, sealed);
}

void FillSession(const Environment& environment, const base::Rows& rows,
                 const v1::SessionMarks& marks, int32_t day, uint32_t session,
                 v1::SessionView* view, std::vector<std::string>* children) {
  view->set_taken(true);
  view->set_roster_version(marks.roster_version());
  view->set_taken_by(marks.by());
  view->set_taken_at_us(marks.at_us());
  for (size_t i = 0; i < MarkCount(marks); ++i) {
    const PackedMark mark = MarkAt(marks, i);
    v1::MarkedException* exception = view->add_exceptions();
    exception->set_registration_id(std::string(mark.registration));
    exception->set_code(mark.code);
    const auto facts = base::Find<v1::ForeignRegistration>(rows, AsId(mark.registration));
    if (!facts) continue;
    children->push_back(facts->child_id());
    const auto row = base::Find<v1::MarkRow>(rows, AsId(mark.registration), day);
    if (!row) continue;
    exception->set_minutes_late(session == kMorning ? row->late_morning() : row->late_afternoon());
    exception->set_reason(
        OpenReason(environment, facts->child_id(),
                   session == kMorning ? row->reason_morning() : row->reason_afternoon()));
  }
}

void GetClassDay(const rpc::CallPtr& call, const Environment& environment) {
  const auto& asked = rpc::In<v1::GetClassDayRequest>(*call);
  rpc::WithView(
      call, environment.shards.OfClass(asked.class_id()),
      [call, &environment](const engine::ReadView& view) {
        const auto& request = rpc::In<v1::GetClassDayRequest>(*call);
        auto& reply = rpc::Out<v1::GetClassDayReply>(*call);
        const auto facts = base::Find<v1::ForeignClass>(*view.rows, AsId(request.class_id()));
        if (facts) {
          Schedule schedule(*view.rows);
          reply.set_school_day(
              schedule.On(facts->school_code(), CivilDay{request.day().days()}).sessions != 0);
        }
        const auto row =
            base::Find<v1::ClassDayRow>(*view.rows, AsId(request.class_id()), request.day().days());
        std::vector<std::string> children;
        if (row) {
          const int32_t day = request.day().days();
          reply.set_judged(row->judged());
          const auto fill = [&](bool has, const v1::SessionMarks& marks, uint32_t session,
                                v1::SessionView* shown) {
            if (has) FillSession(environment, *view.rows, marks, day, session, shown, &children);
          };
          fill(row->has_morning(), row->morning(), kMorning, reply.mutable_morning());
          fill(row->has_afternoon(), row->afternoon(), kAfternoon, reply.mutable_afternoon());
          if (row->has_conflict_morning()) {
            fill(true, row->conflict_morning(), kMorning, reply.mutable_conflict_morning());
          }
          if (row->has_conflict_afternoon()) {
            fill(true, row->conflict_afternoon(), kAfternoon, reply.mutable_conflict_afternoon());
          }
        }
        std::sort(children.begin(), children.end());
        children.erase(std::unique(children.begin(), children.end()), children.end());
        for (std::string& child : children) reply.add_child_id(std::move(child));
        call->Finish();
      });
}

void GetChildTerm(const rpc::CallPtr& call, const Environment& environment) {
  const auto& asked = rpc::In<v1::GetChildTermRequest>(*call);
  const auto place = environment.deps.directory->PlaceOf(AsId(asked.child_id()));
  engine::Shard& shard = environment.shards.OfSchool(place ? place->school_code : std::string());
  rpc::WithView(call, shard, [call](const engine::ReadView& view) {
    const auto& request = rpc::In<v1::GetChildTermRequest>(*call);
    auto& reply = rpc::Out<v1::GetChildTermReply>(*call);
    const auto facts =
        base::Find<v1::ForeignRegistration>(*view.rows, AsId(request.registration_id()));
    // The right was checked for the child that the request names.
    if (!facts || facts->child_id() != request.child_id()) {
      return call->Finish(base::Refusal{
          "REGISTRATION_UNKNOWN", "该生没有这个学籍。", "The child has no such registration.", {}});
    }
    const int32_t to = std::min(request.to().days(), request.from().days() + kTermDaysMax);
    reply.set_child_id(request.child_id());
    view.rows->Scan(
        base::RowKey<v1::MarkRow>(AsId(request.registration_id())),
        base::RowKey<v1::MarkRow>(AsId(request.registration_id()), request.from().days()),
        [&](std::string_view, std::string_view value) {
          v1::MarkRow row;
          row.ParseFromArray(value.data(), static_cast<int>(value.size()));
          if (row.day() > to) return false;
          v1::DayMarks* day = reply.add_exceptions();
          day->mutable_day()->set_days(row.day());
          day->set_morning(row.morning());
          day->set_afternoon(row.afternoon());
          return true;
        });
    if (const auto set = base::Find<v1::TrackedSetRow>(*view.rows, AsId(facts->class_id()))) {
      for (const v1::TrackedChild& child : set->children()) {
        if (child.registration_id() != request.registration_id()) continue;
        reply.set_streak_days(child.days());
        if (child.last_present_day() != 0)
          reply.mutable_last_present_day()->set_days(child.last_present_day());
        reply.set_on_watch(child.watch());
      }
    }
    call->Finish();
  });
}

void ListStreaks(const rpc::CallPtr& call, const Environment& environment) {
  const auto& asked = rpc::In<v1::ListStreaksRequest>(*call);
  rpc::WithView(
      call, environment.shards.OfSchool(asked.school_code()), [call](const engine::ReadView& view) {
        const auto& request = rpc::In<v1::ListStreaksRequest>(*call);
        std::vector<v1::StreakView> streaks;
        base::ScanIndex<v1::ForeignClass>(
            *view.rows, base::TableOf<v1::ForeignClass>::kBySchool, kClassesMax,
            [&](const v1::ForeignClass& facts) {
              const auto set = base::Find<v1::TrackedSetRow>(*view.rows, AsId(facts.class_id()));
              if (!set || !call->reach().CoversClass(AsId(facts.class_id()))) return true;
              for (const v1::TrackedChild& child : set->children()) {
                if (child.days() < std::max(1u, request.min_days())) continue;
                v1::StreakView streak;
                streak.set_child_id(child.child_id());
                streak.set_registration_id(child.registration_id());
                streak.set_class_id(facts.class_id());
                streak.set_days(child.days());
                streak.mutable_first_day()->set_days(child.first_day());
                if (child.last_present_day() != 0)
                  streak.mutable_last_present_day()->set_days(child.last_present_day());
                streaks.push_back(std::move(streak));
              }
              return true;
            },
            request.school_code());
        std::stable_sort(
            streaks.begin(), streaks.end(),
            [](const v1::StreakView& a, const v1::StreakView& b) { return a.days() > b.days(); });
        if (streaks.size() > kStreaksMax) streaks.resize(kStreaksMax);
        auto& reply = rpc::Out<v1::ListStreaksReply>(*call);
        for (v1::StreakView& streak : streaks) *reply.add_streaks() = std::move(streak);
        call->Finish();
      });
}

void ListUnmarked(const rpc::CallPtr& call, const Environment& environment) {
  auto& reply = rpc::Out<v1::ListUnmarkedReply>(*call);
  for (const engine::Shard* shard : environment.shards.all()) {
    const engine::ReadView view = shard->Read();
    base::ScanRows<v1::ClassStateRow>(*view.rows, kClassesMax, [&](const v1::ClassStateRow& state) {
      if (state.unmarked_days() == 0 || !call->reach().CoversClass(AsId(state.class_id())))
        return true;
      const auto facts = base::Find<v1::ForeignClass>(*view.rows, AsId(state.class_id()));
      if (!facts || facts->closed()) return true;
      v1::UnmarkedClass* unmarked = reply.add_classes();
      unmarked->set_class_id(state.class_id());
      unmarked->set_school_code(facts->school_code());
      unmarked->set_grade(facts->grade());
      unmarked->set_number(facts->number());
      unmarked->set_days(state.unmarked_days());
      unmarked->mutable_first_day()->set_days(state.unmarked_first_day());
      return reply.classes_size() < static_cast<int>(kUnmarkedMax);
    });
  }
  call->Finish();
}

void ListTwoSchoolConflicts(const rpc::CallPtr& call, const Environment& environment) {
  const auto& request = rpc::In<v1::ListTwoSchoolConflictsRequest>(*call);
  auto& reply = rpc::Out<v1::ListTwoSchoolConflictsReply>(*call);
  base::PageRequest page;
  page.size = request.page().size() == 0 ? 50 : std::min(request.page().size(), 200u);
  page.after_key = base::FromHex(request.page().page_token()).value_or(std::string());
  // With several shards the pages of the first are followed by whole lists of the others: conflicts
  // are rare.
  const auto add = [&](const v1::ConflictRow& row) {
    v1::TwoSchoolConflict* conflict = reply.add_conflicts();
    conflict->set_child_id(row.child_id());
    conflict->set_registration_id(row.registration_id());
    conflict->set_school_code(row.school_code());
    conflict->set_other_school_code(row.other_school_code());
    conflict->mutable_day()->set_days(row.day());
    conflict->set_session(static_cast<types::v1::Session>(row.session()));
  };
  const auto covered = [&](const v1::ConflictRow& row) {
    return call->reach().CoversSchool(row.school_code()) ||
           call->reach().CoversSchool(row.other_school_code());
  };
  for (const engine::Shard* shard : environment.shards.all()) {
    const auto found =
        base::ScanPage<v1::ConflictRow>(*shard->Read().rows, base::RowKey<v1::ConflictRow>(),
                                        /*is_index=*/false, page, covered);
    for (const v1::ConflictRow& row : found.rows) add(row);
    if (shard == environment.shards.all().front())
      reply.set_next_page_token(base::ToHex(found.next_key));
  }
  call->Finish();
}

}  // namespace

void RegisterReadHandlers(rpc::ServiceRegistry& registry, const Environment& environment) {
  const std::pair<const char*, void (*)(const rpc::CallPtr&, const Environment&)> handlers[] = {
      {"GetClassDay", GetClassDay},
      {"GetChildTerm", GetChildTerm},
      {"ListStreaks", ListStreaks},
      {"ListUnmarked", ListUnmarked},
      {"ListTwoSchoolConflicts", ListTwoSchoolConflicts},
  };
  for (const auto& [name, handler] : handlers) {
    registry.Unary(Method(name),
                   [&environment, handler](rpc::CallPtr call) { handler(call, environment); });
  }
}

}  // namespace twinline::attendance
