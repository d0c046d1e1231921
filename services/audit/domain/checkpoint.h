// A checkpoint: the head of the tree over `audit/0`, the one thing that is signed and published
// (decisions.md R-53). Its text is a C2SP tlog-checkpoint of exactly three lines:
//
//   origin          the name of the log, which is also the name of its key
//   size            number of leaves, decimal, no leading zero
//   root            base64 of the 32-byte root
//
// It carries no time on purpose: signing the same head again gives the same bytes, so a crash
// between signing and recording cannot produce two different notes for one size. The standard
// allows more lines after the third; ours has none and Parse refuses them, because evidence must
// not say anything that its reader skips. In a demonstration realm the origin begins with "demo."
//
//
// Vector: the empty-leaf tree of size 1 under the origin "linshui.example/audit" is
//   "linshui.example/audit\n1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n"
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "audit/domain/signed_note.h"
#include "platform/base/hash.h"

namespace twinline::audit {

struct Checkpoint {
  std::string origin;
  uint64_t size = 0;
  base::Digest root = {};

  bool operator==(const Checkpoint&) const = default;
};

std::string CheckpointText(const Checkpoint& checkpoint);

// InvalidArgument for anything but the one spelling that CheckpointText gives.
absl::StatusOr<Checkpoint> ParseCheckpoint(std::string_view text);

// The signed note of the head (size, root); the origin is the signer's name.
absl::StatusOr<std::string> SignCheckpoint(const NoteSigner& signer, uint64_t size,
                                           const base::Digest& root);

// Verifies the signature, parses the text, and checks that the origin is the key's own name.
// InvalidArgument when malformed, Unauthenticated when not signed by this key.
absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note, const NoteVerifier& verifier);

}  // namespace twinline::audit
