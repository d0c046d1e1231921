// What people do with a case. Whether they may is the rule table's business (rules.h); what must be
// given or shown for it is checked here.
#pragma once

#include <string_view>
#include <variant>

#include "accountability/domain/rules.h"
#include "platform/base/decision.h"
#include "twinline/accountability/v1/accountability_commands.pb.h"
#include "twinline/accountability/v1/accountability_rows.pb.h"

namespace twinline::accountability {

struct Permitted {
  v1::CaseRow row;
  const CaseRule* rule = nullptr;
  types::v1::Line line = types::v1::LINE_UNSPECIFIED;  // of the actor
};
// The first checks of every act: the case exists, is this child's, is open, its state allows the
// action to this role, and the actor's office is one of the case.
std::variant<Permitted, base::Refusal> Permit(const base::Rows& rows, const base::Context& context,
                                              std::string_view case_id, std::string_view child_id,
                                              std::string_view action, uint32_t role);

base::Decision DecideAct(const v1::ActOnCaseCommand& command, const base::Rows& rows,
                         const base::Context& context);
base::Decision DecidePersuasion(const v1::RecordPersuasionCommand& command, const base::Rows& rows,
                                const base::Context& context);
base::Decision DecideAnswerAlert(const v1::AnswerAlertCommand& command, const base::Rows& rows,
                                 const base::Context& context);

// Persuasion methods and results (2.7), and which of them the tables of codes know.
std::string_view PersuasionMethods();
std::string_view PersuasionResults();

}  // namespace twinline::accountability
