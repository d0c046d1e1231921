// Writes about one child.
#include "registry/domain/rules.h"
#include "registry/service/correction.h"
#include "registry/service/handlers.h"
#include "registry/service/open.h"
#include "registry/service/seal.h"

namespace twinline::registry {
namespace {

// A class larger than the standard is a warning to the school, never a closed door.
void WarnClassSize(const base::Rows& rows, const v1::ChildFacts& facts,
                   google::protobuf::RepeatedPtrField<v1::Notice>* warnings) {
  const auto room = FindClass(rows, facts.class_id());
  if (!room || room->pupils() <= ClassSizeStandard(room->grade())) return;
  v1::Notice* notice = warnings->Add();
  notice->set_code("CLASS_TOO_LARGE");
  notice->set_message_zh("该班现有" + std::to_string(room->pupils()) + "人，超过" +
                         std::to_string(ClassSizeStandard(room->grade())) + "人的班额标准。");
  notice->set_message_en("The class has " + std::to_string(room->pupils()) +
                         " pupils, above the standard of " +
                         std::to_string(ClassSizeStandard(room->grade())) + ".");
}

rpc::Fill FillRegistered(const rpc::CallPtr& call, std::vector<v1::Notice> warnings) {
  return [call, warnings = std::move(warnings)](const engine::Accepted& accepted,
                                                const engine::ReadView& view) {
    auto& reply = rpc::Out<v1::RegisterChildReply>(*call);
    if (accepted.entities.size() < 2) return;
    reply.set_child_id(accepted.entities[0].str());
    reply.set_registration_id(accepted.entities[1].str());
    for (size_t i = 2; i < accepted.entities.size(); ++i) {
      reply.add_duplicate_tasks(accepted.entities[i].str());
    }
    for (const v1::Notice& warning : warnings) *reply.add_warnings() = warning;
    const auto subject = FindSubject(*view.rows, reply.child_id());
    if (!subject) return;
    *reply.mutable_problems() = subject->facts().problems();
    WarnClassSize(*view.rows, subject->facts(), reply.mutable_warnings());
  };
}

void RegisterChild(const rpc::CallPtr& call, const Environment& environment) {
  const auto& request = rpc::In<v1::RegisterChildRequest>(*call);
  auto prepared = PrepareChild(request.child(), environment.Today(), environment.demo_realm);
  if (const auto* no = std::get_if<base::Refusal>(&prepared)) return call->Finish(*no);
  const auto& plain = std::get<PreparedChild>(prepared);
  const base::Id16 child =
      environment.IdOf("child", call->actor(), base::AsId(request.write().request_id()));
  const auto key = environment.vault->Create(child, "child");
  if (!key.ok()) return call->Finish(key.status());
  const auto command = ChildSealer(environment, child, *key).Registration(request.child(), plain);
  if (!command.ok()) return call->Finish(command.status());
  Write(call, environment, *command, FillRegistered(call, plain.person.warnings));
}

std::optional<Subject> Survivor(const base::Rows& rows, std::string_view child_id) {
  return FindSubject(rows, ResolveAlias(rows, base::AsId(child_id)).bytes());
}

base::Refusal UnknownChild() {
  return No("CHILD_UNKNOWN", "没有这名学生的学籍。", "There is no such child.");
}

void CorrectChild(const rpc::CallPtr& call, const Environment& environment,
                  const engine::ReadView& view) {
  const auto& request = rpc::In<v1::CorrectChildRequest>(*call);
  const std::set<std::string> fields(request.fields().begin(), request.fields().end());
  for (const std::string& field : fields) {
    if (CorrectableFields().contains(field)) continue;
    return call->Finish(No(
        "FIELD_NOT_CORRECTABLE", "“" + field + "”不能直接更正；学籍状态和学校的变化须办理审批。",
        "This field cannot be corrected: status and school need an approval.", {{"field", field}}));
  }
  const auto subject = Survivor(*view.rows, request.child_id());
  if (!subject) return call->Finish(UnknownChild());
  auto built = BuildCorrection(environment, *subject, request.child(), fields);
  if (const auto* no = std::get_if<base::Refusal>(&built)) return call->Finish(*no);
  if (const auto* status = std::get_if<absl::Status>(&built)) return call->Finish(*status);
  auto& command = std::get<v1::CorrectChildCommand>(built);
  command.set_reason(request.reason());
  Write(call, environment, command, FillChild(call, environment));
}

void PlaceChild(const rpc::CallPtr& call, const Environment& environment) {
  const auto& request = rpc::In<v1::PlaceChildRequest>(*call);
  v1::PlaceChildCommand command;
  command.set_child_id(request.child_id());
  command.set_class_id(request.class_id());
  if (request.has_effective()) *command.mutable_effective() = request.effective();
  command.set_reason(request.reason());
  Write(call, environment, command, FillChild(call, environment));
}

void SetWatchGroups(const rpc::CallPtr& call, const Environment& environment) {
  const auto& request = rpc::In<v1::SetWatchGroupsRequest>(*call);
  v1::SetWatchGroupsCommand command;
  command.set_child_id(request.child_id());
  *command.mutable_add() = request.add();
  *command.mutable_remove() = request.remove();
  Write(call, environment, command, FillChild(call, environment));
}

void ClearProblem(const rpc::CallPtr& call, const Environment& environment) {
  const auto& request = rpc::In<v1::ClearProblemRequest>(*call);
  v1::ClearProblemCommand command;
  command.set_child_id(request.child_id());
  command.set_problem(request.problem());
  command.set_reason(request.reason());
  Write(call, environment, command, FillChild(call, environment));
}

void RecordSanction(const rpc::CallPtr& call, const Environment& environment) {
  const auto& request = rpc::In<v1::RecordSanctionRequest>(*call);
  v1::RecordSanctionCommand command;
  command.set_child_id(request.child_id());
  if (request.has_until()) *command.mutable_until() = request.until();
  command.set_document(request.document());
  Write(call, environment, command, FillChild(call, environment));
}

void ResolveDuplicate(const rpc::CallPtr& call, const Environment& environment,
                      const engine::ReadView& view) {
  const auto& request = rpc::In<v1::ResolveDuplicateRequest>(*call);
  const auto task = base::Find<v1::DuplicateTaskRow>(*view.rows, base::AsId(request.task_id()));
  if (!task)
    return call->Finish(No("TASK_UNKNOWN", "没有这项重复学籍任务。", "There is no such task."));
  // The deciding bureau must reach at least one of the two children.
  bool covered = false;
  for (const std::string* id : {&task->first_child_id(), &task->second_child_id()}) {
    const auto subject = FindSubject(*view.rows, *id);
    covered = covered || (subject && call->reach().CoversChild(PlaceOf(subject->facts())));
  }
  if (!covered) {
    return call->Finish(No("OUT_OF_SCOPE", "该任务涉及的学生不在本局管理范围内。",
                           "Neither child of this task is within your bureau's reach."));
  }
  v1::ResolveDuplicateCommand command;
  command.set_task_id(request.task_id());
  command.set_outcome(request.outcome());
  command.set_survivor_child_id(request.survivor_child_id());
  command.set_reason(request.reason());
  Write(call, environment, command, FillChild(call, environment));
}

}  // namespace

void RegisterChildWrites(rpc::ServiceRegistry& registry, const Environment& environment) {
  const auto serve = [&](std::string_view name, auto* handler) {
    Serve(registry, name,
          [&environment, handler](rpc::CallPtr call) { handler(call, environment); });
  };
  // Whoever looks before writing must not take "not ready" for "not there".
  const auto serve_with_view = [&](std::string_view name, auto* handler) {
    Serve(registry, name, [&environment, handler](rpc::CallPtr call) {
      rpc::WithView(call, *environment.shard,
                    [call, handler, &environment](const engine::ReadView& view) {
                      handler(call, environment, view);
                    });
    });
  };
  serve("RegisterChild", &RegisterChild);
  serve_with_view("CorrectChild", &CorrectChild);
  serve("PlaceChild", &PlaceChild);
  serve("SetWatchGroups", &SetWatchGroups);
  serve("ClearProblem", &ClearProblem);
  serve("RecordSanction", &RecordSanction);
  serve_with_view("ResolveDuplicate", &ResolveDuplicate);
}

}  // namespace twinline::registry
