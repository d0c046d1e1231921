// How a case begins, by itself when a threshold is met (K-1), and how it begins again: one case per
// child, reopened by its relapse counter, never a second one.
#pragma once

#include <optional>
#include <string>

#include "platform/base/decision.h"
#include "twinline/accountability/v1/accountability_commands.pb.h"
#include "twinline/accountability/v1/accountability_rows.pb.h"

namespace twinline::accountability {

// The absence behind a case; empty for a case that a person adds.
struct Absence {
  uint32_t days = 0;
  base::CivilDay first_day;
  base::CivilDay last_present;
};

std::optional<v1::CaseRow> FindCase(const base::Rows& rows, std::string_view case_id);
std::optional<v1::CaseRow> CaseOfChild(const base::Rows& rows, std::string_view child_id);
std::optional<v1::CaseRow> CaseOfRegistration(const base::Rows& rows,
                                              std::string_view registration_id);

// Copies school, class, grade, townships and village of the child into the case.
void CopyPlacement(const base::Rows& rows, const v1::ForeignChild& child, const v1::RuleSet& rules,
                   v1::CaseFacts* facts);

// Opens or reopens; the child has no open case (the caller looked).
base::Events OpenCase(const base::Rows& rows, const base::Context& context,
                      const v1::ForeignChild& child, std::string_view ground,
                      const Absence& absence, const types::v1::Sealed& note);

base::Decision DecideOpen(const v1::OpenCaseCommand& command, const base::Rows& rows,
                          const base::Context& context);

// The first day on which a dropout may be confirmed: the rule set's school days after `opened` and
// one calendar month, whichever is later (domain.md 2.3).
base::CivilDay ConfirmFrom(const base::Rows& rows, const std::string& school, base::CivilDay opened,
                           int school_days);

}  // namespace twinline::accountability
