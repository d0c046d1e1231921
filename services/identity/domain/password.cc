#include "identity/domain/password.h"

#include <argon2.h>

#include <optional>
#include <vector>

#include "absl/strings/numbers.h"
#include "platform/base/absl_view.h"

namespace twinline::identity {
namespace {

constexpr size_t kHashSize = 32;
constexpr PasswordCost kMaxCost{.memory_kib = 256 * 1024, .passes = 10, .lanes = 4};
constexpr size_t kMaxPhcSize = 256;
constexpr std::string_view kPrefix = "$argon2id$v=19$";

absl::Status ToStatus(int code) {
  const std::string text = std::string("password hashing: ") + argon2_error_message(code);
  return code == ARGON2_MEMORY_ALLOCATION_ERROR ? absl::ResourceExhaustedError(text)
                                                : absl::InternalError(text);
}

// Takes "<name>=<number>" and the separator behind it off `text`.
std::optional<uint32_t> TakeParameter(std::string_view& text, std::string_view name, char end) {
  if (!text.starts_with(name)) return std::nullopt;
  text.remove_prefix(name.size());
  const size_t size = text.find(end);
  uint32_t value = 0;
  if (size == std::string_view::npos || size == 0 || text.front() < '0' || text.front() > '9' ||
      !absl::SimpleAtoi(base::ToAbsl(text.substr(0, size)), &value)) {
    return std::nullopt;
  }
  text.remove_prefix(size + 1);
  return value;
}

// The cost inside `phc`, if it is one that may be tried.
std::optional<PasswordCost> CostOf(std::string_view phc) {
  if (phc.size() > kMaxPhcSize || !phc.starts_with(kPrefix)) return std::nullopt;
  phc.remove_prefix(kPrefix.size());
  const std::optional<uint32_t> memory = TakeParameter(phc, "m=", ',');
  const std::optional<uint32_t> passes = memory ? TakeParameter(phc, "t=", ',') : std::nullopt;
  const std::optional<uint32_t> lanes = passes ? TakeParameter(phc, "p=", '$') : std::nullopt;
  if (!lanes || *memory > kMaxCost.memory_kib || *passes > kMaxCost.passes ||
      *lanes > kMaxCost.lanes) {
    return std::nullopt;
  }
  return PasswordCost{*memory, *passes, *lanes};
}

}  // namespace

absl::StatusOr<std::string> HashPassword(std::string_view password, std::string_view salt,
                                         const PasswordCost& cost) {
  if (password.empty() || password.size() > kMaxPasswordBytes || salt.size() != kSaltSize) {
    return absl::InvalidArgumentError("password hashing: wrong size of password or salt");
  }
  std::vector<char> encoded(argon2_encodedlen(cost.passes, cost.memory_kib, cost.lanes,
                                              static_cast<uint32_t>(salt.size()), kHashSize,
                                              Argon2_id));
  const int code = argon2id_hash_encoded(cost.passes, cost.memory_kib, cost.lanes, password.data(),
                                         password.size(), salt.data(), salt.size(), kHashSize,
                                         encoded.data(), encoded.size());
  if (code != ARGON2_OK) return ToStatus(code);
  return std::string(encoded.data());
}

absl::StatusOr<PasswordMatch> VerifyPassword(std::string_view password, std::string_view phc) {
  const std::optional<PasswordCost> cost = CostOf(phc);
  if (!cost) return absl::DataLossError("password hashing: not a hash of ours");
  if (password.size() > kMaxPasswordBytes) return PasswordMatch::kNo;
  const int code = argon2id_verify(std::string(phc).c_str(), password.data(), password.size());
  if (code == ARGON2_VERIFY_MISMATCH) return PasswordMatch::kNo;
  if (code == ARGON2_MEMORY_ALLOCATION_ERROR) return ToStatus(code);
  if (code != ARGON2_OK) return absl::DataLossError("password hashing: the hash is damaged");
  return *cost == kPasswordCost ? PasswordMatch::kMatch : PasswordMatch::kMatchOldCost;
}

std::string_view HashOfNobody() {
  // 32 zero bytes: no one can find a password with this hash.
  return "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LW5vYm9keS0w$"
         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
}

}  // namespace twinline::identity
