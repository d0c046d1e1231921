// Words of cases on two lines: states, grounds, acts and history. Sources: domain.md 2.4
// (states), 2.7 (papers), 2.8 (placement), 2.9 (reasons).
#include "tools/twinline/words.h"

namespace twinline::cli {
namespace {

constexpr WordEntry kWords[] = {
    // States.
    {"WATCH", "关注", "watch"},
    {"SUSPECTED", "疑似辍学", "suspected dropout"},
    {"PERSUADING", "劝返中", "persuading"},
    {"RETURNED", "已返校（稳定期）", "returned, on probation"},
    {"TRANSFERRED", "查明在外就读", "found at another school"},
    {"PLACED", "已安置", "placed"},
    {"ORDERED", "责令限期返校", "ordered to return"},
    {"LITIGATION", "司法程序", "in court"},
    {"CONFIRMED", "确认辍学（保留学籍）", "confirmed dropout"},
    {"FALSE_ALARM_PROPOSED", "误报待签", "false alarm proposed"},
    {"END_PROPOSED", "结案待签", "end proposed"},
    {"CLOSED_RETURN", "销号：已返校", "closed: returned"},
    {"CLOSED_TRANSFER", "销号：学籍已转", "closed: transferred"},
    {"CLOSED_PLACED", "销号：已安置", "closed: placed"},
    {"CLOSED_FALSE_ALARM", "销号：误报", "closed: false alarm"},
    {"CLOSED_END", "结案：离开义务教育", "closed: left compulsory education"},
    {"CLOSED_MERGED", "结案：并入同一学生", "closed: merged"},
    // Grounds.
    {"RESUMPTION_OVERDUE", "休学期满未复学", "resumption overdue"},
    {"TRANSFER_NOT_ARRIVED", "转学后未报到", "not arrived after a transfer"},
    {"MANUAL", "人工报告", "reported by a person"},
    {"STAGE_END", "义务教育阶段结束", "end of the stage"},
    // Tasks and acts.
    {"VISIT", "家访", "visit"},
    {"REPORT", "书面报告", "report"},
    {"PERSUADE", "劝返", "persuade"},
    {"WATCH_RETURN", "返校观察", "watch the return"},
    {"SIGN_CLOSE", "签字销号", "sign the closing"},
    {"TAKE_OVER", "认领", "take over"},
    {"DENY_RESPONSIBILITY", "否认属地责任", "deny responsibility"},
    {"DECIDE_TOWNSHIP", "裁定责任乡镇", "decide the township"},
    {"REPORT_RETURN", "报告返校", "report the return"},
    {"CLAIM_ELSEWHERE", "称在外就读", "claim schooling elsewhere"},
    {"PROVE_ELSEWHERE", "证实在外就读", "prove schooling elsewhere"},
    {"PROPOSE_PLACEMENT", "提出安置", "propose a placement"},
    {"CONFIRM_DROPOUT", "确认辍学", "confirm the dropout"},
    {"PROPOSE_END", "提出结案", "propose the end"},
    {"OVERRIDE_CLOSE", "局长裁定销号", "close by override"},
    {"PROPOSE_FALSE_ALARM", "提出误报", "propose a false alarm"},
    {"SIGN_FALSE_ALARM", "确认误报", "sign the false alarm"},
    {"REJECT_FALSE_ALARM", "否决误报", "reject the false alarm"},
    {"RELAPSE", "再次失学", "relapse"},
    {"RELAPSED", "再次失学", "relapsed"},
    {"PROBATION_PASSED", "稳定期满", "probation passed"},
    {"TRANSFER_COMPLETED", "转学办结", "transfer completed"},
    {"STREAK_CORRECTED", "考勤更正", "streak corrected"},
    {"CROSSED_AGAIN", "再次达标", "threshold crossed again"},
    {"REOPEN", "重新立案", "reopen"},
    {"case:OPENED", "立案", "opened"},
    {"PERSUADED", "已劝返一次", "persuaded"},
    {"PERSUASION", "劝返记录", "persuasion"},
    {"MISSED", "逾期未履责", "deadline missed"},
    {"ESCALATED", "提级督办", "escalated"},
    {"SIGNED", "已签字", "signed"},
    {"TOWNSHIP_DENIED", "乡镇否认属地", "township denies"},
    {"TOWNSHIP_DECIDED", "责任乡镇已裁定", "township decided"},
    {"OWNER_VACANT", "无人在岗", "nobody on duty"},
    {"REASSIGNED", "责任人变更", "reassigned"},
    {"PAPER_ISSUED", "文书已发出", "paper issued"},
    {"PAPER_SERVED", "文书已送达", "paper served"},
    {"PAPER_VOIDED", "文书作废", "paper voided"},
    {"FALSE_ALARM_REJECTED", "误报被否决", "false alarm rejected"},
    {"PROBATION", "稳定期", "probation"},
    {"REOPENED", "重新立案", "reopened"},
    {"CLOSED", "已销号", "closed"},
    {"MOVED", "学校变更", "moved"},
    {"CORRECTED", "更正", "corrected"},
    {"STATUS", "学籍状态变更", "status changed"},
    {"DUTY", "任职变更", "duty changed"},
    {"OVERRIDE", "局长裁定", "override"},
    {"PROBATION_STARTED", "进入稳定期", "probation started"},
    {"PROBATION_BROKEN", "稳定期内再次缺课", "probation broken"},
    {"VACANT_GOVERNMENT", "政府线无人在岗", "nobody on duty on the government line"},
    {"VACANT_EDUCATION", "教育线无人在岗", "nobody on duty on the education line"},
    {"UNKNOWN_HERE", "本县无此学籍", "unknown here"},
    {"CORRECTION", "考勤更正", "correction"},
    {"PERSON", "人工提出", "a person"},
    {"PROVED_ELSEWHERE", "证实在外就读", "proved elsewhere"},
    // Placement.
    {"SPECIAL_SCHOOL", "特殊教育学校", "special school"},
};

}  // namespace

std::span<const WordEntry> CaseWords() { return kWords; }

}  // namespace twinline::cli
