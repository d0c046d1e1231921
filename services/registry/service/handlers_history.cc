// Both times: who was in a class on a day, what was known about it then, and a child's
// history.
#include <map>

#include "platform/base/hash.h"
#include "registry/domain/as_of.h"
#include "registry/service/handlers.h"
#include "registry/service/open.h"
#include "twinline/registry/v1/registry_events.pb.h"

namespace twinline::registry {
namespace {

void GetClassAsOf(const rpc::CallPtr& call, const Environment& environment,
                  const engine::ReadView& view) {
  const auto& request = rpc::In<v1::GetClassAsOfRequest>(*call);
  const auto facts = FindClass(*view.rows, request.class_id());
  if (!facts) return call->Finish(No("CLASS_UNKNOWN", "没有这个班级。", "There is no such class."));
  const base::Id16 class_id = base::AsId(request.class_id());
  const base::CivilDay day = request.has_effective_at()
                                 ? base::CivilDay{request.effective_at().days()}
                                 : environment.Today();
  const base::Timestamp known = request.known_at_us() == 0 ? base::Timestamp{INT64_MAX}
                                                           : base::Timestamp{request.known_at_us()};
  auto& reply = rpc::Out<v1::GetClassAsOfReply>(*call);
  *reply.mutable_class_facts() = *facts;
  reply.set_roster_version(RosterVersionAsOf(*view.rows, class_id, known));
  const Opener opener(environment);
  for (const v1::MemberRow& member : ClassAsOf(*view.rows, class_id, day, known)) {
    v1::MemberView* shown = reply.add_members();
    shown->set_child_id(member.child_id());
    shown->set_registration_id(member.registration_id());
    *shown->mutable_joined_on() = member.joined_on();
    shown->set_joined_recorded_us(member.joined_us());
    if (member.has_left_on() && member.left_us() <= known.us) {
      *shown->mutable_left_on() = member.left_on();
      shown->set_left_recorded_us(member.left_us());
    }
    const auto child = base::Find<v1::ChildRow>(*view.rows, base::AsId(member.child_id()));
    if (child) shown->set_name(opener.Name(*child));
  }
  call->Finish();
}

const std::map<uint32_t, std::string>& EventNames() {
  static const auto* names = [] {
    auto* all = new std::map<uint32_t, std::string>;
    const auto* file = v1::ChildRegistered::descriptor()->file();
    for (int i = 0; i < file->message_type_count(); ++i) {
      const auto* type = file->message_type(i);
      const uint32_t number = type->options().GetExtension(types::v1::event_type);
      if (number != 0) (*all)[number] = type->name();
    }
    return all;
  }();
  return *names;
}

void GetChildHistory(const rpc::CallPtr& call, const Environment& environment,
                     const engine::ReadView& view) {
  const auto& request = rpc::In<v1::GetChildHistoryRequest>(*call);
  base::PageRequest page;
  if (!ReadPage(call, request.page(), &page)) return;
  auto& reply = rpc::Out<v1::GetChildHistoryReply>(*call);
  reply.set_child_id(request.child_id());
  const auto found = base::ScanPage<v1::HistoryRow>(
      *view.rows, base::RowKey<v1::HistoryRow>(base::AsId(request.child_id())),
      /*is_index=*/false, page);
  for (const v1::HistoryRow& row : found.rows) {
    v1::HistoryEntry* shown = reply.add_entries();
    shown->set_event_id(environment.shard->journal_name() + "/" + std::to_string(row.epoch()) +
                        "/" + std::to_string(row.pos()) + "/" + std::to_string(row.commit()) + "/" +
                        std::to_string(row.event()));
    const auto name = EventNames().find(row.event_type());
    if (name != EventNames().end()) shown->set_event(name->second);
    shown->set_recorded_us(row.recorded_us());
    *shown->mutable_effective() = row.effective();
    shown->set_actor(row.actor_subject());
    shown->set_actor_office(row.actor_office().empty() ? row.actor_service() : row.actor_office());
    *shown->mutable_facts() = row.facts();
    *shown->mutable_changed() = row.changed();
    shown->set_reason(row.reason());
    shown->set_business_id(row.business_id());
  }
  reply.set_next_page_token(base::ToHex(found.next_key));
  call->Finish();
}

}  // namespace

void RegisterHistoryHandlers(rpc::ServiceRegistry& registry, const Environment& environment) {
  const auto read = [&](std::string_view name, auto* handler) {
    Serve(registry, name, [&environment, handler](rpc::CallPtr call) {
      rpc::WithView(call, *environment.shard,
                    [call, handler, &environment](const engine::ReadView& view) {
                      handler(call, environment, view);
                    });
    });
  };
  read("GetClassAsOf", &GetClassAsOf);
  read("GetChildHistory", &GetChildHistory);
}

}  // namespace twinline::registry
