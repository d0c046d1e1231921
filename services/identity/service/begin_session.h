// From a proved identity to a token: the session is an event first, then the token names it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "identity/domain/token.h"
#include "identity/service/environment.h"
#include "platform/rpc/server.h"
#include "platform/vault/secret_bytes.h"
#include "twinline/identity/v1/identity_commands.pb.h"
#include "twinline/identity/v1/identity_rows.pb.h"

namespace twinline::identity {

// The vault entry of a new session's refresh key, and the key.
struct RefreshKey {
  base::Id16 entry;
  vault::SecretBytes key;
};
absl::StatusOr<RefreshKey> MakeRefreshKey(const Environment& environment,
                                          const base::Id16& subject);

// Completes the command (times, factors), submits it and answers the call with a TokenReply, or
// with what was refused. `made`: vault entries that exist for this command only, destroyed when it
// is refused.
void BeginSession(const rpc::CallPtr& call, Environment& environment,
                  v1::StartSessionCommand command, RefreshKey refresh,
                  std::vector<base::Id16> made);

// Fills a TokenReply and finishes the call. `lifetime_us` is cut at the end of the session.
void FinishWithToken(const rpc::CallPtr& call, Environment& environment,
                     const TokenIdentity& identity, int64_t session_expires_us, int64_t lifetime_us,
                     std::string refresh_token);

}  // namespace twinline::identity
