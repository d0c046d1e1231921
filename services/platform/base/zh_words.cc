#include "platform/base/zh_words.h"

namespace twinline::base {
namespace {

constexpr ZhWordEntry kWords[] = {
    {"WATCH", "关注"},
    {"SUSPECTED", "疑似辍学"},
    {"PERSUADING", "劝返中"},
    {"RETURNED", "已返校（稳定期）"},
    {"TRANSFERRED", "查明在外就读"},
    {"PLACED", "已安置"},
    {"ORDERED", "责令限期返校"},
    {"LITIGATION", "司法程序"},
    {"CONFIRMED", "确认辍学（保留学籍）"},
    {"FALSE_ALARM_PROPOSED", "误报待签"},
    {"END_PROPOSED", "结案待签"},
    {"CLOSED_RETURN", "销号：已返校"},
    {"CLOSED_TRANSFER", "销号：学籍已转"},
    {"CLOSED_PLACED", "销号：已安置"},
    {"CLOSED_FALSE_ALARM", "销号：误报"},
    {"CLOSED_END", "结案：离开义务教育"},
    {"CLOSED_MERGED", "结案：并入同一学生"},
    {"TAKE_OVER", "认领"},
    {"DENY_RESPONSIBILITY", "否认属地责任"},
    {"DECIDE_TOWNSHIP", "裁定责任乡镇"},
    {"REPORT_RETURN", "报告返校"},
    {"CLAIM_ELSEWHERE", "称在外就读"},
    {"PROVE_ELSEWHERE", "证实在外就读"},
    {"PROPOSE_PLACEMENT", "提出安置"},
    {"CONFIRM_DROPOUT", "确认辍学"},
    {"PROPOSE_END", "提出结案"},
    {"SIGN_CLOSE", "签字销号"},
    {"OVERRIDE_CLOSE", "局长裁定销号"},
    {"PROPOSE_FALSE_ALARM", "提出误报"},
    {"SIGN_FALSE_ALARM", "确认误报"},
    {"REJECT_FALSE_ALARM", "否决误报"},
    {"REOPEN", "重新立案"},
    {"PERSUADE", "劝返"},
    {"ACTIVE", "在籍在校"},
    {"SUSPENDED", "休学"},
    {"TRANSFER_PENDING", "转学办理中"},
    {"DROPOUT", "辍学（保留学籍）"},
    {"HOME_TEACH", "送教上门"},
    {"SPECIALIZED", "专门学校就读（学籍留原校）"},
    {"ABROAD", "出国（境）"},
    {"GRADUATED", "毕业"},
    {"COMPLETED", "结业"},
    {"DECEASED", "死亡（学籍注销）"},
    {"TRANSFER_IN_COUNTY", "县内转学"},
    {"TRANSFER_CROSS_COUNTY", "省内跨县转学"},
    {"TRANSFER_CROSS_PROVINCE", "跨省转入"},
    {"SUSPENSION", "休学"},
    {"RESUMPTION", "复学"},
    {"DEATH", "死亡注销"},
    {"DROPOUT_KEPT", "辍学保留学籍"},
    {"SPECIALIZED_SCHOOL", "专门学校就读"},
    {"HOME_TEACHING", "送教上门"},
    {"SPECIAL_SCHOOL", "特殊教育学校"},
    {"STAGE_END", "义务教育阶段结束"},
    {"REG_ABSENT", "在籍不在校（核查中）"},
    {"MISSING", "下落不明"},
    {"PERSUADE_NOTICE", "劝返通知书"},
    {"RETURN_BY_DATE", "限期返校通知书"},
    {"ORDER", "责令接受义务教育通知书"},
    {"COURT", "提起诉讼或申请执行"},
    {"WATCH_RETURN", "返校观察"},
    {"THRESHOLD", "连续缺课达标"},
    {"TERM_START_NO_SHOW", "开学未报到"},
    {"RESUMPTION_OVERDUE", "休学期满未复学"},
    {"TRANSFER_NOT_ARRIVED", "转学后未报到"},
    {"MANUAL", "人工报告"},
    {"CROSSED_AGAIN", "再次达标"},
    {"CORRECTION", "考勤更正"},
    {"PERSON", "人工提出"},
    {"PROVED_ELSEWHERE", "证实在外就读"},
    {"HUKOU_MOVED", "户籍迁移"},
    {"RESIDENCE_MOVED", "居住地变化"},
    {"NEVER_RESIDED", "从未居住"},
    {"ENROLLED_ELSEWHERE", "已在外就读"},
};

constexpr ZhWordEntry kOffices[] = {
    {"class", "班级"},    {"school", "学校"},   {"village", "村（社区）"},
    {"township", "乡镇"}, {"bureau", "教体局"}, {"county", "县（市）政府"},
    {"city", "市"},       {"province", "省"},   {"auditor", "审计"},
};

}  // namespace

std::span<const ZhWordEntry> ZhWords() { return kWords; }

std::string ZhWord(std::string_view code) {
  for (const ZhWordEntry& entry : kWords) {
    if (entry.code == code) return std::string(entry.zh);
  }
  return std::string(code);
}

std::string ZhOffice(std::string_view office) {
  const size_t colon = office.find(':');
  for (const ZhWordEntry& entry : kOffices) {
    if (colon == std::string_view::npos || entry.code != office.substr(0, colon)) continue;
    return std::string(entry.zh) + "（" + std::string(office.substr(colon + 1)) + "）";
  }
  return std::string(office);
}

}  // namespace twinline::base
