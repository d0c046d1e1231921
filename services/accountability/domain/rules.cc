#include "accountability/domain/rules.h"

#include <algorithm>
#include <array>

namespace twinline::accountability {
namespace {

using namespace types::v1;  // role and line names

constexpr std::array<std::string_view, 10> kOpen{
    kSuspected, kPersuading,  kOrdered, kLitigation,  kConfirmed,
    kReturned,  kTransferred, kPlaced,  kEndProposed, kFalseAlarmProposed};
constexpr std::array<std::string_view, 6> kClosed{
    kClosedReturn, kClosedTransfer, kClosedPlaced, kClosedFalseAlarm, kClosedEnd, kClosedMerged};
// The child is away and nobody has an answer yet.
constexpr std::array<std::string_view, 5> kWorking{kSuspected, kPersuading, kOrdered, kLitigation,
                                                   kConfirmed};
// An answer is on the table and waits for both signatures.
constexpr std::array<std::string_view, 4> kAnswered{kReturned, kTransferred, kPlaced, kEndProposed};

constexpr std::array<std::string_view, 24> kActions{kPersuade,           kTakeOver,
                                                    kDenyResponsibility, kDecideTownship,
                                                    kReportReturn,       kClaimElsewhere,
                                                    kProveElsewhere,     kProposePlacement,
                                                    kConfirmDropout,     kIssuePersuadeNotice,
                                                    kIssueReturnByDate,  kIssueOrder,
                                                    kIssueCourt,         kProposeEnd,
                                                    kSignClose,          kOverrideClose,
                                                    kProposeFalseAlarm,  kSignFalseAlarm,
                                                    kRejectFalseAlarm,   kRelapse,
                                                    kTransferCompleted,  kStreakCorrected,
                                                    kCrossedAgain,       kReopen};

const std::vector<Role> kVillageAndTownship{ROLE_VILLAGE_OFFICIAL, ROLE_TOWNSHIP_OFFICIAL,
                                            ROLE_TOWNSHIP_HEAD};
const std::vector<Role> kTownship{ROLE_TOWNSHIP_OFFICIAL, ROLE_TOWNSHIP_HEAD};
const std::vector<Role> kTownshipHead{ROLE_TOWNSHIP_HEAD};
const std::vector<Role> kSchool{ROLE_CLASS_TEACHER, ROLE_REGISTRAR, ROLE_PRINCIPAL};
const std::vector<Role> kRegistrars{ROLE_REGISTRAR, ROLE_PRINCIPAL};
const std::vector<Role> kPrincipal{ROLE_PRINCIPAL};
const std::vector<Role> kSchoolAndBureau{ROLE_CLASS_TEACHER, ROLE_REGISTRAR, ROLE_PRINCIPAL,
                                         ROLE_BUREAU_OFFICIAL, ROLE_BUREAU_DIRECTOR};
const std::vector<Role> kBureau{ROLE_BUREAU_OFFICIAL, ROLE_BUREAU_DIRECTOR};
const std::vector<Role> kDirector{ROLE_BUREAU_DIRECTOR};
const std::vector<Role> kNobody{};

class Table {
 public:
  Table() {
    Working();
    Answered();
    FalseAlarm();
    for (const std::string_view state : kOpen) {
      Add(state, kDecideTownship, LINE_UNSPECIFIED, kBureau, {});
      Add(state, kOverrideClose, LINE_UNSPECIFIED, kDirector, {});
    }
    for (const std::string_view state : kClosed) {
      Add(state, kReopen, LINE_UNSPECIFIED, kNobody, kSuspected);
    }
  }
  const std::vector<CaseRule>& rows() const { return rows_; }

 private:
  void Add(std::string_view state, std::string_view action, Line line,
           const std::vector<Role>& roles, std::string_view next) {
    rows_.push_back({state, action, line, roles, next});
  }

  void Working() {
    for (const std::string_view state : kWorking) {
      // The first persuasion or notice shows that somebody has begun.
      const std::string_view begun = state == kSuspected ? kPersuading : std::string_view();
      Add(state, kPersuade, LINE_GOVERNMENT, kVillageAndTownship, begun);
      Add(state, kPersuade, LINE_EDUCATION, kSchoolAndBureau, begun);
      Add(state, kTakeOver, LINE_GOVERNMENT, kTownship, {});
      Add(state, kDenyResponsibility, LINE_GOVERNMENT, kTownship, {});
      Add(state, kReportReturn, LINE_EDUCATION, kSchool, kReturned);
      Add(state, kClaimElsewhere, LINE_EDUCATION, kRegistrars, {});
      Add(state, kClaimElsewhere, LINE_GOVERNMENT, kVillageAndTownship, {});
      Add(state, kProveElsewhere, LINE_EDUCATION, kBureau, kTransferred);
      Add(state, kProposePlacement, LINE_EDUCATION, kPrincipal, kPlaced);
      Add(state, kProposePlacement, LINE_EDUCATION, kBureau, kPlaced);
      Add(state, kProposeEnd, LINE_EDUCATION, kBureau, kEndProposed);
      Add(state, kIssuePersuadeNotice, LINE_EDUCATION, kPrincipal, begun);
      Add(state, kIssueReturnByDate, LINE_GOVERNMENT, kTownship, begun);
      // Act art. 58 names both, Minors Act art. 83 the education department.
      Add(state, kIssueOrder, LINE_GOVERNMENT, kTownshipHead, kOrdered);
      Add(state, kIssueOrder, LINE_EDUCATION, kDirector, kOrdered);
      Add(state, kIssueCourt, LINE_GOVERNMENT, kTownshipHead, kLitigation);
      Add(state, kTransferCompleted, LINE_UNSPECIFIED, kNobody, kTransferred);
      if (state != kConfirmed) Add(state, kConfirmDropout, LINE_EDUCATION, kBureau, kConfirmed);
    }
    for (const std::string_view state : {kSuspected, kPersuading}) {
      Add(state, kProposeFalseAlarm, LINE_EDUCATION, kRegistrars, kFalseAlarmProposed);
      Add(state, kProposeFalseAlarm, LINE_EDUCATION, kBureau, kFalseAlarmProposed);
      Add(state, kStreakCorrected, LINE_UNSPECIFIED, kNobody, kFalseAlarmProposed);
    }
  }

