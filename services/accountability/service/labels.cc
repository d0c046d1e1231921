#include "accountability/service/labels.h"

#include <array>

namespace twinline::accountability {

Label LabelOf(std::string_view kind) {
  struct Entry {
    std::string_view kind;
    Label label;
  };
  static constexpr std::array<Entry, 24> kLabels{{
      {"CASE_OPENED", {"疑似辍学立案", "a case was opened"}},
      {"CASE_REOPENED", {"再次疑似辍学", "a case was reopened"}},
      {"CASE_CLOSED", {"案件销号", "a case was closed"}},
      {"DEADLINE_MISSED", {"逾期未办", "no action by the deadline"}},
      {"ESCALATED", {"逾期升级，请接办", "escalated to you"}},
      {"OWNER_VACANT", {"责任岗位无人在岗", "an office in charge is vacant"}},
      {"CLASS_UNMARKED", {"班级未点名", "a class sent no roll call"}},
      {"CONFLICT", {"两校同时到校", "present at two schools"}},
      {"RETURNED", {"学生返校，进入观察", "the child returned; probation begins"}},
      {"RELAPSED", {"返校后再次缺课", "absent again after an answer"}},
      {"PROBATION_PASSED", {"返校观察期满，请签署销号", "the probation is passed; sign"}},
      {"TRANSFER_COMPLETED", {"转学办结，请签署销号", "transferred; sign"}},
      {"TRANSFER_OVERDUE", {"转学长期未办结", "a transfer is long overdue"}},
      {"PLACED", {"已安置，请签署销号", "placed; sign"}},
      {"END_PROPOSED", {"案件拟终结，请签署", "an end is proposed; sign"}},
      {"FALSE_ALARM_PROPOSED", {"拟认定误报，请核签", "a false alarm is proposed; sign or reject"}},
      {"FALSE_ALARM_REJECTED", {"误报未获认可，继续劝返", "the false alarm was rejected"}},
      {"CONFIRM_DUE", {"疑似期满，请认定", "confirm or go on persuading"}},
      {"CONFIRMED", {"认定辍学，学籍保留", "confirmed as a dropout; registration kept"}},
      {"ELSEWHERE_CLAIMED", {"称在外地就读，待证明", "claimed to study elsewhere, unproved"}},
      {"TOWNSHIP_DENIED", {"乡镇否认属地，请裁定", "a township denies; decide"}},
      {"TOWNSHIP_DECIDED", {"责任乡镇已裁定", "the township was decided"}},
      {"STAGE_END", {"学段结束或学籍变动，请决定", "stage end; decide"}},
      {"PAPER_ISSUED", {"文书已制发", "a paper was issued"}},
  }};
  static constexpr std::array<Entry, 5> kMore{{
      {"UNLAWFUL_CODE",
       {"导入数据含违规学籍状态码，请核查", "an import offered an unlawful status"}},
      {"REASSIGNED", {"案件责任单位变更", "the case was reassigned"}},
      {"SCHOOL_REPORT", {"缺课达报告天数，请书面报告", "report in writing"}},
      {"TASK_MISSED", {"待办逾期", "a task was not done in time"}},
      {"DUTY_CHANGED", {"责任人变更", "the person in charge changed"}},
  }};
  for (const Entry& entry : kLabels) {
    if (entry.kind == kind) return entry.label;
  }
  for (const Entry& entry : kMore) {
    if (entry.kind == kind) return entry.label;
  }
  return {kind, kind};
}

}  // namespace twinline::accountability
