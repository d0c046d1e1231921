// What is kept outside the journals so that their loss is noticed: the newest checkpoint, the last
// one of each day, and the heads under the newest. In the second place, which is outside the
// backup set, and beside the index, where the host asks for known ends before it starts.
//
//   <second place>/checkpoints/newest         signed note
//   <second place>/checkpoints/2026-09-01     the last one of that day
//   <second place>/checkpoints/heads          a line "journal size root" for each journal
//   <second place>/checkpoints/verifier-key   print it and keep it where this machine cannot reach
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "audit/service/journal_index.h"
#include "platform/base/civil.h"

namespace twinline::audit {

struct KnownHead {
  std::string journal;
  uint64_t size = 0;
  base::Digest root{};
};

std::string EncodeHeads(const std::vector<KnownHead>& heads);
// DATA_LOSS when a line cannot be read.
absl::StatusOr<std::vector<KnownHead>> DecodeHeads(std::string_view text);

// Writes a checkpoint with the heads below it; durable on return. `directory` is the index's own
// and gets the heads only.
absl::Status KeepCheckpoint(const std::filesystem::path& second_place,
                            const std::filesystem::path& directory, std::string_view note,
                            std::string_view verifier_key, const std::vector<KnownHead>& heads,
                            base::CivilDay day);

// The heads kept in `directory`, or `<second place>/checkpoints`; none when there is no such file.
absl::StatusOr<std::vector<KnownHead>> ReadHeads(const std::filesystem::path& directory);

// Every note kept in the second place, with the name of its file.
absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ReadNotes(
    const std::filesystem::path& second_place);

std::filesystem::path CheckpointsIn(const std::filesystem::path& second_place);

}  // namespace twinline::audit
