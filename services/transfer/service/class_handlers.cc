// Class businesses: the plan to look at, its start by one person and its approval by another, and
// how far a run is. The dry run asks the same function as the decision, without appending (N14).
#include "platform/base/hash.h"
#include "transfer/domain/class_plan.h"
#include "transfer/domain/class_run.h"
#include "transfer/domain/refusals.h"
#include "transfer/service/handlers.h"
#include "transfer/tables/tables.h"
#include "twinline/transfer/v1/transfer_classes.pb.h"

namespace twinline::transfer {
namespace {

using runtime::Deps;

constexpr int kExceptionsShown = 200;
constexpr size_t kClassesOfRunMax = 20'000;

v1::StartClassRun StartOf(const v1::ClassRunScope& scope, const rpc::CallPtr& call) {
  v1::StartClassRun command;
  command.set_kind(scope.kind());
  command.set_school_year(scope.school_year());
  command.set_school_code(scope.school_code());
  command.set_successor_code(scope.successor_code());
  command.set_office(call->duty()->office);
  return command;
}

template <typename Lines>
void Show(const v1::ClassBusinessFacts& facts, Lines* lines) {
  const auto show = [&](const v1::ClassException& left, bool goes_along) {
    if (lines->size() >= kExceptionsShown) return;
    v1::PlannedException* line = lines->Add();
    line->set_child_id(left.child_id());
    line->set_registration_id(left.registration_id());
    line->set_class_id(facts.class_id());
    line->set_reason(left.reason());
    line->set_goes_along(goes_along);
  };
  for (const v1::ClassException& left : facts.except()) show(left, false);
  for (const v1::ClassException& noted : facts.noted()) show(noted, true);
}

void PlanClassRun(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::PlanClassRunRequest>(*call);
  const engine::ReadView view = deps.shard->Read();
  const RunPlan plan = PlanRun(RunOf(StartOf(request.scope(), call)), *view.rows);
  auto& reply = rpc::Out<v1::PlanClassRunReply>(*call);
  reply.set_digest(plan.digest);
  reply.set_children(plan.children);
  reply.set_excepted(plan.excepted);
  for (const ClassPlan& planned : plan.classes) {
    const v1::ClassBusinessFacts& facts = planned.facts;
    v1::PlannedClass* line = reply.add_classes();
    line->set_class_id(facts.class_id());
    line->set_school_code(facts.school_code());
    line->set_grade(facts.grade());
    line->set_number(facts.number());
    line->set_blocked(planned.blocked);
    line->set_children(static_cast<uint32_t>(facts.members_size()));
    line->set_excepted(static_cast<uint32_t>(facts.except_size()));
    if (!planned.blocked.empty()) continue;
    line->set_action(facts.action());
    line->set_to_school_code(facts.to_school_code());
    Show(facts, reply.mutable_exceptions());
  }
  call->Finish();
}

void FillRun(const v1::ClassRunRow& row, const base::Rows& rows, v1::ClassRunReply* reply) {
  *reply->mutable_run() = row.facts();
  base::ScanIndex<v1::ClassBusinessRow>(
      rows, base::TableOf<v1::ClassBusinessRow>::kByRun, kClassesOfRunMax,
      [&](const v1::ClassBusinessRow& business) {
        Show(business.facts(), reply->mutable_exceptions());
        return reply->exceptions_size() < kExceptionsShown;
      },
      base::AsId(row.facts().run_id()));
}

template <typename Command>
void Submit(const rpc::CallPtr& call, const Deps& deps, const Command& command,
            const std::string& run_id) {
  rpc::SubmitWrite(call, *deps.shard, base::CommandType<Command>(), command.SerializeAsString(),
                   [call, run_id](const engine::Accepted& accepted, const engine::ReadView& view) {
                     const base::Id16 id =
                         accepted.entities.empty() ? base::AsId(run_id) : accepted.entities[0];
                     if (const auto row = base::Find<v1::ClassRunRow>(*view.rows, id)) {
                       FillRun(*row, *view.rows, &rpc::Out<v1::ClassRunReply>(*call));
                     }
                   });
}

void StartClassRun(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::StartClassRunRequest>(*call);
  v1::StartClassRun command = StartOf(request.scope(), call);
  command.set_digest(request.digest());
  Submit(call, deps, command, {});
}

void ApproveClassRun(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::ApproveClassRunRequest>(*call);
  v1::ApproveClassRun command;
  command.set_run_id(request.run_id());
  command.set_digest(request.digest());
  command.set_office(call->duty()->office);
  Submit(call, deps, command, request.run_id());
}

void CancelClassRun(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::CancelClassRunRequest>(*call);
  v1::CancelClassRun command;
  command.set_run_id(request.run_id());
  command.set_office(call->duty()->office);
  Submit(call, deps, command, request.run_id());
}

void GetClassRun(const rpc::CallPtr& call, const Deps& deps) {
  rpc::WithView(call, *deps.shard, [call](const engine::ReadView& view) {
    const auto& request = rpc::In<v1::GetClassRunRequest>(*call);
    std::optional<v1::ClassRunRow> found;
    base::ScanIndex<v1::ClassRunRow>(
        *view.rows, base::TableOf<v1::ClassRunRow>::kByOffice, kClassesOfRunMax,
        [&](const v1::ClassRunRow& row) {
          if (request.run_id().empty() || row.facts().run_id() == request.run_id()) found = row;
          return true;
        },
        call->duty()->office);
    if (!found) return call->Finish(ClassRunNotPlanned({}));
    FillRun(*found, *view.rows, &rpc::Out<v1::ClassRunReply>(*call));
    call->Finish();
  });
}

}  // namespace

void RegisterClassHandlers(rpc::ServiceRegistry& registry, const Deps& deps) {
  const auto add = [&](const char* name, void (*handler)(const rpc::CallPtr&, const Deps&)) {
    registry.Unary(std::string("twinline.transfer.v1.ClassBusinessService.") + name,
                   [&deps, handler](rpc::CallPtr call) { handler(call, deps); });
  };
  add("PlanClassRun", PlanClassRun);
  add("StartClassRun", StartClassRun);
  add("ApproveClassRun", ApproveClassRun);
  add("CancelClassRun", CancelClassRun);
  add("GetClassRun", GetClassRun);
}

}  // namespace twinline::transfer
