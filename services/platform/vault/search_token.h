// Exact look-up of sealed values: duplicates and "find this ID number" work on
// HMAC-SHA-256(pepper, kind | normalised value), cut to 128 bits, with the pepper's version.
//
// The pepper is what stands between a token and a guess: a county has 5.5 million possible ID
// numbers for fifteen birth years, seven seconds of work for who has the pepper. So it lies in the
// vault, has a version, and an erasure is complete only after the living have new tokens under a
// new version and the old one is destroyed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/vault/key_vault.h"
#include "platform/vault/random_source.h"

namespace twinline::vault {

struct SearchToken {
  static constexpr size_t kSize = 16;

  uint32_t pepper_version = 0;
  std::string token;  // kSize bytes
  auto operator<=>(const SearchToken&) const = default;
};

// Stored numbers: part of the hashed bytes.
enum class TokenKind : uint8_t {
  kIdNumber = 1,       // 身份证件号 of any type
  kStudentNumber = 2,  // 学籍号; contains the ID number
  kPhone = 3,
  kSamePerson = 4,  // hex digest of name, birth date and sex: one child entered with two ID numbers
  kImportRow = 5,   // hex digest of an import row: the same row twice changes nothing
};

// One spelling for values that people type in many (A02): base::FoldIdentifier without separators
// for numbers of papers, base::ParsePhone for telephones. Total: never fails, the empty string
// stays empty. A change in any of these functions changes tokens and needs a re-token job.
std::string NormaliseForToken(TokenKind kind, std::string_view value);

// The peppers of one installation. Any thread may look up while one adds or destroys a version.
// Reload after another process rotated.
class SearchTokens {
 public:
  // Reads all pepper versions; makes version 1 when the installation has none yet.
  static absl::StatusOr<SearchTokens> Load(KeyVault& vault, RandomSource& random = SystemRandom());

  // Under the newest version; what events and rows store. nullopt when nothing is left of the value
  // after normalising: an empty value has no token, or all empty values would be duplicates.
  std::optional<SearchToken> Compute(TokenKind kind, std::string_view value) const;
  // One token for each live version, newest first: what a look-up must try while a re-token job
  // runs.
  std::vector<SearchToken> ComputeAll(TokenKind kind, std::string_view value) const;
  uint32_t current_version() const;
  // All live versions, oldest first.
  std::vector<uint32_t> Versions() const;

  // Adds a version and makes it current; returns it.
  absl::StatusOr<uint32_t> AddVersion();
  // FAILED_PRECONDITION for the current version; NOT_FOUND for an unknown one.
  absl::Status DestroyVersion(uint32_t version);

 private:
  struct Pepper {
    base::Id16 key_id;
    SecretBytes bytes;
  };

  SearchTokens(KeyVault& vault, RandomSource& random) : vault_(&vault), random_(&random) {}
  absl::Status AddPepper(const EntryInfo& info);

  KeyVault* vault_;
  RandomSource* random_;
  // Behind a pointer, so that what Load made can be moved to its place.
  std::unique_ptr<std::shared_mutex> mutex_ = std::make_unique<std::shared_mutex>();
  std::map<uint32_t, Pepper> peppers_;
  uint32_t highest_ever_ = 0;  // destroyed versions included: a version is never used twice
};

}  // namespace twinline::vault
