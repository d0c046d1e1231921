#include "attendance/domain/refusals.h"

namespace twinline::attendance {

using base::CivilDay;
using base::Refusal;

Refusal ClassUnknown() {
  return {"CLASS_UNKNOWN",
          "没有这个班级，或该班级已停办。请在学籍系统中核对班级后重新点名。",
          "There is no such class, or it is closed. Check the class in the registry and take the "
          "roll call again.",
          {}};
}

Refusal NotASchoolDay(CivilDay day, std::optional<CivilDay> next) {
  Refusal refusal{"NOT_A_SCHOOL_DAY",
                  day.ToString() + " 不是该校的教学日，无需点名。",
                  day.ToString() + " is not a school day of this school; no roll call is needed.",
                  {{"day", day.ToString()}}};
  if (next) {
    refusal.zh += "下一个教学日是 " + next->ToString() + "。";
    refusal.en += " The next school day is " + next->ToString() + ".";
    refusal.details.emplace_back("next_school_day", next->ToString());
  } else {
    refusal.zh += "校历中没有后续教学日，请教体局发布新学期校历。";
    refusal.en +=
        " The calendar has no later school day; the bureau must adopt the next term's calendar.";
  }
  return refusal;
}

Refusal DateInFuture(CivilDay day, CivilDay today) {
  return {"DATE_IN_FUTURE",
          "点名日期 " + day.ToString() + " 晚于今天 " + today.ToString() +
              "，不能预先点名。请核对日期。",
          "The roll call is dated " + day.ToString() + ", after today " + today.ToString() +
              ". A roll call cannot be taken in advance; check the date.",
          {{"day", day.ToString()}, {"today", today.ToString()}}};
}

Refusal SessionNotScheduled(CivilDay day, uint32_t session) {
  return {"SESSION_NOT_SCHEDULED",
          day.ToString() + (session == 1 ? " 上午" : " 下午") + "没有安排上课。请核对上午或下午。",
          "No lessons are scheduled in this session of " + day.ToString() +
              ". Check morning or afternoon.",
          {{"day", day.ToString()}}};
}

Refusal RosterNewerThanKnown(uint32_t named, uint32_t known) {
  return {"UNAVAILABLE_ROSTER_NEWER",
          "名册版本 " + std::to_string(named) + " 尚未同步到考勤（当前 " + std::to_string(known) +
              "）。没有执行任何操作，请稍候用同一请求号重试。",
          "Roster version " + std::to_string(named) +
              " has not reached attendance yet (known: " + std::to_string(known) +
              "). Nothing was done; retry shortly with the same request id.",
          {},
          /*wait_for_sources=*/true};
}

Refusal LateRollCallNeedsSignature(CivilDay day) {
  return {"LATE_ROLL_CALL_NEEDS_SIGNATURE",
          day.ToString() + " 已经判定，补交点名属于更正：须说明理由并由校长签字（补签点名）。",
          day.ToString() +
              " has been judged already; a late roll call is a correction and needs a reason and "
              "the principal's signature (SignLateRollCall).",
          {{"day", day.ToString()}}};
}

Refusal MarkCodeUnknown(uint32_t code) {
  return {"MARK_CODE_UNKNOWN",
          "出勤代码 " + std::to_string(code) +
              " 无效。可用：1 迟到 2 病假 3 事假 4 公假 5 无故缺课 6 借读在此。",
          "Mark code " + std::to_string(code) +
              " is not valid. Use 1 late, 2 sick leave, 3 personal leave, 4 official leave, 5 "
              "unexplained, 6 guest.",
          {}};
}

Refusal RegistrationUnknown() {
  return {"REGISTRATION_UNKNOWN",
          "名单中有学籍系统不认识的学生。请刷新班级名册后重新点名。",
          "The list names a registration that the registry does not know. Reload the roster and "
          "take the roll call again.",
          {}};
}

Refusal RegistrationListedTwice() {
  return {"REGISTRATION_LISTED_TWICE",
          "同一名学生在例外名单中出现了两次。每名学生只列一次。",
          "A pupil is listed twice among the exceptions. List each pupil once.",
          {}};
}

Refusal RegistrationNotInClass() {
  return {"REGISTRATION_NOT_IN_CLASS",
          "该生当时不在这个班级。请到其所在班级提出更正。",
          "The pupil was not in this class. Propose the correction for the class the pupil was in.",
          {}};
}

Refusal ReasonMissing() {
  return {"REASON_MISSING",
          "更正或补签须写明理由。请填写后重新提交。",
          "A correction or late roll call needs a reason. Write it and send again.",
          {}};
}

Refusal NothingToCorrect(CivilDay day) {
  return {"NOTHING_TO_CORRECT",
          day.ToString() + " 的记录与更正后的内容相同，无需更正。",
          "The mark of " + day.ToString() + " already says so; there is nothing to correct.",
          {}};
}

Refusal RollCallNotTaken(CivilDay day) {
  return {"ROLL_CALL_NOT_TAKEN",
          day.ToString() + " 该时段尚未点名，没有可更正的记录。请先点名。",
          "No roll call was taken for that session of " + day.ToString() +
              "; there is nothing to correct. Take it first.",
          {}};
}

Refusal CorrectionUnknown() {
  return {"CORRECTION_UNKNOWN",
          "没有这份更正申请。请从待签字列表中选择。",
          "There is no such proposed correction. Choose one from the list that awaits a signature.",
          {}};
}

Refusal CorrectionAlreadySigned() {
  return {"CORRECTION_ALREADY_SIGNED",
          "这份更正已经签字生效。如仍有误，请另提更正。",
          "This correction was signed already. If it is still wrong, propose another one.",
          {}};
}

Refusal SignerIsProposer() {
  return {"SIGNER_IS_PROPOSER",
          "提出更正的人不能自己签字。请由另一位有权签字的校领导签字。",
          "The person who proposed a correction cannot sign it. Another person must sign.",
          {}};
}

Refusal UseCorrection(CivilDay day) {
  return {"USE_CORRECTION",
          day.ToString() + " 的点名已生效并判定，修改须走更正流程（理由＋校长签字）。",
          "The roll call of " + day.ToString() +
              " has been judged; change it by a correction (reason and principal's signature).",
          {}};
}

Refusal NoConflict() {
  return {"NO_CONFLICT",
          "该时段没有重复点名的冲突。",
          "There is no conflicting roll call for that session.",
          {}};
}

Refusal CalendarInvalid(const std::string& zh, const std::string& en) {
  return {"CALENDAR_INVALID", zh, en, {}};
}

Refusal RuleSetInvalid() {
  return {"RULE_SET_INVALID",
          "规则参数无效：各阈值须为正数，且“疑似”不少于“报告”，“报告”不少于“联系”。",
          "The rule set is not valid: thresholds must be positive, and suspected >= school report "
          ">= contact.",
          {}};
}

Refusal AlreadySo() { return {"ALREADY_SO", "无需变动。", "Nothing to change.", {}}; }

}  // namespace twinline::attendance
