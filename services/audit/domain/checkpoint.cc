#include "audit/domain/checkpoint.h"

#include <charconv>
#include <optional>

#include "platform/base/merkle.h"
#include "platform/base/status_macros.h"

namespace twinline::audit {

std::string CheckpointText(const Checkpoint& checkpoint) {
  return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" +
         base::ToBase64(base::View(checkpoint.root)) + "\n";
}

absl::StatusOr<Checkpoint> ParseCheckpoint(std::string_view text) {
  const absl::Status malformed =
      absl::InvalidArgumentError("checkpoint: not the three lines origin, size, root");
  const size_t first = text.find('\n');
  if (first == std::string_view::npos || first == 0) return malformed;
  const size_t second = text.find('\n', first + 1);
  if (second == std::string_view::npos || text.back() != '\n') return malformed;
  Checkpoint checkpoint;
  checkpoint.origin = std::string(text.substr(0, first));
  const std::string_view size = text.substr(first + 1, second - first - 1);
  const auto [end, error] =
      std::from_chars(size.data(), size.data() + size.size(), checkpoint.size);
  if (error != std::errc() || end != size.data() + size.size()) return malformed;
  if (checkpoint.size > base::kMaxTreeSize) return malformed;
  const std::optional<std::string> bytes =
      base::FromBase64(text.substr(second + 1, text.size() - second - 2));
  const std::optional<base::Digest> root = bytes ? base::DigestFromBytes(*bytes) : std::nullopt;
  if (!root) return malformed;
  checkpoint.root = *root;
  // One head has one text: leading zeros, other base64 spellings and further lines end here.
  if (CheckpointText(checkpoint) != text) return malformed;
  return checkpoint;
}

absl::StatusOr<std::string> SignCheckpoint(const NoteSigner& signer, uint64_t size,
                                           const base::Digest& root) {
  return signer.Sign(CheckpointText({signer.name(), size, root}));
}

absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note, const NoteVerifier& verifier) {
  TWINLINE_ASSIGN_OR_RETURN(const std::string text, verifier.Open(note));
  TWINLINE_ASSIGN_OR_RETURN(Checkpoint checkpoint, ParseCheckpoint(text));
  if (checkpoint.origin != verifier.name()) {
    return absl::InvalidArgumentError("checkpoint: the origin is not the name of its key");
  }
  return checkpoint;
}

}  // namespace twinline::audit
