// Inbox and tasks.
#include "accountability/domain/refusals.h"
#include "accountability/service/alert_streams.h"
#include "accountability/service/handlers.h"
#include "twinline/accountability/v1/accountability_commands.pb.h"

namespace twinline::accountability {
namespace {

using runtime::Deps;

void ListAlerts(const rpc::CallPtr& call, const Deps& deps) {
  rpc::WithView(call, *deps.shard, [call](const engine::ReadView& view) {
    using Table = base::TableOf<v1::AlertRow>;
    const auto& request = rpc::In<v1::ListAlertsRequest>(*call);
    const std::string office = OfficeOf(*call, request.office());
    const auto page = base::ScanPage<v1::AlertRow>(
        *view.rows,
        base::IndexPrefix<v1::AlertRow>(
            request.unanswered_only() ? Table::kUnanswered : Table::kByOffice, office),
        true, PageOf(request.page()));
    auto& reply = rpc::Out<v1::ListAlertsReply>(*call);
    for (const v1::AlertRow& row : page.rows) *reply.add_alerts() = AlertFor(row);
    reply.set_next_page_token(NextToken(page.next_key));
    call->Finish();
  });
}

void Acknowledge(const rpc::CallPtr& call, const Deps& deps) {
  v1::AnswerAlertCommand command;
  command.set_role(RoleOf(*call));
  command.set_alert_id(rpc::In<v1::AcknowledgeAlertRequest>(*call).alert_id());
  command.set_answer("SEEN");
  Write(call, deps, command);
}

void Answer(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::AnswerAlertRequest>(*call);
  const auto alert =
      base::Find<v1::AlertRow>(*deps.shard->Read().rows, base::AsId(request.alert_id()));
  if (!alert) return call->Finish(AlertUnknown());
  v1::AnswerAlertCommand command;
  command.set_role(RoleOf(*call));
  command.set_alert_id(request.alert_id());
  command.set_answer(request.accept() ? "ACCEPTED" : "DENIED");
  command.set_evidence_type(request.evidence_type());
  *command.mutable_evidence() = request.evidence();
  if (const absl::Status stored = CheckEvidenceStored(deps, request.evidence()); !stored.ok()) {
    return call->Finish(stored);
  }
  const absl::Status sealed =
      SealCaseText(deps, alert->child_id(), "note", request.note(), command.mutable_note());
  if (!sealed.ok()) return call->Finish(sealed);
  Write(call, deps, command);
}

void ListTasks(const rpc::CallPtr& call, const Deps& deps) {
  rpc::WithView(call, *deps.shard, [call](const engine::ReadView& view) {
    const auto& request = rpc::In<v1::ListTasksRequest>(*call);
    const std::string office = OfficeOf(*call, request.office());
    const auto page = base::ScanPage<v1::TaskRow>(
        *view.rows, base::IndexPrefix<v1::TaskRow>(base::TableOf<v1::TaskRow>::kByOffice, office),
        true, PageOf(request.page()));
    auto& reply = rpc::Out<v1::ListTasksReply>(*call);
    for (const v1::TaskRow& row : page.rows) {
      v1::TaskLine* line = reply.add_tasks();
      line->set_child_id(row.facts().child_id());
      *line->mutable_facts() = row.facts();
    }
    reply.set_next_page_token(NextToken(page.next_key));
    call->Finish();
  });
}

void Complete(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::CompleteTaskRequest>(*call);
  const auto task =
      base::Find<v1::TaskRow>(*deps.shard->Read().rows, base::AsId(request.task_id()));
  if (!task) return call->Finish(TaskUnknown());
  v1::CompleteTaskCommand command;
  command.set_role(RoleOf(*call));
  command.set_task_id(request.task_id());
  const absl::Status sealed =
      SealCaseText(deps, task->facts().child_id(), "note", request.note(), command.mutable_note());
  if (!sealed.ok()) return call->Finish(sealed);
  Write(call, deps, command);
}

}  // namespace

void RegisterAlertHandlers(rpc::ServiceRegistry& registry, const Deps& deps,
                           AlertStreams& streams) {
  Serve(registry, deps, "ListAlerts", &ListAlerts);
  Serve(registry, deps, "AcknowledgeAlert", &Acknowledge);
  Serve(registry, deps, "AnswerAlert", &Answer);
  Serve(registry, deps, "ListTasks", &ListTasks);
  Serve(registry, deps, "CompleteTask", &Complete);
  registry.ServerStream(MethodName("WatchAlerts"),
                        [&streams](rpc::StreamCallPtr call) { streams.Add(std::move(call)); });
}

}  // namespace twinline::accountability
