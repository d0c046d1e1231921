// 16-byte ids. Entity ids are derived from the request that made them, never drawn from a counter,
// a clock or a random source below domain/ (decisions.md R-14).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "platform/base/time.h"

namespace twinline::base {

class Id16 {
 public:
  static constexpr size_t kSize = 16;

  constexpr Id16() = default;  // all zero: "no id"
  // nullopt unless exactly 16 bytes / 32 hex digits.
  static std::optional<Id16> FromBytes(std::string_view bytes);
  static std::optional<Id16> FromHex(std::string_view hex);

  std::string_view bytes() const { return {reinterpret_cast<const char*>(value_.data()), kSize}; }
  std::string str() const { return std::string(bytes()); }  // for proto `bytes` fields
  std::string hex() const;
  bool empty() const { return *this == Id16(); }

  auto operator<=>(const Id16&) const = default;
  template <typename H>
  friend H AbslHashValue(H state, const Id16& id) {
    return H::combine(std::move(state), id.value_);
  }

 private:
  std::array<uint8_t, kSize> value_{};
};

// RFC 9562 version 7: 48 bits of milliseconds, then `random10` (at least 10 bytes of randomness).
Id16 MakeUuidV7(Timestamp time, std::string_view random10);
// The time inside a version 7 id; nullopt for any other version.
std::optional<Timestamp> TimeOfUuidV7(const Id16& id);
std::string ToUuidText(const Id16& id);                   // 8-4-4-4-12
std::optional<Id16> FromUuidText(std::string_view text);  // with or without dashes

// 128 bits of SHA-256 over length-prefixed parts. R-14:
// entity id = DeriveId({installation, kind, subject, request_id, ordinal}).
Id16 DeriveId(std::initializer_list<std::string_view> parts);

}  // namespace twinline::base
