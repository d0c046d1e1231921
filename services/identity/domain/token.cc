#include "identity/domain/token.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "identity/domain/strict_json.h"
#include "platform/base/hash.h"

namespace twinline::identity {
namespace {

using nlohmann::json;

constexpr int64_t kMaxTime = int64_t{1} << 53;  // what every JSON reader can hold exactly
constexpr size_t kMaxListSize = 16;
constexpr size_t kMaxTextSize = 512;
constexpr std::string_view kAssuranceText[] = {"1", "2"};

struct Parts {
  std::string_view signed_bytes;
  std::string header;
  std::string payload;
  std::string signature;
};

std::optional<Parts> Split(std::string_view token) {
  const size_t first = token.find('.');
  const size_t second = token.find('.', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  // A third dot is no base64url character, so the signature does not decode.
  std::optional<std::string> header = DecodeBase64UrlStrictly(token.substr(0, first));
  std::optional<std::string> payload =
      DecodeBase64UrlStrictly(token.substr(first + 1, second - first - 1));
  std::optional<std::string> signature = DecodeBase64UrlStrictly(token.substr(second + 1));
  if (!header || !payload || !signature) return std::nullopt;
  return Parts{token.substr(0, second), *std::move(header), *std::move(payload),
               *std::move(signature)};
}

bool IsTokenType(const std::string& type) { return type == "JWT" || type == "at+jwt"; }

// nullptr and a fault when the header names no key that may be used.
const VerificationKey* ChooseKey(const std::string& header_text, const KeySet& keys,
                                 TokenFault* fault) {
  *fault = TokenFault::kMalformed;
  const std::optional<json> header = ParseStrictObject(header_text);
  if (!header) return nullptr;
  // "crit" demands an extension, and none is understood. The others offer a key inside the token
  // that is to be verified: whoever wrote the token would choose the key.
  for (const char* name : {"crit", "jwk", "jku", "x5c", "x5u"}) {
    if (header->contains(name)) return nullptr;
  }
  if (header->contains("typ") && !IsTokenType(StringMember(*header, "typ").value_or(""))) {
    return nullptr;
  }
  const std::optional<std::string> key_id = StringMember(*header, "kid");
  const std::optional<std::string> algorithm = StringMember(*header, "alg");
  if (!key_id || !algorithm) return nullptr;
  *fault = TokenFault::kUnknownKey;
  const VerificationKey* key = keys.Find(*key_id);
  if (key == nullptr) return nullptr;
  *fault = TokenFault::kWrongAlgorithm;
  return *algorithm == AlgorithmName(key->algorithm()) ? key : nullptr;
}

// Reading of claims: absent is fine where it says optional, another type never is.
class ClaimReader {
 public:
  explicit ClaimReader(const json& claims) : claims_(claims) {}

  void Text(const char* name, std::string* out, bool required = false) {
    const auto found = claims_.find(name);
    if (found == claims_.end()) {
      ok_ = ok_ && !required;
      return;
    }
    Take(*found, out);
    ok_ = ok_ && !(required && out->empty());
  }

  void Texts(const char* name, bool one_allowed, std::vector<std::string>* out) {
    const auto found = claims_.find(name);
    if (found == claims_.end()) return;
    if (one_allowed && found->is_string()) {
      Take(*found, &out->emplace_back());
      return;
    }
    if (!found->is_array() || found->size() > kMaxListSize) {
      ok_ = false;
      return;
    }
    for (const json& item : *found) Take(item, &out->emplace_back());
  }

  std::optional<int64_t> Time(const char* name, bool required) {
    const auto found = claims_.find(name);
    if (found == claims_.end()) {
      ok_ = ok_ && !required;
      return std::nullopt;
    }
    // Whole seconds only: a time that rounds in one reader and not in another has two meanings.
    if (!found->is_number_unsigned() || found->get<uint64_t>() > uint64_t{kMaxTime}) {
      ok_ = false;
      return std::nullopt;
    }
    return static_cast<int64_t>(found->get<uint64_t>());
  }

  bool ok() const { return ok_; }

 private:
  void Take(const json& value, std::string* out) {
    if (!value.is_string() || value.get_ref<const std::string&>().size() > kMaxTextSize) {
      ok_ = false;
      return;
    }
    *out = value.get<std::string>();
  }

  const json& claims_;
  bool ok_ = true;
};

std::optional<TokenClaims> ReadClaims(const std::string& payload) {
  const std::optional<json> object = ParseStrictObject(payload);
  if (!object) return std::nullopt;
  TokenClaims claims;
  ClaimReader reader(*object);
  reader.Text("iss", &claims.issuer, /*required=*/true);
  reader.Text("sub", &claims.subject, /*required=*/true);
  reader.Texts("aud", /*one_allowed=*/true, &claims.audience);
  claims.issued_at = reader.Time("iat", /*required=*/true).value_or(0);
  claims.expires_at = reader.Time("exp", /*required=*/true).value_or(0);
  claims.not_before = reader.Time("nbf", /*required=*/false);
  reader.Text("sid", &claims.session);
  reader.Text("acr", &claims.assurance);
  reader.Texts("amr", /*one_allowed=*/false, &claims.methods);
  reader.Text("nonce", &claims.nonce);
  if (!reader.ok()) return std::nullopt;
  return claims;
}

std::optional<TokenFault> CheckClaims(const TokenClaims& claims, const TokenExpectations& expected,
                                      base::Timestamp now) {
  const int64_t now_s = now.us / 1'000'000;
  if (claims.issuer != expected.issuer) return TokenFault::kWrongIssuer;
  if (std::find(claims.audience.begin(), claims.audience.end(), expected.audience) ==
      claims.audience.end()) {
    return TokenFault::kWrongAudience;
  }
  if (claims.expires_at + expected.skew_s <= now_s) return TokenFault::kExpired;
  if (claims.issued_at > now_s + expected.skew_s ||
      claims.not_before.value_or(0) > now_s + expected.skew_s) {
    return TokenFault::kNotYetValid;
  }
  // Also catches an expiry before the issue.
  const int64_t lifetime = claims.expires_at - claims.issued_at;
  if (lifetime <= 0 || lifetime > expected.max_lifetime_s) return TokenFault::kTooLongLived;
  return std::nullopt;
}

}  // namespace

std::variant<TokenClaims, TokenFault> VerifyToken(std::string_view token, const KeySet& keys,
                                                  const TokenExpectations& expected,
                                                  base::Timestamp now) {
  if (token.size() > kMaxTokenSize) return TokenFault::kMalformed;
  const std::optional<Parts> parts = Split(token);
  if (!parts) return TokenFault::kMalformed;
  TokenFault fault = TokenFault::kMalformed;
  const VerificationKey* key = ChooseKey(parts->header, keys, &fault);
  if (key == nullptr) return fault;
  // Nothing of the payload is parsed before its signature holds.
  if (!key->Verify(parts->signed_bytes, parts->signature)) return TokenFault::kBadSignature;
  std::optional<TokenClaims> claims = ReadClaims(parts->payload);
  if (!claims) return TokenFault::kBadClaims;
  if (const std::optional<TokenFault> wrong = CheckClaims(*claims, expected, now)) return *wrong;
  return *std::move(claims);
}

std::string UnverifiedIssuer(std::string_view token) {
  return TextClaim(token, "iss").value_or("");
}

std::optional<std::string> TextClaim(std::string_view verified_token, const std::string& name) {
  if (verified_token.size() > kMaxTokenSize) return std::nullopt;
  const std::optional<Parts> parts = Split(verified_token);
  if (!parts) return std::nullopt;
  const std::optional<json> payload = ParseStrictObject(parts->payload);
  if (!payload) return std::nullopt;
  std::optional<std::string> text = StringMember(*payload, name.c_str());
  if (text && text->size() > kMaxTextSize) return std::nullopt;
  return text;
}

std::string SigningInput(const TokenClaims& claims, std::string_view key_id,
                         SignatureAlgorithm algorithm) {
  const json header = {{"alg", AlgorithmName(algorithm)}, {"kid", key_id}, {"typ", "JWT"}};
  json payload = {{"iss", claims.issuer},
                  {"sub", claims.subject},
                  {"iat", claims.issued_at},
                  {"exp", claims.expires_at}};
  if (claims.audience.size() == 1) {
    payload["aud"] = claims.audience.front();
  } else if (!claims.audience.empty()) {
    payload["aud"] = claims.audience;
  }
  if (claims.not_before) payload["nbf"] = *claims.not_before;
  if (!claims.session.empty()) payload["sid"] = claims.session;
  if (!claims.assurance.empty()) payload["acr"] = claims.assurance;
  if (!claims.methods.empty()) payload["amr"] = claims.methods;
  if (!claims.nonce.empty()) payload["nonce"] = claims.nonce;
  // Text that is no UTF-8 cannot come from claims that were checked; it is replaced, not thrown.
  const auto dump = [](const json& object) {
    return base::ToBase64Url(object.dump(-1, ' ', false, json::error_handler_t::replace));
  };
  return dump(header) + "." + dump(payload);
}

std::string_view FaultName(TokenFault fault) {
  switch (fault) {
    case TokenFault::kMalformed:
      return "malformed";
    case TokenFault::kUnknownKey:
      return "unknown_key";
    case TokenFault::kWrongAlgorithm:
      return "wrong_algorithm";
    case TokenFault::kBadSignature:
      return "bad_signature";
    case TokenFault::kBadClaims:
      return "bad_claims";
    case TokenFault::kWrongIssuer:
      return "wrong_issuer";
    case TokenFault::kWrongAudience:
      return "wrong_audience";
    case TokenFault::kExpired:
      return "expired";
    case TokenFault::kNotYetValid:
      return "not_yet_valid";
    case TokenFault::kTooLongLived:
      return "too_long_lived";
  }
  return "unknown";
}

base::Refusal DescribeFault(TokenFault fault) {
  if (fault == TokenFault::kExpired) {
    return {"TOKEN_EXPIRED",
            "登录凭证已过期，请重新登录或刷新后再试。",
            "The token has expired; renew it or log in again.",
            {}};
  }
  return {"TOKEN_INVALID",
          "登录凭证无效，请重新登录；多次出现请联系系统管理员。",
          "The token is not valid; log in again, and tell the administrator if it comes back.",
          {}};
}

void SetIdentity(const TokenIdentity& identity, TokenClaims* claims) {
  std::string session(8, '\0');
  for (int i = 0; i < 8; ++i) session[i] = static_cast<char>(identity.session >> (56 - 8 * i));
  claims->subject = identity.subject.hex();
  claims->session = base::ToHex(session);
  claims->assurance = kAssuranceText[static_cast<size_t>(identity.assurance) - 1];
  claims->methods = {"pwd"};
  if (identity.assurance == Assurance::kTwoFactors) claims->methods.push_back("otp");
}

std::optional<TokenIdentity> IdentityOf(const TokenClaims& claims) {
  const std::optional<base::Id16> subject = base::Id16::FromHex(claims.subject);
  const std::optional<std::string> session = base::FromHex(claims.session);
  const auto* assurance =
      std::find(std::begin(kAssuranceText), std::end(kAssuranceText), claims.assurance);
  if (!subject || subject->empty() || !session || session->size() != 8 ||
      assurance == std::end(kAssuranceText)) {
    return std::nullopt;
  }
  TokenIdentity identity;
  identity.subject = *subject;
  for (char c : *session) identity.session = identity.session << 8 | static_cast<uint8_t>(c);
  identity.assurance = static_cast<Assurance>(assurance - std::begin(kAssuranceText) + 1);
  return identity;
}

}  // namespace twinline::identity
