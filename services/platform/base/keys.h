// Order-preserving encoding of row keys: for keys of one table, bytes compare as their parts do.
// Layout: space, table number (2 bytes), index number (1 byte, 0 = primary), then the parts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "platform/base/civil.h"
#include "platform/base/ids.h"
#include "platform/base/time.h"

namespace twinline::base {

// Which life a row has. Own rows are made only by Evolve from the shard's own journal and are
// covered by the state hash; foreign rows are copies of facts of followed journals: they may
// refuse early, never authorise, and are rebuilt by following again.
enum class Space : char { kOwn = 'o', kForeign = 'f' };

inline void AppendKeyPart(std::string* key, const Id16& id) { key->append(id.bytes()); }
inline void AppendKeyPart(std::string* key, uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) key->push_back(static_cast<char>(value >> shift));
}
inline void AppendKeyPart(std::string* key, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) key->push_back(static_cast<char>(value >> shift));
}
inline void AppendKeyPart(std::string* key, int64_t value) {
  AppendKeyPart(key, static_cast<uint64_t>(value) ^ (uint64_t{1} << 63));
}
inline void AppendKeyPart(std::string* key, int32_t value) {
  AppendKeyPart(key, static_cast<uint32_t>(value) ^ (uint32_t{1} << 31));
}
inline void AppendKeyPart(std::string* key, CivilDay day) { AppendKeyPart(key, day.days); }
inline void AppendKeyPart(std::string* key, Timestamp time) { AppendKeyPart(key, time.us); }
inline void AppendKeyPart(std::string* key, bool value) { key->push_back(value ? 1 : 0); }
// Text of any bytes: 0x00 is escaped, so that a shorter text sorts before its extensions.
inline void AppendKeyPart(std::string* key, std::string_view text) {
  for (char c : text) {
    key->push_back(c);
    if (c == '\0') key->push_back('\xff');
  }
  key->append(std::string_view("\0\x01", 2));
}
inline void AppendKeyPart(std::string* key, const std::string& text) {
  AppendKeyPart(key, std::string_view(text));
}
inline void AppendKeyPart(std::string* key, const char* text) {
  AppendKeyPart(key, std::string_view(text));
}
template <typename E>
requires std::is_enum_v<E>
void AppendKeyPart(std::string* key, E value) { AppendKeyPart(key, static_cast<uint32_t>(value)); }

template <typename... Parts>
std::string EncodeKey(Space space, uint16_t table, uint8_t index, const Parts&... parts) {
  std::string key;
  key.reserve(4 + 20 * sizeof...(Parts));
  key.push_back(static_cast<char>(space));
  key.push_back(static_cast<char>(table >> 8));
  key.push_back(static_cast<char>(table));
  key.push_back(static_cast<char>(index));
  (AppendKeyPart(&key, parts), ...);
  return key;
}

// An id held in a proto `bytes` field. A field of another length is "no id".
inline Id16 AsId(std::string_view bytes) { return Id16::FromBytes(bytes).value_or(Id16()); }

}  // namespace twinline::base
