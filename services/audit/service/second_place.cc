#include "audit/service/second_place.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "audit/domain/signed_note.h"
#include "platform/base/absl_view.h"
#include "platform/base/hash.h"
#include "platform/base/status_macros.h"
#include "platform/vault/files.h"

namespace twinline::audit {
namespace {

constexpr size_t kHeadsFileMax = size_t{1} << 20;
constexpr unsigned kMode = 0640;
constexpr char kHeads[] = "heads";
constexpr char kVerifierKey[] = "verifier-key";

}  // namespace

std::filesystem::path CheckpointsIn(const std::filesystem::path& second_place) {
  return second_place / "checkpoints";
}

std::string EncodeHeads(const std::vector<KnownHead>& heads) {
  std::string text;
  for (const KnownHead& head : heads) {
    absl::StrAppend(&text, head.journal, " ", head.size, " ", base::ToHex(base::View(head.root)),
                    "\n");
  }
  return text;
}

absl::StatusOr<std::vector<KnownHead>> DecodeHeads(std::string_view text) {
  std::vector<KnownHead> heads;
  const std::vector<std::string> lines =
      absl::StrSplit(base::ToAbsl(text), '\n', absl::SkipEmpty());
  for (const std::string& line : lines) {
    const std::vector<std::string> parts = absl::StrSplit(line, ' ');
    KnownHead head;
    std::optional<base::Digest> root;
    if (parts.size() == 3) {
      root = base::DigestFromBytes(base::FromHex(parts[2]).value_or(std::string()));
    }
    if (!root || !absl::SimpleAtoi(parts[1], &head.size)) {
      return absl::DataLossError(absl::StrCat("not a noted head: ", line));
    }
    head.journal = parts[0];
    head.root = *root;
    heads.push_back(std::move(head));
  }
  return heads;
}

absl::Status KeepCheckpoint(const std::filesystem::path& second_place,
                            const std::filesystem::path& directory, std::string_view note,
                            std::string_view verifier_key, const std::vector<KnownHead>& heads,
                            base::CivilDay day) {
  const std::string lines = EncodeHeads(heads);
  TWINLINE_RETURN_IF_ERROR(vault::WriteFileDurably(directory / kHeads, lines, kMode));
  const std::filesystem::path place = CheckpointsIn(second_place);
  TWINLINE_RETURN_IF_ERROR(vault::MakeDirectories(place));
  TWINLINE_RETURN_IF_ERROR(vault::WriteFileDurably(place / kHeads, lines, kMode));
  TWINLINE_RETURN_IF_ERROR(vault::WriteFileDurably(place / day.ToString(), note, kMode));
  TWINLINE_RETURN_IF_ERROR(vault::WriteFileDurably(
      place / kVerifierKey, absl::StrCat(base::ToAbsl(verifier_key), "\n"), kMode));
  return vault::WriteFileDurably(place / "newest", note, kMode);
}

absl::StatusOr<std::vector<KnownHead>> ReadHeads(const std::filesystem::path& directory) {
  TWINLINE_ASSIGN_OR_RETURN(const auto text, vault::ReadFile(directory / kHeads, kHeadsFileMax));
  if (!text) return std::vector<KnownHead>();
  return DecodeHeads(*text);
}

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ReadNotes(
    const std::filesystem::path& second_place) {
  std::vector<std::pair<std::string, std::string>> notes;
  std::error_code code;
  std::filesystem::directory_iterator files(CheckpointsIn(second_place), code);
  if (code == std::errc::no_such_file_or_directory) return notes;
  if (code) return absl::UnavailableError(code.message());
  for (const auto& file : files) {
    const std::string name = file.path().filename();
    if (name != "newest" && !base::CivilDay::Parse(name)) continue;
    TWINLINE_ASSIGN_OR_RETURN(auto note, vault::ReadFile(file.path(), kMaxNoteBytes));
    if (note) notes.emplace_back(name, *std::move(note));
  }
  return notes;
}

}  // namespace twinline::audit
