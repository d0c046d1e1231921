// How a follower remembers its place in a journal, in its own store and nowhere else:
//
//   version u8 = 2 | place u64 | epoch u64 | next_pos u64 | chain 32 | last_digest 32 | flags u8 |
//   epoch_pos u64 | genesis, serialised
//
// Version 1 had no epoch_pos. It is read as the latest that it can be, so that nothing halts for
// it. Integers are big-endian; flag 1: a genesis follows; flag 2: sealed.
#include <cstdint>
#include <string>

#include "platform/journal/admit.h"
#include "platform/journal/big_endian.h"

namespace twinline::journal {
namespace {

constexpr char kVersion = 2;
constexpr char kWithoutEpochPos = 1;
constexpr size_t kFixed = 1 + 3 * 8 + 2 * 32 + 1;
constexpr uint8_t kHasGenesis = 1;
constexpr uint8_t kSealed = 2;

}  // namespace

std::string EncodeReaderState(Place next, const JournalState& state) {
  std::string out;
  out.reserve(kFixed + 48);
  out.push_back(kVersion);
  AppendU64(out, next.value);
  AppendU64(out, state.epoch);
  AppendU64(out, state.next_pos);
  out.append(base::View(state.chain));
  out.append(base::View(state.last_digest));
  const int flags = (state.genesis ? kHasGenesis : 0) | (state.sealed ? kSealed : 0);
  out.push_back(static_cast<char>(flags));
  AppendU64(out, state.epoch_pos);
  if (state.genesis) state.genesis->AppendToString(&out);
  return out;
}

std::optional<std::pair<Place, JournalState>> DecodeReaderState(std::string_view bytes) {
  if (bytes.size() < kFixed) return std::nullopt;
  const bool with_epoch_pos = bytes[0] == kVersion;
  if (!with_epoch_pos && bytes[0] != kWithoutEpochPos) return std::nullopt;
  Place next{ReadU64(bytes.substr(1))};
  JournalState state;
  state.epoch = ReadU64(bytes.substr(9));
  state.next_pos = ReadU64(bytes.substr(17));
  state.chain = *base::DigestFromBytes(bytes.substr(25, 32));
  state.last_digest = *base::DigestFromBytes(bytes.substr(57, 32));
  const auto flags = static_cast<uint8_t>(bytes[89]);
  if ((flags & ~(kHasGenesis | kSealed)) != 0) return std::nullopt;
  state.sealed = (flags & kSealed) != 0;
  std::string_view rest = bytes.substr(kFixed);
  state.epoch_pos = state.next_pos;
  if (with_epoch_pos) {
    if (rest.size() < 8) return std::nullopt;
    state.epoch_pos = ReadU64(rest);
    rest.remove_prefix(8);
  }
  if ((flags & kHasGenesis) == 0) {
    if (!rest.empty()) return std::nullopt;
    return std::pair(next, std::move(state));
  }
  v1::JournalCreated genesis;
  if (!genesis.ParseFromArray(rest.data(), static_cast<int>(rest.size()))) return std::nullopt;
  state.genesis = std::move(genesis);
  return std::pair(next, std::move(state));
}

}  // namespace twinline::journal
