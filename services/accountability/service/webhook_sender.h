// Sends alerts to the addresses that offices registered. At least once: what is to be sent
// are the intents without a recorded outcome, so a crash or a rebuild of the state never sends what
// is done and never forgets what is not. The sender has no journal; it submits what became
// of a delivery.
//
// Request: POST, body = AlertContent, headers Twinline-Event-Id (the receiver de-duplicates by it),
// Twinline-Timestamp (seconds), Twinline-Signature: v1=<hex HMAC-SHA-256 of "timestamp.id.body">,
// one for each valid secret. 2xx is an acceptance; anything else is tried again after 1, 2, 4 … 64
// s, then given up as a fact.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "accountability/tables/tables.h"
#include "platform/base/time.h"
#include "platform/engine/shard.h"
#include "platform/vault/key_vault.h"

namespace twinline::accountability {

struct WebhookOptions {
  size_t workers = 4;
  size_t per_webhook = 2;              // at once, so that a slow receiver cannot hold all workers
  int64_t first_retry_us = 1'000'000;  // doubled each time
  uint32_t attempts_max = 8;           // the last pause is 64 s
  int timeout_s = 5;
};

// `Twinline-Signature` over all valid secrets, newest first.
std::string WebhookSignature(const std::vector<std::string>& secrets, std::string_view timestamp,
                             std::string_view id, std::string_view body);
// "accountability/0/<epoch>/<pos>/<commit>/<event>" of the AlertOffered event.
std::string AlertEventId(const v1::AlertRow& row, std::string_view journal);

class WebhookSender {
 public:
  using Key = std::pair<std::string, std::string>;  // alert, webhook
  struct Outcome {
    bool delivered = false;
    std::string error;  // "HTTP 503", "connection refused": never a body
  };

  WebhookSender(engine::Shard* shard, vault::KeyVault* vault, const base::Clock* clock,
                WebhookOptions options);
  ~WebhookSender();
  void Start();
  void Stop();

 private:
  struct Signal;
  struct Try {
    uint32_t attempts = 0;
    int64_t next_us = 0;  // monotonic
    bool in_flight = false;
    bool noted = false;      // outcome submitted, not applied yet
    uint32_t requested = 0;  // of the row: a resend starts counting anew
  };
  struct Job {
    v1::AlertRow alert;
    v1::WebhookRow webhook;
    uint32_t attempt = 0;
    uint32_t requested = 0;
  };

  void Loop();
  void Work();
  // Takes what is due from the rows; returns the monotonic time of the next try, 0: nothing waits.
  int64_t Plan(const engine::ReadView& view);
  void PlanOne(const engine::ReadView& view, const v1::WebhookRow& webhook,
               const v1::DeliveryRow& row, int64_t now, int64_t* next);
  Outcome Send(const Job& job) const;
  void Finish(const Job& job, const Outcome& outcome);
  void Note(const Job& job, const Outcome& outcome);

  engine::Shard* const shard_;
  vault::KeyVault* const vault_;
  const base::Clock* const clock_;
  const WebhookOptions options_;
  std::shared_ptr<Signal> signal_;
  std::map<Key, Try> tries_;                 // guarded by the signal's mutex, as are the next two
  std::map<std::string, size_t> in_flight_;  // per webhook
  std::vector<Job> jobs_;
  std::vector<std::thread> threads_;
};

}  // namespace twinline::accountability
