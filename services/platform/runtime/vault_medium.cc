#include "platform/runtime/vault_medium.h"

#include <system_error>
#include <utility>
#include <vector>

#include "platform/base/status_macros.h"
#include "platform/journal/kafka_table.h"
#include "platform/runtime/journal_medium.h"
#include "platform/vault/embedded_vault.h"
#include "platform/vault/shared_vault.h"

namespace twinline::runtime {
namespace {

constexpr char kTopic[] = "twinline.registry.keys.v1";

std::filesystem::path DestroyedKeys(const Places& places) {
  return places.second_place / "destroyed-keys";
}

vault::EmbeddedVaultOptions EmbeddedOptions(const Places& places) {
  vault::EmbeddedVaultOptions options;
  options.directory = places.vault;
  options.kek_file = places.kek_file;
  options.second_place = DestroyedKeys(places);
  return options;
}

absl::Status CheckNotReplaced(const vault::SharedVault& vault, JournalMedium& medium) {
  if (!vault.empty()) return absl::OkStatus();
  TWINLINE_ASSIGN_OR_RETURN(const std::shared_ptr<journal::Journal> registry,
                            medium.journals().Open("registry/0"));
  TWINLINE_ASSIGN_OR_RETURN(const journal::Place end, registry->End());
  if (end <= journal::Place{1}) return absl::OkStatus();
  return absl::DataLossError(
      "the journals hold records, but the vault's topic twinline.registry.keys.v1 is empty: it was "
      "made anew, and nothing sealed can be read without it. Nothing was changed. Restore the "
      "topic / 日志中有记录，密钥主题却是空的：主题被重建，加密内容将无法读取。"
      "未启动，未作任何改动，请恢复该主题");
}

absl::StatusOr<OpenedVault> OpenShared(const Places& places, const Installation& installation,
                                       const config::v1::Config& config, JournalMedium& medium) {
  TWINLINE_ASSIGN_OR_RETURN(vault::KekFile keks, vault::KekFile::Load(places.kek_file));
  TWINLINE_ASSIGN_OR_RETURN(vault::DestructionList destroyed,
                            vault::DestructionList::Load(DestroyedKeys(places)));
  auto keys = std::make_unique<vault::SharedVault>(std::move(keks), std::move(destroyed));
  TWINLINE_ASSIGN_OR_RETURN(
      std::shared_ptr<journal::KafkaTable> table,
      journal::KafkaTable::Open(
          KafkaOptionsOf(config.kafka(), installation.demo()), kTopic,
          [raw = keys.get()](std::string_view key, std::string_view value, uint64_t place) {
            raw->Apply(key, value, place);
          }));
  TWINLINE_RETURN_IF_ERROR(CheckNotReplaced(*keys, medium));
  TWINLINE_RETURN_IF_ERROR(
      keys->Begin([raw = table.get()](const std::vector<vault::SharedVault::Row>& rows) {
        return raw->Put(rows);
      }));
  return OpenedVault{std::move(keys), nullptr, std::move(table)};
}

}  // namespace

absl::StatusOr<OpenedVault> OpenVault(const Places& places, const Installation& installation,
                                      const config::v1::Config& config, JournalMedium& medium) {
  if (config.journals().medium() == "kafka") {
    return OpenShared(places, installation, config, medium);
  }
  TWINLINE_ASSIGN_OR_RETURN(std::unique_ptr<vault::EmbeddedVault> keys,
                            vault::EmbeddedVault::Open(EmbeddedOptions(places)));
  const vault::EmbeddedVault* here = keys.get();
  return OpenedVault{std::move(keys), here, nullptr};
}

absl::Status InitVault(const Places& places, bool over_kafka) {
  if (!over_kafka) {
    vault::EmbeddedVaultOptions options = EmbeddedOptions(places);
    options.create = true;
    return vault::EmbeddedVault::Open(options).status();
  }
  std::error_code error;
  if (std::filesystem::exists(places.kek_file, error)) {
    return vault::KekFile::Load(places.kek_file).status();
  }
  return vault::KekFile::CreateNew(places.kek_file, vault::SystemRandom()).status();
}

}  // namespace twinline::runtime
