// The key with which checkpoints are checked: typed as it is printed, or in a file.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "audit/domain/signed_note.h"

namespace twinline::cli {

// `text` is "name+hex+base64", or names a file whose first line is that.
absl::StatusOr<audit::NoteVerifier> LoadVerifierKey(const std::string& text);

}  // namespace twinline::cli
