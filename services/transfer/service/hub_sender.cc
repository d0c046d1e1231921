#include "transfer/service/hub_sender.h"

#include <httplib.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "platform/base/civil.h"
#include "transfer/domain/transfer_domain.h"
#include "transfer/tables/tables.h"

namespace twinline::transfer {
namespace {

constexpr auto kPause = std::chrono::milliseconds(500);
constexpr time_t kTimeoutS = 5;
constexpr size_t kWaitingMax = 10'000;

}  // namespace

HubSender::HubSender(std::string url, engine::Shard* shard, const base::Clock* clock)
    : url_(std::move(url)), shard_(shard), clock_(clock) {}

HubSender::~HubSender() { Stop(); }

void HubSender::Start() {
  if (!url_.empty()) thread_ = std::thread([this] { Loop(); });
}

void HubSender::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void HubSender::Loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    OfferApplications();
    TakeAnswers();
    lock.lock();
    wake_.wait_for(lock, kPause, [this] { return stopping_; });
  }
}

void HubSender::OfferApplications() {
  const engine::ReadView view = shard_->Read();
  httplib::Client hub(url_);
  hub.set_connection_timeout(kTimeoutS);
  hub.set_read_timeout(kTimeoutS);
  base::ScanIndex<v1::BusinessRow>(
      *view.rows, base::TableOf<v1::BusinessRow>::kOpen, kWaitingMax,
      [&](const v1::BusinessRow& row) {
        const v1::BusinessFacts& facts = row.facts();
        const std::string id = base::AsId(facts.business_id()).hex();
        if (facts.steps(static_cast<int>(facts.step())).kind() != "HUB" || offered_.contains(id))
          return true;
        const nlohmann::json application{
            {"business_id", id},
            {"province", facts.other_province()},
            {"school_code", facts.to_school_code()},
            {"grade", facts.grade()},
            {"opened_on", base::CivilDay{facts.opened_on().days()}.ToString()}};
        const auto answer = hub.Post("/applications", application.dump(), "application/json");
        if (answer && answer->status == 200) {
          offered_.insert(id);
          return true;
        }
        // Down or slow: try again; nobody is accused, the step's deadline runs.
        return false;
      });
}

void HubSender::TakeAnswers() {
  if (offered_.empty()) return;
  httplib::Client hub(url_);
  hub.set_connection_timeout(kTimeoutS);
  hub.set_read_timeout(kTimeoutS);
  const auto response = hub.Get("/answers");
  if (!response || response->status != 200) return;
  const nlohmann::json answers =
      nlohmann::json::parse(response->body, nullptr, /*allow_exceptions=*/false);
  if (!answers.is_array()) {
    spdlog::warn("the hub answered something that is not a list");
    return;
  }
  for (const nlohmann::json& answer : answers) {
    const auto id = base::Id16::FromHex(answer.value("business_id", ""));
    if (!id || !offered_.contains(id->hex())) continue;
    v1::HubAnswered command;
    command.set_business_id(id->str());
    command.set_outcome(answer.value("outcome", ""));
    command.set_code(answer.value("code", ""));
    engine::Submission submission;
    submission.command_type = base::CommandType<v1::HubAnswered>();
    submission.body = command.SerializeAsString();
    // One answer, one command, however often the hub repeats it.
    submission.request_id = base::DeriveId({"hub-answer", id->bytes(), command.outcome()});
    submission.actor.set_service("service:hub");
    submission.done = [](engine::Answer) {};
    shard_->Submit(std::move(submission));
  }
}

}  // namespace twinline::transfer
