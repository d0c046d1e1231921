#include "identity/service/verified_token.h"

#include "identity/domain/issuer.h"
#include "identity/service/environment.h"

namespace twinline::identity {
namespace {

constexpr int64_t kSecondUs = 1'000'000;

}  // namespace

TokenExpectations ExpectationsOf(const base::Id16& installation, bool demo_realm) {
  return {.issuer = IssuerName(installation, demo_realm),
          .audience = std::string(kAudience),
          .max_lifetime_s = demo_realm ? int64_t{kMostDemoMinutes} * 60 : kTokenLifetimeS};
}

std::variant<rpc::VerifiedToken, rpc::TokenProblem> AsVerified(
    const std::variant<TokenVerifier::Verified, TokenFault>& verified) {
  if (const auto* fault = std::get_if<TokenFault>(&verified)) {
    return *fault == TokenFault::kExpired ? rpc::TokenProblem::kExpired
                                          : rpc::TokenProblem::kInvalid;
  }
  const auto& good = std::get<TokenVerifier::Verified>(verified);
  return rpc::VerifiedToken{good.identity.subject, good.identity.session,
                            good.valid_until_us / kSecondUs,
                            static_cast<uint32_t>(good.identity.assurance)};
}

}  // namespace twinline::identity
