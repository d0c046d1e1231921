#include "audit/service/index_keys.h"

namespace twinline::audit {
namespace {

constexpr int kNumberBytes = 2;
constexpr int kPosBytes = 6;
constexpr size_t kPlaceBytes = 8 + kNumberBytes + kPosBytes;

std::string Numbered(char space, JournalNumber number) {
  std::string key(1, space);
  AppendBig(&key, number, kNumberBytes);
  return key;
}

void AppendVarint(std::string* out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out->push_back(static_cast<char>(value | 0x80));
  out->push_back(static_cast<char>(value));
}

std::optional<uint64_t> TakeVarint(std::string_view* in) {
  uint64_t value = 0;
  for (unsigned i = 0; i < 10 && i < in->size(); ++i) {
    const auto byte = static_cast<uint8_t>((*in)[i]);
    value |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if ((byte & 0x80) == 0) {
      in->remove_prefix(i + 1);
      return value;
    }
  }
  return std::nullopt;
}

}  // namespace

void AppendBig(std::string* out, uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out->push_back(static_cast<char>(value >> shift));
  }
}

uint64_t ReadBig(std::string_view bytes, size_t at, int count) {
  uint64_t value = 0;
  for (int i = 0; i < count; ++i) {
    value = value << 8 | static_cast<uint8_t>(bytes[at + static_cast<size_t>(i)]);
  }
  return value;
}

std::string VersionKey() { return "v"; }
std::string JournalKey(std::string_view name) { return "j" + std::string(name); }
std::string FollowKey(JournalNumber number) { return Numbered('n', number); }
std::string TileKey(JournalNumber number, uint32_t tile_level, uint64_t tile) {
  std::string key = Numbered('t', number);
  AppendBig(&key, tile_level, 1);
  AppendBig(&key, tile, kPosBytes);
  return key;
}
std::string BlockKey(JournalNumber number, uint64_t block) {
  std::string key = Numbered('p', number);
  AppendBig(&key, block, kPosBytes);
  return key;
}
std::string HeadKey(JournalNumber number, bool covered) {
  return Numbered(covered ? 'H' : 'h', number);
}
std::string CheckpointKey() { return "C"; }
std::string LinkKey(const base::Id16& link) { return "l" + link.str(); }
std::string MembershipPrefix(const base::Id16& child) { return "m" + child.str(); }
std::string MembershipKey(const base::Id16& child, const base::Id16& class_id, uint32_t version,
                          bool joined) {
  std::string key = MembershipPrefix(child);
  key += class_id.bytes();
  AppendBig(&key, version, 4);
  key.push_back(joined ? 1 : 0);
  return key;
}

std::string ListPrefix(List list, std::string_view id) {
  std::string key(1, static_cast<char>(list));
  key += id;
  return key;
}

std::string ListKey(List list, std::string_view id, const ListPlace& place) {
  std::string key;
  key.reserve(1 + id.size() + kPlaceBytes);
  key.push_back(static_cast<char>(list));
  key += id;
  AppendBig(&key, static_cast<uint64_t>(place.time_us), 8);
  AppendBig(&key, place.number, kNumberBytes);
  AppendBig(&key, place.pos, kPosBytes);
  return key;
}

std::optional<ListPlace> PlaceOfKey(std::string_view key, size_t prefix_size) {
  if (key.size() != prefix_size + kPlaceBytes) return std::nullopt;
  ListPlace place;
  place.time_us = static_cast<int64_t>(ReadBig(key, prefix_size, 8));
  place.number = static_cast<JournalNumber>(ReadBig(key, prefix_size + 8, kNumberBytes));
  place.pos = ReadBig(key, prefix_size + 8 + kNumberBytes, kPosBytes);
  return place;
}

std::string EncodeListValue(uint64_t pos, const ListValue& value) {
  std::string out;
  AppendVarint(&out, value.place - pos);  // small: a place counts what was passed over as well
  for (const ListedCommit& commit : value.commits) {
    AppendVarint(&out, commit.commit);
    AppendVarint(&out, commit.detail.size());
    for (const uint32_t number : commit.detail) AppendVarint(&out, number);
  }
  return out;
}

std::optional<ListValue> DecodeListValue(uint64_t pos, std::string_view bytes) {
  ListValue value;
  const auto ahead = TakeVarint(&bytes);
  if (!ahead) return std::nullopt;
  value.place = pos + *ahead;
  while (!bytes.empty()) {
    const auto commit = TakeVarint(&bytes);
    const auto count = TakeVarint(&bytes);
    if (!commit || !count || *count > bytes.size()) return std::nullopt;
    ListedCommit listed;
    listed.commit = static_cast<uint32_t>(*commit);
    for (uint64_t i = 0; i < *count; ++i) {
      const auto number = TakeVarint(&bytes);
      if (!number) return std::nullopt;
      listed.detail.push_back(static_cast<uint32_t>(*number));
    }
    value.commits.push_back(std::move(listed));
  }
  return value;
}

std::string EncodeBlock(const Block& block) {
  std::string out;
  AppendBig(&out, block.first_place, 8);
  AppendBig(&out, static_cast<uint64_t>(block.from_us), 8);
  AppendBig(&out, static_cast<uint64_t>(block.to_us), 8);
  return out;
}

std::optional<Block> DecodeBlock(std::string_view bytes) {
  if (bytes.size() != 24) return std::nullopt;
  return Block{ReadBig(bytes, 0, 8), static_cast<int64_t>(ReadBig(bytes, 8, 8)),
               static_cast<int64_t>(ReadBig(bytes, 16, 8))};
}

std::string EncodeHead(const NotedHead& head) {
  std::string out;
  AppendBig(&out, head.size, 8);
  out += base::View(head.root);
  AppendBig(&out, head.pos, 8);
  AppendBig(&out, head.commit, 4);
  return out;
}

std::optional<NotedHead> DecodeHead(std::string_view bytes) {
  if (bytes.size() != 52) return std::nullopt;
  return NotedHead{ReadBig(bytes, 0, 8), *base::DigestFromBytes(bytes.substr(8, 32)),
                   ReadBig(bytes, 40, 8), static_cast<uint32_t>(ReadBig(bytes, 48, 4))};
}

std::string EncodeCheckpoint(const NotedCheckpoint& checkpoint) {
  std::string out;
  AppendBig(&out, checkpoint.size, 8);
  AppendBig(&out, checkpoint.pos, 8);
  AppendBig(&out, checkpoint.commit, 4);
  AppendBig(&out, static_cast<uint64_t>(checkpoint.time_us), 8);
  return out;
}

std::optional<NotedCheckpoint> DecodeCheckpoint(std::string_view bytes) {
  if (bytes.size() != 28) return std::nullopt;
  return NotedCheckpoint{ReadBig(bytes, 0, 8), ReadBig(bytes, 8, 8),
                         static_cast<uint32_t>(ReadBig(bytes, 16, 4)),
                         static_cast<int64_t>(ReadBig(bytes, 20, 8))};
}

}  // namespace twinline::audit
