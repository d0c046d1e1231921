// Words of approvals and of attendance. Sources: domain.md 1.6, 1.7 (kinds, grounds, fraud
// flags), 2.3 (thresholds).
#include "tools/twinline/words.h"

namespace twinline::cli {
namespace {

constexpr WordEntry kWords[] = {
    // Kinds of business.
    {"TRANSFER", "转学", "transfer"},
    {"APPLICATION", "转入申请", "application"},
    {"WITHDRAWAL", "撤回申请", "withdrawal"},
    {"PULLED", "已调档", "file pulled"},
    {"RELEASED", "同意转出", "released"},
    {"TRANSFER_IN_COUNTY", "县内转学", "transfer within the county"},
    {"TRANSFER_CROSS_COUNTY", "省内跨县转学", "transfer between counties"},
    {"TRANSFER_CROSS_PROVINCE", "跨省转入", "transfer from another province"},
    {"TRANSFER_OUT_PROVINCE", "跨省转出", "transfer to another province"},
    {"SUSPENSION", "休学", "suspension"},
    {"RESUMPTION", "复学", "resumption"},
    {"DEATH", "死亡注销", "death"},
    {"KEY_DATA_CHANGE", "关键信息变更", "change of key data"},
    {"DROPOUT_KEPT", "辍学保留学籍", "dropout, registration kept"},
    {"SPECIALIZED_SCHOOL", "专门学校就读", "specialised school"},
    {"HOME_TEACHING", "送教上门", "home teaching"},
    // Class businesses.
    {"PROMOTION", "升级毕业", "promotion"},
    {"MERGER", "学校合并", "merger of schools"},
    {"PROMOTE", "升级", "one grade up"},
    {"TO_JUNIOR", "对口升入初中", "to the paired junior school"},
    {"GRADUATE", "毕业", "graduation"},
    {"MERGE", "并入承接学校", "to the successor"},
    {"SCHOOL_STAGE_MISMATCH", "学制不符，全校暂停",
     "length of schooling does not fit: school stopped"},
    {"NO_PAIRED_JUNIOR", "未设对口初中", "no paired junior school"},
    {"OPEN_CASE", "有未结控辍案件", "a dropout case is open"},
    {"NOT_IN_SCHOOL", "不在校，须逐人决定", "not in school, needs a decision"},
    {"BUSINESS_IN_PROGRESS", "有在办业务", "a business is open"},
    {"BUSINESS_PENDING", "有在办业务", "a business is open"},
    {"NOT_IN_CLASS", "已不在该班", "no longer in the class"},
    {"PLANNED", "待另一人审批", "waits for a second person"},
    {"RUNNING", "办理中", "running"},
    {"CANCELLED", "已撤销", "cancelled"},
    // States.
    {"OPEN", "办理中", "open"},
    {"APPROVED", "已批准", "approved"},
    {"REFUSED", "不予同意", "refused"},
    {"WITHDRAWN", "已撤回", "withdrawn"},
    {"NEEDS_ATTENTION", "需人工处理", "needs attention"},
    {"business:COMPLETED", "已办结", "completed"},
    {"DONE", "已办", "done"},
    // Steps.
    {"APPLY", "申请录入", "application"},
    {"AUDIT_SCHOOL", "本校审核", "audit by the school"},
    {"RECEIVING_AUDIT", "转入校审核", "audit by the receiving school"},
    {"SENDING_SCHOOL", "转出校审核", "sending school"},
    {"RECEIVING_BUREAU", "转入地教育局审核", "receiving bureau"},
    {"SENDING_BUREAU", "转出地教育局审核", "sending bureau"},
    {"BUREAU", "教体局", "bureau"},
    {"TOWNSHIP_OR_BUREAU", "乡镇政府或教体局审批", "township or bureau"},
    {"PULL_FILE", "调档", "pull the file"},
    {"business:HUB", "外省审核", "other province"},
    {"HUB_CONFIRM", "外省调档确认", "the other province pulls the file"},
    // History of a business.
    {"OPENED", "发起", "opened"},
    {"STEP_DONE", "审核通过", "step done"},
    {"STEP_REFUSED", "审核不同意", "step refused"},
    {"OVERDUE", "逾期未办", "overdue"},
    {"LONG_OVERDUE", "超过四十个工作日", "over forty working days"},
    {"HUB_DONE", "外省已同意或已调档", "the other province agreed or pulled the file"},
    {"HUB_REFUSED", "外省不予同意", "the other province refused"},
    {"HUB_WITHDRAWN", "外省撤回申请", "the other province withdrew"},
    {"business:REASSIGNED", "转由承接学校办理", "passed to the successor"},
    {"OVERRIDDEN", "上级责令接收", "refusal overridden"},
    {"DEADLINE_MOVED", "期限调整", "deadline moved"},
    {"CALENDAR", "工作日历调整", "calendar"},
    {"OUTAGE", "系统停机顺延", "outage"},
    // Grounds of a transfer.
    {"HUKOU_MOVED", "户籍迁移", "hukou moved"},
    {"GUARDIAN_AWAY", "监护人外派、支边、服役等", "guardian away on duty"},
    {"RESIDENCE_MOVED", "居住地变化", "residence moved"},
    {"MIGRANT_WORKER", "进城务工随迁", "migrant worker's child"},
    {"HEALTH_CHANGED", "身体状况变化", "health changed"},
    // Grounds of a suspension.
    {"ILLNESS", "疾病", "illness"},
    {"INFECTIOUS_DISEASE", "传染病", "infectious disease"},
    {"OTHER_SPECIAL", "其他特殊原因", "other special reason"},
    // Reasons of a refusal.
    {"NO_SEAT", "学位已满", "no seat"},
    {"OUT_OF_ZONE", "不在服务区", "out of zone"},
    {"EVIDENCE_INSUFFICIENT", "证明材料不足", "evidence insufficient"},
    {"EVIDENCE_FALSE", "证明材料不实", "evidence false"},
    {"IDENTITY_MISMATCH", "身份信息不符", "identity mismatch"},
    {"NOT_ELIGIBLE", "不符合条件", "not eligible"},
    {"OTHER", "其他", "other"},
    // Evidence.
    {"HUKOU", "户口簿", "hukou book"},
    {"RESIDENCE", "居住证明", "proof of residence"},
    {"WORK", "务工证明", "proof of work"},
    {"DIAGNOSIS", "医院诊断", "diagnosis"},
    {"FEE_RECEIPT", "医疗票据", "fee receipt"},
    {"DEATH_PROOF", "死亡证明", "proof of death"},
    {"COUNTY_OR_HIGHER", "县级以上医院", "county hospital or higher"},
    {"BELOW_COUNTY", "县级以下医院", "below county level"},
    {"JPG", "JPG 图片", "JPG picture"},
    {"PNG", "PNG 图片", "PNG picture"},
    {"PDF", "PDF 文件", "PDF file"},
    // Warnings shown to every approver.
    {"NO_HOSPITAL_DIAGNOSIS", "无医院诊断", "no hospital diagnosis"},
    {"HOSPITAL_BELOW_COUNTY", "医院级别低于县级", "hospital below county level"},
    {"STARTS_INSIDE_ABSENCE", "起始日在连续缺课期内", "starts inside an absence"},
    {"OPEN_DROPOUT_CASE", "有未结控辍案件", "a dropout case is open"},
    {"SHORTER_THAN_THREE_MONTHS", "不足三个月", "shorter than three months"},
    {"OUTSIDE_FIRST_TWO_MONTHS", "不在学期前两个月内", "outside the first two months of the term"},
    {"GRADE_DIFFERS_THERE", "外省申请年级与现年级不同", "the other province names another grade"},
    {"HUB_CONTRADICTED", "外省先后答复不一致", "the other province contradicted itself"},
    {"LOWER_GRADE_SPECIAL_EDUCATION", "特教学生就读低年级",
     "special-education pupil in a lower grade"},
    // Advice to leave (T02).
    {"ADVICE", "劝离谈话", "advice to leave"},
    {"ATTEMPTED_PUSH_OUT", "试图代办转出", "attempted push-out"},
    // Attendance.
    {"PRESENT", "到校", "present"},
    {"ABSENT", "旷课", "absent"},
    {"CONTACT", "当日联系家长", "contact the family"},
    {"SCHOOL_REPORT", "学校书面报告", "report by the school"},
    {"TERM_START_NO_SHOW", "开学未报到", "no show at term start"},
    {"CONFIRM_DUE", "应确认辍学", "confirmation due"},
    {"THRESHOLD", "连续缺课达标", "absence reached the threshold"},
};

}  // namespace

std::span<const WordEntry> BusinessWords() { return kWords; }

}  // namespace twinline::cli
