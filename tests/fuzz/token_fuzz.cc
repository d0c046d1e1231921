// A bearer token as anybody may send it, and a key set as an outside issuer may publish it.
// Promise: a token that verifies says what was signed, and a key set that is read comes out of our
// own writer the same.

#include "identity/domain/token.h"
#include "platform/base/check.h"
#include "tests/fuzz/fuzz_target.h"

namespace twinline::fuzz {
namespace {

// A token and the key set it was signed under; the private key was thrown away.
constexpr std::string_view kToken =
    "eyJhbGciOiJFUzI1NiIsImtpZCI6ImNVa0l3WElzRFdDQWd1VEttSVdHeGprQ014NVl1dWtpd2JVckNiMGpL"
    "a1kiLCJ0eXAiOiJKV1QifQ.eyJhY3IiOiIxIiwiYW1yIjpbInB3ZCJdLCJhdWQiOiJ0d2lubGluZSIsImV4c"
    "CI6MTc5MDAwMDYwMCwiaWF0IjoxNzkwMDAwMDAwLCJpc3MiOiJodHRwczovL3R3aW5saW5lLmV4YW1wbGUiL"
    "CJzaWQiOiIwMDAwMDAwMDAwMDAwMDJhIiwic3ViIjoiMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZ"
    "WYifQ.sVqDN1_LrN0JYOuetMMiMWQfu9qe2b1Z5AQIXWBcajfguO7xJGZW6uPiNBS9JXyusMpb2qDFHoSHls"
    "3H7uVPqA";
constexpr std::string_view kKeys =
    R"({"keys":[{"alg":"ES256","crv":"P-256","kid":"cUkIwXIsDWCAguTKmIWGxjkCMx5YuukiwbUrCb0jKkY","kty":"EC","use":"sig","x":"D84dxbvigfb5mA6g8BHUbz5ykc4ovbRZXHYeU7ST6oA","y":"Lo-OHRVo6Om_KQjydhndS1tpCCrA-1Zxn2G7MRULdkY"}]})";
constexpr base::Timestamp kNow{1'790'000'000'000'000};

struct Truth {
  identity::KeySet keys;
  identity::TokenClaims claims;
};

const Truth& TheTruth() {
  static const Truth& truth = *[] {
    auto keys = identity::KeySet::Parse(kKeys).value();
    identity::TokenClaims claims;
    claims.issuer = "https://twinline.example";
    claims.audience = {"twinline"};
    claims.issued_at = kNow.us / 1'000'000;
    claims.expires_at = claims.issued_at + identity::kTokenLifetimeS;
    identity::SetIdentity({base::Id16::FromHex("0123456789abcdef0123456789abcdef").value(), 42},
                          &claims);
    return new Truth{std::move(keys), std::move(claims)};
  }();
  return truth;
}

}  // namespace

std::vector<std::string> Seeds() { return {std::string(kToken), std::string(kKeys)}; }

void OneInput(std::string_view input) {
  const Truth& truth = TheTruth();
  const auto verified =
      identity::VerifyToken(input, truth.keys, {truth.claims.issuer, "twinline"}, kNow);
  TWINLINE_CHECK(input != kToken || std::holds_alternative<identity::TokenClaims>(verified),
                 "the true token is refused");
  if (const auto* claims = std::get_if<identity::TokenClaims>(&verified)) {
    TWINLINE_CHECK(*claims == truth.claims, "a token verifies that nobody signed");
  }
  (void)identity::UnverifiedIssuer(input);
  const auto keys = identity::KeySet::Parse(input);
  if (!keys.ok()) return;
  const auto again = identity::KeySet::Parse(keys->ToJwks());
  TWINLINE_CHECK(again.ok() && again->ToJwks() == keys->ToJwks(),
                 "our own key set reads otherwise");
}

}  // namespace twinline::fuzz
