#include "accountability/domain/papers.h"

#include <algorithm>
#include <array>

#include "accountability/domain/act.h"
#include "accountability/domain/case_change.h"
#include "accountability/domain/open.h"
#include "accountability/domain/owners.h"
#include "accountability/domain/refusals.h"
#include "accountability/tables/tables.h"

namespace twinline::accountability {

using base::AsId;
using base::CivilDay;
using base::Context;
using base::Decision;
using base::Refusal;
using base::Rows;

namespace {

struct PaperKind {
  std::string_view kind;
  std::string_view word;    // of its number
  uint32_t persuasions;     // that should have been tried before
  std::string_view before;  // the paper that should have been issued before
};
constexpr std::array<PaperKind, 4> kPapers{{
    {kIssuePersuadeNotice, "义劝通字", 1, ""},
    {kIssueReturnByDate, "义限返字", 2, kIssuePersuadeNotice},
    {kIssueOrder, "义责令字", 2, kIssueReturnByDate},
    {kIssueCourt, "义诉字", 2, kIssueOrder},
}};

const PaperKind* FindKind(std::string_view kind) {
  for (const PaperKind& paper : kPapers) {
    if (paper.kind == kind) return &paper;
  }
  return nullptr;
}

bool Has(const v1::CaseFacts& facts, std::string_view kind) {
  return std::find(facts.papers().begin(), facts.papers().end(), kind) != facts.papers().end();
}

// Later acts on a paper are its issuer's.
std::variant<v1::PaperRow, Refusal> OwnPaper(const Rows& rows, const Context& context,
                                             std::string_view paper_id, std::string_view child_id) {
  auto paper = base::Find<v1::PaperRow>(rows, AsId(paper_id));
  if (!paper || paper->child_id() != child_id) return PaperUnknown();
  if (paper->issuer() != context.actor.office()) return NotYourCase(context.actor.office());
  if (paper->voided()) return PaperVoid();
  return *std::move(paper);
}

}  // namespace

std::string PaperTitle(std::string_view kind, uint32_t year, uint32_t number) {
  const PaperKind* paper = FindKind(kind);
  return std::string(paper == nullptr ? "字" : paper->word) + "〔" + std::to_string(year) + "〕第" +
         std::to_string(number) + "号";
}

std::vector<std::string> MissingSteps(std::string_view kind, const v1::CaseFacts& facts) {
  std::vector<std::string> missing;
  const PaperKind* paper = FindKind(kind);
  if (paper == nullptr) return missing;
  if (facts.persuasions() < paper->persuasions) {
    missing.push_back("PERSUASION_" + std::to_string(facts.persuasions() + 1));
  }
  std::vector<std::string> papers;
  for (const PaperKind* step = FindKind(paper->before); step != nullptr;
       step = FindKind(step->before)) {
    if (!Has(facts, step->kind)) papers.emplace_back(step->kind);
  }
  missing.insert(missing.end(), papers.rbegin(), papers.rend());
  return missing;
}

Decision DecideIssuePaper(const v1::IssuePaperCommand& command, const Rows& rows,
                          const Context& context) {
  if (FindKind(command.kind()) == nullptr) {
    return CodeUnknown("kind", command.kind(), "PERSUADE_NOTICE RETURN_BY_DATE ORDER COURT");
  }
  auto permitted =
      Permit(rows, context, command.case_id(), command.child_id(), command.kind(), command.role());
  if (const auto* refusal = std::get_if<Refusal>(&permitted)) return *refusal;
  const Permitted& may = std::get<Permitted>(permitted);
  if (command.kind() == kIssueCourt && !Has(may.row.facts(), kIssueOrder)) return CourtLocked();
  if (command.kind() != kIssueCourt && command.return_by() < context.today.days)
    return ReturnByMandatory();

  const uint32_t year = static_cast<uint32_t>(context.today.ymd().year);
  const auto counter =
      base::Find<v1::PaperCounterRow>(rows, context.actor.office(), year, command.kind());
  CaseChange change(rows, context, may.row.facts());
  v1::PaperIssued event;
  for (std::string& step : MissingSteps(command.kind(), change.facts()))
    event.add_missing_steps(std::move(step));
  event.set_paper_id(context.NewId("paper").str());
  event.set_kind(command.kind());
  event.set_issuer(context.actor.office());
  event.set_year(year);
  event.set_number(counter ? counter->last() + 1 : 1);
  event.set_title(PaperTitle(command.kind(), year, event.number()));
  if (command.return_by() != 0) event.mutable_return_by()->set_days(command.return_by());
  *event.mutable_addressee() = command.addressee();
  event.set_line(may.line);
  if (!may.rule->next.empty()) change.facts().set_state(std::string(may.rule->next));
  if (!Has(change.facts(), command.kind())) change.facts().add_papers(command.kind());
  if (change.Of(may.line).outcome().empty()) change.StartTask(may.line, kTaskPersuade);
  change.Emit(std::move(event));
  change.AlertAll("PAPER_ISSUED", command.kind());
  return change.Take();
}

Decision DecideServePaper(const v1::ServePaperCommand& command, const Rows& rows,
                          const Context& context) {
  const auto own = OwnPaper(rows, context, command.paper_id(), command.child_id());
  if (const auto* refusal = std::get_if<Refusal>(&own)) return *refusal;
  const v1::PaperRow& paper = std::get<v1::PaperRow>(own);
  if (paper.has_served_on()) return PaperAlreadyServed(CivilDay{paper.served_on().days()});
  const CivilDay on{command.served_on() == 0 ? context.today.days : command.served_on()};
  if (on > context.today) return DateInFuture(on, context.today);
  constexpr std::string_view kMethods = "IN_PERSON LEFT_AT_HOME POST NOTICE_BOARD";
  if (command.method().empty() || command.method().find(' ') != std::string::npos ||
      kMethods.find(command.method()) == std::string_view::npos) {
    return CodeUnknown("method", command.method(), kMethods);
  }
  const auto row = FindCase(rows, paper.case_id());
  if (!row) return CaseUnknown();
  CaseChange change(rows, context, row->facts());
  v1::PaperServed event;
  event.set_paper_id(command.paper_id());
  event.mutable_served_on()->set_days(on.days);
  event.set_method(command.method());
  *event.mutable_evidence() = command.evidence();
  change.Emit(std::move(event), on);
  return change.Take();
}

Decision DecideVoidPaper(const v1::VoidPaperCommand& command, const Rows& rows,
                         const Context& context) {
  const auto own = OwnPaper(rows, context, command.paper_id(), command.child_id());
  if (const auto* refusal = std::get_if<Refusal>(&own)) return *refusal;
  const v1::PaperRow& paper = std::get<v1::PaperRow>(own);
  if (command.reason().ciphertext().empty()) return ReasonMandatory();
  const auto row = FindCase(rows, paper.case_id());
  if (!row) return CaseUnknown();
  CaseChange change(rows, context, row->facts());
  // The kind is gone from the chain unless another paper of it is in force.
  bool another = false;
  base::ScanIndex<v1::PaperRow>(
      rows, base::TableOf<v1::PaperRow>::kByCase, 200,
      [&](const v1::PaperRow& other) {
        another |=
            other.kind() == paper.kind() && !other.voided() && other.paper_id() != paper.paper_id();
        return true;
      },
      AsId(paper.case_id()));
  if (!another) {
    auto* papers = change.facts().mutable_papers();
    papers->erase(std::remove(papers->begin(), papers->end(), paper.kind()), papers->end());
  }
  v1::PaperVoided event;
  event.set_paper_id(command.paper_id());
  *event.mutable_reason() = command.reason();
  change.Emit(std::move(event));
  return change.Take();
}

}  // namespace twinline::accountability
