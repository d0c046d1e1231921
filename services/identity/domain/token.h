// Tokens: signed JSON (JWT, RFC 7519) that say who calls, for ten minutes. They carry no rights
// what the person may do is in the duty rows at request time, so a dismissal counts at once
// and not at the token's expiry.
//
// Verification is strict: size limits, one algorithm per key, exact base64url, no doubled JSON
// member, no critical or key-carrying header. Pure: keys and time are given.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "identity/domain/key_set.h"
#include "platform/base/ids.h"
#include "platform/base/refusal.h"
#include "platform/base/time.h"

namespace twinline::identity {

inline constexpr size_t kMaxTokenSize = 8 * 1024;
inline constexpr int64_t kTokenLifetimeS = 600;  // of the tokens that we issue
inline constexpr int64_t kClockSkewS = 60;       // clocks of two machines may differ by this much

// The claims that are understood; others are ignored. Times are seconds since the Unix epoch.
struct TokenClaims {
  std::string issuer;                 // iss
  std::string subject;                // sub
  std::vector<std::string> audience;  // aud: text or list
  int64_t issued_at = 0;              // iat
  int64_t expires_at = 0;             // exp
  std::optional<int64_t> not_before;  // nbf
  std::string session;                // sid; empty when absent
  std::string assurance;              // acr; empty when absent
  std::vector<std::string> methods;   // amr, RFC 8176: "pwd", "otp"
  std::string nonce;                  // OIDC log-in; empty when absent
  bool operator==(const TokenClaims&) const = default;
};

enum class TokenFault {
  kMalformed,       // not a JWT that this server would ever accept
  kUnknownKey,      // fetch the issuer's key set again, at most once a minute
  kWrongAlgorithm,  // not the algorithm of that key
  kBadSignature,
  kBadClaims,  // a required claim is missing or of another type
  kWrongIssuer,
  kWrongAudience,
  kExpired,
  kNotYetValid,  // issued or valid from later than now: a wrong clock
  kTooLongLived,
};

// For logs and metrics: "unknown_key".
std::string_view FaultName(TokenFault fault);
// What the caller is told: TOKEN_EXPIRED (log in again or renew) or TOKEN_INVALID. Which check
// failed stays in the log: an attacker needs no guide.
base::Refusal DescribeFault(TokenFault fault);

struct TokenExpectations {
  std::string issuer;
  std::string audience;  // must be among the token's audiences
  int64_t max_lifetime_s = kTokenLifetimeS;
  int64_t skew_s = kClockSkewS;
};

std::variant<TokenClaims, TokenFault> VerifyToken(std::string_view token, const KeySet& keys,
                                                  const TokenExpectations& expected,
                                                  base::Timestamp now);

// The issuer that a token names, nothing verified: only to choose whose keys to verify it with.
// Empty when there is none.
std::string UnverifiedIssuer(std::string_view token);
// A text claim of a token that has been verified.
std::optional<std::string> TextClaim(std::string_view verified_token, const std::string& name);

// The bytes to sign, "<header>.<payload>"; the token is these, a dot and the base64url signature.
// Used by the signer; `key_id` and `algorithm` go into the header.
std::string SigningInput(const TokenClaims& claims, std::string_view key_id,
                         SignatureAlgorithm algorithm);

// How sure we are of who it is.
enum class Assurance : uint8_t {
  kOneFactor = 1,   // password
  kTwoFactors = 2,  // password and one-time code, or an outside issuer that says so
};

// The subject of a token of ours. `sub` is the staff id in hex, `sid` the session in 16 hex digits.
struct TokenIdentity {
  base::Id16 subject;
  uint64_t session = 0;
  Assurance assurance = Assurance::kOneFactor;
  bool operator==(const TokenIdentity&) const = default;
};

void SetIdentity(const TokenIdentity& identity, TokenClaims* claims);
// nullopt when the claims are not those of a token of ours.
std::optional<TokenIdentity> IdentityOf(const TokenClaims& claims);

}  // namespace twinline::identity
