#include "platform/vault/search_token.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "platform/base/hash.h"
#include "platform/base/identifier_text.h"
#include "platform/base/phone.h"
#include "platform/base/status_macros.h"
#include "platform/vault/aead.h"
#include "platform/vault/concat.h"

namespace twinline::vault {
namespace {

base::Id16 PepperOwner() { return base::DeriveId({"twinline", "search-pepper"}); }

SearchToken TokenUnder(uint32_t version, std::string_view pepper, TokenKind kind,
                       std::string_view normalised) {
  std::string message(1, static_cast<char>(kind));
  message += normalised;
  const base::Digest digest = base::HmacSha256(pepper, message);
  return {version, std::string(base::View(digest).substr(0, SearchToken::kSize))};
}

}  // namespace

std::string NormaliseForToken(TokenKind kind, std::string_view value) {
  if (kind == TokenKind::kPhone) return base::ParsePhone(value).number;
  std::string folded = base::FoldIdentifier(value);
  // Permits and passports are written with and without separators.
  std::erase_if(folded, [](char c) { return c == '-' || c == '(' || c == ')'; });
  return folded;
}

absl::StatusOr<SearchTokens> SearchTokens::Load(KeyVault& vault, RandomSource& random) {
  SearchTokens tokens(vault, random);
  TWINLINE_ASSIGN_OR_RETURN(std::vector<EntryInfo> entries, vault.List(PepperOwner()));
  if (entries.empty()) {
    TWINLINE_RETURN_IF_ERROR(tokens.AddVersion().status());
    // Looked up again: another process may have made one at the same moment, and the first counts.
    tokens.peppers_.clear();
    TWINLINE_ASSIGN_OR_RETURN(entries, vault.List(PepperOwner()));
  }
  for (const EntryInfo& entry : entries) TWINLINE_RETURN_IF_ERROR(tokens.AddPepper(entry));
  // With every pepper destroyed nothing new may be computed until an operator adds one on purpose.
  if (tokens.peppers_.empty()) return absl::FailedPreconditionError("no live search pepper");
  return tokens;
}

absl::Status SearchTokens::AddPepper(const EntryInfo& info) {
  uint32_t version = 0;
  if (!absl::SimpleAtoi(info.label, &version) || version == 0) {
    return absl::DataLossError(Concat({"search pepper has a bad version: ", info.label}));
  }
  highest_ever_ = std::max(highest_ever_, version);
  // Two starts that raced made two entries for one version: the first one made counts everywhere.
  if (info.destroyed || peppers_.contains(version)) return absl::OkStatus();
  TWINLINE_ASSIGN_OR_RETURN(Secret secret, vault_->Get(info.key_id));
  if (secret.state != KeyState::kPresent || secret.info.kind != SecretKind::kPepper) {
    return absl::DataLossError(
        Concat({"search pepper ", std::to_string(version), " is unreadable"}));
  }
  peppers_.emplace(version, Pepper{info.key_id, std::move(secret.bytes)});
  return absl::OkStatus();
}

std::optional<SearchToken> SearchTokens::Compute(TokenKind kind, std::string_view value) const {
  const std::string normalised = NormaliseForToken(kind, value);
  if (normalised.empty()) return std::nullopt;
  const std::shared_lock lock(*mutex_);
  const auto& [version, pepper] = *peppers_.rbegin();
  return TokenUnder(version, pepper.bytes.view(), kind, normalised);
}

std::vector<SearchToken> SearchTokens::ComputeAll(TokenKind kind, std::string_view value) const {
  std::vector<SearchToken> tokens;
  const std::string normalised = NormaliseForToken(kind, value);
  if (normalised.empty()) return tokens;
  const std::shared_lock lock(*mutex_);
  for (auto at = peppers_.rbegin(); at != peppers_.rend(); ++at) {
    tokens.push_back(TokenUnder(at->first, at->second.bytes.view(), kind, normalised));
  }
  return tokens;
}

uint32_t SearchTokens::current_version() const {
  const std::shared_lock lock(*mutex_);
  return peppers_.rbegin()->first;
}

std::vector<uint32_t> SearchTokens::Versions() const {
  const std::shared_lock lock(*mutex_);
  std::vector<uint32_t> versions;
  for (const auto& [version, pepper] : peppers_) versions.push_back(version);
  return versions;
}

absl::StatusOr<uint32_t> SearchTokens::AddVersion() {
  const std::lock_guard lock(*mutex_);
  const uint32_t version = highest_ever_ + 1;
  const SecretBytes pepper = MakeKey(*random_);
  TWINLINE_ASSIGN_OR_RETURN(base::Id16 id, vault_->Put(PepperOwner(), SecretKind::kPepper,
                                                       std::to_string(version), pepper.view()));
  peppers_.emplace(version, Pepper{id, pepper.Copy()});
  highest_ever_ = version;
  return version;
}

absl::Status SearchTokens::DestroyVersion(uint32_t version) {
  const std::lock_guard lock(*mutex_);
  const auto found = peppers_.find(version);
  if (found == peppers_.end()) {
    return absl::NotFoundError(Concat({"no search pepper of version ", std::to_string(version)}));
  }
  if (version == peppers_.rbegin()->first) {
    return absl::FailedPreconditionError("the current search pepper cannot be destroyed");
  }
  TWINLINE_RETURN_IF_ERROR(vault_->Destroy(found->second.key_id));
  peppers_.erase(found);
  return absl::OkStatus();
}

}  // namespace twinline::vault
