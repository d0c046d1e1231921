// Reading the trail, page by page, and how the audit stands.
#include <algorithm>
#include <set>

#include "audit/domain/event_catalog.h"
#include "audit/domain/refusals.h"
#include "audit/service/entry_view.h"
#include "audit/service/handlers.h"
#include "audit/service/trail.h"
#include "platform/base/hash.h"
#include "platform/base/keys.h"
#include "twinline/audit/v1/audit.pb.h"

namespace twinline::audit {
namespace {

constexpr uint32_t kPageDefault = 50;
constexpr uint32_t kPageMax = 200;
constexpr size_t kChildrenMax = 200;
constexpr size_t kRecordsMax = 20'000;  // looked at for one page

std::optional<base::Refusal> ReadQuestion(const v1::QueryTrailRequest& request,
                                          TrailQuestion* question,
                                          std::optional<TrailMark>* behind) {
  question->child = base::AsId(request.child_id());
  question->actor = base::AsId(request.actor());
  question->office = request.office();
  question->from_us = request.from_unix_us();
  question->to_us = request.to_unix_us() == 0 ? INT64_MAX : request.to_unix_us();
  question->newest_first = request.newest_first();
  if (!request.action().empty()) {
    question->event_type = EventTypeByName(request.action());
    if (!question->event_type) {
      if (request.action().find('.') == std::string::npos) return ActionUnknown(request.action());
      question->rpc = request.action();
    }
  }
  const bool timed = request.from_unix_us() != 0 || request.to_unix_us() != 0;
  if (question->child.empty() && question->actor.empty() && question->office.empty() &&
      request.action().empty() && !timed) {
    return QueryEmpty();
  }
  if (!request.page().page_token().empty()) {
    const auto bytes = base::FromHex(request.page().page_token());
    if (bytes) *behind = DecodeMark(*bytes);
    if (!*behind) return PageTokenInvalid();
  }
  return std::nullopt;
}

bool MaySeeAddresses(const rpc::Call& call) {
  const rpc::Duty* duty = call.duty();
  return duty != nullptr &&
         (duty->role == types::v1::ROLE_AUDITOR || duty->role == types::v1::ROLE_AUDIT_ADMIN);
}

void FillPage(const rpc::CallPtr& call, const Environment& environment,
              const TrailQuestion& question, const std::optional<TrailMark>& behind) {
  const auto& request = rpc::In<v1::QueryTrailRequest>(*call);
  auto& reply = rpc::Out<v1::QueryTrailReply>(*call);
  const uint32_t wanted =
      request.page().size() == 0 ? kPageDefault : std::min(request.page().size(), kPageMax);
  const store::IndexStore& store = environment.thread->store();
  const std::shared_ptr<const IndexView> view = environment.thread->View();
  TrailSearch search(store, view, question, behind);
  EntryViews views(store, view, MaySeeAddresses(*call) ? environment.sealer : nullptr,
                   environment.access_owner, question.child);
  std::set<std::string> children;
  size_t budget = kRecordsMax;
  std::optional<TrailMark> shown_up_to;
  for (;;) {
    const auto hit = search.Next(&budget);
    if (!hit.ok()) return call->Finish(hit.status());
    if (!*hit) {
      if (search.exhausted()) shown_up_to = search.mark();
      if (!search.exhausted()) shown_up_to.reset();
      break;
    }
    v1::TrailEntryView entry;
    if (const auto made = views.Show(**hit, &entry); !made.ok()) return call->Finish(made);
    std::set<std::string> more = children;
    more.insert(entry.child_id().begin(), entry.child_id().end());
    if (more.size() > kChildrenMax && reply.entries_size() > 0) break;  // on the next page
    children.swap(more);
    *reply.add_entries() = std::move(entry);
    shown_up_to = search.mark();
    if (reply.entries_size() == static_cast<int>(wanted)) break;
  }
  reply.set_child_id(request.child_id());
  if (shown_up_to) reply.set_next_page_token(base::ToHex(EncodeMark(*shown_up_to)));
  call->Finish();
}

void QueryTrail(const rpc::CallPtr& call, const Environment& environment) {
  const auto& request = rpc::In<v1::QueryTrailRequest>(*call);
  TrailQuestion question;
  std::optional<TrailMark> behind;
  if (auto refusal = ReadQuestion(request, &question, &behind)) return call->Finish(*refusal);
  if (!call->reach().everything() && question.child.empty() && question.office.empty()) {
    return call->Finish(QueryOutOfScope());
  }
  RunOn(environment.reading, call, environment,
        [call, &environment, question, behind] { FillPage(call, environment, question, behind); });
}

void FillStatus(const rpc::CallPtr& call, const Environment& environment) {
  auto& reply = rpc::Out<v1::GetStatusReply>(*call);
  const absl::Status health = environment.thread->Health();
  reply.set_halted(!health.ok() && !absl::IsUnavailable(health));
  const absl::Status second_place = environment.thread->SecondPlaceHealth();
  reply.set_reason(std::string(health.ok() ? second_place.message() : health.message()));
  const std::shared_ptr<const IndexView> view = environment.thread->View();
  reply.set_caught_up(health.ok());
  for (const JournalView& journal : view->journals) {
    v1::JournalStatus* status = reply.add_journals();
    status->set_journal(journal.name);
    status->set_indexed(journal.indexed);
    status->set_noted_size(journal.newest.size);
    const auto end = journal.journal->End();
    const uint64_t next = std::max<uint64_t>(journal.next_place.value, 1);
    if (end.ok() && end->value > next) status->set_lag(end->value - next);
    if (status->lag() > 0) reply.set_caught_up(false);
  }
  reply.set_checkpoint_size(view->checkpoint.size);
  reply.set_checkpoint_unix_us(view->checkpoint.time_us);
  reply.set_verifier_key(environment.signer->verifier_key());
  call->Finish();
}

}  // namespace

void RegisterTrailHandlers(rpc::ServiceRegistry& registry, const Environment& environment) {
  registry.Unary("twinline.audit.v1.AuditService.QueryTrail",
                 [&environment](rpc::CallPtr call) { QueryTrail(call, environment); });
  registry.Unary("twinline.audit.v1.AuditService.GetStatus", [&environment](rpc::CallPtr call) {
    if (!rpc::In<v1::GetStatusRequest>(*call).wait()) return FillStatus(call, environment);
    environment.thread->WhenCaughtUp([call, &environment](bool) { FillStatus(call, environment); });
  });
}

}  // namespace twinline::audit
