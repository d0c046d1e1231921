// Reading businesses: one with its history, what waits for an office, and "why this date".
#include <algorithm>

#include "platform/base/hash.h"
#include "platform/calendar/adopted.h"
#include "platform/vault/owner_key.h"
#include "transfer/domain/refusals.h"
#include "transfer/domain/rules.h"
#include "transfer/domain/transfer_domain.h"
#include "transfer/service/handlers.h"
#include "transfer/tables/tables.h"

namespace twinline::transfer {

using runtime::Deps;

namespace {

constexpr uint32_t kPageDefault = 50;
constexpr uint32_t kPageMax = 200;

base::PageRequest PageOf(const types::v1::Page& page) {
  base::PageRequest request;
  request.size = page.size() == 0 ? kPageDefault : std::min(page.size(), kPageMax);
  request.after_key = base::FromHex(page.page_token()).value_or(std::string());
  return request;
}

std::string OpenPersonal(const Deps& deps, const v1::BusinessRow& row, uint32_t field,
                         const std::string& bytes) {
  types::v1::Sealed sealed;
  sealed.ParseFromString(bytes);
  return vault::OpenText(
      *deps.sealer,
      {base::AsId(row.facts().child_id()), "twinline.transfer.v1.BusinessOpened", field}, sealed);
}

void GetBusiness(const rpc::CallPtr& call, const Deps& deps) {
  rpc::WithView(call, *deps.shard, [call, &deps](const engine::ReadView& view) {
    const auto row =
        FindCovered(call, *view.rows, rpc::In<v1::GetBusinessRequest>(*call).business_id());
    if (!row) return;
    auto& reply = rpc::Out<v1::GetBusinessReply>(*call);
    *reply.mutable_business() = row->facts();
    reply.set_child_id(row->facts().child_id());
    reply.set_applicant(OpenPersonal(deps, *row, v1::BusinessOpened::kApplicantFieldNumber,
                                     row->sealed_applicant()));
    for (const v1::Evidence& file : row->evidence()) {
      v1::EvidenceRef* shown = reply.add_evidence();
      shown->set_digest(file.digest());
      shown->set_kind(file.kind());
      shown->set_type(file.type());
      shown->set_size(file.size());
      shown->set_hospital_level(file.hospital_level());
    }
    for (const v1::HistoryLine& line : row->history()) {
      v1::BusinessHistory* shown = reply.add_history();
      shown->set_at_us(line.at_us());
      shown->set_what(line.what());
      shown->set_step(line.step());
      shown->set_by(line.by());
      shown->set_office(line.office());
      shown->set_code(line.code());
    }
    *reply.mutable_warnings() = row->warnings();
    call->Finish();
  });
}

void ListBusinesses(const rpc::CallPtr& call, const Deps& deps) {
  rpc::WithView(call, *deps.shard, [call](const engine::ReadView& view) {
    const auto& request = rpc::In<v1::ListBusinessesRequest>(*call);
    auto& reply = rpc::Out<v1::ListBusinessesReply>(*call);
    using Row = v1::BusinessRow;
    using Table = base::TableOf<Row>;
    const std::string office = request.office().empty() ? call->duty()->office : request.office();
    const bool open = request.state().empty() || request.state() == "OPEN";
    std::string prefix = open ? base::IndexPrefix<Row>(Table::kByOffice, office)
                              : base::IndexPrefix<Row>(Table::kByOpener, office);
    if (!request.child_id().empty()) {
      prefix = base::IndexPrefix<Row>(Table::kByChild, base::AsId(request.child_id()));
    }
    const base::PageOf<Row> page = base::ScanPage<Row>(
        *view.rows, prefix, /*is_index=*/true, PageOf(request.page()), [&](const Row& row) {
          if (!request.state().empty() && row.facts().state() != request.state()) return false;
          if (request.overdue_only() && !row.facts().overdue()) return false;
          return Covers(call->reach(), row, *view.rows);
        });
    for (const Row& row : page.rows) {
      v1::BusinessLine* line = reply.add_businesses();
      *line->mutable_business() = row.facts();
      line->set_child_id(row.facts().child_id());
    }
    reply.set_next_page_token(base::ToHex(page.next_key));
    call->Finish();
  });
}

void ExplainDeadline(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::ExplainDeadlineRequest>(*call);
  if (!request.has_start() || request.working_days() > 250) {
    return call->Finish(base::Refusal{"DEADLINE_QUESTION_INVALID",
                                      "请给出起始日期和不超过250个工作日的期限。",
                                      "Give a start date and at most 250 working days.",
                                      {}});
  }
  const calendar::WorkingCalendar working = LoadCalendar(*deps.shard->Read().rows);
  const base::CivilDay start{request.start().days()};
  const int n = static_cast<int>(request.working_days());
  auto& reply = rpc::Out<v1::ExplainDeadlineReply>(*call);
  *reply.mutable_deadline() = calendar::MakeDeadline(working, start, n, kRulesVersion);
  const calendar::DueExplanation why = working.ExplainDue(start, n);
  reply.set_explanation_zh(calendar::ExplainZh(why));
  reply.set_explanation_en(calendar::ExplainEn(why));
  call->Finish();
}

void ListAdvice(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::ListAdviceRequest>(*call);
  const engine::ReadView view = deps.shard->Read();
  const base::PageOf<v1::AdviceRow> page = base::ScanPage<v1::AdviceRow>(
      *view.rows, base::RowKey<v1::AdviceRow>(), /*is_index=*/false, PageOf(request.page()),
      [&](const v1::AdviceRow& row) { return call->reach().CoversSchool(row.school_code()); });
  auto& reply = rpc::Out<v1::ListAdviceReply>(*call);
  for (const v1::AdviceRow& row : page.rows) {
    v1::AdviceLine* line = reply.add_advice();
    line->set_child_id(row.child_id());
    line->set_school_code(row.school_code());
    line->set_kind(row.kind());
    line->set_by(row.by());
    line->set_at_us(row.at_us());
  }
  reply.set_next_page_token(base::ToHex(page.next_key));
  call->Finish();
}

}  // namespace

void FillBusiness(const rpc::CallPtr& call, const base::Rows& rows, std::string_view business_id) {
  const auto row = base::Find<v1::BusinessRow>(rows, base::AsId(business_id));
  if (!row) return;
  auto& reply = rpc::Out<v1::BusinessReply>(*call);
  *reply.mutable_business() = row->facts();
  reply.set_child_id(row->facts().child_id());
  *reply.mutable_warnings() = row->warnings();
}

bool Covers(const rpc::Reach& reach, const v1::BusinessRow& row, const base::Rows& rows) {
  if (reach.everything()) return true;
  const v1::BusinessFacts& facts = row.facts();
  for (const std::string* school : {&facts.from_school_code(), &facts.to_school_code()}) {
    if (!school->empty() && reach.CoversSchool(*school)) return true;
  }
  for (const v1::Step& step : facts.steps()) {
    if (step.office() == reach.duty().office || step.or_office() == reach.duty().office)
      return true;
  }
  return false;
}

std::optional<v1::BusinessRow> FindCovered(const rpc::CallPtr& call, const base::Rows& rows,
                                           std::string_view business_id) {
  auto row = base::Find<v1::BusinessRow>(rows, base::AsId(business_id));
  if (!row) {
    call->Finish(BusinessUnknown());
    return std::nullopt;
  }
  if (!Covers(call->reach(), *row, rows)) {
    call->Finish(base::Refusal{"PERMISSION_SCOPE",
                               "该业务不在您的管辖范围内。",
                               "This business is not within your duty's reach.",
                               {}});
    return std::nullopt;
  }
  return row;
}

void RegisterReadHandlers(rpc::ServiceRegistry& registry, const Deps& deps) {
  registry.Unary("twinline.transfer.v1.ApprovalService.GetBusiness",
                 [&deps](rpc::CallPtr call) { GetBusiness(call, deps); });
  registry.Unary("twinline.transfer.v1.ApprovalService.ListBusinesses",
                 [&deps](rpc::CallPtr call) { ListBusinesses(call, deps); });
  registry.Unary("twinline.transfer.v1.ApprovalService.ExplainDeadline",
                 [&deps](rpc::CallPtr call) { ExplainDeadline(call, deps); });
  registry.Unary("twinline.transfer.v1.ApprovalService.ListAdvice",
                 [&deps](rpc::CallPtr call) { ListAdvice(call, deps); });
}

}  // namespace twinline::transfer
