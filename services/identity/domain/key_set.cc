#include "identity/domain/key_set.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "identity/domain/strict_json.h"
#include "platform/base/hash.h"
#include "platform/base/status_macros.h"

namespace twinline::identity {
namespace {

using nlohmann::json;

absl::Status Bad(const std::string& why) { return absl::InvalidArgumentError("key set: " + why); }

std::string Number(const json& key, const char* name) {
  return DecodeBase64UrlStrictly(StringMember(key, name).value_or("")).value_or("");
}

// Whether the key says that it is for something else than verifying with this algorithm.
bool IsForVerifying(const json& key, SignatureAlgorithm algorithm) {
  if (key.contains("use") && StringMember(key, "use") != "sig") return false;
  if (key.contains("alg") && StringMember(key, "alg") != AlgorithmName(algorithm)) return false;
  if (const auto operations = key.find("key_ops"); operations != key.end()) {
    return operations->is_array() &&
           std::find(operations->begin(), operations->end(), json("verify")) != operations->end();
  }
  return true;
}

// Adds the key if it is usable.
absl::Status AddFrom(const json& key, KeySet& set) {
  if (!key.is_object()) return Bad("a key is no object");
  if (key.contains("d")) return Bad("a private key is published");
  const std::optional<std::string> type = StringMember(key, "kty");
  const std::optional<std::string> id = StringMember(key, "kid");
  if (!type) return Bad("a key has no type");
  if (!id) return absl::OkStatus();
  std::optional<VerificationKey> made;
  if (*type == "EC" && StringMember(key, "crv") == "P-256" &&
      IsForVerifying(key, SignatureAlgorithm::kEs256)) {
    made = VerificationKey::FromP256(Number(key, "x"), Number(key, "y"));
  } else if (*type == "RSA" && IsForVerifying(key, SignatureAlgorithm::kRs256)) {
    made = VerificationKey::FromRsa(Number(key, "n"), Number(key, "e"));
  } else {
    return absl::OkStatus();
  }
  if (!made) return Bad("key " + *id + " is broken or too weak");
  return set.Add(*id, *std::move(made));
}

}  // namespace

absl::StatusOr<KeySet> KeySet::Parse(std::string_view document) {
  if (document.size() > kMaxDocumentSize) return Bad("the document is too large");
  const std::optional<json> parsed = ParseStrictObject(document);
  if (!parsed) return Bad("not a JSON object");
  const auto keys = parsed->find("keys");
  if (keys == parsed->end() || !keys->is_array()) return Bad("no array of keys");
  if (keys->size() > kMaxKeys) return Bad("too many keys");
  KeySet set;
  for (const json& key : *keys) TWINLINE_RETURN_IF_ERROR(AddFrom(key, set));
  if (set.size() == 0) return Bad("no usable key");
  return set;
}

absl::Status KeySet::Add(std::string_view key_id, VerificationKey key) {
  if (key_id.empty() || key_id.size() > kMaxKeyIdSize) return Bad("a key id has a bad size");
  if (!keys_.emplace(key_id, std::move(key)).second) return Bad("a key id comes twice");
  return absl::OkStatus();
}

const VerificationKey* KeySet::Find(std::string_view key_id) const {
  const auto found = keys_.find(key_id);
  return found == keys_.end() ? nullptr : &found->second;
}

std::string KeySet::ToJwks() const {
  json keys = json::array();
  for (const auto& [id, key] : keys_) {
    const std::string first = base::ToBase64Url(key.first_number());
    const std::string second = base::ToBase64Url(key.second_number());
    json out = {{"kid", id}, {"use", "sig"}, {"alg", AlgorithmName(key.algorithm())}};
    if (key.algorithm() == SignatureAlgorithm::kEs256) {
      out.update({{"kty", "EC"}, {"crv", "P-256"}, {"x", first}, {"y", second}});
    } else {
      out.update({{"kty", "RSA"}, {"n", first}, {"e", second}});
    }
    keys.push_back(std::move(out));
  }
  return json{{"keys", std::move(keys)}}.dump();
}

}  // namespace twinline::identity
