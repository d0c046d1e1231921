// A key contains plus signs and no path does by habit; still the text is tried as a key first.
#include "tools/twinline/verifier_key.h"

#include "platform/base/status_macros.h"
#include "tools/twinline/files.h"

namespace twinline::cli {

absl::StatusOr<audit::NoteVerifier> LoadVerifierKey(const std::string& text) {
  if (auto typed = audit::NoteVerifier::Parse(text); typed.ok()) return typed;
  TWINLINE_ASSIGN_OR_RETURN(std::string content, ReadWholeFile(text, 4096));
  content.resize(content.find_last_not_of(" \r\n\t") + 1);
  return audit::NoteVerifier::Parse(content);
}

}  // namespace twinline::cli
