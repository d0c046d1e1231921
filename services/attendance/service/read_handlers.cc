// Reading attendance: a class-day, a child's term.
#include <algorithm>

#include "attendance/domain/marks.h"
#include "attendance/domain/schedule.h"
#include "attendance/domain/streak.h"
#include "attendance/service/handlers.h"
#include "attendance/tables/tables.h"
#include "platform/base/hash.h"
#include "platform/vault/owner_key.h"

namespace twinline::attendance {
namespace {

using base::AsId;
using base::CivilDay;

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
  if (types::v1::Sealed late;
      !marks.late_reason().empty() && late.ParseFromString(marks.late_reason())) {
    view->set_late_reason(
        vault::OpenText(*environment.deps.sealer, LateReasonPlace(marks.by()), late));
  }
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

// Closed school days on which the child's class of that day did not hand in everything (C-5).
void AddNotTaken(const base::Rows& rows, const v1::ForeignRegistration& facts, CivilDay from,
                 CivilDay to, v1::GetChildTermReply* reply) {
  if (facts.places().empty()) return;
  Schedule schedule(rows);
  for (CivilDay day = std::max(from, CivilDay{facts.places(0).from_day()}); day <= to; ++day.days) {
    const std::string& class_id = PlaceOn(facts.places(), day).class_id();
    const auto place = base::Find<v1::ForeignClass>(rows, AsId(class_id));
    const v1::SchoolRow* school = place ? schedule.School(place->school_code()) : nullptr;
    if (school == nullptr || day.days > school->last_closed_day()) continue;
    const uint32_t scheduled = schedule.On(place->school_code(), day).sessions;
    if (scheduled == 0) continue;
    const auto row = base::Find<v1::ClassDayRow>(rows, AsId(class_id), day.days);
    const uint32_t missing = scheduled & ~(row ? TakenSessions(*row) : 0u);
    if (missing == 0) continue;
    v1::DayNotTaken* not_taken = reply->add_not_taken();
    not_taken->mutable_day()->set_days(day.days);
    not_taken->set_morning((missing & SessionBit(kMorning)) != 0);
    not_taken->set_afternoon((missing & SessionBit(kAfternoon)) != 0);
    not_taken->set_class_id(class_id);
  }
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
    AddNotTaken(*view.rows, *facts, CivilDay{request.from().days()}, CivilDay{to}, &reply);
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

}  // namespace

void RegisterReadHandlers(rpc::ServiceRegistry& registry, const Environment& environment) {
  const std::pair<const char*, void (*)(const rpc::CallPtr&, const Environment&)> handlers[] = {
      {"GetClassDay", GetClassDay},
      {"GetChildTerm", GetChildTerm},
  };
  for (const auto& [name, handler] : handlers) {
    registry.Unary(Method(name),
                   [&environment, handler](rpc::CallPtr call) { handler(call, environment); });
  }
}

}  // namespace twinline::attendance
