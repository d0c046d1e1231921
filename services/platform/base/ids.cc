#include "platform/base/ids.h"

#include <cstring>

#include "absl/strings/str_replace.h"
#include "platform/base/absl_view.h"
#include "platform/base/check.h"
#include "platform/base/hash.h"

namespace twinline::base {

std::optional<Id16> Id16::FromBytes(std::string_view bytes) {
  if (bytes.size() != kSize) return std::nullopt;
  Id16 id;
  std::memcpy(id.value_.data(), bytes.data(), kSize);
  return id;
}

std::optional<Id16> Id16::FromHex(std::string_view hex) {
  const auto bytes = base::FromHex(hex);
  if (!bytes) return std::nullopt;
  return FromBytes(*bytes);
}

std::string Id16::hex() const { return ToHex(bytes()); }

Id16 MakeUuidV7(Timestamp time, std::string_view random10) {
  TWINLINE_CHECK(random10.size() >= 10, "a UUIDv7 needs 10 random bytes");
  uint8_t raw[16];
  const uint64_t ms = static_cast<uint64_t>(time.us / 1000);
  for (int i = 0; i < 6; ++i) raw[i] = static_cast<uint8_t>(ms >> (8 * (5 - i)));
  std::memcpy(raw + 6, random10.data(), 10);
  raw[6] = static_cast<uint8_t>((raw[6] & 0x0f) | 0x70);
  raw[8] = static_cast<uint8_t>((raw[8] & 0x3f) | 0x80);
  return *Id16::FromBytes({reinterpret_cast<const char*>(raw), sizeof raw});
}

std::optional<Timestamp> TimeOfUuidV7(const Id16& id) {
  const std::string_view raw = id.bytes();
  if ((static_cast<uint8_t>(raw[6]) >> 4) != 7) return std::nullopt;
  uint64_t ms = 0;
  for (int i = 0; i < 6; ++i) ms = ms << 8 | static_cast<uint8_t>(raw[i]);
  return Timestamp{static_cast<int64_t>(ms) * 1000};
}

std::string ToUuidText(const Id16& id) {
  const std::string hex = id.hex();
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
         hex.substr(16, 4) + "-" + hex.substr(20);
}

std::optional<Id16> FromUuidText(std::string_view text) {
  return Id16::FromHex(absl::StrReplaceAll(ToAbsl(text), {{"-", ""}}));
}

Id16 DeriveId(std::initializer_list<std::string_view> parts) {
  std::string input;
  for (std::string_view part : parts) {
    const uint32_t size = static_cast<uint32_t>(part.size());
    for (int shift = 24; shift >= 0; shift -= 8) input.push_back(static_cast<char>(size >> shift));
    input.append(part);
  }
  const Digest digest = Sha256({input});
  return *Id16::FromBytes(View(digest).substr(0, Id16::kSize));
}

}  // namespace twinline::base
