// Building the events of one change of one case. Every event carries the whole case as it stands
// after it (decisions.md part 10 item 8); this class keeps that copy, counts its versions, and owns
// what every change needs: who is in charge, by when, and which offices are told.
//
// What it guards: an open case always has an office and a deadline on each line (design invariant
// 8), a deadline starts at record time, and its generation only rises, so that a timer that
// was moved can never fire for the new date.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "accountability/domain/rule_set.h"
#include "accountability/domain/rules.h"
#include "platform/base/decision.h"
#include "twinline/accountability/v1/accountability_events.pb.h"

namespace twinline::accountability {

inline constexpr std::string_view kTaskVisit = "VISIT";               // 家访核查
inline constexpr std::string_view kTaskPersuade = "PERSUADE";         // 劝返
inline constexpr std::string_view kTaskWatchReturn = "WATCH_RETURN";  // 返校观察
inline constexpr std::string_view kTaskSignClose = "SIGN_CLOSE";      // 销号签字

class CaseChange {
 public:
  CaseChange(const base::Rows& rows, const base::Context& context, v1::CaseFacts facts);

  v1::CaseFacts& facts() { return facts_; }
  v1::Duties& Of(types::v1::Line line);
  const v1::RuleSet& rules() const { return rules_.rules(); }
  const std::string& rule_version() const { return rules_.version(); }
  base::CivilDay today() const { return context_.today; }

  // Puts the line on the first rung from `rung` that has an office and a person; offices without a
  // person on the way are findings (OwnerVacant). The last rung keeps the line even when vacant.
  void PlaceLine(types::v1::Line line, uint32_t rung);
  // Looks up the person again at the present rung; true when somebody else (or nobody) is in charge
  // now.
  bool RefreshOwner(types::v1::Line line);
  // A task with a fresh deadline from today; `days` 0 means what the rule set says for the rung.
  void StartTask(types::v1::Line line, std::string_view task, int days = 0);
  void StartTasks(std::string_view task, int days = 0);
  bool HasRung(types::v1::Line line, uint32_t rung) const;
  // Forgets outcomes and signatures of both lines.
  void ClearOutcomes();

  // Appends the event with the case as it now stands. Vacancies noted since the last event follow
  // it.
  template <typename Event>
  void Emit(Event event, base::CivilDay effective) {
    facts_.set_version(facts_.version() + 1);
    *event.mutable_case_facts() = facts_;
    events_.push_back(base::MakeEvent(event, effective));
    EmitVacancies();
  }
  template <typename Event>
  void Emit(Event event) {
    Emit(std::move(event), context_.today);
  }
  // CaseChanged with the action's name.
  void EmitChanged(std::string_view action, types::v1::Line line = types::v1::LINE_UNSPECIFIED);
  void EmitChangedOn(std::string_view action, base::CivilDay effective);

  // Offers an alert to an office; each office once per kind and commit.
  void Alert(const std::string& office, std::string_view kind, std::string_view summary = {});
  // Township, school and bureau of the case, and the informed township.
  void AlertAll(std::string_view kind, std::string_view summary = {});

  // Enters the closing state and ends the case.
  void Close(std::string_view state, bool overridden, const types::v1::Sealed& reason);

  base::Events Take() { return std::move(events_); }

 private:
  void EmitVacancies();

  const base::Rows& rows_;
  const base::Context& context_;
  v1::CaseFacts facts_;
  v1::RuleSetRow rules_;
  calendar::WorkingCalendar calendar_;
  base::Events events_;
  std::vector<v1::OwnerVacant> vacancies_;
  std::vector<std::string> alerted_;
  uint32_t alerts_ = 0;
};

// An alert that belongs to no case (a class without roll calls, a task); `ordinal` tells several of
// one commit apart.
v1::AlertOffered MakeAlert(const base::Context& context, uint32_t ordinal,
                           const std::string& office, std::string_view kind,
                           std::string_view summary);
// Sets the digest over what is there; the last step before the event.
journal::v1::Event SealAlert(v1::AlertOffered alert, const base::Context& context);

}  // namespace twinline::accountability
