#include "transfer/domain/rules.h"

#include <algorithm>
#include <array>

namespace twinline::transfer {
namespace {

using namespace types::v1;  // role names

const std::vector<Role> kSchoolAudit{ROLE_PRINCIPAL};
const std::vector<Role> kBureauRoles{ROLE_BUREAU_OFFICIAL, ROLE_BUREAU_DIRECTOR};
const std::vector<Role> kTownshipOrBureauRoles{ROLE_TOWNSHIP_OFFICIAL, ROLE_TOWNSHIP_HEAD,
                                               ROLE_BUREAU_OFFICIAL, ROLE_BUREAU_DIRECTOR};
const std::vector<Role> kRegistrarRoles{ROLE_REGISTRAR};

const std::vector<BusinessRule>& Table() {
  static const std::vector<BusinessRule> table{
      // domain.md 1.6: receiving school, sending school, the one bureau once.
      {"TRANSFER_IN_COUNTY",
       "ACTIVE REG_ABSENT DROPOUT MISSING",
       "ACTIVE",
       {{"RECEIVING_AUDIT", Party::kReceivingSchool, kSchoolAudit},
        {"SENDING_SCHOOL", Party::kSendingSchool, kSchoolAudit},
        {"BUREAU", Party::kReceivingBureau, kBureauRoles}}},
      {"TRANSFER_CROSS_COUNTY",
       "ACTIVE REG_ABSENT DROPOUT MISSING",
       "ACTIVE",
       {{"RECEIVING_AUDIT", Party::kReceivingSchool, kSchoolAudit},
        {"RECEIVING_BUREAU", Party::kReceivingBureau, kBureauRoles},
        {"SENDING_SCHOOL", Party::kSendingSchool, kSchoolAudit},
        {"SENDING_BUREAU", Party::kSendingBureau, kBureauRoles}}},
      // The other side answers through the hub; without the last click, pulling the file (调档),
      // the
      // transfer is not done.
      {"TRANSFER_CROSS_PROVINCE",
       "TRANSFER_PENDING",
       "ACTIVE",
       {{"RECEIVING_AUDIT", Party::kReceivingSchool, kSchoolAudit},
        {"RECEIVING_BUREAU", Party::kReceivingBureau, kBureauRoles},
        {"HUB", Party::kHub, {}},
        {"PULL_FILE", Party::kReceivingSchool, kRegistrarRoles}}},
      // The other province asked through the hub. The child is gone only when it confirms that it
      // pulled the file; until then it is ours in every count.
      {"TRANSFER_OUT_PROVINCE",
       "ACTIVE REG_ABSENT DROPOUT MISSING",
       "TRANSFERRED_OUT",
       {{"SENDING_SCHOOL", Party::kSendingSchool, kSchoolAudit},
        {"SENDING_BUREAU", Party::kSendingBureau, kBureauRoles},
        {"HUB_CONFIRM", Party::kHub, {}}}},
      {"SUSPENSION",
       "ACTIVE REG_ABSENT DROPOUT",
       "SUSPENDED",
       {{"AUDIT_SCHOOL", Party::kOwnSchool, kSchoolAudit},
        {"TOWNSHIP_OR_BUREAU", Party::kTownshipOrBureau, kTownshipOrBureauRoles}}},
      {"RESUMPTION",
       "SUSPENDED ABROAD DROPOUT MISSING HOME_TEACH SPECIALIZED REG_ABSENT",
       "ACTIVE",
       {{"AUDIT_SCHOOL", Party::kOwnSchool, kSchoolAudit},
        {"BUREAU", Party::kOwnBureau, kBureauRoles}}},
      {"DEATH",
       "*",
       "DECEASED",
       {{"AUDIT_SCHOOL", Party::kOwnSchool, kSchoolAudit},
        {"BUREAU", Party::kOwnBureau, kBureauRoles}}},
      {"ABROAD",
       "ACTIVE REG_ABSENT DROPOUT SUSPENDED MISSING",
       "ABROAD",
       {{"AUDIT_SCHOOL", Party::kOwnSchool, kSchoolAudit},
        {"BUREAU", Party::kOwnBureau, kBureauRoles}}},
      // The registration is kept (domain.md 1.10); nothing a school does may delete it.
      {"DROPOUT_KEPT",
       "ACTIVE REG_ABSENT MISSING SUSPENDED HOME_TEACH SPECIALIZED",
       "DROPOUT",
       {{"AUDIT_SCHOOL", Party::kOwnSchool, kSchoolAudit},
        {"BUREAU", Party::kOwnBureau, kBureauRoles}}},
      {"SPECIALIZED_SCHOOL",
       "ACTIVE REG_ABSENT DROPOUT MISSING",
       "SPECIALIZED",
       {{"AUDIT_SCHOOL", Party::kOwnSchool, kSchoolAudit},
        {"BUREAU", Party::kOwnBureau, kBureauRoles}}},
      {"HOME_TEACHING",
       "ACTIVE REG_ABSENT DROPOUT SUSPENDED",
       "HOME_TEACH",
       {{"AUDIT_SCHOOL", Party::kOwnSchool, kSchoolAudit},
        {"BUREAU", Party::kOwnBureau, kBureauRoles}}},
  };
  return table;
}

}  // namespace

std::span<const BusinessRule> BusinessRules() { return Table(); }

const BusinessRule* FindRule(std::string_view kind) {
  for (const BusinessRule& rule : Table()) {
    if (rule.kind == kind) return &rule;
  }
  return nullptr;
}

bool StartsFrom(const BusinessRule& rule, std::string_view status) {
  if (rule.status_before == "*") {
    return status != "DECEASED" && status != "GRADUATED" && status != "COMPLETED" &&
           status != "TRANSFERRED_OUT";
  }
  std::string_view words = rule.status_before;
  while (!words.empty()) {
    const size_t blank = words.find(' ');
    if (words.substr(0, blank) == status) return true;
    words.remove_prefix(blank == std::string_view::npos ? words.size() : blank + 1);
  }
  return false;
}

bool IsRefusalReason(std::string_view code) {
  static constexpr std::array<std::string_view, 7> kCodes{
      "NO_SEAT",      "OUT_OF_ZONE", "EVIDENCE_INSUFFICIENT", "EVIDENCE_FALSE", "IDENTITY_MISMATCH",
      "NOT_ELIGIBLE", "OTHER"};
  return std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
}

bool IsTransferGround(std::string_view code) {
  static constexpr std::array<std::string_view, 5> kCodes{
      "HUKOU_MOVED", "GUARDIAN_AWAY", "RESIDENCE_MOVED", "MIGRANT_WORKER", "HEALTH_CHANGED"};
  return std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
}

}  // namespace twinline::transfer
