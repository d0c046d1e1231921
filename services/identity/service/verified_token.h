// What a token of ours has to say, and what the server is told about one: the same wherever tokens
// are verified.
#pragma once

#include <variant>

#include "identity/service/token_verifier.h"
#include "platform/base/ids.h"
#include "platform/rpc/token.h"

namespace twinline::identity {

TokenExpectations ExpectationsOf(const base::Id16& installation, bool demo_realm);

std::variant<rpc::VerifiedToken, rpc::TokenProblem> AsVerified(
    const std::variant<TokenVerifier::Verified, TokenFault>& verified);

}  // namespace twinline::identity
