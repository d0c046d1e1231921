#include "accountability/domain/refusals.h"

#include "platform/base/zh_words.h"

namespace twinline::accountability {

using base::CivilDay;
using base::Refusal;
using base::ZhOffice;
using base::ZhWord;

namespace {
std::string S(std::string_view text) { return std::string(text); }
}  // namespace

Refusal CaseUnknown() {
  return {"CASE_UNKNOWN",
          "没有这个控辍案件。请从案件列表中重新选择。",
          "There is no such case. Choose it again from the list.",
          {}};
}

Refusal CaseChildMismatch() {
  return {"CASE_CHILD_MISMATCH",
          "案件不属于所填的学生。请刷新案件后重试。",
          "The case is not that child's. Reload the case and try again.",
          {}};
}

Refusal CaseAlreadyOpen(std::string_view state) {
  return {"CASE_ALREADY_OPEN",
          "该生已有在办控辍案件（状态：" + ZhWord(state) +
              "），一名学生只有一个案件。请在原案件中办理。",
          "The child has an open case already (state " + S(state) +
              "); a child has one case. Continue in that case.",
          {{"state", S(state)}}};
}

Refusal CaseClosed(std::string_view state) {
  return {"CASE_CLOSED",
          "案件已销号（" + ZhWord(state) +
              "），不能继续办理。学生再次缺课时系统会重新开案，也可由人工重新立案。",
          "The case is closed (" + S(state) +
              "). A relapse reopens it by itself; a person may reopen it too.",
          {{"state", S(state)}}};
}

Refusal ChildUnknown() {
  return {"CHILD_UNKNOWN",
          "学籍系统中没有这名学生。请核对后重试。",
          "The registry does not know this child. Check and try again.",
          {}};
}

Refusal ActionNotPossible(std::string_view action, std::string_view state) {
  return {"ACTION_NOT_POSSIBLE",
          "案件状态为“" + ZhWord(state) + "”，不能办理“" + ZhWord(action) +
              "”。请查看案件时间线确认当前步骤。",
          "In state " + S(state) + " a case does not allow " + S(action) +
              ". See the case's timeline for the present step.",
          {{"action", S(action)}, {"state", S(state)}}};
}

Refusal NotYourAction(std::string_view action) {
  return {"NOT_YOUR_ACTION",
          "您的职务不能办理“" + ZhWord(action) + "”。请由该责任线上的相应岗位办理。",
          "Your duty may not do " + S(action) + ". The office of the right line must do it.",
          {{"action", S(action)}}};
}

Refusal NotYourCase(std::string_view office) {
  return {"NOT_YOUR_CASE",
          "您的单位" + ZhOffice(office) +
              " 不在本案的责任线上（K-2）。如认为应由本单位负责，请联系教体局裁定。",
          "Your office " + S(office) +
              " is on neither line of this case (K-2). Ask the bureau if you think it should be.",
          {{"office", S(office)}}};
}

Refusal CaseEscalated(std::string_view to_office) {
  return {"CASE_ESCALATED",
          "案件已升级至" + ZhOffice(to_office) + "，不能再由下级接办。劝返仍可照常登记。",
          "The case has gone up to " + S(to_office) +
              " and cannot be taken back. Persuasions can still be recorded.",
          {{"office", S(to_office)}}};
}

Refusal ReasonMandatory() {
  return {"REASON_MANDATORY",
          "此操作必须填写理由，理由将永久留存。",
          "This act needs a reason; it is kept for ever.",
          {}};
}

Refusal EvidenceMandatory() {
  return {"EVIDENCE_MANDATORY",
          "此操作必须附证明材料。请先上传材料，再提交。",
          "This act needs evidence. Upload it first, then submit again.",
          {}};
}

Refusal EvidenceTypeUnknown(std::string_view type) {
  return {
      "EVIDENCE_TYPE_UNKNOWN",
      "证明类型 " + S(type) +
          " 无效。可用：户口迁出 HUKOU_MOVED、居住地迁出 RESIDENCE_MOVED、从未居住 "
          "NEVER_RESIDED、已在他处就读 ENROLLED_ELSEWHERE。",
      "Evidence type " + S(type) +
          " is not valid. Use HUKOU_MOVED, RESIDENCE_MOVED, NEVER_RESIDED or ENROLLED_ELSEWHERE.",
      {{"type", S(type)}}};
}

Refusal DateInFuture(CivilDay day, CivilDay today) {
  return {"DATE_IN_FUTURE",
          "日期 " + day.ToString() + " 晚于今天 " + today.ToString() + "。请填写实际发生的日期。",
          "The date " + day.ToString() + " is after today " + today.ToString() +
              ". Give the day on which it happened.",
          {{"day", day.ToString()}, {"today", today.ToString()}}};
}

Refusal DateBeforeCase(CivilDay day, CivilDay opened) {
  return {"DATE_BEFORE_CASE",
          "日期 " + day.ToString() + " 早于开案前一个月（开案日 " + opened.ToString() +
              "）。请核对日期。",
          "The date " + day.ToString() + " is more than a month before the case was opened on " +
              opened.ToString() + ". Check the date.",
          {{"day", day.ToString()}, {"opened", opened.ToString()}}};
}

Refusal CodeUnknown(std::string_view what, std::string_view code, std::string_view allowed) {
  return {
      "CODE_UNKNOWN",
      S(what) + " 的代码 " + S(code) + " 无效。可用：" + S(allowed) + "。",
      "The code " + S(code) + " is not valid for " + S(what) + ". Use one of: " + S(allowed) + ".",
      {{"field", S(what)}, {"code", S(code)}}};
}

Refusal ConfirmTooEarly(CivilDay from) {
  return {
      "CONFIRM_TOO_EARLY",
      "疑似满 20 个教学日且满一个月后（" + from.ToString() + " 起）方可认定辍学，此前应继续劝返。",
      "A dropout may be confirmed from " + from.ToString() +
          " on: the rule set's school days and one month after the suspicion. Until then, "
          "persuade.",
      {{"from", from.ToString()}}};
}

Refusal ProbationNotPassed(uint32_t days, uint32_t needed) {
  return {"PROBATION_NOT_PASSED",
          "返校观察未满：已连续到校 " + std::to_string(days) + " 个教学日，需 " +
              std::to_string(needed) + " 个（K-4）。",
          "The probation is not over: " + std::to_string(days) + " of " + std::to_string(needed) +
              " school days present in a row (K-4).",
          {{"days", std::to_string(days)}, {"needed", std::to_string(needed)}}};
}

Refusal LineAlreadySigned() {
  return {"LINE_ALREADY_SIGNED",
          "本责任线已签署销号意见。请等待另一责任线签署。",
          "This line has signed already. The other line's signature is awaited.",
          {}};
}

Refusal SignedOtherLine() {
  return {
      "SIGNED_OTHER_LINE",
      "您已代表另一责任线签字，同一人不得代表两条线签字（K-4）。请由本责任线的其他人员签字。",
      "You signed for the other line; one person cannot sign for both (K-4). Somebody else of this "
      "line must.",
      {}};
}

Refusal SignerIsProposer() {
  return {"SIGNER_IS_PROPOSER",
          "提出误报的人不能自己签字（K-1）。请由另一责任线的人员签字。",
          "Who proposed the false alarm cannot sign it (K-1). Somebody of the other line must.",
          {}};
}

Refusal OutcomeDiffers(std::string_view given, std::string_view state) {
  return {"OUTCOME_DIFFERS",
          "签署的结果“" + ZhWord(given) + "”与案件状态“" + ZhWord(state) +
              "”不符。请刷新案件，核对后再签。",
          "The outcome " + S(given) + " does not fit the state " + S(state) +
              ". Reload the case and check before signing.",
          {{"outcome", S(given)}, {"state", S(state)}}};
}

Refusal PlacementNotApproved(std::string_view kind, std::string_view status) {
  return {"PLACEMENT_NOT_APPROVED",
          "安置方式“" + ZhWord(kind) + "”尚无有效审批：当前学籍状态为“" + ZhWord(status) +
              "”（K-6）。请先办结相应审批，再提交安置。",
          "The placement " + S(kind) + " is not approved: the registration's status is " +
              S(status) + " (K-6). Complete the approval first.",
          {{"placement", S(kind)}, {"status", S(status)}}};
}

Refusal EndNotShown(std::string_view ground, std::string_view status) {
  return {"END_NOT_SHOWN",
          "学籍状态为“" + ZhWord(status) + "”，不能以“" + ZhWord(ground) +
              "”终结案件。请先办理相应学籍变动。",
          "The registration's status is " + S(status) + ", which does not show " + S(ground) +
              ". Complete that change of the registration first.",
          {{"ground", S(ground)}, {"status", S(status)}}};
}

Refusal CourtLocked() {
  return {"COURT_LOCKED",
          "尚未发出责令送被监护人接受义务教育通知书，司法步骤未解锁。请先由乡镇政府或教体局责令限期"
          "改正（义务教育法第五十八条）。",
          "The court step is locked until an order has been issued (Compulsory Education Act art. "
          "58). Issue the order first.",
          {}};
}

Refusal ReturnByMandatory() {
  return {"RETURN_BY_MANDATORY",
          "文书必须写明返校期限，且不得早于今天。",
          "The paper must name a date of return, not before today.",
          {}};
}

Refusal PaperUnknown() {
  return {"PAPER_UNKNOWN",
          "没有这份文书。请从案件的文书列表中选择。",
          "There is no such paper. Choose it from the case's list.",
          {}};
}

Refusal PaperVoid() {
  return {"PAPER_VOID",
          "这份文书已作废。请另行制发。",
          "This paper was voided. Issue another one.",
          {}};
}

Refusal PaperAlreadyServed(CivilDay on) {
  return {"PAPER_ALREADY_SERVED",
          "这份文书已于 " + on.ToString() + " 送达。",
          "This paper was served on " + on.ToString() + ".",
          {{"served_on", on.ToString()}}};
}

Refusal TownshipUnknown(std::string_view township) {
  return {"TOWNSHIP_UNKNOWN",
          "没有代码为 " + S(township) + " 的乡镇。请从乡镇列表中选择。",
          "There is no township with the code " + S(township) + ". Choose one from the list.",
          {{"township", S(township)}}};
}

Refusal AlertUnknown() {
  return {"ALERT_UNKNOWN",
          "没有这条预警。请刷新收件箱。",
          "There is no such alert. Reload the inbox.",
          {}};
}

Refusal AlertAlreadyAnswered() {
  return {"ALERT_ALREADY_ANSWERED",
          "这条预警已经答复。后续请在案件中办理。",
          "This alert was answered already. Continue in the case.",
          {}};
}

Refusal NotYourAlert(std::string_view office) {
  return {"NOT_YOUR_ALERT",
          "这条预警发给" + ZhOffice(office) + "，应由该单位答复。",
          "This alert is for " + S(office) + "; that office must answer it.",
          {{"office", S(office)}}};
}

Refusal TaskUnknown() {
  return {"TASK_UNKNOWN",
          "没有这项待办，或已经办结。请刷新待办列表。",
          "There is no such open task. Reload the list.",
          {}};
}

Refusal NotYourTask(std::string_view office) {
  return {"NOT_YOUR_TASK",
          "这项待办属于" + ZhOffice(office) + "。",
          "This task belongs to " + S(office) + ".",
          {{"office", S(office)}}};
}

Refusal WebhookUnknown() {
  return {"WEBHOOK_UNKNOWN",
          "没有这个推送地址，或已停用。",
          "There is no such webhook, or it was removed.",
          {}};
}

Refusal WebhookInvalid(std::string_view why_zh, std::string_view why_en) {
  return {"WEBHOOK_INVALID",
          "推送地址无效：" + S(why_zh) + "。",
          "The webhook is not valid: " + S(why_en) + ".",
          {}};
}

Refusal DeliveryUnknown() {
  return {"DELIVERY_UNKNOWN", "没有这条推送记录。", "There is no such delivery.", {}};
}

Refusal RuleSetInvalid() {
  return {"RULE_SET_INVALID",
          "规则参数无效：两条责任线各须有 1 至 6 级岗位，岗位须有职务和 1 至 60 "
          "个工作日的期限，其余天数须为正数。",
          "The rule set is not valid: each line needs one to six rungs with roles and 1 to 60 "
          "working days, and the "
          "other numbers must be positive.",
          {}};
}

Refusal CalendarInvalid() {
  return {"CALENDAR_INVALID",
          "放假安排内容不完整或有误，请按国务院办公厅通知核对。",
          "The calendar is incomplete or wrong; check it against the State Council's notice.",
          {}};
}

Refusal AlreadySo() { return {"ALREADY_SO", "无需变动。", "Nothing to change.", {}}; }

Refusal UnknownHere() {
  return {"UNKNOWN_HERE", "学籍系统的数据尚未到达。", "The registry's facts have not arrived.", {}};
}

}  // namespace twinline::accountability
