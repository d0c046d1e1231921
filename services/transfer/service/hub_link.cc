#include "transfer/service/hub_link.h"

#include <httplib.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "platform/base/civil.h"
#include "platform/vault/owner_key.h"
#include "platform/vault/search_token.h"
#include "transfer/domain/transfer_domain.h"
#include "transfer/tables/tables.h"

namespace twinline::transfer {
namespace {

using nlohmann::json;

constexpr auto kPause = std::chrono::milliseconds(500);
constexpr time_t kTimeoutS = 5;
constexpr size_t kMessagesAtOnce = 100;

httplib::Client Connect(const std::string& url) {
  httplib::Client hub(url);
  hub.set_connection_timeout(kTimeoutS);
  hub.set_read_timeout(kTimeoutS);
  return hub;
}

template <typename Command>
engine::Submission SubmissionOf(const Command& command, const base::Id16& request_id) {
  engine::Submission submission;
  submission.command_type = base::CommandType<Command>();
  submission.body = command.SerializeAsString();
  submission.request_id = request_id;
  submission.actor.set_service("service:hub");
  return submission;
}

// A hub that sends another type than was agreed gets an empty text, and so an unknown child.
std::string Text(const json& message, const char* name) {
  const auto it = message.find(name);
  return it != message.end() && it->is_string() ? it->get<std::string>() : std::string();
}

json Written(const v1::HubMessageRow& message, const base::Rows& rows, vault::Sealer& sealer) {
  json written{{"message_id", base::AsId(message.message_id()).hex()},
               {"kind", message.kind()},
               {"province", message.province()}};
  if (!message.application_id().empty()) written["application_id"] = message.application_id();
  if (!message.code().empty()) written["code"] = message.code();
  if (!message.detail().empty()) written["detail"] = message.detail();
  if (message.business_id().empty()) return written;
  written["business_id"] = base::AsId(message.business_id()).hex();
  const auto row = base::Find<v1::BusinessRow>(rows, base::AsId(message.business_id()));
  if (!row || message.kind() != "APPLICATION") return written;
  const v1::BusinessFacts& facts = row->facts();
  written["school_code"] = facts.to_school_code();
  written["grade"] = facts.grade();
  written["opened_on"] = base::CivilDay{facts.opened_on().days()}.ToString();
  types::v1::Sealed number;
  number.ParseFromString(row->sealed_student_number());
  written["student_number"] =
      vault::OpenText(sealer,
                      {base::AsId(facts.child_id()), "twinline.transfer.v1.BusinessOpened",
                       v1::BusinessOpened::kStudentNumberFieldNumber},
                      number);
  return written;
}

v1::HubApplied AppliedOf(const json& message, const vault::SearchTokens& tokens) {
  v1::HubApplied command;
  command.set_application_id(Text(message, "application_id"));
  command.set_province(Text(message, "province"));
  command.set_school_code(Text(message, "school_code"));
  const auto grade = message.find("grade");
  if (grade != message.end() && grade->is_number_unsigned()) {
    command.set_grade(grade->get<uint32_t>());
  }
  const auto add = [&](vault::TokenKind kind, const std::string& value) {
    for (const vault::SearchToken& token : tokens.ComputeAll(kind, value)) {
      types::v1::SearchToken* out = command.add_numbers();
      out->set_pepper_version(token.pepper_version);
      out->set_token(token.token);
    }
  };
  const std::string number = Text(message, "student_number");
  add(vault::TokenKind::kStudentNumber, number);
  // A G number is the citizen's number behind a letter (domain.md 1.2).
  if (number.starts_with('G')) add(vault::TokenKind::kIdNumber, number.substr(1));
  add(vault::TokenKind::kIdNumber, Text(message, "id_number"));
  return command;
}

v1::HubAnswered AnsweredOf(const json& message) {
  v1::HubAnswered command;
  if (const auto id = base::Id16::FromHex(Text(message, "business_id"))) {
    command.set_business_id(id->str());
  }
  command.set_application_id(Text(message, "application_id"));
  command.set_outcome(Text(message, "outcome"));
  command.set_code(Text(message, "code"));
  return command;
}

}  // namespace

void HubLink::Start() {
  if (!deps_.hub_url.empty()) thread_ = std::thread([this] { Loop(); });
}

void HubLink::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void HubLink::Loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    Say();
    Hear();
    Acknowledge();
    lock.lock();
    wake_.wait_for(lock, kPause, [this] { return stopping_ || !decided_.empty(); });
  }
}

void HubLink::Say() {
  const engine::ReadView view = deps_.shard->Read();
  httplib::Client hub = Connect(deps_.hub_url);
  std::set<std::string> waiting;
  base::ScanIndex<v1::HubMessageRow>(
      *view.rows, base::TableOf<v1::HubMessageRow>::kInOrder, kMessagesAtOnce,
      [&](const v1::HubMessageRow& message) {
        const std::string id = base::AsId(message.message_id()).hex();
        waiting.insert(id);
        if (said_.contains(id)) return true;
        const auto answer = hub.Post(
            "/messages", Written(message, *view.rows, *deps_.sealer).dump(), "application/json");
        // Down or slow: try again, in order; nobody is accused, the step's deadline runs.
        if (!answer || answer->status != 200) return false;
        v1::NoteHubInformed command;
        command.set_message_id(message.message_id());
        engine::Submission submission =
            SubmissionOf(command, base::DeriveId({"hub-informed", message.message_id()}));
        submission.done = [](engine::Answer) {};
        said_.insert(id);
        deps_.shard->Submit(std::move(submission));
        return true;
      });
  std::erase_if(said_, [&](const std::string& id) { return !waiting.contains(id); });
}

void HubLink::Hear() {
  httplib::Client hub = Connect(deps_.hub_url);
  const auto response = hub.Get("/inbox");
  if (!response || response->status != 200) return;
  const json messages = json::parse(response->body, nullptr, /*allow_exceptions=*/false);
  if (!messages.is_array()) {
    spdlog::warn("the hub answered something that is not a list");
    return;
  }
  for (const json& message : messages) {
    const std::string id = message.is_object() ? Text(message, "message_id") : std::string();
    if (id.empty()) continue;
    {
      std::lock_guard lock(mutex_);
      if (!hearing_.insert(id).second) continue;
    }
    const base::Id16 request_id = base::DeriveId({"hub-message", id});
    engine::Submission submission =
        Text(message, "kind") == "APPLICATION"
            ? SubmissionOf(AppliedOf(message, *deps_.search_tokens), request_id)
            : SubmissionOf(AnsweredOf(message), request_id);
    submission.done = [this, id](engine::Answer answer) {
      // Accepted or refused is decided; an error is not, the hub will say it again.
      const bool decided = !std::holds_alternative<absl::Status>(answer);
      std::lock_guard lock(mutex_);
      if (decided) decided_.push_back(id);
      if (!decided) hearing_.erase(id);
      wake_.notify_all();
    };
    deps_.shard->Submit(std::move(submission));
  }
}

void HubLink::Acknowledge() {
  std::vector<std::string> ids;
  {
    std::lock_guard lock(mutex_);
    ids.swap(decided_);
  }
  if (ids.empty()) return;
  httplib::Client hub = Connect(deps_.hub_url);
  hub.Post("/inbox/ack", json{{"message_ids", ids}}.dump(), "application/json");
  // Lost on the way: the hub repeats them, and they are decided as repeated.
  std::lock_guard lock(mutex_);
  for (const std::string& id : ids) hearing_.erase(id);
}

}  // namespace twinline::transfer
