#include "platform/engine/replies.h"

#include <algorithm>
#include <utility>

#include "platform/base/civil.h"
#include "platform/engine/platform_rows.h"

namespace twinline::engine {
namespace {

using base::Space;

// Indexes of the reply table.
constexpr uint8_t kTimed = 0;     // id, subject, type -> reply; ordered by the time in the id
constexpr uint8_t kDayIndex = 1;  // day recorded, id, subject, type -> nothing
constexpr uint8_t kUntimed = 2;   // id, subject, type -> reply

constexpr int64_t kHourUs = 3'600'000'000;
constexpr int64_t kDayUs = 24 * kHourUs;
constexpr int64_t kAcceptedUs = 30 * kDayUs;  // the door refuses older ids
constexpr int64_t kAheadUs = kDayUs;          // and ids minted this far ahead, long before
constexpr int32_t kKeptDays = 31;

std::string KeyIn(uint8_t index, const ReplyKey& key) {
  return base::EncodeKey(Space::kOwn, kReplyTable, index, key.request_id, key.subject,
                         key.command_type);
}

// Whether a reply recorded at `recorded` is ordered by the time in its id. An id that was in time
// when it was recorded stays so for every later look-up within its life.
bool IsTimed(const base::Id16& id, base::Timestamp recorded) {
  const auto minted = base::TimeOfUuidV7(id);
  return minted && minted->us >= recorded.us - kAcceptedUs && minted->us <= recorded.us + kAheadUs;
}

std::optional<StoredReply> Decode(std::string_view in) {
  StoredReply reply;
  const auto pos = TakeVarint(&in);
  const auto commit = TakeVarint(&in);
  const auto epoch = TakeVarint(&in);
  const auto length = TakeVarint(&in);
  if (!length || in.size() < *length) return std::nullopt;
  reply.pos = *pos;
  reply.commit = static_cast<uint32_t>(*commit);
  reply.epoch = *epoch;
  reply.fingerprint = in.substr(0, *length);
  for (in.remove_prefix(*length); in.size() >= base::Id16::kSize;
       in.remove_prefix(base::Id16::kSize)) {
    reply.entities.push_back(base::AsId(in.substr(0, base::Id16::kSize)));
  }
  return reply;
}

// Collects keys first: rows are not removed under a running scan.
std::vector<std::string> KeysBefore(const base::Rows& rows, const std::string& prefix,
                                    const std::string& from, const std::string& end, size_t max) {
  std::vector<std::string> keys;
  rows.Scan(prefix, from, [&](std::string_view key, std::string_view) {
    if (key >= end || keys.size() == max) return false;
    keys.emplace_back(key);
    return true;
  });
  return keys;
}

// The smallest key of the timed replies whose id was minted at `time`: ids begin with 48 bits of
// milliseconds.
std::string TimedKeyAt(base::Timestamp time) {
  std::string key = base::EncodeKey(Space::kOwn, kReplyTable, kTimed);
  const uint64_t ms = time.us <= 0 ? 0 : static_cast<uint64_t>(time.us) / 1000;
  for (int shift = 40; shift >= 0; shift -= 8) key.push_back(static_cast<char>(ms >> shift));
  return key;
}

size_t PruneUntimed(base::Rows& rows, base::CivilDay before) {
  const std::string prefix = base::EncodeKey(Space::kOwn, kReplyTable, kDayIndex);
  const std::string end = base::EncodeKey(Space::kOwn, kReplyTable, kDayIndex, before);
  const std::vector<std::string> keys = KeysBefore(rows, prefix, {}, end, kPruneMax / 2);
  for (const std::string& key : keys) {
    rows.Remove(base::EncodeKey(Space::kOwn, kReplyTable, kUntimed) + key.substr(end.size()));
    rows.Remove(key);
  }
  return keys.size();
}

}  // namespace

base::Id16 SubjectOf(const journal::v1::Actor& actor) {
  if (const auto id = base::Id16::FromBytes(actor.subject())) return *id;
  return base::DeriveId({"service subject", actor.service()});
}

std::optional<StoredReply> FindReply(const base::Rows& rows, const ReplyKey& key,
                                     base::Timestamp now) {
  std::optional<std::string> bytes;
  const bool timed = base::TimeOfUuidV7(key.request_id).has_value();
  if (timed) bytes = rows.Get(KeyIn(kTimed, key));
  if (!bytes && !IsTimed(key.request_id, now)) bytes = rows.Get(KeyIn(kUntimed, key));
  return bytes ? Decode(*bytes) : std::nullopt;
}

void PutReply(base::Rows& rows, const ReplyKey& key, const StoredReply& reply,
              base::Timestamp recorded) {
  std::string bytes;
  bytes.reserve(16 + reply.fingerprint.size() + base::Id16::kSize * reply.entities.size());
  AppendVarint(&bytes, reply.pos);
  AppendVarint(&bytes, reply.commit);
  AppendVarint(&bytes, reply.epoch);
  AppendVarint(&bytes, reply.fingerprint.size());
  bytes += reply.fingerprint;
  for (const base::Id16& id : reply.entities) bytes += id.bytes();
  if (IsTimed(key.request_id, recorded)) {
    rows.Set(KeyIn(kTimed, key), std::move(bytes));
    return;
  }
  rows.Set(KeyIn(kUntimed, key), std::move(bytes));
  rows.Set(base::EncodeKey(Space::kOwn, kReplyTable, kDayIndex, base::DayOf(recorded),
                           key.request_id, key.subject, key.command_type),
           {});
}

void PruneReplies(base::Rows& rows, base::Timestamp recorded, base::Timestamp* pruned_to) {
  const base::Timestamp limit{recorded.us - kKeptDays * kDayUs};
  if (limit.us < pruned_to->us + kHourUs) return;
  const size_t untimed = PruneUntimed(rows, base::DayOf(recorded) - kKeptDays);
  const std::string prefix = base::EncodeKey(Space::kOwn, kReplyTable, kTimed);
  // From where the last sweep ended: what it removed lies in front as tombstones. Nothing can be
  // added there, for an id that old would be untimed.
  const std::vector<std::string> keys =
      KeysBefore(rows, prefix, TimedKeyAt(*pruned_to), TimedKeyAt(limit), kPruneMax - untimed);
  for (const std::string& key : keys) rows.Remove(key);
  if (untimed == kPruneMax / 2) return;  // come back with the next record
  if (keys.size() < kPruneMax - untimed) {
    *pruned_to = limit;
  } else {
    const auto last = base::TimeOfUuidV7(base::AsId(keys.back().substr(prefix.size(), 16)));
    *pruned_to = std::max(*pruned_to, last.value_or(*pruned_to));
  }
}

}  // namespace twinline::engine
