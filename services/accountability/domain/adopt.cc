#include "accountability/domain/adopt.h"

#include <algorithm>

#include "accountability/domain/case_change.h"
#include "accountability/domain/refusals.h"
#include "accountability/domain/rule_set.h"
#include "accountability/tables/tables.h"
#include "platform/calendar/adopted.h"
#include "platform/calendar/state_council.h"

namespace twinline::accountability {

using base::AsId;
using base::Context;
using base::Decision;
using base::Events;
using base::MakeEvent;
using base::Rows;

namespace {

// http only on the machine itself: what leaves it is encrypted.
bool IsAcceptableUrl(const std::string& url) {
  if (url.size() > 500 || url.find_first_of(" \"\\\r\n") != std::string::npos) return false;
  return url.starts_with("https://") || url.starts_with("http://127.0.0.1:") ||
         url.starts_with("http://localhost:") || url.starts_with("http://[::1]:");
}

}  // namespace

Decision DecideAdoptRuleSet(const v1::AdoptRuleSetCommand& command, const Context& context) {
  if (command.version().empty() || command.version().size() > 64 ||
      !IsValidRuleSet(command.rules())) {
    return RuleSetInvalid();
  }
  v1::AccountabilityRuleSetAdopted event;
  event.set_version(command.version());
  event.set_valid_from(command.valid_from());
  event.set_content(command.rules().SerializeAsString());
  return Events{MakeEvent(event, context.today)};
}

Decision DecideAdoptCalendar(const v1::AdoptCalendarCommand& command, const Context& context) {
  if (!calendar::FromProto(command.calendar())) return CalendarInvalid();
  v1::AccountabilityCalendarAdopted event;
  event.set_version(command.calendar().version());
  event.set_content(command.calendar().SerializeAsString());
  return Events{MakeEvent(event, context.today)};
}

Decision DecideChangeWebhook(const v1::ChangeWebhookCommand& command, const Rows& rows,
                             const Context& context) {
  constexpr size_t kPerOffice = 8;
  v1::WebhookChanged event;
  event.set_action(command.action());
  v1::WebhookFacts& facts = *event.mutable_webhook();
  if (command.action() == "REGISTERED") {
    if (!IsAcceptableUrl(command.url())) {
      return WebhookInvalid("须为 https 地址，本机调试可用 http",
                            "use https, or http on this machine only");
    }
    size_t present = 0;
    base::ScanIndex<v1::WebhookRow>(
        rows, base::TableOf<v1::WebhookRow>::kByOffice, kPerOffice,
        [&](const v1::WebhookRow&) { return ++present; }, command.office());
    if (present >= kPerOffice)
      return WebhookInvalid("每个单位最多 8 个推送地址", "an office has at most 8");
    facts.set_webhook_id(context.NewId("webhook").str());
    facts.set_office(command.office());
    facts.set_url(command.url());
    facts.add_key_id(command.key_id());
    facts.set_active(true);
    facts.set_registered_by(context.actor.subject());
    return Events{MakeEvent(event, context.today)};
  }
  const auto row = base::Find<v1::WebhookRow>(rows, AsId(command.webhook_id()));
  if (!row || !row->facts().active() || row->facts().office() != command.office())
    return WebhookUnknown();
  facts = row->facts();
  if (command.action() == "ROTATED") {
    // Two are valid while the receiver changes over.
    facts.clear_key_id();
    facts.add_key_id(command.key_id());
    facts.add_key_id(row->facts().key_id(0));
  } else if (command.action() == "REMOVED") {
    facts.set_active(false);
  } else {
    return CodeUnknown("action", command.action(), "REGISTERED ROTATED REMOVED");
  }
  return Events{MakeEvent(event, context.today)};
}

Decision DecideNoteDelivery(const v1::NoteDeliveryCommand& command, const Rows& rows,
                            const Context& context) {
  const auto row =
      base::Find<v1::DeliveryRow>(rows, AsId(command.alert_id()), AsId(command.webhook_id()));
  if (!row) return DeliveryUnknown();
  if (row->state() != "PENDING") return AlreadySo();
  if (command.delivered()) {
    v1::AlertDelivered event;
    event.set_alert_id(command.alert_id());
    event.set_channel("WEBHOOK");
    event.set_attempts(command.attempts());
    event.set_at_us(context.now.us);
    event.set_webhook_id(command.webhook_id());
    return Events{MakeEvent(event, context.today)};
  }
  v1::AlertUndeliverable event;
  event.set_alert_id(command.alert_id());
  event.set_channel("WEBHOOK");
  event.set_attempts(command.attempts());
  event.set_last_error(command.last_error().substr(0, 200));
  event.set_webhook_id(command.webhook_id());
  return Events{MakeEvent(event, context.today)};
}

Decision DecideResend(const v1::ResendDeliveryCommand& command, const Rows& rows,
                      const Context& context) {
  const auto row =
      base::Find<v1::DeliveryRow>(rows, AsId(command.alert_id()), AsId(command.webhook_id()));
  if (!row) return DeliveryUnknown();
  const auto webhook = base::Find<v1::WebhookRow>(rows, AsId(command.webhook_id()));
  if (!webhook || !webhook->facts().active()) return WebhookUnknown();
  if (row->state() == "PENDING") return AlreadySo();
  v1::DeliveryRequested event;
  event.set_alert_id(command.alert_id());
  event.set_webhook_id(command.webhook_id());
  return Events{MakeEvent(event, context.today)};
}

std::vector<base::DerivedCommand> SeedCommands() {
  std::vector<base::DerivedCommand> commands;
  v1::AdoptRuleSetCommand rules;
  rules.set_version("default-2026");
  *rules.mutable_rules() = DefaultRules();
  commands.push_back({"accountability.seed_rules", base::Id16(),
                      base::CommandType<v1::AdoptRuleSetCommand>(), rules.SerializeAsString()});
  for (const calendar::HolidayCalendar& year : calendar::SeedHolidayCalendars()) {
    v1::AdoptCalendarCommand command;
    *command.mutable_calendar() = calendar::ToProto(year);
    commands.push_back({"accountability.seed_calendar", base::DeriveId({std::to_string(year.year)}),
                        base::CommandType<v1::AdoptCalendarCommand>(),
                        command.SerializeAsString()});
  }
  return commands;
}

}  // namespace twinline::accountability
