#include "platform/base/dispatch.h"
#include "platform/calendar/adopted.h"
#include "transfer/domain/evolve_class.h"
#include "transfer/domain/hub.h"
#include "transfer/domain/transfer_domain.h"
#include "transfer/tables/tables.h"
#include "twinline/transfer/v1/transfer_class_events.pb.h"
#include "twinline/transfer/v1/transfer_events.pb.h"

namespace twinline::transfer {

using base::AsId;
using base::CivilDay;
using base::EventContext;
using base::Rows;

namespace {

base::Timer StepTimer(const v1::BusinessFacts& facts) {
  const v1::Step& step = facts.steps(static_cast<int>(facts.step()));
  return {calendar::FiresAt(step.deadline()), kTimerStepDue, AsId(facts.business_id()),
          facts.step() * 1000 + step.deadline().generation()};
}

base::Timer LongOverdueTimer(const v1::BusinessRow& row) {
  return {base::EndOfDay(CivilDay{row.long_overdue_day()}), kTimerLongOverdue,
          AsId(row.facts().business_id()), 0};
}

bool HasStepTimer(const v1::BusinessFacts& facts) {
  return facts.state() == "OPEN" && facts.step() < static_cast<uint32_t>(facts.steps_size()) &&
         !facts.overdue();
}

bool HoldsLock(const v1::BusinessFacts& facts) {
  return facts.state() == "OPEN" || facts.state() == "APPROVED" ||
         facts.state() == "NEEDS_ATTENTION";
}

// The one way a business row changes: facts replaced, history lengthened, lock and timers in step.
absl::Status Replace(Rows& rows, v1::BusinessRow row, const v1::BusinessFacts& after, bool is_new,
                     const EventContext& context, const std::string& what,
                     const std::string& code = {}) {
  const v1::BusinessFacts before = row.facts();
  if (!is_new && after.version() != before.version() + 1 && after.version() != before.version()) {
    return absl::DataLossError("a business event skips a version");
  }
  if (!is_new && HasStepTimer(before)) base::CancelTimer(rows, StepTimer(before));
  *row.mutable_facts() = after;
  v1::HistoryLine* line = row.add_history();
  line->set_at_us(context.recorded.us);
  line->set_what(what);
  line->set_step(is_new ? 0 : before.step());
  line->set_by(context.actor->subject());
  line->set_office(context.actor->office());
  line->set_code(code);
  if (HasStepTimer(after)) base::SetTimer(rows, StepTimer(after));
  if (after.state() == "OPEN" && !row.long_overdue()) {
    base::SetTimer(rows, LongOverdueTimer(row));
  } else if (after.state() != "OPEN") {
    base::CancelTimer(rows, LongOverdueTimer(row));
  }
  v1::OpenBusinessRow lock;
  lock.set_child_id(after.child_id());
  lock.set_business_id(after.business_id());
  if (HoldsLock(after)) {
    base::Put(rows, lock);
  } else {
    base::Erase(rows, lock);
  }
  base::Put(rows, row);
  if (std::string kind = HubMessageKind(is_new ? nullptr : &before, after); !kind.empty()) {
    v1::HubMessageRow message;
    message.set_kind(std::move(kind));
    message.set_business_id(after.business_id());
    message.set_application_id(after.hub_application_id());
    message.set_province(after.other_province());
    message.set_code(code);
    QueueHubMessage(std::move(message), context, rows);
  }
  return absl::OkStatus();
}

absl::Status Change(Rows& rows, const v1::BusinessFacts& after, const EventContext& context,
                    const std::string& what, const std::string& code = {}) {
  auto row = base::Find<v1::BusinessRow>(rows, AsId(after.business_id()));
  if (!row) return absl::DataLossError("an event of an unknown business");
  if (what == "LONG_OVERDUE") row->set_long_overdue(true);
  // The outcome of a step that was the other province's, or a word of it that came too late.
  if (what.starts_with("HUB_")) {
    if (row->hub_heard_size() == 1) row->add_warnings("HUB_CONTRADICTED");
    row->add_hub_heard(what.substr(4));
  }
  return Replace(rows, *std::move(row), after, false, context, what, code);
}

absl::Status Fold(const v1::BusinessOpened& event, const EventContext& context, Rows& rows) {
  v1::BusinessRow row;
  *row.mutable_evidence() = event.evidence();
  row.set_sealed_applicant(event.applicant().SerializeAsString());
  row.set_opened_by(context.actor->subject());
  row.set_based_on_registry_pos(event.based_on_registry_pos());
  row.set_long_overdue_day(event.long_overdue_day().days());
  *row.mutable_warnings() = event.warnings();
  row.set_sealed_student_number(event.student_number().SerializeAsString());
  if (!event.business().hub_application_id().empty()) {
    v1::HubApplicationRow application;
    application.set_application_id(event.business().hub_application_id());
    application.set_business_id(event.business().business_id());
    base::Put(rows, application);
  }
  return Replace(rows, std::move(row), event.business(), true, context, "OPENED");
}
absl::Status Fold(const v1::StepDecided& event, const EventContext& context, Rows& rows) {
  const v1::Step& step = event.business().steps(static_cast<int>(event.step()));
  const char* prefix = step.office().starts_with("hub:") ? "HUB_" : "STEP_";
  return Change(rows, event.business(), context, prefix + event.outcome(), event.reason_code());
}
absl::Status Fold(const v1::BusinessApproved& event, const EventContext& context, Rows& rows) {
  return Change(rows, event.business(), context, "APPROVED");
}
absl::Status Fold(const v1::BusinessRefused& event, const EventContext& context, Rows& rows) {
  return Change(rows, event.business(), context, "REFUSED");
}
absl::Status Fold(const v1::BusinessWithdrawn& event, const EventContext& context, Rows& rows) {
  return Change(rows, event.business(), context, "WITHDRAWN", event.reason());
}
absl::Status Fold(const v1::BusinessCompleted& event, const EventContext& context, Rows& rows) {
  return Change(rows, event.business(), context, "COMPLETED");
}
absl::Status Fold(const v1::BusinessNeedsAttention& event, const EventContext& context,
                  Rows& rows) {
  return Change(rows, event.business(), context, "NEEDS_ATTENTION", event.code());
}
absl::Status Fold(const v1::StepOverdue& event, const EventContext& context, Rows& rows) {
  return Change(rows, event.business(), context, "OVERDUE", event.escalated_to());
}
absl::Status Fold(const v1::DeadlineMoved& event, const EventContext& context, Rows& rows) {
  auto row = base::Find<v1::BusinessRow>(rows, AsId(event.business().business_id()));
  if (!row) return absl::DataLossError("an event of an unknown business");
  if (event.has_long_overdue_day()) {
    base::CancelTimer(rows, LongOverdueTimer(*row));
    row->set_long_overdue_day(event.long_overdue_day().days());
  }
  return Replace(rows, *std::move(row), event.business(), false, context, "DEADLINE_MOVED",
                 event.reason());
}
absl::Status Fold(const v1::RefusalOverridden& event, const EventContext& context, Rows& rows) {
  return Change(rows, event.business(), context, "OVERRIDDEN");
}
absl::Status Fold(const v1::BusinessReassigned& event, const EventContext& context, Rows& rows) {
  return Change(rows, event.business(), context, "REASSIGNED", event.school_after());
}
absl::Status Fold(const v1::BusinessLongOverdue& event, const EventContext& context, Rows& rows) {
  return Change(rows, event.business(), context, "LONG_OVERDUE", event.escalated_to());
}

absl::Status Fold(const v1::HubAnswerIgnored& event, const EventContext& context, Rows& rows) {
  return Change(rows, event.business(), context, "HUB_" + event.outcome(), event.code());
}
absl::Status Fold(const v1::HubApplicationRefused& event, const EventContext& context, Rows& rows) {
  v1::HubApplicationRow application;
  application.set_application_id(event.application_id());
  base::Put(rows, application);
  v1::HubMessageRow message;
  message.set_kind("REFUSED");
  message.set_application_id(event.application_id());
  message.set_province(event.province());
  message.set_code(event.code());
  message.set_detail(event.detail());
  QueueHubMessage(std::move(message), context, rows);
  return absl::OkStatus();
}
absl::Status Fold(const v1::HubInformed& event, const EventContext&, Rows& rows) {
  const auto row = base::Find<v1::HubMessageRow>(rows, AsId(event.message_id()));
  if (!row) return absl::DataLossError("the hub took a message that was never queued");
  base::Erase(rows, *row);
  return absl::OkStatus();
}

base::Timer RecomputeTimer(const EventContext& context, uint32_t round) {
  return {context.recorded, kTimerRecompute, base::Id16(), round};
}

absl::Status Fold(const v1::CalendarAdopted& event, const EventContext& context, Rows& rows) {
  calendar::v1::HolidayCalendar proto;
  if (!proto.ParseFromString(event.content()))
    return absl::DataLossError("a calendar does not parse");
  v1::CalendarRow row;
  row.set_year(proto.year());
  row.set_content(event.content());
  base::Put(rows, row);
  // Open deadlines are looked at by a resumable job, from the first business again.
  v1::RecomputeRow progress;
  const auto before = base::Find<v1::RecomputeRow>(rows);
  progress.set_round(before ? before->round() + 1 : 1);
  base::Put(rows, progress);
  base::SetTimer(rows, RecomputeTimer(context, progress.round()));
  return absl::OkStatus();
}

absl::Status Fold(const v1::DeadlinesRecomputed& event, const EventContext& context, Rows& rows) {
  v1::RecomputeRow progress;
  progress.set_round(event.round());
  if (event.more()) {
    progress.set_after_business_id(event.after_business_id());
    base::SetTimer(rows, RecomputeTimer(context, event.round()));
  }
  base::Put(rows, progress);
  return absl::OkStatus();
}

absl::Status Fold(const v1::AdviceNoted& event, const EventContext& context, Rows& rows) {
  v1::AdviceRow row;
  row.set_advice_id(event.advice_id());
  row.set_child_id(event.child_id());
  row.set_school_code(event.school_code());
  row.set_kind(event.kind());
  row.set_by(context.actor->subject());
  row.set_at_us(context.recorded.us);
  row.set_sealed_text(event.text().SerializeAsString());
  base::Put(rows, row);
  return absl::OkStatus();
}

absl::Status Fold(const journal::v1::NoEffect&, const EventContext&, Rows&) {
  return absl::OkStatus();
}

}  // namespace

absl::Status Evolve(const journal::v1::Event& event, const EventContext& context, Rows& rows) {
  if (auto status = EvolveClassBusiness(event, context, rows)) return *std::move(status);
  return base::FoldAny<
      v1::BusinessOpened, v1::StepDecided, v1::BusinessApproved, v1::BusinessRefused,
      v1::BusinessWithdrawn, v1::BusinessCompleted, v1::BusinessNeedsAttention, v1::StepOverdue,
      v1::DeadlineMoved, v1::RefusalOverridden, v1::BusinessLongOverdue, v1::CalendarAdopted,
      v1::DeadlinesRecomputed, v1::AdviceNoted, v1::BusinessReassigned, v1::HubAnswerIgnored,
      v1::HubApplicationRefused, v1::HubInformed, journal::v1::NoEffect>(
      event, [&](const auto& message) { return Fold(message, context, rows); });
}

}  // namespace twinline::transfer
