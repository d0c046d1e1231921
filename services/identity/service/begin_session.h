// From a proved identity to a token: the session is an event first, then the token names it.
#pragma once

#include <string>
#include <vector>

#include "identity/domain/token.h"
#include "identity/service/environment.h"
#include "platform/rpc/server.h"
#include "twinline/identity/v1/identity_commands.pb.h"

namespace twinline::identity {

// Completes the command (times, key of refresh tokens), submits it and answers the call with a
// TokenReply, or with what was refused. `made`: vault entries that exist for this command only,
// destroyed when it is refused. `device` is what the client calls itself. On a thread that
// may wait for the vault.
void BeginSession(const rpc::CallPtr& call, Environment& environment,
                  v1::StartSessionCommand command, std::vector<base::Id16> made,
                  const std::string& device);

// Fills a TokenReply and finishes the call. `lifetime_us` is cut at the end of the session.
void FinishWithToken(const rpc::CallPtr& call, Environment& environment,
                     const TokenIdentity& identity, int64_t session_expires_us, int64_t lifetime_us,
                     std::string refresh_token);

}  // namespace twinline::identity
