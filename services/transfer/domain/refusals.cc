#include "transfer/domain/refusals.h"

#include "platform/base/hash.h"
#include "platform/base/zh_words.h"

namespace twinline::transfer {

using base::CivilDay;
using base::Refusal;
using base::ZhOffice;
using base::ZhWord;

namespace {
std::string Str(std::string_view text) { return std::string(text); }
}  // namespace

Refusal ChildUnknown() {
  return {"CHILD_UNKNOWN",
          "没有找到该学生的学籍。入学不以学籍为前提：请先接收入学并建籍，再办理此项。",
          "No registration of this child was found. Schooling does not wait for it: admit and "
          "register the child first.",
          {}};
}

Refusal KindUnknown(std::string_view kind) {
  return {"BUSINESS_KIND_UNKNOWN",
          "义务教育阶段不能办理“" + Str(kind) + "”。退学、开除、取消学籍均不合法。",
          "\"" + Str(kind) +
              "\" cannot be done in compulsory education; withdrawal, expulsion and cancelling a "
              "registration are unlawful.",
          {{"kind", Str(kind)}}};
}

Refusal BusinessInProgress(std::string_view kind, std::string_view opener_office, CivilDay opened) {
  return {
      "BUSINESS_IN_PROGRESS",
      "该生已有在办业务（" + ZhWord(kind) + "，" + ZhOffice(opener_office) + " 于 " +
          opened.ToString() + " 发起），同一时间只能办理一项（2002）。待其办结或撤回后可重新发起。",
      "This child has a business in progress (" + Str(kind) + ", opened by " + Str(opener_office) +
          " on " + opened.ToString() +
          "); one at a time (2002). Retry after it has ended or was withdrawn.",
      {{"kind", Str(kind)}, {"opened_by", Str(opener_office)}, {"opened_on", opened.ToString()}}};
}

Refusal FrozenSummer(CivilDay until) {
  return {
      "TRANSFER_FROZEN_SUMMER",
      "7月15日至8月14日暂停受理新的转学申请，此前发起的可继续办理。请于 " + until.ToString() +
          " 起申请。",
      "New transfers are not accepted from 15 July to 14 August; earlier ones go on. Apply from " +
          until.ToString() + ".",
      {{"until", until.ToString()}}};
}

Refusal WhileSuspended(CivilDay until) {
  return {"TRANSFER_WHILE_SUSPENDED",
          "该生正在休学（至 " + until.ToString() + "），休学期间不得转学，请先办理复学。",
          "The child is suspended (until " + until.ToString() +
              "); resume first, a suspended child cannot transfer.",
          {{"suspended_until", until.ToString()}}};
}

Refusal UnderSanction(CivilDay until) {
  return {"TRANSFER_UNDER_SANCTION",
          "该生处于处分期（至 " + until.ToString() + "），处分期内不得转学。",
          "The child is under a disciplinary sanction until " + until.ToString() +
              "; no transfer before that.",
          {{"sanction_until", until.ToString()}}};
}

Refusal GradeDiffers(uint32_t current, uint32_t wanted) {
  return {"TRANSFER_GRADE_DIFFERS",
          "转学须平级：该生现为 " + std::to_string(current) + " 年级，申请填写 " +
              std::to_string(wanted) + " 年级。特殊教育学生凭专家委员会意见可由教体局核准。",
          "A transfer keeps the grade: the child is in grade " + std::to_string(current) +
              ", the application says " + std::to_string(wanted) +
              ". Special education: with the expert committee's opinion.",
          {}};
}

Refusal ProblemRecord(std::string_view problems, std::string_view task) {
  Refusal refusal{
      "PROBLEM_RECORD",
      "该生存在未处理的问题学籍（" + Str(problems) +
          "），须由现学校先行处理（2003）。就读不受影响。",
      "The registration has unresolved problems (" + Str(problems) +
          "); the present school must clear them first (2003). Schooling is not affected.",
      {{"problems", Str(problems)}}};
  if (!task.empty()) refusal.details.emplace_back("task", base::ToHex(task));
  return refusal;
}

Refusal NotReceivingSide() {
  return {"TRANSFER_NOT_RECEIVING_SIDE",
          "转学只能由监护人向转入学校申请、由转入学校发起；学校不得责令或代为办理转出。此次操作已记"
          "录。",
          "Only the receiving school starts a transfer, on the guardian's application; a school "
          "may not order one. "
          "This attempt was recorded.",
          {}};
}

Refusal GroundMissing() {
  return {"TRANSFER_GROUND_MISSING",
          "请选择转学事由：户口迁移、监护人外派或寄养、居住地变动、进城务工随迁、健康状况变化。",
          "Name the ground: hukou moved, guardian away, residence moved, migrant worker's child, "
          "or health changed.",
          {}};
}

Refusal StatusNotAllowed(std::string_view status, std::string_view kind) {
  return {"STATUS_NOT_ALLOWED",
          "学籍状态为“" + ZhWord(status) + "”，不能办理“" + ZhWord(kind) + "”。请核对学籍状态。",
          "A registration in status " + Str(status) + " cannot go through " + Str(kind) +
              ". Check the status.",
          {{"status", Str(status)}}};
}

Refusal SchoolUnknown(std::string_view code) {
  return {
      "SCHOOL_UNKNOWN",
      "没有标识码为 " + Str(code) + " 的在办学校。请核对学校标识码。",
      "There is no open school with code " + Str(code) + ". Check the school identification code.",
      {}};
}

Refusal ClassNotOfSchool() {
  return {"CLASS_NOT_OF_SCHOOL",
          "所选班级不属于该校或年级不符。请重新选择班级。",
          "The class is not of this school or grade. Choose another class.",
          {}};
}

Refusal SameSchool() {
  return {"TRANSFER_SAME_SCHOOL",
          "该生已在本校，校内调班请使用“编班”。",
          "The child is at this school already; use placement to change the class.",
          {}};
}

Refusal EvidenceMissing(std::string_view what_zh, std::string_view what_en) {
  return {"EVIDENCE_MISSING",
          "缺少证明材料：" + Str(what_zh) + "。请上传后再提交。",
          "Evidence is missing: " + Str(what_en) + ". Upload it, then submit again.",
          {}};
}

Refusal SuspensionTerm(std::string_view zh, std::string_view en) {
  return {"SUSPENSION_TERM", Str(zh), Str(en), {}};
}

Refusal BusinessUnknown() {
  return {"BUSINESS_UNKNOWN", "没有这项业务。", "There is no such business.", {}};
}

Refusal BusinessNotOpen(std::string_view state) {
  return {"BUSINESS_NOT_OPEN",
          "该业务已不在办理中（" + Str(state) + "），不能再处理。",
          "This business is no longer open (" + Str(state) + ").",
          {{"state", Str(state)}}};
}

Refusal StepChanged(uint32_t seen, uint32_t now) {
  return {"STEP_CHANGED",
          "该业务已进入下一环节，请刷新后再处理。",
          "The business has moved on to another step; reload it before deciding.",
          {{"seen", std::to_string(seen)}, {"now", std::to_string(now)}}};
}

Refusal NotYourStep(std::string_view office) {
  return {"NOT_YOUR_STEP",
          "当前环节由" + ZhOffice(office) + "办理。",
          "The current step belongs to " + Str(office) + ".",
          {{"office", Str(office)}}};
}

Refusal EnterAndAuditSamePerson() {
  return {"ENTER_AND_AUDIT_SAME_PERSON",
          "录入与审核不能为同一人，请由另一位有权人员审核。",
          "The person who entered a business cannot audit it; another person must.",
          {}};
}

Refusal ReasonMandatory() {
  return {
      "REFUSAL_REASON_MANDATORY",
      "不同意须选择理由：无学位、不在片区、材料不足、材料不实、身份不符、不符合条件、其他。“尚无学"
      "籍”不是理由。",
      "A refusal needs a reason code: NO_SEAT, OUT_OF_ZONE, EVIDENCE_INSUFFICIENT, EVIDENCE_FALSE, "
      "IDENTITY_MISMATCH, NOT_ELIGIBLE, OTHER. \"No registration yet\" is not one.",
      {}};
}

Refusal NotWithdrawable() {
  return {"NOT_WITHDRAWABLE",
          "只有发起学校可以撤回，且须在办结之前。",
          "Only the office that opened the business may withdraw it, before it ends.",
          {}};
}

Refusal NotRefused() {
  return {"NOT_REFUSED",
          "该转学未被学校拒绝，无需改判。",
          "No school refused this transfer; nothing to override.",
          {}};
}

Refusal NotZoned() {
  return {"NOT_ZONED",
          "该生户籍不在该校片区，不能改判。可为其协调其他学校。",
          "The child's village is not in this school's zone; coordinate another school.",
          {}};
}

Refusal DateMissing() {
  return {"DATE_MISSING",
          "请填写生效日期，且不得晚于今天起一年。",
          "Give the effective date, at most a year ahead.",
          {}};
}

Refusal AlreadySo() { return {"ALREADY_SO", "无需变动。", "Nothing to change.", {}}; }

Refusal ClassRunKindUnknown(std::string_view kind) {
  return {"CLASS_RUN_KIND_UNKNOWN",
          "批量业务只有升级毕业（PROMOTION）和学校合并（MERGER）两种。",
          "A class business is a PROMOTION or a MERGER.",
          {{"kind", Str(kind)}}};
}

Refusal ClassRunInProgress(std::string_view kind) {
  return {"CLASS_RUN_IN_PROGRESS",
          "这些学校已有批量业务在办（" + Str(kind) + "），请待其办结或撤销后再办理。",
          "A run (" + Str(kind) + ") over these schools is not finished; wait for it or cancel it.",
          {{"kind", Str(kind)}}};
}

Refusal ClassRunPlanChanged() {
  return {"CLASS_RUN_PLAN_CHANGED",
          "预演之后学生情况有变化，与所核对的方案不一致。请重新预演并核对后再提交。",
          "The pupils have changed since the dry run; look at a new one, then submit its digest.",
          {}};
}

Refusal ClassRunEmpty() {
  return {"CLASS_RUN_EMPTY",
          "没有可办理的学生：本学年的班级均已办理，或学生均被列为例外。",
          "There is nobody to do: every class of this school year is done, or its pupils are all "
          "exceptions.",
          {}};
}

Refusal ClassRunNotPlanned(std::string_view state) {
  return {"CLASS_RUN_NOT_PLANNED",
          "该批量业务不在可审批或可撤销的状态（" + Str(state) + "）。",
          "This run cannot be approved or cancelled in state \"" + Str(state) + "\".",
          {{"state", Str(state)}}};
}

}  // namespace twinline::transfer
