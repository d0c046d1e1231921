#include "registry/service/erasure_worker.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

#include "absl/strings/str_cat.h"
#include "platform/base/status_macros.h"
#include "platform/vault/random_source.h"
#include "registry/domain/erasure.h"
#include "registry/service/plain.h"
#include "registry/service/seal.h"
#include "spdlog/spdlog.h"

namespace twinline::registry {
namespace {

constexpr size_t kErasuresMax = 100'000;
constexpr size_t kPage = 200;
constexpr int kRounds = 100;
constexpr std::chrono::milliseconds kGather{50};
constexpr std::chrono::seconds kRetry{5};

std::vector<std::string> RecordsOf(const v1::ErasureRow& row) {
  std::vector<std::string> records(row.merged().begin(), row.merged().end());
  records.push_back(row.child_id());
  return records;
}

base::Id16 FreshId() {
  std::array<unsigned char, base::Id16::kSize> bytes;
  vault::SystemRandom().Fill(bytes.data(), bytes.size());
  return base::AsId({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

bool Ordered(const v1::ErasureRow& row) {
  return row.state() != kErasureRequested && row.state() != kErasureDeclined;
}

bool Under(const types::v1::SearchToken& token, uint32_t pepper) {
  return token.token().empty() || token.pepper_version() == pepper;
}

bool AllUnder(const v1::ChildRow& child, uint32_t pepper) {
  return Under(child.person().id_token(), pepper) &&
         Under(child.person().same_person_token(), pepper) &&
         std::ranges::all_of(child.guardians(),
                             [&](const auto& each) { return Under(each.id_token(), pepper); }) &&
         std::ranges::all_of(child.numbers(),
                             [&](const auto& each) { return Under(each.token(), pepper); });
}

}  // namespace

absl::StatusOr<std::vector<base::Id16>> DestroyRecord(vault::KeyVault& vault,
                                                      const base::Id16& record) {
  TWINLINE_ASSIGN_OR_RETURN(const std::vector<vault::EntryInfo> entries, vault.List(record));
  std::vector<base::Id16> all;
  std::vector<base::Id16> live;
  for (const vault::EntryInfo& entry : entries) {
    if (entry.kind != vault::SecretKind::kDataKey) continue;
    all.push_back(entry.key_id);
    if (!entry.destroyed) live.push_back(entry.key_id);
  }
  if (!live.empty()) TWINLINE_RETURN_IF_ERROR(vault.Destroy(live));
  return all;
}

absl::Status ApplyErasures(vault::KeyVault& vault, const base::Rows& rows) {
  absl::Status failed;
  base::ScanRows<v1::ErasureRow>(rows, kErasuresMax, [&](const v1::ErasureRow& row) {
    if (!Ordered(row)) return true;
    for (const std::string& record : RecordsOf(row)) {
      failed.Update(DestroyRecord(vault, base::AsId(record)).status());
    }
    // Keys that were made after that copy of the vault: it does not list them.
    std::vector<base::Id16> unknown;
    for (const std::string& key : row.key_id()) {
      const auto known = vault.Get(base::AsId(key));
      failed.Update(known.status());
      if (known.ok() && known->state != vault::KeyState::kDestroyed) {
        unknown.push_back(base::AsId(key));
      }
    }
    if (!unknown.empty()) failed.Update(vault.Destroy(unknown));
    return failed.ok();
  });
  return failed;
}

void ErasureWorker::Start() {
  thread_ = std::thread([this] { Follow(); });
}

void ErasureWorker::Stop() {
  {
    const std::lock_guard lock(wake_->mutex);
    wake_->stop = true;
  }
  wake_->changed.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool ErasureWorker::stopping() const {
  const std::lock_guard lock(wake_->mutex);
  return wake_->stop;
}

void ErasureWorker::Follow() {
  uint64_t awaited = 0;
  bool failed = false;
  while (true) {
    {
      std::unique_lock lock(wake_->mutex);
      const auto ready = [this] { return wake_->due || wake_->stop; };
      if (failed) {
        wake_->changed.wait_for(lock, kRetry, [this] { return wake_->stop; });
      } else {
        wake_->changed.wait(lock, ready);
        wake_->changed.wait_for(lock, kGather, [this] { return wake_->stop; });
      }
      if (wake_->stop) return;
      wake_->due = false;
    }
    const engine::ReadView view = environment_.shard->Read();
    // One callback at a time; it outlives this object when the shard stops later.
    if (view.next_pos >= awaited) {
      awaited = view.next_pos + 1;
      environment_.shard->WhenApplied(view.next_pos, [wake = wake_] {
        const std::lock_guard lock(wake->mutex);
        wake->due = true;
        wake->changed.notify_all();
      });
    }
    if (view.rows == nullptr || view.next_pos == 0) continue;
    const absl::Status worked = Work(view);
    failed = !worked.ok();
    if (failed && !stopping()) spdlog::error("erasure: {}", worked.ToString());
  }
}

absl::Status ErasureWorker::Work(const engine::ReadView& view) {
  std::vector<v1::ErasureRow> ordered;
  base::ScanIndex<v1::ErasureRow>(
      *view.rows, base::TableOf<v1::ErasureRow>::kByState, kPage,
      [&](const v1::ErasureRow& row) {
        ordered.push_back(row);
        return true;
      },
      std::string_view(kErasureOrdered));
  for (const v1::ErasureRow& row : ordered) TWINLINE_RETURN_IF_ERROR(DestroyKeys(row));
  const auto renewal = base::Find<v1::RenewalRow>(*view.rows);
  if (renewal && renewal->renewing_to() != 0) return Renew();
  return absl::OkStatus();
}

absl::Status ErasureWorker::DestroyKeys(const v1::ErasureRow& row) {
  for (const std::string& record : RecordsOf(row)) {
    if (std::ranges::count(row.destroyed(), record) > 0) continue;
    TWINLINE_ASSIGN_OR_RETURN(const std::vector<base::Id16> keys,
                              DestroyRecord(*environment_.vault, base::AsId(record)));
    v1::NoteKeyDestroyedCommand command;
    command.set_child_id(record);
    for (const base::Id16& key : keys) command.add_key_id(key.str());
    TWINLINE_RETURN_IF_ERROR(Submit(command));
  }
  return absl::OkStatus();
}

absl::StatusOr<uint32_t> ErasureWorker::PreparePepper() {
  const std::lock_guard lock(prepare_);
  if (environment_.tokens->Versions().size() > 1) return environment_.tokens->current_version();
  return environment_.tokens->AddVersion();
}

absl::Status ErasureWorker::Renew() {
  const uint32_t pepper = environment_.tokens->current_version();
  size_t left = 1;
  for (int round = 0; left > 0; ++round) {
    if (round == kRounds) return absl::UnavailableError("tokens: children change all the time");
    TWINLINE_ASSIGN_OR_RETURN(left, RenewOnce(pepper));
  }
  // Nobody is found by an older pepper any more: what stands in old events now means nothing.
  for (const uint32_t version : environment_.tokens->Versions()) {
    if (version != pepper) TWINLINE_RETURN_IF_ERROR(environment_.tokens->DestroyVersion(version));
  }
  TWINLINE_RETURN_IF_ERROR(environment_.vault->RotateKek().status());
  v1::CompleteErasuresCommand command;
  command.set_pepper_version(pepper);
  command.set_kek_id(environment_.vault->current_kek().str());
  spdlog::info("erasure: search tokens are under pepper {}, keys under a new KEK: copy both anew",
               pepper);
  return Submit(command);
}

absl::StatusOr<size_t> ErasureWorker::RenewOnce(uint32_t pepper) {
  size_t found = 0;
  base::PageRequest page;
  page.size = kPage;
  do {
    if (stopping()) return absl::UnavailableError("the server is stopping");
    // A fresh view for each page: what was corrected meanwhile is opened as it is now.
    const engine::ReadView view = environment_.shard->Read();
    const auto children = base::ScanPage<v1::ChildRow>(
        *view.rows, base::RowKey<v1::ChildRow>(), /*is_index=*/false, page,
        [&](const v1::ChildRow& row) { return !row.key_destroyed() && !AllUnder(row, pepper); });
    v1::RenewTokensCommand command;
    for (const v1::ChildRow& child : children.rows) {
      const auto subject = FindSubject(*view.rows, child.child_id());
      if (!subject) return absl::DataLossError("a child without a registration");
      *command.add_children() = Renewed(*subject);
    }
    found += children.rows.size();
    if (!children.rows.empty()) TWINLINE_RETURN_IF_ERROR(Submit(command));
    page.after_key = children.next_key;
  } while (!page.after_key.empty());
  return found;
}

v1::RenewedChild ErasureWorker::Renewed(const Subject& subject) const {
  const v1::ChildRow& child = subject.child;
  v1::RenewedChild renewed;
  renewed.set_version(subject.facts().version());
  v1::RenewedTokens& tokens = *renewed.mutable_tokens();
  tokens.set_child_id(child.child_id());
  // What cannot be opened gets no token: by a number that nobody can read nobody is found.
  PlainChild plain = OpenChild(Opener(environment_), child);
  plain.person.set_sex(subject.facts().sex());
  const auto compute = [this](vault::TokenKind kind, std::string_view value,
                              types::v1::SearchToken* out) {
    if (const auto token = environment_.tokens->Compute(kind, value)) *out = ToProto(*token);
  };
  if (!child.person().id_token().token().empty()) {
    compute(vault::TokenKind::kIdNumber, plain.person.id_number(), tokens.mutable_id_token());
  }
  if (!child.person().same_person_token().token().empty() && plain.complete()) {
    if (auto token = SamePersonToken(*environment_.tokens, plain.person)) {
      *tokens.mutable_same_person_token() = *std::move(token);
    }
  }
  for (int i = 0; i < child.guardians_size(); ++i) {
    types::v1::SearchToken* token = tokens.add_guardians();
    if (child.guardians(i).id_token().token().empty() || i >= std::ssize(plain.guardians)) continue;
    compute(vault::TokenKind::kIdNumber, plain.guardians[static_cast<size_t>(i)].id_number(),
            token);
  }
  for (int i = 0; i < child.numbers_size(); ++i) {
    types::v1::SearchToken* token = tokens.add_numbers();
    if (child.numbers(i).token().token().empty() || i >= std::ssize(plain.numbers)) continue;
    compute(vault::TokenKind::kStudentNumber, plain.numbers[static_cast<size_t>(i)].number(),
            token);
  }
  return renewed;
}

template <typename Command>
absl::Status ErasureWorker::Submit(const Command& command) {
  const auto answer = std::make_shared<std::optional<engine::Answer>>();
  engine::Submission submission;
  submission.command_type = base::CommandType<Command>();
  submission.body = command.SerializeAsString();
  // A fresh id each time: a repeated step must be decided again, not answered from memory.
  submission.request_id = FreshId();
  submission.actor.set_service("service:registry");
  submission.lane = engine::Lane::kBulk;
  submission.done = [wake = wake_, answer](engine::Answer given) {
    const std::lock_guard lock(wake->mutex);
    *answer = std::move(given);
    wake->changed.notify_all();
  };
  environment_.shard->Submit(std::move(submission));
  std::unique_lock lock(wake_->mutex);
  wake_->changed.wait(lock, [&] { return answer->has_value() || wake_->stop; });
  if (!answer->has_value()) return absl::UnavailableError("the server is stopping");
  if (const auto* status = std::get_if<absl::Status>(&**answer)) return *status;
  if (const auto* refusal = std::get_if<base::Refusal>(&**answer)) {
    spdlog::info("erasure: {}: {}", Command::descriptor()->name(), refusal->en);
  }
  return absl::OkStatus();
}

}  // namespace twinline::registry
