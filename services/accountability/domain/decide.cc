#include "accountability/domain/absence.h"
#include "accountability/domain/accountability_domain.h"
#include "accountability/domain/act.h"
#include "accountability/domain/adopt.h"
#include "accountability/domain/class_moved.h"
#include "accountability/domain/duty.h"
#include "accountability/domain/moves.h"
#include "accountability/domain/open.h"
#include "accountability/domain/papers.h"
#include "accountability/domain/reassign.h"
#include "accountability/domain/tasks.h"
#include "accountability/domain/timers.h"
#include "accountability/domain/unlawful_code.h"
#include "accountability/domain/watches.h"
#include "platform/base/dispatch.h"
#include "platform/base/outages.h"

namespace twinline::accountability {

using base::AsId;
using base::CommandView;
using base::Context;
using base::Decision;
using base::Parse;
using base::Rows;

namespace {

std::optional<Decision> DecidePeople(const CommandView& command, const Rows& rows,
                                     const Context& context) {
  if (v1::OpenCaseCommand c; Parse(command, &c)) return DecideOpen(c, rows, context);
  if (v1::RecordPersuasionCommand c; Parse(command, &c)) return DecidePersuasion(c, rows, context);
  if (v1::AnswerAlertCommand c; Parse(command, &c)) return DecideAnswerAlert(c, rows, context);
  if (v1::ActOnCaseCommand c; Parse(command, &c)) return DecideAct(c, rows, context);
  if (v1::IssuePaperCommand c; Parse(command, &c)) return DecideIssuePaper(c, rows, context);
  if (v1::ServePaperCommand c; Parse(command, &c)) return DecideServePaper(c, rows, context);
  if (v1::VoidPaperCommand c; Parse(command, &c)) return DecideVoidPaper(c, rows, context);
  if (v1::CompleteTaskCommand c; Parse(command, &c)) return DecideCompleteTask(c, rows, context);
  if (v1::ChangeWebhookCommand c; Parse(command, &c)) return DecideChangeWebhook(c, rows, context);
  if (v1::NoteDeliveryCommand c; Parse(command, &c)) return DecideNoteDelivery(c, rows, context);
  if (v1::ResendDeliveryCommand c; Parse(command, &c)) return DecideResend(c, rows, context);
  if (v1::AdoptRuleSetCommand c; Parse(command, &c)) return DecideAdoptRuleSet(c, context);
  if (v1::AdoptCalendarCommand c; Parse(command, &c)) return DecideAdoptCalendar(c, context);
  return std::nullopt;
}

std::optional<Decision> DecideDerived(const CommandView& command, const Rows& rows,
                                      const Context& context) {
  if (v1::NoteCrossingCommand c; Parse(command, &c)) return DecideCrossing(c, rows, context);
  if (v1::NoteStreakEndedCommand c; Parse(command, &c)) return DecideStreakEnded(c, rows, context);
  if (v1::NoteRecountCommand c; Parse(command, &c)) return DecideRecount(c, rows, context);
  if (v1::NoteVerdictsCommand c; Parse(command, &c)) return DecideVerdicts(c, rows, context);
  if (v1::NoteUnmarkedCommand c; Parse(command, &c)) return DecideUnmarked(c, rows, context);
  if (v1::NoteTwoSchoolsCommand c; Parse(command, &c)) return DecideTwoSchools(c, rows, context);
  if (v1::NotePlacementCommand c; Parse(command, &c)) return DecideNotePlacement(c, rows, context);
  if (v1::NoteStatusCommand c; Parse(command, &c)) return DecideNoteStatus(c, rows, context);
  if (v1::NoteTransferDoneCommand c; Parse(command, &c))
    return DecideTransferDone(c, rows, context);
  if (v1::NoteTransferOverdueCommand c; Parse(command, &c))
    return DecideTransferOverdue(c, rows, context);
  if (v1::NoteClassMovedCommand c; Parse(command, &c)) return DecideClassMoved(c, rows, context);
  if (v1::NoteMergeCommand c; Parse(command, &c)) return DecideNoteMerge(c, rows, context);
  if (v1::NoteDutyCommand c; Parse(command, &c)) return DecideNoteDuty(c, rows, context);
  if (v1::NoteUnlawfulCodeCommand c; Parse(command, &c))
    return DecideUnlawfulCode(c, rows, context);
  return std::nullopt;
}

template <typename Event>
bool IdOf(const journal::v1::Event& event, std::string (*id)(const Event&),
          std::vector<base::Id16>* out) {
  if (event.type() != base::EventType<Event>()) return false;
  Event parsed;
  parsed.ParseFromString(event.data());
  out->push_back(AsId(id(parsed)));
  return true;
}

}  // namespace

Decision Decide(const CommandView& command, const Rows& rows, const Context& context) {
  if (command.type == base::kTimerFired) {
    return DecideTimer(base::ParseTimer(command), rows, context);
  }
  if (command.type == base::kMoveForOutage) {
    return DecideMoveForOutage(command.body, rows, context);
  }
  if (auto decision = DecidePeople(command, rows, context)) return *std::move(decision);
  if (auto decision = DecideDerived(command, rows, context)) return *std::move(decision);
  return base::Refusal{"COMMAND_UNKNOWN",
                       "控辍保学服务不认识此命令。请升级客户端。",
                       "Accountability does not know this command. Upgrade the client.",
                       {}};
}

std::vector<base::Id16> AccountabilityDomain::Outcome(const journal::v1::Commit& commit) const {
  std::vector<base::Id16> ids;
  for (const journal::v1::Event& event : commit.events()) {
    const bool found = IdOf<v1::CaseOpened>(
                           event, [](const auto& e) { return e.case_facts().case_id(); }, &ids) ||
                       IdOf<v1::CaseReopened>(
                           event, [](const auto& e) { return e.case_facts().case_id(); }, &ids) ||
                       IdOf<v1::PaperIssued>(
                           event, [](const auto& e) { return e.paper_id(); }, &ids) ||
                       IdOf<v1::WebhookChanged>(
                           event, [](const auto& e) { return e.webhook().webhook_id(); }, &ids);
    if (found) return ids;
  }
  return ids;
}

std::vector<base::DerivedCommand> AccountabilityDomain::Seed() const { return SeedCommands(); }

}  // namespace twinline::accountability
