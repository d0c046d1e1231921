// The local meta rows of a state database: their keys and bytes. Private to the store.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "platform/store/state_batch.h"

namespace twinline::store {

inline constexpr std::string_view kCursorKey = "mcursor";
inline constexpr std::string_view kEvolveVersionKey = "mevolve_version";
inline constexpr std::string_view kAliveKey = "malive";
std::string ScanKey(std::string_view journal);

std::string EncodeCursor(const Cursor& cursor);
std::optional<Cursor> DecodeCursor(std::string_view bytes);

// Calls `put(key, value)` for every meta row of the batch.
template <typename Put>
void ForEachMeta(const StateBatch& batch, Put&& put) {
  if (batch.own()) put(std::string(kCursorKey), EncodeCursor(*batch.own()));
  for (const auto& [journal, reader] : batch.scans()) put(ScanKey(journal), reader);
  if (batch.evolve_version()) {
    put(std::string(kEvolveVersionKey), std::to_string(*batch.evolve_version()));
  }
  if (batch.alive_us()) put(std::string(kAliveKey), std::to_string(*batch.alive_us()));
}

// Stops the process on a batch that breaks the rules of StateBatch: own rows without the own
// cursor, or meta rows among the writes.
void CheckBatch(const StateBatch& batch);

}  // namespace twinline::store
