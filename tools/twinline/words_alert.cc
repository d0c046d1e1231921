// Words of what is written down and sent around a case: persuasions, papers, alerts, tasks and
// watches. Sources: domain.md 2.7 (papers), 2.9 (columns of the ledgers).
#include "tools/twinline/words.h"

namespace twinline::cli {
namespace {

constexpr WordEntry kWords[] = {
    // Persuasion.
    {"PHONE", "电话", "telephone"},
    {"HOME_VISIT", "家访", "home visit"},
    {"GROUP_VISIT", "会同村干部走访", "visit with village cadres"},
    {"PRINCIPAL_TALK", "校长谈话", "talk with the principal"},
    {"JOINT_VISIT", "乡镇学校联合走访", "joint visit"},
    {"AGREED_TO_RETURN", "同意返校", "agreed to return"},
    {"result:REFUSED", "拒绝返校", "refused to return"},
    {"NOT_FOUND", "未见到本人", "not found"},
    {"GUARDIAN_UNREACHABLE", "联系不上监护人", "guardian unreachable"},
    {"ELSEWHERE_CLAIMED", "称在外就读", "claims schooling elsewhere"},
    {"ILL", "患病", "ill"},
    {"HEALTH", "涉及健康", "health"},
    {"RELIGION", "涉及宗教", "religion"},
    {"CASE_INVOLVED", "涉及案件", "involved in a case"},
    // Evidence against a township's responsibility.
    {"NEVER_RESIDED", "从未居住", "never resided"},
    {"ENROLLED_ELSEWHERE", "已在外就读", "enrolled elsewhere"},
    // Papers and their service.
    {"PERSUADE_NOTICE", "劝返通知书", "notice to return"},
    {"RETURN_BY_DATE", "限期返校通知书", "return-by-date notice"},
    {"ORDER", "责令接受义务教育通知书", "order"},
    {"COURT", "提起诉讼或申请执行", "court"},
    {"IN_PERSON", "当面送达", "in person"},
    {"LEFT_AT_HOME", "留置送达", "left at home"},
    {"POST", "邮寄送达", "by post"},
    {"NOTICE_BOARD", "公告送达", "by notice board"},
    // Alerts.
    {"CASE_OPENED", "新立案件", "case opened"},
    {"CASE_REOPENED", "案件重开", "case reopened"},
    {"CASE_CLOSED", "案件销号", "case closed"},
    {"DEADLINE_MISSED", "期限已过未办", "deadline missed"},
    {"CLASS_UNMARKED", "班级未点名", "class not marked"},
    {"UNLAWFUL_CODE", "导入数据含违规状态码", "unlawful status code offered"},
    {"TRANSFER_OVERDUE", "转学逾期未办", "transfer overdue"},
    {"CONFLICT", "两校同时到校", "present at two schools"},
    {"TWO_SCHOOLS", "两校同时到校核实", "present at two schools"},
    {"TASK_MISSED", "任务逾期", "task missed"},
    {"SEEN", "已阅", "seen"},
    {"ACCEPTED", "已认领", "accepted"},
    {"DENIED", "不属本辖区", "denied"},
    {"WEBHOOK", "接口推送", "webhook"},
    {"STREAM", "在线推送", "stream"},
    {"PENDING", "待送达", "pending"},
    {"DELIVERED", "已送达", "delivered"},
    {"UNDELIVERABLE", "无法送达", "undeliverable"},
    {"REGISTERED", "已登记", "registered"},
    {"ROTATED", "密钥已更换", "key rotated"},
    {"REMOVED", "已停用", "removed"},
    // Watches and tasks.
    {"ARRIVAL", "转入报到", "arrival"},
    {"RESUMED", "已复学", "resumed"},
    {"EXTENDED", "休学已延期", "extended"},
    {"LEFT", "已离开", "left"},
    {"ENDED", "已终止", "ended"},
    {"SCHOOL_DAYS", "教学日", "school days"},
    {"WORKING_DAYS", "工作日", "working days"},
};

}  // namespace

std::span<const WordEntry> AlertWords() { return kWords; }

}  // namespace twinline::cli
