// Words of the registry, of files and of accounts. Sources: domain.md 1.4 (statuses), 1.11
// (problems), 2.10 (groups), 6.4 (import).
#include "tools/twinline/words.h"

namespace twinline::cli {
namespace {

constexpr WordEntry kWords[] = {
    // Axis A.
    {"ACTIVE", "在籍在校", "in school"},
    {"SUSPENDED", "休学", "suspended"},
    {"TRANSFER_PENDING", "转学办理中", "transfer under way"},
    {"REG_ABSENT", "在籍不在校（核查中）", "registered, not in school"},
    {"DROPOUT", "辍学（保留学籍）", "dropped out, registration kept"},
    {"HOME_TEACH", "送教上门", "taught at home"},
    {"SPECIALIZED", "专门学校就读（学籍留原校）", "at a specialised school"},
    {"ABROAD", "出国（境）", "abroad"},
    {"MISSING", "下落不明", "whereabouts unknown"},
    {"GRADUATED", "毕业", "graduated"},
    {"COMPLETED", "结业", "stage completed"},
    {"DECEASED", "死亡（学籍注销）", "deceased"},
    // Of an import (6.4).
    {"COLUMN_NOT_TAKEN", "列未采用", "column not taken"},
    // Erasure (PIPL 47): its states and grounds.
    {"REQUESTED", "待批准", "requested"},
    {"DECLINED", "不予批准", "declined"},
    {"KEYS_DESTROYED", "密钥已销毁", "keys destroyed"},
    {"RETENTION_ENDED", "保存期限届满", "retention ended"},
    {"CONSENT_WITHDRAWN", "撤回同意", "consent withdrawn"},
    {"UNLAWFUL_PROCESSING", "违法处理个人信息", "unlawful processing"},
    {"COURT_OR_AUTHORITY", "法院或主管部门决定", "court or authority"},
    {"OTHER_LAW", "其他法律规定", "another law"},
    // Watch groups.
    {"LEFT_BEHIND_ONE", "留守（单亲外出）", "left behind by one parent"},
    {"LEFT_BEHIND_BOTH", "留守（双亲外出）", "left behind by both parents"},
    {"ACCOMPANYING", "随迁子女", "accompanying migrant parents"},
    {"ORPHAN", "孤儿", "orphan"},
    {"UNSUPPORTED", "事实无人抚养", "de facto unsupported"},
    {"DISABLED", "残疾", "disabled"},
    {"IN_DIFFICULTY", "困境儿童", "in difficulty"},
    {"POOR_MONITORED", "脱贫户、监测户、低保", "poor or monitored household"},
    {"FORMERLY_REGISTERED_POOR", "原建档立卡", "formerly registered poor"},
    {"LONG_ABSENT", "长期缺课", "long absent"},
    {"RETURNED_ONCE", "曾劝返", "returned once"},
    {"SUSPENSION_ENDING", "休学将满", "suspension ending"},
    // Why a child is left out of a class business.
    {"STATUS_DOES_NOT_ALLOW", "学籍状态不允许", "status does not allow it"},
    // Problem flags.
    {"ID_INVALID", "证件号码有误", "ID number invalid"},
    {"ID_DUPLICATE", "证件号码重复", "ID number twice"},
    {"ID_MISMATCH", "证件与性别、生日不符", "ID number contradicts data"},
    {"ID_CHANGED", "证件号码已变更", "ID number changed"},
    {"DUPLICATE_WITHOUT_ID", "无证件疑似重复", "possible duplicate without ID"},
    {"NO_ID", "无证件", "no ID"},
    {"DEMO_AREA", "演示区划号码", "ID of the demonstration area"},
    {"UNDER_AGE", "未满入学年龄", "under age"},
    // Duplicate tasks.
    {"SAME_ID", "证件号码相同", "same ID number"},
    {"SAME_PERSON", "姓名、性别、生日相同", "same name, sex and birth date"},
    {"SAME_NUMBER", "学籍号相同", "same student number"},
    {"HUB", "上级平台提示", "reported by the hub"},
    {"MERGED", "已合并", "merged"},
    {"DIFFERENT_CHILDREN", "确系两人", "two different children"},
    {"UNMERGED", "已撤销合并", "merge undone"},
    // Identity documents and numbers.
    {"RESIDENT_ID", "居民身份证", "resident ID"},
    {"PASSPORT", "护照", "passport"},
    {"HK_MACAU", "港澳居民证件", "Hong Kong or Macau document"},
    {"TAIWAN", "台湾居民证件", "Taiwan document"},
    {"NONE", "无证件", "none"},
    {"L", "临时学籍号", "temporary number"},
    {"G", "正式学籍号", "formal number"},
    {"J", "正式学籍号（无证件）", "formal number without ID"},
    {"SECONDARY", "学籍辅号", "secondary number"},
    // Entry.
    {"NORMAL", "正常入学", "normal entry"},
    {"LATER_GRADE", "中途入学（非起始年级）", "entry in a later grade"},
    {"TRANSFER_OUTSIDE", "外省转入", "from another province"},
    // Schools and areas.
    {"PRIMARY", "小学", "primary"},
    {"TEACHING_POINT", "教学点", "teaching point"},
    {"JUNIOR", "初中", "junior"},
    {"NINE_YEAR", "九年一贯制学校", "nine-year school"},
    {"SPECIAL", "特殊教育学校", "special education school"},
    {"PROVINCE", "省级", "province"},
    {"CITY", "市级", "city"},
    {"COUNTY", "县级", "county"},
    {"TOWNSHIP", "乡镇", "township"},
    {"VILLAGE", "村", "village"},
    {"SPECIAL_UNIT", "非建制单位", "special unit"},
    {"CLASS", "班级", "class"},
    {"SCHOOL", "学校", "school"},
    // Files.
    {"CSV", "CSV 文件", "CSV file"},
    {"XLSX", "Excel 文件", "Excel file"},
    {"GB18030", "GB18030 编码", "GB18030"},
    // Accounts and sessions.
    {"PASSWORD", "口令登录", "password"},
    {"OIDC", "统一身份登录", "outside issuer"},
    {"DEMO", "演示登录", "demonstration"},
    {"REAL", "正式环境", "real"},
    {"FAILED_LOGINS", "连续登录失败", "failed log-ins"},
    {"ADMIN", "管理员锁定", "by an administrator"},
    {"LOG_OUT", "本人退出", "logged out"},
    {"EXPIRED", "会话到期", "expired"},
    {"REVOKED", "管理员结束", "ended by an administrator"},
    {"PASSWORD_CHANGED", "口令已变更", "password changed"},
    {"LOCKED", "账户被锁定", "account locked"},
    {"REFRESH_REUSED", "刷新令牌被重复使用", "refresh token reused"},
    {"REPLACED", "被新会话取代", "replaced"},
    {"ISSUER_DISTRUSTED", "签发方不再受信", "issuer distrusted"},
    {"WALL", "真实时钟", "wall clock"},
    {"DRIVEN", "可推进时钟", "driven clock"},
};

}  // namespace

std::span<const WordEntry> RegistryWords() { return kWords; }

}  // namespace twinline::cli
