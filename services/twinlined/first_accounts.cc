#include "twinlined/first_accounts.h"

#include "identity/service/bootstrap.h"
#include "platform/vault/sealer.h"

namespace twinline::twinlined {

absl::Status EnsureFirstAccounts(const runtime::Host& host, const std::filesystem::path& data,
                                 const std::vector<std::string>& present) {
  identity::FirstAccounts first;
  first.registry = host.shard("registry");
  first.identity = host.shard("identity");
  if (first.registry == nullptr || first.identity == nullptr) return absl::OkStatus();
  if (!first.registry->Status().serving || !first.identity->Status().serving)
    return absl::OkStatus();
  first.installation = host.installation();
  first.vault = host.key_vault();
  first.sealer = host.sealer();
  first.clock = &host.clock();
  first.present = present;
  // The county that the project was made for; others correct the names when they record their
  // areas.
  if (first.installation.county_code == "411282") {
    first.province_name = "河南省";
    first.city_name = "三门峡市";
    first.county_name = "灵宝市";
  }
  first.file = data / "first-accounts.txt";
  return identity::CreateFirstAccounts(first);
}

}  // namespace twinline::twinlined
