// Building access entries.
#include "platform/rpc/access_recorder.h"

#include <utility>

#include "platform/base/civil.h"
#include "platform/base/decision.h"
#include "twinline/audit/v1/access_events.pb.h"

namespace twinline::rpc {
namespace {

constexpr int64_t kMinuteUs = 60'000'000;
// Bounds of what is remembered; forgetting costs a repeated entry, never a missing one.
constexpr size_t kSessionsMax = 100'000;
constexpr size_t kRatesMax = 20'000;

constexpr char kAccessNoted[] = "twinline.audit.v1.AccessNoted";
constexpr char kAccessRefused[] = "twinline.audit.v1.AccessRefused";
constexpr char kSessionSeen[] = "twinline.audit.v1.SessionSeen";

}  // namespace

void AccessRecorder::Append(const journal::v1::Actor& actor, uint32_t type, std::string data,
                            AccessLog::Durable durable) {
  journal::v1::Commit commit;
  *commit.mutable_actor() = actor;
  journal::v1::Event* event = commit.add_events();
  event->set_type(type);
  event->set_data(std::move(data));
  event->set_effective_date(base::DayOf(clock_->Now()).days);
  log_->Append(commit.SerializeAsString(), type, std::move(durable));
}

bool AccessRecorder::NewSight(uint64_t session, std::string_view address) {
  const std::lock_guard lock(mutex_);
  const auto it = sessions_.find(session);
  if (it != sessions_.end() && it->second == address) return false;
  if (sessions_.size() >= kSessionsMax) sessions_.clear();
  sessions_[session] = address;
  return true;
}

void AccessRecorder::NoteSession(const journal::v1::Actor& actor, const Origin& origin) {
  audit::v1::SessionSeen seen;
  seen.set_session(actor.session());
  seen.set_subject(actor.subject());
  if (seal_ && !seal_(kSessionSeen, 3, origin.address, seen.mutable_address()))
    seen.clear_address();
  if (seal_ && !origin.device.empty() &&
      !seal_(kSessionSeen, 4, origin.device, seen.mutable_device())) {
    seen.clear_device();
  }
  Append(actor, base::EventType<audit::v1::SessionSeen>(), seen.SerializeAsString(),
         [this, session = actor.session()](bool ok) {
           if (ok) return;
           const std::lock_guard lock(mutex_);
           sessions_.erase(session);  // told again at the next call
         });
}

void AccessRecorder::NoteShown(const Method& method, const journal::v1::Actor& actor,
                               const Shown& shown, std::string_view purpose, std::string_view trace,
                               AccessLog::Durable durable) {
  audit::v1::AccessNoted noted;
  noted.set_rpc(method.short_name);
  for (const base::Id16& child : shown.children) noted.add_child_id(child.str());
  for (const auto& [class_id, version] : shown.class_lists) {
    audit::v1::ClassListShown* list = noted.add_class_list();
    list->set_class_id(class_id.str());
    list->set_roster_version(version);
  }
  if (!purpose.empty() && seal_ && !seal_(kAccessNoted, 4, purpose, noted.mutable_purpose())) {
    noted.clear_purpose();
  }
  if (!trace.empty()) noted.set_trace(std::string(trace));
  Append(actor, base::EventType<audit::v1::AccessNoted>(), noted.SerializeAsString(),
         std::move(durable));
}

std::optional<uint32_t> AccessRecorder::Admit(std::string_view actor_key) {
  const int64_t now = clock_->Now().us;
  const std::lock_guard lock(mutex_);
  if (rates_.size() >= kRatesMax) rates_.clear();
  Rate& rate = rates_[std::string(actor_key)];
  if (now - rate.window_start_us >= kMinuteUs || now < rate.window_start_us) {
    rate.window_start_us = now;
    rate.used = 0;
  }
  if (rate.used >= kRefusalsPerMinute) {
    ++rate.suppressed;
    return std::nullopt;
  }
  ++rate.used;
  return std::exchange(rate.suppressed, 0U);
}

void AccessRecorder::NoteRefusal(const Method& method, const journal::v1::Actor& actor,
                                 const Origin& origin, std::string_view code,
                                 const std::vector<base::Id16>& children,
                                 const std::function<std::string()>& fingerprint,
                                 AccessLog::Durable durable) {
  const std::string_view key = actor.subject().empty() ? std::string_view(origin.address)
                                                       : std::string_view(actor.subject());
  const std::optional<uint32_t> suppressed = Admit(key);
  if (!suppressed) {
    if (durable) durable(true);
    return;
  }
  audit::v1::AccessRefused refused;
  refused.set_rpc(method.short_name);
  refused.set_code(std::string(code));
  for (const base::Id16& child : children) refused.add_child_id(child.str());
  if (fingerprint) refused.set_body_fingerprint(fingerprint());
  refused.set_suppressed(*suppressed);
  if (actor.session() == 0 && seal_ &&
      !seal_(kAccessRefused, 6, origin.address, refused.mutable_address())) {
    refused.clear_address();
  }
  Append(actor, base::EventType<audit::v1::AccessRefused>(), refused.SerializeAsString(),
         std::move(durable));
}

}  // namespace twinline::rpc
