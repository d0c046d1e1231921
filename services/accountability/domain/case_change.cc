#include "accountability/domain/case_change.h"

#include <algorithm>

#include "accountability/domain/alert_content.h"
#include "accountability/domain/owners.h"
#include "platform/base/keys.h"
#include "platform/calendar/adopted.h"

namespace twinline::accountability {

using base::CivilDay;
using base::Context;
using base::MakeEvent;
using base::Rows;
using types::v1::Line;
using types::v1::LINE_EDUCATION;
using types::v1::LINE_GOVERNMENT;

CaseChange::CaseChange(const Rows& rows, const Context& context, v1::CaseFacts facts)
    : rows_(rows),
      context_(context),
      facts_(std::move(facts)),
      rules_(RulesOn(rows, context.today)),
      calendar_(LoadCalendar(rows)) {
  facts_.mutable_government()->set_line(LINE_GOVERNMENT);
  facts_.mutable_education()->set_line(LINE_EDUCATION);
}

v1::Duties& CaseChange::Of(Line line) {
  return line == LINE_GOVERNMENT ? *facts_.mutable_government() : *facts_.mutable_education();
}

bool CaseChange::HasRung(Line line, uint32_t rung) const {
  return rung < static_cast<uint32_t>(RungsOf(rules_.rules(), line).size());
}

void CaseChange::PlaceLine(Line line, uint32_t rung) {
  const auto& rungs = RungsOf(rules_.rules(), line);
  const uint32_t last = static_cast<uint32_t>(rungs.size()) - 1;
  v1::Duties& duties = Of(line);
  for (uint32_t i = std::min(rung, last); i <= last; ++i) {
    const v1::Rung& at = rungs[static_cast<int>(i)];
    const std::string office = OfficeOn(at, facts_);
    if (office.empty() && i < last) continue;  // no such office: the case begins one rung higher
    const Person person = InCharge(rows_, office, at.roles(), context_.today);
    duties.set_rung(i);
    duties.set_office(office);
    duties.set_owner(person.staff);
    duties.set_duty(person.duty);
    if (!person.vacant()) return;
    v1::OwnerVacant vacant;
    vacant.set_case_id(facts_.case_id());
    vacant.set_line(line);
    vacant.set_office(office);
    vacant.set_roster_office(RosterOffice(office, facts_));
    vacancies_.push_back(std::move(vacant));
  }
}

bool CaseChange::RefreshOwner(Line line) {
  const auto& rungs = RungsOf(rules_.rules(), line);
  v1::Duties& duties = Of(line);
  const int rung = std::min<int>(static_cast<int>(duties.rung()), rungs.size() - 1);
  const Person person = InCharge(rows_, duties.office(), rungs[rung].roles(), context_.today);
  if (person.staff == duties.owner() && person.duty == duties.duty()) return false;
  duties.set_owner(person.staff);
  duties.set_duty(person.duty);
  return true;
}

void CaseChange::StartTask(Line line, std::string_view task, int days) {
  v1::Duties& duties = Of(line);
  const auto& rungs = RungsOf(rules_.rules(), line);
  const int rung = std::min<int>(static_cast<int>(duties.rung()), rungs.size() - 1);
  const int n = days > 0 ? days : DaysFor(rungs[rung], task);
  const uint32_t generation = duties.deadline().generation() + 1;
  duties.set_task(std::string(task));
  duties.set_overdue(false);
  *duties.mutable_deadline() =
      calendar::MakeDeadline(calendar_, context_.today, n, rules_.version());
  duties.mutable_deadline()->set_generation(generation);
}

void CaseChange::StartTasks(std::string_view task, int days) {
  StartTask(LINE_GOVERNMENT, task, days);
  StartTask(LINE_EDUCATION, task, days);
}

void CaseChange::ClearOutcomes() {
  for (const Line line : {LINE_GOVERNMENT, LINE_EDUCATION}) {
    Of(line).clear_outcome();
    Of(line).clear_signed_by();
    Of(line).clear_signed_on();
  }
}

void CaseChange::EmitChanged(std::string_view action, Line line) {
  v1::CaseChanged event;
  event.set_action(std::string(action));
  event.set_line(line);
  Emit(std::move(event));
}

void CaseChange::EmitChangedOn(std::string_view action, CivilDay effective) {
  v1::CaseChanged event;
  event.set_action(std::string(action));
  Emit(std::move(event), effective);
}

void CaseChange::EmitVacancies() {
  std::vector<v1::OwnerVacant> vacancies;
  vacancies.swap(vacancies_);
  for (const v1::OwnerVacant& vacant : vacancies) {
    events_.push_back(MakeEvent(vacant, context_.today));
    Alert(vacant.roster_office(), "OWNER_VACANT", vacant.office());
  }
}

void CaseChange::Alert(const std::string& office, std::string_view kind, std::string_view summary) {
  if (office.empty() || office.back() == ':') return;
  std::string key = office + "|" + std::string(kind);
  if (std::find(alerted_.begin(), alerted_.end(), key) != alerted_.end()) return;
  alerted_.push_back(std::move(key));
  v1::AlertOffered alert = MakeAlert(context_, alerts_++, office, kind, summary);
  alert.set_case_id(facts_.case_id());
  alert.set_child_id(facts_.child_id());
  alert.set_school_code(facts_.school_code());
  if (alert.summary().empty()) alert.set_summary(facts_.state() + " " + facts_.ground());
  events_.push_back(SealAlert(std::move(alert), context_));
}

void CaseChange::AlertAll(std::string_view kind, std::string_view summary) {
  if (!facts_.township().empty()) Alert("township:" + facts_.township(), kind, summary);
  if (!facts_.copy_township().empty()) Alert("township:" + facts_.copy_township(), kind, summary);
  if (!facts_.school_code().empty()) Alert("school:" + facts_.school_code(), kind, summary);
  Alert(BureauOffice(facts_), kind, summary);
}

void CaseChange::Close(std::string_view state, bool overridden, const types::v1::Sealed& reason) {
  facts_.set_state(std::string(state));
  facts_.clear_decision_needed();
  facts_.clear_confirm_due();
  v1::CaseClosed event;
  event.set_outcome(std::string(state));
  event.set_override(overridden);
  if (overridden) *event.mutable_override_reason() = reason;
  Emit(std::move(event));
  AlertAll("CASE_CLOSED", state);
}

v1::AlertOffered MakeAlert(const Context& context, uint32_t ordinal, const std::string& office,
                           std::string_view kind, std::string_view summary) {
  v1::AlertOffered alert;
  alert.set_alert_id(context.NewId("alert", ordinal).str());
  alert.set_office(office);
  alert.set_kind(std::string(kind));
  alert.set_summary(std::string(summary));
  alert.set_offered_at_us(context.now.us);
  return alert;
}

journal::v1::Event SealAlert(v1::AlertOffered alert, const Context& context) {
  alert.set_content_digest(AlertContentDigest(alert));
  return MakeEvent(alert, context.today);
}

}  // namespace twinline::accountability
