#include "audit/domain/refusals.h"

namespace twinline::audit {

using base::Refusal;

Refusal OnlyTheAuditService() {
  return {"AUDIT_SERVICE_ONLY",
          "日志树头和签名检查点只能由审计服务计算后记入，任何人员不得代为提交。",
          "Heads and checkpoints are computed by the audit service; nobody else may submit them.",
          {}};
}
Refusal HeadNotNewer(std::string_view journal) {
  return {"HEAD_NOT_NEWER",
          "该日志的树头已经记入。",
          "This head of the journal is already noted.",
          {{"journal", std::string(journal)}}};
}
Refusal HeadContradicts(std::string_view journal) {
  return {"HEAD_CONTRADICTS",
          "该日志的树根与已记入的树头不一致：历史记录可能被改动，请立即停用并核查。",
          "The root of the journal contradicts the head noted before: history may have been "
          "changed. Stop and investigate.",
          {{"journal", std::string(journal)}}};
}
Refusal CheckpointNotNewer() {
  return {"CHECKPOINT_NOT_NEWER",
          "已有同样或更新的签名检查点。",
          "There is already a checkpoint of this size or a larger one.",
          {}};
}
Refusal CheckpointMalformed() {
  return {"CHECKPOINT_MALFORMED", "签名检查点格式有误。", "The checkpoint note is malformed.", {}};
}
Refusal KeyKnown() {
  return {"CHECKPOINT_KEY_KNOWN",
          "该验证公钥已经公布。",
          "This verifier key is already published.",
          {}};
}

Refusal ExportUnknown() {
  return {"TRAIL_EXPORT_UNKNOWN",
          "没有这项轨迹导出申请，请核对编号。",
          "There is no such export request; check its id.",
          {}};
}
Refusal ExportSamePerson() {
  return {"TRAIL_EXPORT_SAME_PERSON",
          "申请人与批准人不得为同一人，请由另一名审计管理员或局长批准。",
          "The person who asked cannot approve; another audit administrator or the director must.",
          {}};
}
Refusal ExportApprovedAlready() {
  return {"TRAIL_EXPORT_APPROVED", "该导出申请已经批准。", "The request is already approved.", {}};
}
Refusal ExportNotApproved() {
  return {"TRAIL_EXPORT_NOT_APPROVED",
          "导出多名学生的轨迹须经第二人批准，该申请尚未批准。",
          "A trail of more than one child needs a second person's approval, which is missing.",
          {}};
}
Refusal ExportOfOthers() {
  return {"TRAIL_EXPORT_OF_OTHERS",
          "只能由申请人本人导出。",
          "Only the person who asked may take the trail.",
          {}};
}
Refusal ExportExpired() {
  return {"TRAIL_EXPORT_EXPIRED",
          "批准已超过七天，请重新申请。",
          "The approval is older than seven days; ask again.",
          {}};
}
Refusal ExportSubjectMissing() {
  return {"TRAIL_EXPORT_SUBJECT",
          "请指明导出对象：学生、经办人或单位三者只选其一。",
          "Name what to export: exactly one of a child, an actor or an office.",
          {}};
}
Refusal TrailTooLong(size_t limit) {
  return {"TRAIL_TOO_LONG",
          "轨迹超过" + std::to_string(limit) + "条，请缩小时间范围，分次导出。",
          "The trail has more than " + std::to_string(limit) +
              " entries; narrow the time and export it in parts.",
          {{"limit", std::to_string(limit)}}};
}

Refusal QueryEmpty() {
  return {"TRAIL_QUERY_EMPTY",
          "请至少指定学生、经办人、单位、操作或时间中的一项。",
          "Give at least one of child, actor, office, action or time.",
          {}};
}
Refusal QueryOutOfScope() {
  return {"TRAIL_OUT_OF_SCOPE",
          "本岗位只能查询辖区内某名学生或某个单位的轨迹，请指明其一。",
          "This duty may ask for the trail of one child or one office within its reach; name it.",
          {}};
}
Refusal ActionUnknown(std::string_view action) {
  return {"TRAIL_ACTION_UNKNOWN",
          "系统没有这种操作，请从操作目录中选择。",
          "There is no such action; choose one from the catalogue.",
          {{"action", std::string(action)}}};
}
Refusal PageTokenInvalid() {
  return {"FIELD_PAGE_TOKEN",
          "翻页凭据无效，请重新查询。",
          "The page token is not one of this query; ask again without it.",
          {}};
}
Refusal EntryUnknown() {
  return {"ENTRY_UNKNOWN",
          "没有这条记录，请核对日志名称、位置和序号。",
          "There is no such commit; check journal, position and index.",
          {}};
}
Refusal CheckpointSizeUnknown(uint64_t newest) {
  return {"CHECKPOINT_SIZE_UNKNOWN",
          "本系统的最新检查点没有这么大：您持有的检查点可能来自别处，或本系统历史已丢失。",
          "The newest checkpoint is smaller than yours: yours is from elsewhere, or history was "
          "lost here.",
          {{"newest_size", std::to_string(newest)}}};
}
Refusal CommandUnknown() {
  return {"COMMAND_UNKNOWN",
          "审计服务不认识此命令。请升级客户端。",
          "The audit does not know this command. Upgrade the client.",
          {}};
}

}  // namespace twinline::audit
