// The one table of what may happen to a case: state x action -> who (roles of which line) and the
// state afterwards (domain.md 2.4). Everything else in this room computes facts; only this says
// "may". A test goes through all states and actions and counts that every row is hit.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "twinline/types/v1/options.pb.h"
#include "twinline/types/v1/types.pb.h"

namespace twinline::accountability {

// States of a case (CaseFacts.state).
inline constexpr std::string_view kSuspected = "SUSPECTED";       // 疑似辍学
inline constexpr std::string_view kPersuading = "PERSUADING";     // 劝返
inline constexpr std::string_view kOrdered = "ORDERED";           // 责令
inline constexpr std::string_view kLitigation = "LITIGATION";     // 司法
inline constexpr std::string_view kConfirmed = "CONFIRMED";       // 辍学，学籍保留
inline constexpr std::string_view kReturned = "RETURNED";         // 返校观察
inline constexpr std::string_view kTransferred = "TRANSFERRED";   // 查明在外就读
inline constexpr std::string_view kPlaced = "PLACED";             // 安置
inline constexpr std::string_view kEndProposed = "END_PROPOSED";  // 终结待签
inline constexpr std::string_view kFalseAlarmProposed = "FALSE_ALARM_PROPOSED";  // 误报待签
inline constexpr std::string_view kClosedReturn = "CLOSED_RETURN";
inline constexpr std::string_view kClosedTransfer = "CLOSED_TRANSFER";
inline constexpr std::string_view kClosedPlaced = "CLOSED_PLACED";
inline constexpr std::string_view kClosedFalseAlarm = "CLOSED_FALSE_ALARM";
inline constexpr std::string_view kClosedEnd = "CLOSED_END";
inline constexpr std::string_view kClosedMerged = "CLOSED_MERGED";

std::span<const std::string_view> OpenStates();
std::span<const std::string_view> ClosedStates();

// Actions. Those of the system have no roles: they come from facts of other services or from time.
inline constexpr std::string_view kPersuade = "PERSUADE";
inline constexpr std::string_view kTakeOver = "TAKE_OVER";
inline constexpr std::string_view kDenyResponsibility = "DENY_RESPONSIBILITY";
inline constexpr std::string_view kDecideTownship = "DECIDE_TOWNSHIP";
inline constexpr std::string_view kReportReturn = "REPORT_RETURN";
inline constexpr std::string_view kClaimElsewhere = "CLAIM_ELSEWHERE";
inline constexpr std::string_view kProveElsewhere = "PROVE_ELSEWHERE";
inline constexpr std::string_view kProposePlacement = "PROPOSE_PLACEMENT";
inline constexpr std::string_view kConfirmDropout = "CONFIRM_DROPOUT";
inline constexpr std::string_view kIssuePersuadeNotice = "PERSUADE_NOTICE";  // 劝返通知书
inline constexpr std::string_view kIssueReturnByDate = "RETURN_BY_DATE";  // 限期返校通知书
inline constexpr std::string_view kIssueOrder = "ORDER";                  // 责令通知书
inline constexpr std::string_view kIssueCourt = "COURT";  // 起诉或申请强制执行
inline constexpr std::string_view kProposeEnd = "PROPOSE_END";
inline constexpr std::string_view kSignClose = "SIGN_CLOSE";
inline constexpr std::string_view kOverrideClose = "OVERRIDE_CLOSE";
inline constexpr std::string_view kProposeFalseAlarm = "PROPOSE_FALSE_ALARM";
inline constexpr std::string_view kSignFalseAlarm = "SIGN_FALSE_ALARM";
inline constexpr std::string_view kRejectFalseAlarm = "REJECT_FALSE_ALARM";
// Of the system:
inline constexpr std::string_view kRelapse = "RELAPSE";  // absent in probation, or never arrived
inline constexpr std::string_view kTransferCompleted = "TRANSFER_COMPLETED";
inline constexpr std::string_view kStreakCorrected =
    "STREAK_CORRECTED";  // D03: below the threshold now
inline constexpr std::string_view kCrossedAgain =
    "CROSSED_AGAIN";  // a correction of the correction
inline constexpr std::string_view kReopen = "REOPEN";

std::span<const std::string_view> Actions();

struct CaseRule {
  std::string_view state;
  std::string_view action;
  // The line whose act this is; unspecified for the bureau's decisions and the system's rules.
  types::v1::Line line = types::v1::LINE_UNSPECIFIED;
  std::vector<types::v1::Role> roles;  // empty: the system
  // State afterwards; empty: unchanged. A closing state is entered when both lines have signed, or
  // at once by override.
  std::string_view next;
};

std::span<const CaseRule> CaseRules();

// The rule for an act of a person with `role`; null when the table has none. `any_role` finds out
// whether the action is possible in this state at all.
const CaseRule* FindRule(std::string_view state, std::string_view action, types::v1::Role role);
bool AnyRole(std::string_view state, std::string_view action);
const CaseRule* FindSystemRule(std::string_view state, std::string_view action);

// The line on which a role stands; unspecified for auditors and administrators. The bureau stands
// on the education line.
types::v1::Line LineOf(types::v1::Role role);

// The closing state that an open state leads to when both lines sign; empty for a working state.
std::string_view ClosingState(std::string_view state);

}  // namespace twinline::accountability
