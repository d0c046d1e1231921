// Reading cases: one with its whole history, lists within the caller's reach, counts.
#include <algorithm>

#include "accountability/domain/open.h"
#include "accountability/domain/owners.h"
#include "accountability/domain/refusals.h"
#include "accountability/domain/rules.h"
#include "accountability/service/handlers.h"
#include "accountability/service/views.h"

namespace twinline::accountability {
namespace {

using runtime::Deps;
using Table = base::TableOf<v1::CaseRow>;

// Within reach: the child, or an office in charge of a line.
bool Covers(const rpc::Call& call, const base::Rows& rows, const v1::CaseFacts& facts) {
  const rpc::Reach& reach = call.reach();
  if (reach.everything() || reach.CoversOffice(facts.government().office())) return true;
  // A township sees its own children, not those of the schools that stand in it (N10).
  if (!IsRestricted(reach.duty().office) && reach.CoversOffice(facts.education().office()))
    return true;
  const auto child = FindChild(rows, facts.child_id(), facts.registration_id());
  if (!child) return false;
  rpc::ChildPlace place;
  place.school_code = child->facts().school_code();
  place.class_id = base::AsId(child->facts().class_id());
  place.hukou_township = child->facts().hukou_township();
  place.hukou_village = child->facts().hukou_village();
  place.residence_township = child->facts().residence_township();
  place.residence_village = child->facts().residence_village();
  place.pending_school_code = child->facts().pending_school_code();
  return reach.CoversChild(place);
}

// What the caller's role and office may do now, as the rule table says.
void AddPossibleActions(const rpc::Call& call, const v1::CaseFacts& facts,
                        v1::GetCaseReply* reply) {
  if (call.duty() == nullptr) return;
  for (const std::string_view action : Actions()) {
    const CaseRule* rule = FindRule(facts.state(), action, call.duty()->role);
    if (rule == nullptr) continue;
    const types::v1::Line line =
        rule->line == types::v1::LINE_UNSPECIFIED ? LineOf(call.duty()->role) : rule->line;
    if (OnLine(facts, line, call.duty()->office)) reply->add_possible_actions(std::string(action));
  }
}

void FillCaseReply(const rpc::Call& call, const Deps& deps, const base::Rows& rows,
                   const v1::CaseRow& row, v1::GetCaseReply* reply) {
  constexpr size_t kEntriesMax = 10'000;
  reply->set_child_id(row.facts().child_id());
  *reply->mutable_case_facts() = FactsFor(call, row.facts());
  const base::Id16 id = base::AsId(row.facts().case_id());
  base::ScanRows<v1::TimelineRow>(
      rows, kEntriesMax,
      [&](const v1::TimelineRow& line) {
        *reply->add_timeline() = EntryFor(call, *deps.sealer, row.facts().child_id(), line);
        return true;
      },
      id);
  base::ScanIndex<v1::PaperRow>(
      rows, base::TableOf<v1::PaperRow>::kByCase, 200,
      [&](const v1::PaperRow& paper) {
        *reply->add_papers() = PaperFor(*deps.sealer, paper);
        return true;
      },
      id);
  AddPossibleActions(call, row.facts(), reply);
}

void GetCase(const rpc::CallPtr& call, const Deps& deps) {
  rpc::WithView(call, *deps.shard, [call, &deps](const engine::ReadView& view) {
    const auto& request = rpc::In<v1::GetCaseRequest>(*call);
    const auto row = request.child_id().empty() ? FindCase(*view.rows, request.case_id())
                                                : CaseOfChild(*view.rows, request.child_id());
    // A stranger does not learn that there is a case.
    if (!row || !Covers(*call, *view.rows, row->facts())) return call->Finish(CaseUnknown());
    FillCaseReply(*call, deps, *view.rows, *row, &rpc::Out<v1::GetCaseReply>(*call));
    call->Finish();
  });
}

std::string ListPrefix(const v1::ListCasesRequest& request) {
  if (!request.office().empty())
    return base::IndexPrefix<v1::CaseRow>(Table::kByOffice, request.office());
  if (!request.township().empty())
    return base::IndexPrefix<v1::CaseRow>(Table::kByTownship, request.township());
  if (!request.school_code().empty())
    return base::IndexPrefix<v1::CaseRow>(Table::kBySchool, request.school_code());
  if (!request.state().empty())
    return base::IndexPrefix<v1::CaseRow>(Table::kByState, request.state());
  if (request.undecided_only()) return base::IndexPrefix<v1::CaseRow>(Table::kUndecided);
  return request.open_only() ? base::IndexPrefix<v1::CaseRow>(Table::kOpen)
                             : base::RowKey<v1::CaseRow>();
}

bool IsUndecided(const v1::CaseFacts& facts) {
  return !facts.decision_needed().empty() || facts.government().owner().empty() ||
         facts.education().owner().empty();
}

void ListCases(const rpc::CallPtr& call, const Deps& deps) {
  rpc::WithView(call, *deps.shard, [call](const engine::ReadView& view) {
    const auto& request = rpc::In<v1::ListCasesRequest>(*call);
    auto& reply = rpc::Out<v1::ListCasesReply>(*call);
    const std::string prefix = ListPrefix(request);
    const bool primary = prefix == base::RowKey<v1::CaseRow>();
    const auto page = base::ScanPage<v1::CaseRow>(
        *view.rows, prefix, !primary, PageOf(request.page()), [&](const v1::CaseRow& row) {
          const v1::CaseFacts& facts = row.facts();
          if (request.open_only() && IsClosed(facts.state())) return false;
          if (!request.state().empty() && facts.state() != request.state()) return false;
          if (request.undecided_only() && (IsClosed(facts.state()) || !IsUndecided(facts)))
            return false;
          return Covers(*call, *view.rows, facts);
        });
    for (const v1::CaseRow& row : page.rows) {
      v1::CaseLine* line = reply.add_cases();
      line->set_child_id(row.facts().child_id());
      *line->mutable_case_facts() = FactsFor(*call, row.facts());
    }
    reply.set_next_page_token(NextToken(page.next_key));
    call->Finish();
  });
}

void ListReassign(const rpc::CallPtr& call, const Deps& deps) {
  rpc::WithView(call, *deps.shard, [call](const engine::ReadView& view) {
    const auto& request = rpc::In<v1::ListReassignRequest>(*call);
    auto& reply = rpc::Out<v1::ListReassignReply>(*call);
    const auto page = base::ScanPage<v1::CaseRow>(
        *view.rows, base::IndexPrefix<v1::CaseRow>(Table::kUndecided), true, PageOf(request.page()),
        [&](const v1::CaseRow& row) { return Covers(*call, *view.rows, row.facts()); });
    for (const v1::CaseRow& row : page.rows) {
      v1::ReassignLine* line = reply.add_cases();
      line->set_child_id(row.facts().child_id());
      *line->mutable_case_facts() = FactsFor(*call, row.facts());
      if (row.facts().government().owner().empty()) line->add_why("VACANT_GOVERNMENT");
      if (row.facts().education().owner().empty()) line->add_why("VACANT_EDUCATION");
      if (!row.facts().decision_needed().empty()) line->add_why(row.facts().decision_needed());
    }
    reply.set_next_page_token(NextToken(page.next_key));
    call->Finish();
  });
}

// "school:…" and "township:…" have counts of their own; a bureau's are those of its county.
void CaseCounts(const rpc::CallPtr& call, const Deps& deps) {
  rpc::WithView(call, *deps.shard, [call](const engine::ReadView& view) {
    std::string scope = OfficeOf(*call, rpc::In<v1::CaseCountsRequest>(*call).office());
    if (scope.starts_with("bureau:")) scope = "county:" + scope.substr(7);
    auto& reply = rpc::Out<v1::CaseCountsReply>(*call);
    base::ScanRows<v1::CountRow>(
        *view.rows, 100,
        [&](const v1::CountRow& row) {
          v1::CaseCount* count = reply.add_counts();
          count->set_stage(row.stage());
          count->set_state(row.state());
          count->set_cases(static_cast<uint32_t>(std::max<int64_t>(0, row.cases())));
          return true;
        },
        scope);
    call->Finish();
  });
}

}  // namespace

void RegisterCaseReads(rpc::ServiceRegistry& registry, const Deps& deps) {
  Serve(registry, deps, "GetCase", &GetCase);
  Serve(registry, deps, "CaseCounts", &CaseCounts);
}

void RegisterListHandlers(rpc::ServiceRegistry& registry, const Deps& deps) {
  Serve(registry, deps, "ListCases", &ListCases);
  Serve(registry, deps, "ListReassign", &ListReassign);
}

}  // namespace twinline::accountability
