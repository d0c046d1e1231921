// What the handlers of the registry share. Everything here outlives them and is safe from any
// thread.
#pragma once

#include "platform/base/time.h"
#include "platform/engine/shard.h"
#include "platform/rpc/server.h"
#include "platform/vault/key_vault.h"
#include "platform/vault/sealer.h"
#include "platform/vault/search_token.h"

namespace twinline::registry {

class NameIndex;
class ImportStore;
class ErasureWorker;

struct Environment {
  engine::Shard* shard = nullptr;
  vault::KeyVault* vault = nullptr;
  vault::Sealer* sealer = nullptr;
  vault::SearchTokens* tokens = nullptr;
  const base::Clock* clock = nullptr;  // record time
  base::Id16 installation;
  bool demo_realm = false;
  NameIndex* names = nullptr;
  ImportStore* imports = nullptr;
  ErasureWorker* erasures = nullptr;

  base::CivilDay Today() const { return base::DayOf(clock->Now()); }
  // The id that Decide will give to the first entity of `kind` that this request makes.
  // Sealing binds a value to its owner, so the owner must be known before the command is queued.
  base::Id16 IdOf(std::string_view kind, const journal::v1::Actor& actor,
                  const base::Id16& request_id) const {
    return base::DeriveId({installation.bytes(), kind, actor.subject(), request_id.bytes(), "0"});
  }
};

}  // namespace twinline::registry
