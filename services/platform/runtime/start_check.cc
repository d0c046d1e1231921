// Comparing what is there with what is known.
#include "platform/runtime/start_check.h"

#include <map>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "platform/base/status_macros.h"
#include "platform/vault/files.h"

namespace twinline::runtime {
namespace {

constexpr size_t kFileLimit = size_t{4} << 20;
constexpr char kHeading[] = "twinline-journal-ends 1";

std::filesystem::path FileOf(const std::filesystem::path& second_place) {
  return second_place / "journal-ends";
}

}  // namespace

absl::Status CheckNothingIsMissing(const std::vector<journal::JournalEnd>& ends,
                                   const std::vector<KnownPosition>& known) {
  std::map<std::string, journal::JournalEnd> by_name;
  for (const auto& end : ends) by_name[end.name] = end;
  for (const KnownPosition& position : known) {
    const auto it = by_name.find(position.journal);
    const uint64_t place = it == by_name.end() ? 1 : it->second.end.value;
    const uint64_t entries = it == by_name.end() ? 0 : it->second.entries;
    const bool place_missing = position.next_place > place;
    const bool records_missing = position.records > entries;
    if (!place_missing && !records_missing) continue;
    return absl::DataLossError(absl::StrCat(
        "acknowledged records are missing: journal ", position.journal, " ends at place ", place,
        " with ", entries, " entries, but ", position.who, " knows ",
        place_missing ? absl::StrCat("place ", position.next_place)
                      : absl::StrCat(position.records, " records"),
        ". Nothing was changed. Restore the original disk or topics, or the newest backup of "
        "everything; never start with this log (R-07, R-60) / 已确认的记录缺失（",
        position.journal,
        "），未作任何改动。请找回原来的磁盘或主题，或整体恢复最新备份；切勿用现有日志启动"));
  }
  return absl::OkStatus();
}

absl::Status WriteEnds(const std::filesystem::path& second_place,
                       const std::vector<journal::JournalEnd>& ends) {
  std::string text = absl::StrCat(kHeading, "\n");
  for (const auto& end : ends) absl::StrAppend(&text, end.name, " ", end.end.value, "\n");
  return vault::WriteFileDurably(FileOf(second_place), text, 0640);
}

absl::StatusOr<std::vector<KnownPosition>> ReadEnds(const std::filesystem::path& second_place) {
  std::vector<KnownPosition> known;
  TWINLINE_ASSIGN_OR_RETURN(const std::optional<std::string> text,
                            vault::ReadFile(FileOf(second_place), kFileLimit));
  if (!text) return known;
  const std::vector<std::string> lines = absl::StrSplit(*text, '\n', absl::SkipEmpty());
  if (lines.empty() || lines.front() != kHeading) {
    return absl::DataLossError(absl::StrCat(FileOf(second_place).string(), " cannot be read"));
  }
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string> parts = absl::StrSplit(lines[i], ' ');
    KnownPosition position;
    if (parts.size() != 2 || !absl::SimpleAtoi(parts[1], &position.next_place)) {
      return absl::DataLossError(
          absl::StrCat(FileOf(second_place).string(), ": line ", i + 1, " cannot be read"));
    }
    position.journal = parts[0];
    position.who = absl::StrCat("the second place ", FileOf(second_place).string());
    known.push_back(std::move(position));
  }
  return known;
}

}  // namespace twinline::runtime
