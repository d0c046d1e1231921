#include "accountability/service/webhook_sender.h"

#include <httplib.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "accountability/domain/alert_content.h"
#include "platform/base/hash.h"
#include "twinline/accountability/v1/accountability_commands.pb.h"

namespace twinline::accountability {
namespace {

constexpr size_t kWebhooksMax = 1'000;
constexpr size_t kWindow = 100;  // intents of one receiver looked at in one turn
constexpr auto kGather = std::chrono::milliseconds(10);  // a burst of records is planned once
constexpr int64_t kIdleUs = 5'000'000;
constexpr int64_t kNotedUs =
    10'000'000;  // an outcome that was not applied by then is submitted again

v1::AlertOffered OfferedOf(const v1::AlertRow& row) {
  v1::AlertOffered alert;
  alert.set_alert_id(row.alert_id());
  alert.set_case_id(row.case_id());
  alert.set_office(row.office());
  alert.set_kind(row.kind());
  alert.set_summary(row.summary());
  alert.set_offered_at_us(row.offered_at_us());
  alert.set_source_class_id(row.class_id());
  alert.set_school_code(row.school_code());
  return alert;
}

// "https://host:port" and "/path" of an address.
std::pair<std::string, std::string> SplitUrl(const std::string& url) {
  const size_t scheme = url.find("://");
  const size_t path = scheme == std::string::npos ? std::string::npos : url.find('/', scheme + 3);
  if (path == std::string::npos) return {url, "/"};
  return {url.substr(0, path), url.substr(path)};
}

}  // namespace

struct WebhookSender::Signal {
  std::mutex mutex;
  std::condition_variable plan;  // something was applied, or finished
  std::condition_variable work;
  bool applied = false;
  bool stopping = false;
};

std::string WebhookSignature(const std::vector<std::string>& secrets, std::string_view timestamp,
                             std::string_view id, std::string_view body) {
  std::string text;
  text.append(timestamp).append(".").append(id).append(".").append(body);
  std::string header;
  for (const std::string& secret : secrets) {
    if (!header.empty()) header += ",";
    header += "v1=" + base::ToHex(base::View(base::HmacSha256(secret, text)));
  }
  return header;
}

std::string AlertEventId(const v1::AlertRow& row, std::string_view journal) {
  std::string id(journal);
  for (const uint64_t part : {uint64_t{row.epoch()}, uint64_t{row.pos()},
                              uint64_t{row.ordinal() >> 16}, uint64_t{row.ordinal() & 0xffff}}) {
    id += "/" + std::to_string(part);
  }
  return id;
}

WebhookSender::WebhookSender(engine::Shard* shard, vault::KeyVault* vault, const base::Clock* clock,
                             WebhookOptions options)
    : shard_(shard),
      vault_(vault),
      clock_(clock),
      options_(options),
      signal_(std::make_shared<Signal>()) {}

WebhookSender::~WebhookSender() { Stop(); }

void WebhookSender::Start() {
  threads_.emplace_back([this] { Loop(); });
  for (size_t i = 0; i < options_.workers; ++i) threads_.emplace_back([this] { Work(); });
}

void WebhookSender::Stop() {
  {
    const std::lock_guard lock(signal_->mutex);
    signal_->stopping = true;
  }
  signal_->plan.notify_all();
  signal_->work.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void WebhookSender::Loop() {
  uint64_t awaited = 0;
  while (true) {
    const engine::ReadView view = shard_->Read();
    // One callback at a time; a shard that stopped answers without having moved.
    if (view.next_pos >= awaited) {
      awaited = view.next_pos + 1;
      shard_->WhenApplied(view.next_pos, [signal = signal_] {
        {
          const std::lock_guard lock(signal->mutex);
          signal->applied = true;
        }
        signal->plan.notify_all();
      });
    }
    const int64_t next = shard_->Status().serving ? Plan(view) : 0;
    const int64_t pause =
        next == 0 ? kIdleUs : std::clamp<int64_t>(next - base::MonotonicUs(), 1'000, kIdleUs);
    std::unique_lock lock(signal_->mutex);
    signal_->plan.wait_for(lock, std::chrono::microseconds(pause),
                           [this] { return signal_->stopping || signal_->applied; });
    signal_->plan.wait_for(lock, kGather, [this] { return signal_->stopping; });
    if (signal_->stopping) return;
    signal_->applied = false;
  }
}

int64_t WebhookSender::Plan(const engine::ReadView& view) {
  const int64_t now = base::MonotonicUs();
  int64_t next = 0;
  bool all = true;
  std::set<Key> pending;
  const std::lock_guard lock(signal_->mutex);
  base::ScanRows<v1::WebhookRow>(*view.rows, kWebhooksMax, [&](const v1::WebhookRow& webhook) {
    size_t looked = 0;
    base::ScanIndex<v1::DeliveryRow>(
        *view.rows, base::TableOf<v1::DeliveryRow>::kPending, kWindow,
        [&](const v1::DeliveryRow& row) {
          pending.insert({row.alert_id(), row.webhook_id()});
          PlanOne(view, webhook, row, now, &next);
          return ++looked < kWindow;
        },
        base::AsId(webhook.facts().webhook_id()));
    all = all && looked < kWindow;
    return true;
  });
  // What is recorded needs no memory any more.
  if (all) {
    std::erase_if(tries_, [&](const auto& entry) {
      return !entry.second.in_flight && !pending.contains(entry.first);
    });
  }
  signal_->work.notify_all();
  return next;
}

void WebhookSender::PlanOne(const engine::ReadView& view, const v1::WebhookRow& webhook,
                            const v1::DeliveryRow& row, int64_t now, int64_t* next) {
  Try& entry = tries_[{row.alert_id(), row.webhook_id()}];
  if (entry.requested != row.requested()) entry = Try{.requested = row.requested()};
  if (entry.in_flight) return;
  if (now < entry.next_us) {
    *next = *next == 0 ? entry.next_us : std::min(*next, entry.next_us);
    return;
  }
  // A receiver that is busy is looked at again when one of its requests ends.
  size_t& busy = in_flight_[row.webhook_id()];
  if (busy >= options_.per_webhook) return;
  auto alert = base::Find<v1::AlertRow>(*view.rows, base::AsId(row.alert_id()));
  if (!alert) return;
  entry.in_flight = true;
  ++busy;
  jobs_.push_back({*std::move(alert), webhook, entry.attempts + 1, row.requested()});
}

void WebhookSender::Work() {
  while (true) {
    Job job;
    {
      std::unique_lock lock(signal_->mutex);
      signal_->work.wait(lock, [this] { return signal_->stopping || !jobs_.empty(); });
      if (signal_->stopping) return;
      job = std::move(jobs_.front());
      jobs_.erase(jobs_.begin());
    }
    Finish(job, Send(job));
  }
}

WebhookSender::Outcome WebhookSender::Send(const Job& job) const {
  if (!job.webhook.facts().active()) return {false, "the webhook was removed"};
  const std::string body = AlertContent(OfferedOf(job.alert));
  // What was promised in the event is what is sent, or nothing.
  if (base::View(base::Sha256({body})) != job.alert.content_digest())
    return {false, "content differs from its digest"};
  std::vector<std::string> secrets;
  for (const std::string& id : job.webhook.facts().key_id()) {
    const auto secret = vault_->Get(base::AsId(id));
    if (secret.ok() && secret->state == vault::KeyState::kPresent)
      secrets.emplace_back(secret->bytes.view());
  }
  if (secrets.empty()) return {false, "no secret can be read"};
  const std::string id = AlertEventId(job.alert, shard_->journal_name());
  const std::string timestamp = std::to_string(clock_->Now().us / 1'000'000);
  const auto [origin, path] = SplitUrl(job.webhook.facts().url());
  httplib::Client client(origin);
  client.set_connection_timeout(options_.timeout_s);
  client.set_read_timeout(options_.timeout_s);
  client.set_write_timeout(options_.timeout_s);
  const httplib::Headers headers{
      {"Twinline-Event-Id", id},
      {"Twinline-Timestamp", timestamp},
      {"Twinline-Signature", WebhookSignature(secrets, timestamp, id, body)}};
  const auto answer = client.Post(path, headers, body, "application/json");
  if (!answer) return {false, httplib::to_string(answer.error())};
  if (answer->status >= 200 && answer->status < 300) return {true, {}};
  return {false, "HTTP " + std::to_string(answer->status)};
}

void WebhookSender::Finish(const Job& job, const Outcome& outcome) {
  const bool removed = !job.webhook.facts().active();
  bool note = outcome.delivered || removed || job.attempt >= options_.attempts_max;
  {
    const std::lock_guard lock(signal_->mutex);
    Try& entry = tries_[{job.alert.alert_id(), job.webhook.facts().webhook_id()}];
    size_t& busy = in_flight_[job.webhook.facts().webhook_id()];
    if (busy > 0) --busy;
    if (entry.requested == job.requested) {
      entry.in_flight = false;
      entry.attempts = job.attempt;
      const int64_t pause =
          note ? kNotedUs : options_.first_retry_us << std::min<uint32_t>(job.attempt - 1, 6);
      entry.next_us = base::MonotonicUs() + pause;
    } else {
      note = note && outcome.delivered;
    }
    signal_->applied = true;
  }
  signal_->plan.notify_all();
  if (!outcome.delivered) {
    spdlog::info("webhook {} attempt {}: {}", base::ToHex(job.webhook.facts().webhook_id()),
                 job.attempt, outcome.error);
  }
  if (note) Note(job, outcome);
}

void WebhookSender::Note(const Job& job, const Outcome& outcome) {
  v1::NoteDeliveryCommand command;
  command.set_alert_id(job.alert.alert_id());
  command.set_webhook_id(job.webhook.facts().webhook_id());
  command.set_delivered(outcome.delivered);
  command.set_attempts(job.attempt);
  command.set_last_error(outcome.error);
  engine::Submission submission;
  submission.command_type = base::CommandType<v1::NoteDeliveryCommand>();
  submission.body = command.SerializeAsString();
  submission.request_id =
      base::DeriveId({"webhook", command.alert_id(), command.webhook_id(),
                      std::to_string(job.requested), std::to_string(job.attempt)});
  submission.actor.set_service("service:accountability");
  submission.lane = engine::Lane::kBulk;
  submission.done = [](engine::Answer) {};
  shard_->Submit(std::move(submission));
}

}  // namespace twinline::accountability
