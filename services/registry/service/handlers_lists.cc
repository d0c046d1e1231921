// Lists of children: search, class list, worklists. Everything outside the caller's reach is left
// out.
#include "platform/base/hash.h"
#include "registry/service/handlers.h"
#include "registry/service/name_index.h"
#include "registry/service/open.h"

namespace twinline::registry {
namespace {

using RegistrationTable = base::TableOf<v1::RegistrationRow>;

// A search gives up after this many candidates outside the reach: a teacher's "zhang" must not walk
// through the county.
constexpr size_t kCandidatesMax = 20'000;

void SearchChildren(const rpc::CallPtr& call, const Environment& environment,
                    const engine::ReadView& view) {
  const auto& request = rpc::In<v1::SearchChildrenRequest>(*call);
  base::PageRequest page;
  if (!ReadPage(call, request.page(), &page)) return;
  if (request.query().empty()) {
    return call->Finish(No("NOTHING_TO_FIND", "请输入姓名、拼音或首字母。",
                           "Type a name, its pinyin or its initials."));
  }
  environment.names->CatchUp(view);
  auto& reply = rpc::Out<v1::ChildrenReply>(*call);
  const Opener opener(environment);
  size_t candidates = 0;
  std::string last;
  environment.names->Search(
      request.query(), page.after_key, [&](const base::Id16& child, const std::string& key) {
        if (reply.children_size() == static_cast<int>(page.size)) {
          reply.set_next_page_token(base::ToHex(last));
          return false;
        }
        const auto subject = FindSubject(*view.rows, child.bytes());
        const bool wanted = subject && subject->child.alias_of().empty() &&
                            (request.school_code().empty() ||
                             subject->facts().school_code() == request.school_code()) &&
                            call->reach().CoversChild(PlaceOf(subject->facts()));
        if (wanted) {
          last = key;  // a page token names only what was shown
          *reply.add_children() = opener.View(*subject, *view.rows, false);
        }
        return ++candidates < kCandidatesMax;
      });
  call->Finish();
}

void ListClass(const rpc::CallPtr& call, const Environment& environment,
               const engine::ReadView& view) {
  const auto& request = rpc::In<v1::ListClassRequest>(*call);
  const auto facts = FindClass(*view.rows, request.class_id());
  if (!facts) return call->Finish(No("CLASS_UNKNOWN", "没有这个班级。", "There is no such class."));
  auto& reply = rpc::Out<v1::ListClassReply>(*call);
  *reply.mutable_class_facts() = *facts;
  const Opener opener(environment);
  base::ScanIndex<v1::RegistrationRow>(
      *view.rows, RegistrationTable::kByHomeClass, 500,
      [&](const v1::RegistrationRow& row) {
        const bool here = row.facts().class_id() == request.class_id();
        const bool away = request.include_away() && row.facts().alias_of().empty() &&
                          row.facts().school_code() == facts->school_code();
        if (!here && !away) return true;
        auto child = base::Find<v1::ChildRow>(*view.rows, base::AsId(row.facts().child_id()));
        if (!child) return true;
        *(here ? reply.add_children() : reply.add_away()) =
            opener.View({std::move(*child), row}, *view.rows, false);
        return true;
      },
      base::AsId(request.class_id()));
  // One entry names the class and the version of its list instead of 45 pupils; children away from
  // the list are not on that version and are noted one by one.
  if (reply.away().empty())
    call->ShowsClassList(base::AsId(request.class_id()), facts->roster_version());
  call->Finish();
}

void ListProblems(const rpc::CallPtr& call, const Environment& environment,
                  const engine::ReadView& view) {
  const auto& request = rpc::In<v1::ListProblemsRequest>(*call);
  base::PageRequest page;
  if (!ReadPage(call, request.page(), &page)) return;
  std::string prefix = base::EncodeKey(RegistrationTable::kSpace, RegistrationTable::kTable,
                                       RegistrationTable::kByProblem);
  if (!request.problem().empty()) base::AppendKeyPart(&prefix, request.problem());
  if (!request.problem().empty() && !request.school_code().empty()) {
    base::AppendKeyPart(&prefix, request.school_code());
  }
  const auto found = base::ScanPage<v1::RegistrationRow>(
      *view.rows, prefix, /*is_index=*/true, page, [&](const v1::RegistrationRow& row) {
        return (request.school_code().empty() ||
                row.facts().school_code() == request.school_code()) &&
               !(request.without_hukou() && !row.facts().hukou_township().empty()) &&
               call->reach().CoversChild(PlaceOf(row.facts()));
      });
  auto& reply = rpc::Out<v1::ChildrenReply>(*call);
  const Opener opener(environment);
  for (const v1::RegistrationRow& row : found.rows) {
    auto child = base::Find<v1::ChildRow>(*view.rows, base::AsId(row.facts().child_id()));
    if (child) *reply.add_children() = opener.View({std::move(*child), row}, *view.rows, false);
  }
  reply.set_next_page_token(base::ToHex(found.next_key));
  call->Finish();
}

// Shows the side of a task that the caller reaches; the other side only as its id and school.
void AddSide(const rpc::Call& call, const Opener& opener, const base::Rows& rows,
             const std::string& child_id, v1::ChildView* out) {
  const auto subject = FindSubject(rows, child_id);
  if (!subject) return;
  if (call.reach().CoversChild(PlaceOf(subject->facts()))) {
    *out = opener.View(*subject, rows, true);
    return;
  }
  if (const auto school = FindSchool(rows, subject->facts().school_code())) {
    out->set_school_name(school->name());
  }
}

void ListDuplicates(const rpc::CallPtr& call, const Environment& environment,
                    const engine::ReadView& view) {
  const auto& request = rpc::In<v1::ListDuplicatesRequest>(*call);
  base::PageRequest page;
  if (!ReadPage(call, request.page(), &page)) return;
  using Table = base::TableOf<v1::DuplicateTaskRow>;
  std::string prefix = base::EncodeKey(Table::kSpace, Table::kTable, Table::kByState);
  if (!request.include_resolved()) base::AppendKeyPart(&prefix, false);
  const auto covers = [&](const std::string& child_id) {
    const auto subject = FindSubject(*view.rows, child_id);
    return subject && call->reach().CoversChild(PlaceOf(subject->facts()));
  };
  const auto found = base::ScanPage<v1::DuplicateTaskRow>(
      *view.rows, prefix, /*is_index=*/true, page, [&](const v1::DuplicateTaskRow& task) {
        return covers(task.first_child_id()) || covers(task.second_child_id());
      });
  auto& reply = rpc::Out<v1::ListDuplicatesReply>(*call);
  const Opener opener(environment);
  for (const v1::DuplicateTaskRow& task : found.rows) {
    v1::DuplicateView* shown = reply.add_tasks();
    shown->set_task_id(task.task_id());
    shown->set_ground(task.ground());
    shown->set_outcome(task.outcome());
    shown->set_opened_us(task.opened_us());
    shown->set_resolved_us(task.resolved_us());
    AddSide(*call, opener, *view.rows, task.first_child_id(), shown->mutable_first());
    AddSide(*call, opener, *view.rows, task.second_child_id(), shown->mutable_second());
  }
  reply.set_next_page_token(base::ToHex(found.next_key));
  call->Finish();
}

void ListAlarms(const rpc::CallPtr& call, const Environment& environment,
                const engine::ReadView& view) {
  const auto& request = rpc::In<v1::ListAlarmsRequest>(*call);
  base::PageRequest page;
  if (!ReadPage(call, request.page(), &page)) return;
  const auto found =
      base::ScanPage<v1::AlarmRow>(*view.rows, base::RowKey<v1::AlarmRow>(), /*is_index=*/false,
                                   page, [&](const v1::AlarmRow& row) {
                                     return call->reach().CoversSchool(row.alarm().school_code());
                                   });
  auto& reply = rpc::Out<v1::ListAlarmsReply>(*call);
  for (const v1::AlarmRow& row : found.rows) {
    v1::AlarmView* shown = reply.add_alarms();
    shown->set_child_id(row.alarm().child_id());
    shown->set_code(row.alarm().code());
    shown->set_school_code(row.alarm().school_code());
    shown->set_source(row.alarm().source());
    shown->set_recorded_us(row.recorded_us());
  }
  reply.set_next_page_token(base::ToHex(found.next_key));
  call->Finish();
}

}  // namespace

void RegisterListHandlers(rpc::ServiceRegistry& registry, const Environment& environment) {
  const auto read = [&](std::string_view name, auto* handler) {
    Serve(registry, name, [&environment, handler](rpc::CallPtr call) {
      rpc::WithView(call, *environment.shard,
                    [call, handler, &environment](const engine::ReadView& view) {
                      handler(call, environment, view);
                    });
    });
  };
  read("SearchChildren", &SearchChildren);
  read("ListClass", &ListClass);
  read("ListProblems", &ListProblems);
  read("ListDuplicates", &ListDuplicates);
  read("ListAlarms", &ListAlarms);
}

}  // namespace twinline::registry
