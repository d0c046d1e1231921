// The first accounts of an empty installation. Nobody is there yet who could create an account or
// give a duty, so the host does it, once, as `service:init`: three administrators that keep each
// other in check (等保 三员分立; decisions.md part 10 item 12), in the presence of two named
// persons.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "platform/base/time.h"
#include "platform/engine/shard.h"
#include "platform/runtime/service_module.h"
#include "platform/vault/key_vault.h"
#include "platform/vault/sealer.h"

namespace twinline::identity {

struct FirstAccounts {
  runtime::Installation installation;
  engine::Shard* registry = nullptr;  // both serve
  engine::Shard* identity = nullptr;
  vault::KeyVault* vault = nullptr;
  vault::Sealer* sealer = nullptr;
  const base::Clock* clock = nullptr;  // record time: the duties begin today
  // Names of the two persons who set the installation up. A REAL realm demands two; they are
  // sealed.
  std::vector<std::string> present;
  // Names of province, city and county, for a registry that does not know its areas yet; empty ones
  // are recorded as "名称待登记" and corrected by whoever records the areas.
  std::string province_name, city_name, county_name;
  // Where the first passwords go: a new file that only its owner may read; it must not exist.
  // Empty: `print`, the host's console. They are shown once and kept nowhere else.
  std::filesystem::path file;
  std::function<void(std::string_view)> print;
};

// OK without doing anything when there are accounts already. Blocks. A run that was cut off is
// repeated: its ids are derived, so nothing is made twice.
//
// INVALID_ARGUMENT without two names in a REAL realm or without anywhere to write to;
// FAILED_PRECONDITION when the file exists or the registry refuses; UNAVAILABLE: start again.
absl::Status CreateFirstAccounts(const FirstAccounts& first);

// The staff id of an administrator (ROLE_SYSTEM_ADMIN, ROLE_SECURITY_ADMIN or ROLE_AUDIT_ADMIN).
base::Id16 FirstAdministrator(const base::Id16& installation, types::v1::Role role);

}  // namespace twinline::identity