  void Answered() {
    for (const std::string_view state : kAnswered) {
      Add(state, kSignClose, LINE_GOVERNMENT, kTownship, {});
      Add(state, kSignClose, LINE_EDUCATION, kPrincipal, {});
      Add(state, kSignClose, LINE_EDUCATION, kBureau, {});
      Add(state, kRelapse, LINE_UNSPECIFIED, kNobody, kPersuading);
    }
    for (const std::string_view state : {kTransferred, kPlaced}) {
      Add(state, kReportReturn, LINE_EDUCATION, kSchool, kReturned);
    }
    Add(kReturned, kProposeEnd, LINE_EDUCATION, kBureau, kEndProposed);
    Add(kPlaced, kProposeEnd, LINE_EDUCATION, kBureau, kEndProposed);
    Add(kReturned, kTransferCompleted, LINE_UNSPECIFIED, kNobody, kTransferred);
    // D03 a week later: the child is back, and was never away long enough.
    Add(kReturned, kStreakCorrected, LINE_UNSPECIFIED, kNobody, kFalseAlarmProposed);
  }

  void FalseAlarm() {
    Add(kFalseAlarmProposed, kPersuade, LINE_GOVERNMENT, kVillageAndTownship, {});
    Add(kFalseAlarmProposed, kPersuade, LINE_EDUCATION, kSchoolAndBureau, {});
    Add(kFalseAlarmProposed, kTakeOver, LINE_GOVERNMENT, kTownship, {});
    Add(kFalseAlarmProposed, kDenyResponsibility, LINE_GOVERNMENT, kTownship, {});
    // always the other line, the one that cannot correct a roll call.
    Add(kFalseAlarmProposed, kSignFalseAlarm, LINE_GOVERNMENT, kTownship, kClosedFalseAlarm);
    Add(kFalseAlarmProposed, kRejectFalseAlarm, LINE_GOVERNMENT, kTownship, kPersuading);
    Add(kFalseAlarmProposed, kCrossedAgain, LINE_UNSPECIFIED, kNobody, kSuspected);
    Add(kFalseAlarmProposed, kTransferCompleted, LINE_UNSPECIFIED, kNobody, kTransferred);
  }

  std::vector<CaseRule> rows_;
};

const std::vector<CaseRule>& Rows() {
  static const Table table;
  return table.rows();
}

}  // namespace

std::span<const std::string_view> OpenStates() { return kOpen; }
std::span<const std::string_view> ClosedStates() { return kClosed; }
std::span<const std::string_view> Actions() { return kActions; }
std::span<const CaseRule> CaseRules() { return Rows(); }

const CaseRule* FindRule(std::string_view state, std::string_view action, Role role) {
  for (const CaseRule& rule : Rows()) {
    if (rule.state == state && rule.action == action &&
        std::find(rule.roles.begin(), rule.roles.end(), role) != rule.roles.end()) {
      return &rule;
    }
  }
  return nullptr;
}

bool AnyRole(std::string_view state, std::string_view action) {
  return std::any_of(Rows().begin(), Rows().end(), [&](const CaseRule& rule) {
    return rule.state == state && rule.action == action && !rule.roles.empty();
  });
}

const CaseRule* FindSystemRule(std::string_view state, std::string_view action) {
  for (const CaseRule& rule : Rows()) {
    if (rule.state == state && rule.action == action && rule.roles.empty()) return &rule;
  }
  return nullptr;
}

Line LineOf(Role role) {
  switch (role) {
    case ROLE_VILLAGE_OFFICIAL:
    case ROLE_TOWNSHIP_OFFICIAL:
    case ROLE_TOWNSHIP_HEAD:
    case ROLE_COUNTY_HEAD:
      return LINE_GOVERNMENT;
    case ROLE_CLASS_TEACHER:
    case ROLE_REGISTRAR:
    case ROLE_PRINCIPAL:
    case ROLE_BUREAU_OFFICIAL:
    case ROLE_BUREAU_DIRECTOR:
      return LINE_EDUCATION;
    default:
      return LINE_UNSPECIFIED;
  }
}

std::string_view ClosingState(std::string_view state) {
  if (state == kReturned) return kClosedReturn;
  if (state == kTransferred) return kClosedTransfer;
  if (state == kPlaced) return kClosedPlaced;
  if (state == kEndProposed) return kClosedEnd;
  if (state == kFalseAlarmProposed) return kClosedFalseAlarm;
  return {};
}

}  // namespace twinline::accountability
