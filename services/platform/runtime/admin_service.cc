#include "platform/runtime/admin_service.h"

#include <algorithm>
#include <utility>

#include "platform/journal/embedded_journal.h"
#include "platform/runtime/backup.h"
#include "platform/runtime/journal_medium.h"
#include "spdlog/spdlog.h"
#include "twinline/admin/v1/admin.pb.h"

namespace twinline::runtime {
namespace {

namespace fs = std::filesystem;

constexpr size_t kNameMax = 64;

bool GoodName(std::string_view name) {
  return !name.empty() && name.size() <= kNameMax && name.front() != '.' &&
         std::ranges::all_of(name, [](char c) {
           return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') ||
                  c == '-' || c == '_' || c == '.';
         });
}

base::Refusal Running() {
  return {"BACKUP_RUNNING",
          "另一次备份正在进行，请等待完成。",
          "Another backup is under way: wait until it is done.",
          {}};
}

base::Refusal JournalsElsewhere() {
  return {
      "BACKUP_JOURNALS_ELSEWHERE",
      "日志在 Kafka 中，本机备份不含日志。请用集群的工具备份主题，停机后再备份密钥库和证据文件。",
      "The journals lie in Kafka, where a backup of this machine does not reach: back up the "
      "topics with the cluster's own tools, then evidence and vault with this server stopped.",
      {}};
}

}  // namespace

AdminService::AdminService(Places places, Installation installation, fs::path backups,
                           JournalMedium* medium, const vault::EmbeddedVault* vault)
    : places_(std::move(places)),
      installation_(std::move(installation)),
      backups_(std::move(backups)),
      medium_(medium),
      vault_(vault) {}

void AdminService::Stop() {
  std::thread worker;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    worker = std::move(worker_);
  }
  if (worker.joinable()) worker.join();
}

void AdminService::Register(rpc::ServiceRegistry* registry) {
  registry->Unary("twinline.admin.v1.AdminService.BackUp",
                  [this](rpc::CallPtr call) { BackUp(call); });
}

void AdminService::BackUp(const rpc::CallPtr& call) {
  const std::string name = rpc::In<admin::v1::BackUpRequest>(*call).name();
  if (backups_.empty()) {
    return call->Finish(base::Refusal{"BACKUPS_NOT_CONFIGURED",
                                      "服务器配置没有写明备份目录（places.backups）。",
                                      "The server's configuration names no directory for backups "
                                      "(places.backups).",
                                      {}});
  }
  if (medium_->on_this_machine() == nullptr) return call->Finish(JournalsElsewhere());
  if (!GoodName(name)) {
    return call->Finish(base::Refusal{
        "BACKUP_NAME_INVALID",
        "备份名应为1至64个字母、数字、“-”“_”“.”，且不以“.”开头。",
        "A backup's name has 1 to 64 letters, digits, '-', '_' or '.', and begins with no '.'.",
        {}});
  }
  const fs::path target = backups_ / name;
  std::error_code error;
  if (fs::exists(target, error)) {
    return call->Finish(base::Refusal{"BACKUP_EXISTS",
                                      "已有同名备份，请换一个名称。",
                                      "There is a backup of this name: choose another.",
                                      {{"name", name}}});
  }
  const std::lock_guard lock(mutex_);
  if (running_) return call->Finish(Running());
  if (stopping_) return call->Finish(absl::UnavailableError("the server is stopping"));
  if (worker_.joinable()) worker_.join();
  running_ = true;
  worker_ = std::thread([this, call, target] { Run(call, target); });
}

void AdminService::Run(const rpc::CallPtr& call, const fs::path& target) {
  spdlog::info("backup to {} begins", target.string());
  const absl::Status made =
      MakeBackup(places_, installation_, *medium_->on_this_machine(), *vault_, target, nullptr);
  {
    const std::lock_guard lock(mutex_);
    running_ = false;
  }
  if (!made.ok()) {
    // What is incomplete must not be taken for a backup, nor keep its name.
    std::error_code ignored;
    fs::remove_all(target, ignored);
    spdlog::error("backup to {}: {}", target.string(), made.ToString());
    return call->Finish(made);
  }
  spdlog::info("backup to {} is complete", target.string());
  auto& reply = rpc::Out<admin::v1::BackUpReply>(*call);
  reply.set_directory(target.string());
  for (const auto& end : medium_->on_this_machine()->Ends()) {
    admin::v1::BackedUpJournal* journal = reply.add_journals();
    journal->set_name(end.name);
    journal->set_entries(end.entries);
  }
  call->Finish();
}

}  // namespace twinline::runtime
