#include "platform/vault/destruction_list.h"

#include <optional>

#include "platform/base/status_macros.h"
#include "platform/vault/concat.h"
#include "platform/vault/files.h"

namespace twinline::vault {
namespace {

constexpr size_t kLineSize = 2 * base::Id16::kSize + 1;
constexpr size_t kMaxFileSize = size_t{1} << 30;
constexpr unsigned kMode = 0600;

}  // namespace

absl::StatusOr<DestructionList> DestructionList::Load(const std::filesystem::path& path) {
  DestructionList list(path);
  TWINLINE_ASSIGN_OR_RETURN(std::optional<std::string> content, ReadFile(path, kMaxFileSize));
  if (!content) return list;
  const size_t whole = content->size() / kLineSize * kLineSize;
  for (size_t at = 0; at < whole; at += kLineSize) {
    const std::string_view line(content->data() + at, kLineSize);
    const std::optional<base::Id16> id = base::Id16::FromHex(line.substr(0, kLineSize - 1));
    if (!id || line.back() != '\n') {
      return absl::DataLossError(Concat(
          {"list of destroyed keys is damaged at byte ", std::to_string(at), ": ", path.string()}));
    }
    list.ids_.insert(*id);
  }
  if (whole != content->size()) {
    // Rewritten without the torn tail, or the next line would be glued to it.
    TWINLINE_RETURN_IF_ERROR(
        WriteFileDurably(path, std::string_view(*content).substr(0, whole), kMode));
  }
  return list;
}

absl::Status DestructionList::Append(std::span<const base::Id16> ids) {
  std::string lines;
  for (const base::Id16& id : ids) {
    if (!ids_.contains(id)) lines += id.hex() + "\n";
  }
  if (lines.empty()) return absl::OkStatus();
  TWINLINE_RETURN_IF_ERROR(AppendDurably(path_, lines, kMode));
  ids_.insert(ids.begin(), ids.end());
  return absl::OkStatus();
}

}  // namespace twinline::vault
