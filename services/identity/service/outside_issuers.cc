#include "identity/service/outside_issuers.h"

#include <algorithm>
#include <optional>

#include "identity/domain/login.h"
#include "identity/domain/refusals.h"
#include "identity/tables/tables.h"

namespace twinline::identity {
namespace {

constexpr size_t kMostParsed = 64;
constexpr int64_t kSecondUs = 1'000'000;

// RFC 8176 names of what is a second factor, or says that there was one.
bool HasTwoFactors(const TokenClaims& claims) {
  constexpr std::string_view kSecond[] = {"otp", "mfa", "hwk", "sc", "sms"};
  return std::any_of(claims.methods.begin(), claims.methods.end(), [&](const std::string& method) {
    return std::find(std::begin(kSecond), std::end(kSecond), method) != std::end(kSecond);
  });
}

}  // namespace

std::shared_ptr<const KeySet> OutsideIssuers::KeysOf(const std::string& jwks) {
  const std::string digest(base::View(base::Sha256({jwks})));
  const std::lock_guard lock(mutex_);
  const auto found = parsed_.find(digest);
  if (found != parsed_.end()) return found->second;
  if (parsed_.size() >= kMostParsed) parsed_.clear();
  auto keys = std::make_shared<const KeySet>(KeySet::Parse(jwks).value_or(KeySet()));
  parsed_.emplace(digest, keys);
  return keys;
}

bool OutsideIssuers::TakeOnce(std::string_view token, base::Timestamp now) {
  // Without the signature: an ECDSA signature has a second form that verifies as well.
  const std::string digest(base::View(base::Sha256({token.substr(0, token.rfind('.'))})));
  const std::lock_guard lock(mutex_);
  absl::erase_if(taken_, [&](const auto& entry) { return entry.second <= now.us; });
  return taken_.emplace(digest, now.us + (kFreshS + 2 * kClockSkewS) * kSecondUs).second;
}

std::variant<OutsideIdentity, base::Refusal> OutsideIssuers::Accept(std::string_view token,
                                                                    const base::Rows& rows,
                                                                    base::Timestamp now) {
  const std::string named = UnverifiedIssuer(token);
  if (named.empty()) return OidcTokenInvalid();
  const auto issuer = base::Find<v1::IssuerRow>(rows, named);
  if (!issuer) return IssuerUnknown();
  TokenExpectations expected{
      .issuer = issuer->issuer(), .audience = issuer->audience(), .max_lifetime_s = kMaxLifetimeS};
  const auto verified = VerifyToken(token, *KeysOf(issuer->jwks()), expected, now);
  const auto* claims = std::get_if<TokenClaims>(&verified);
  if (claims == nullptr || claims->issued_at + kFreshS + kClockSkewS <= now.us / kSecondUs) {
    return OidcTokenInvalid();
  }
  const std::optional<std::string> login = TextClaim(token, issuer->subject_claim());
  if (!login || CheckLogin(NormaliseLogin(*login)) || !TakeOnce(token, now)) {
    return OidcTokenInvalid();
  }
  return OutsideIdentity{named, NormaliseLogin(*login),
                         HasTwoFactors(*claims) ? Assurance::kTwoFactors : Assurance::kOneFactor};
}

}  // namespace twinline::identity
