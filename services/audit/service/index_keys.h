// Keys and values of the audit's index, in one place. Integers are big-endian, so that byte order
// is number order; `number` is the local number of a journal (2 bytes), `pos` takes 6 bytes, times
// are microseconds in 8.
//
//   v                                    format of the index
//   j name                               local number of a journal
//   n number                             how far it was followed, and the right edge of its tree
//   t number level tile                  16 hashes of its tree (tree_store.h)
//   p number block                       where each 256th record lies, with the times of its block
//   h number / H number                  its newest head; the newest one under a checkpoint
//   C                                    the newest checkpoint
//   c child time number pos              records that name the child
//   a actor time number pos              records with acts of the actor
//   k class time number pos              class lists shown: commits with the roster version
//   s session time number pos            network address of a session: which commit says it
//   l link                               the child of a registration, case or alert
//   m child class version joined         a change of a class's roster
//
// The values of c and a say where the record lies, which of its commits are meant, and of what
// types these are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/hash.h"
#include "platform/base/ids.h"

namespace twinline::audit {

using JournalNumber = uint16_t;

// Raised whenever the same journals would give other keys: the index is then built anew.
inline constexpr uint32_t kIndexFormat = 1;
inline constexpr uint64_t kBlockRecords = 256;

void AppendBig(std::string* out, uint64_t value, int bytes);
uint64_t ReadBig(std::string_view bytes, size_t at, int count);

std::string VersionKey();
std::string JournalKey(std::string_view name);
std::string FollowKey(JournalNumber number);
std::string TileKey(JournalNumber number, uint32_t tile_level, uint64_t tile);
std::string BlockKey(JournalNumber number, uint64_t block);
std::string HeadKey(JournalNumber number, bool covered);
std::string CheckpointKey();
std::string LinkKey(const base::Id16& link);
std::string MembershipPrefix(const base::Id16& child);
std::string MembershipKey(const base::Id16& child, const base::Id16& class_id, uint32_t version,
                          bool joined);

// The three lists over time.
enum class List : char { kChild = 'c', kActor = 'a', kClass = 'k', kSession = 's' };
struct ListPlace {
  int64_t time_us = 0;
  JournalNumber number = 0;
  uint64_t pos = 0;
  auto operator<=>(const ListPlace&) const = default;
};
std::string ListPrefix(List list, std::string_view id);
std::string ListKey(List list, std::string_view id, const ListPlace& place);
// The place in a list key; nullopt when it is none.
std::optional<ListPlace> PlaceOfKey(std::string_view key, size_t prefix_size);

// One commit of a record as a list names it. `detail`: event types, or roster versions of a class.
struct ListedCommit {
  uint32_t commit = 0;
  std::vector<uint32_t> detail;
};
struct ListValue {
  uint64_t place = 0;  // of the record in its journal's medium
  std::vector<ListedCommit> commits;
};
std::string EncodeListValue(uint64_t pos, const ListValue& value);
std::optional<ListValue> DecodeListValue(uint64_t pos, std::string_view bytes);

struct Block {
  uint64_t first_place = 0;
  int64_t from_us = 0;  // earliest and latest record time in it
  int64_t to_us = 0;
};
std::string EncodeBlock(const Block& block);
std::optional<Block> DecodeBlock(std::string_view bytes);

struct NotedHead {
  uint64_t size = 0;
  base::Digest root{};
  uint64_t pos = 0;     // of the record in audit/0 that notes it,
  uint32_t commit = 0;  // and which of its commits
  bool operator==(const NotedHead&) const = default;
};
std::string EncodeHead(const NotedHead& head);
std::optional<NotedHead> DecodeHead(std::string_view bytes);

// The newest checkpoint and the record that holds it; `size` 0: none yet.
struct NotedCheckpoint {
  uint64_t size = 0;
  uint64_t pos = 0;
  uint32_t commit = 0;
  int64_t time_us = 0;
};
std::string EncodeCheckpoint(const NotedCheckpoint& checkpoint);
std::optional<NotedCheckpoint> DecodeCheckpoint(std::string_view bytes);

}  // namespace twinline::audit
