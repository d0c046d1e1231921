#include "accountability/domain/evolve.h"
#include "accountability/domain/timers.h"
#include "accountability/tables/tables.h"
#include "platform/base/dispatch.h"
#include "twinline/calendar/v1/calendar.pb.h"

namespace twinline::accountability {

using base::AsId;
using base::EventContext;
using base::Rows;

namespace {

absl::Status Apply(const v1::AlertOffered& event, const journal::v1::Event&,
                   const EventContext& context, Rows& rows) {
  v1::AlertRow row;
  row.set_alert_id(event.alert_id());
  row.set_case_id(event.case_id());
  row.set_child_id(event.child_id());
  row.set_office(event.office());
  row.set_kind(event.kind());
  row.set_content_digest(event.content_digest());
  row.set_summary(event.summary());
  row.set_offered_at_us(event.offered_at_us());
  row.set_class_id(event.source_class_id());
  row.set_school_code(event.school_code());
  row.set_epoch(context.ref.epoch());
  row.set_pos(context.ref.pos());
  row.set_ordinal(context.ref.commit() << 16 | context.ref.event());
  base::Put(rows, row);
  // One intent for each receiver that the office has now; what becomes of it is recorded.
  base::ScanIndex<v1::WebhookRow>(
      rows, base::TableOf<v1::WebhookRow>::kByOffice, 8,
      [&](const v1::WebhookRow& webhook) {
        v1::DeliveryRow delivery;
        delivery.set_alert_id(event.alert_id());
        delivery.set_webhook_id(webhook.facts().webhook_id());
        delivery.set_state("PENDING");
        delivery.set_changed_at_us(context.recorded.us);
        base::Put(rows, delivery);
        return true;
      },
      event.office());
  return absl::OkStatus();
}

absl::Status ChangeDelivery(const std::string& alert, const std::string& webhook, const char* state,
                            uint32_t attempts, const std::string& error,
                            const EventContext& context, Rows& rows) {
  auto row = base::Find<v1::DeliveryRow>(rows, AsId(alert), AsId(webhook));
  if (!row) return absl::DataLossError("a delivery without an intent");
  row->set_state(state);
  if (attempts > 0) row->set_attempts(attempts);
  row->set_last_error(error);
  row->set_changed_at_us(context.recorded.us);
  if (std::string_view(state) == "PENDING") row->set_requested(row->requested() + 1);
  base::Put(rows, *row);
  return absl::OkStatus();
}

absl::Status Apply(const v1::AlertDelivered& event, const journal::v1::Event&,
                   const EventContext& context, Rows& rows) {
  return ChangeDelivery(event.alert_id(), event.webhook_id(), "DELIVERED", event.attempts(), "",
                        context, rows);
}
absl::Status Apply(const v1::AlertUndeliverable& event, const journal::v1::Event&,
                   const EventContext& context, Rows& rows) {
  return ChangeDelivery(event.alert_id(), event.webhook_id(), "UNDELIVERABLE", event.attempts(),
                        event.last_error(), context, rows);
}
absl::Status Apply(const v1::DeliveryRequested& event, const journal::v1::Event&,
                   const EventContext& context, Rows& rows) {
  return ChangeDelivery(event.alert_id(), event.webhook_id(), "PENDING", 0, "", context, rows);
}

absl::Status Apply(const v1::AlertAcknowledged& event, const journal::v1::Event&,
                   const EventContext&, Rows& rows) {
  auto row = base::Find<v1::AlertRow>(rows, AsId(event.alert_id()));
  if (!row) return absl::DataLossError("an unknown alert was answered");
  row->set_answer(event.answer());
  row->set_answered_by(event.by());
  row->set_answered_at_us(event.at_us());
  base::Put(rows, *row);
  return absl::OkStatus();
}

absl::Status PutTask(const v1::TaskFacts& facts, const types::v1::Sealed* note,
                     const EventContext& context, Rows& rows) {
  auto before = base::Find<v1::TaskRow>(rows, AsId(facts.task_id()));
  v1::TaskRow row;
  if (before) {
    row = *before;
    if (const auto timer = TimerOf(before->facts())) base::CancelTimer(rows, *timer);
  } else {
    row.set_opened_at_us(context.recorded.us);
  }
  *row.mutable_facts() = facts;
  if (note != nullptr && !note->ciphertext().empty()) {
    row.mutable_note()->set_name("note");
    *row.mutable_note()->mutable_sealed() = *note;
    if (context.actor != nullptr) row.set_done_by(context.actor->subject());
  }
  if (const auto timer = TimerOf(facts)) base::SetTimer(rows, *timer);
  base::Put(rows, row);
  return absl::OkStatus();
}

absl::Status Apply(const v1::TaskOpened& event, const journal::v1::Event&,
                   const EventContext& context, Rows& rows) {
  return PutTask(event.task(), nullptr, context, rows);
}
absl::Status Apply(const v1::TaskEnded& event, const journal::v1::Event&,
                   const EventContext& context, Rows& rows) {
  return PutTask(event.task(), &event.note(), context, rows);
}
absl::Status Apply(const v1::TaskMissed& event, const journal::v1::Event&,
                   const EventContext& context, Rows& rows) {
  return PutTask(event.task(), nullptr, context, rows);
}

absl::Status Apply(const v1::TaskDeadlineMoved& event, const journal::v1::Event&,
                   const EventContext& context, Rows& rows) {
  return PutTask(event.task(), nullptr, context, rows);
}

absl::Status Apply(const v1::WebhookChanged& event, const journal::v1::Event&,
                   const EventContext& context, Rows& rows) {
  v1::WebhookRow row;
  *row.mutable_facts() = event.webhook();
  row.set_changed_at_us(context.recorded.us);
  base::Put(rows, row);
  return absl::OkStatus();
}

template <typename Row>
void Replace(Rows& rows, const Row& row) {
  if (const auto before = base::Find<Row>(rows, AsId(row.registration_id()))) {
    base::CancelTimer(rows, TimerOf(*before));
  }
  base::SetTimer(rows, TimerOf(row));
  base::Put(rows, row);
}

template <typename Row>
void Drop(Rows& rows, const std::string& registration_id) {
  const auto before = base::Find<Row>(rows, AsId(registration_id));
  if (!before) return;
  base::CancelTimer(rows, TimerOf(*before));
  base::Erase(rows, *before);
}

absl::Status Apply(const v1::SuspensionWatched& event, const journal::v1::Event&,
                   const EventContext&, Rows& rows) {
  v1::SuspensionWatchRow row;
  row.set_registration_id(event.registration_id());
  row.set_child_id(event.child_id());
  *row.mutable_suspended_until() = event.suspended_until();
  *row.mutable_check_on() = event.check_on();
  row.set_generation(event.generation());
  Replace(rows, row);
  return absl::OkStatus();
}

absl::Status Apply(const v1::ArrivalWatched& event, const journal::v1::Event&, const EventContext&,
                   Rows& rows) {
  v1::ArrivalWatchRow row;
  row.set_registration_id(event.registration_id());
  row.set_child_id(event.child_id());
  row.set_school_code(event.school_code());
  *row.mutable_since() = event.since();
  *row.mutable_check_on() = event.check_on();
  row.set_ground(event.ground());
  row.set_generation(event.generation());
  Replace(rows, row);
  return absl::OkStatus();
}

absl::Status Apply(const v1::OfficeReviewPlanned& event, const journal::v1::Event&,
                   const EventContext&, Rows& rows) {
  v1::OfficeReviewRow row;
  row.set_review_id(event.review_id());
  row.set_office(event.office());
  row.set_due_us(event.due_us());
  row.set_after_case_id(event.after_case_id());
  base::Put(rows, row);
  base::SetTimer(rows, {{event.due_us()}, kTimerOffice, AsId(event.review_id()), 0});
  return absl::OkStatus();
}

absl::Status Apply(const v1::OfficeReviewed& event, const journal::v1::Event&, const EventContext&,
                   Rows& rows) {
  const auto row = base::Find<v1::OfficeReviewRow>(rows, AsId(event.review_id()));
  if (!row) return absl::DataLossError("an office was reviewed that nobody planned to review");
  base::Erase(rows, *row);
  return absl::OkStatus();
}

absl::Status Apply(const v1::WatchEnded& event, const journal::v1::Event&, const EventContext&,
                   Rows& rows) {
  if (event.watch() == "SUSPENSION") {
    Drop<v1::SuspensionWatchRow>(rows, event.registration_id());
  } else {
    Drop<v1::ArrivalWatchRow>(rows, event.registration_id());
  }
  return absl::OkStatus();
}

base::Timer RecomputeTimer(const EventContext& context, uint32_t round) {
  return {context.recorded, kTimerRecompute, base::Id16(), round};
}

absl::Status Apply(const v1::AccountabilityCalendarAdopted& event, const journal::v1::Event&,
                   const EventContext& context, Rows& rows) {
  calendar::v1::HolidayCalendar proto;
  if (!proto.ParseFromString(event.content()))
    return absl::DataLossError("a calendar does not parse");
  v1::CalendarRow row;
  row.set_year(proto.year());
  row.set_content(event.content());
  base::Put(rows, row);
  // Open deadlines are looked at by a resumable job, from the first case again.
  const auto before = base::Find<v1::RecomputeRow>(rows);
  v1::RecomputeRow progress;
  progress.set_round(before ? before->round() + 1 : 1);
  base::Put(rows, progress);
  base::SetTimer(rows, RecomputeTimer(context, progress.round()));
  return absl::OkStatus();
}

absl::Status Apply(const v1::CaseDeadlinesRecomputed& event, const journal::v1::Event&,
                   const EventContext& context, Rows& rows) {
  v1::RecomputeRow progress;
  progress.set_round(event.round());
  if (event.more()) {
    progress.set_after_case_id(event.after_case_id());
    base::SetTimer(rows, RecomputeTimer(context, event.round()));
  }
  base::Put(rows, progress);
  return absl::OkStatus();
}

absl::Status Apply(const v1::AccountabilityRuleSetAdopted& event, const journal::v1::Event&,
                   const EventContext& context, Rows& rows) {
  v1::RuleSetRow row;
  row.set_version(event.version());
  row.set_valid_from(event.valid_from());
  if (!row.mutable_rules()->ParseFromString(event.content()))
    return absl::DataLossError("a rule set does not parse");
  row.set_pos(context.ref.pos());
  base::Put(rows, row);
  return absl::OkStatus();
}

}  // namespace

std::optional<absl::Status> EvolveOther(const journal::v1::Event& event,
                                        const EventContext& context, Rows& rows) {
  return base::FoldIfAny<
      v1::AlertOffered, v1::AlertDelivered, v1::AlertUndeliverable, v1::DeliveryRequested,
      v1::AlertAcknowledged, v1::TaskOpened, v1::TaskEnded, v1::TaskMissed, v1::TaskDeadlineMoved,
      v1::WebhookChanged, v1::SuspensionWatched, v1::ArrivalWatched, v1::WatchEnded,
      v1::OfficeReviewPlanned, v1::OfficeReviewed, v1::AccountabilityCalendarAdopted,
      v1::CaseDeadlinesRecomputed, v1::AccountabilityRuleSetAdopted>(
      event, [&](const auto& message) { return Apply(message, event, context, rows); });
}

}  // namespace twinline::accountability
