#include "registry/domain/erasure.h"

namespace twinline::registry {
namespace {

constexpr size_t kMergedMax = 64;

}  // namespace

std::optional<v1::ErasureRow> FindOrder(const base::Rows& rows, std::string_view record) {
  std::optional<v1::ErasureRow> found;
  base::ScanIndex<v1::ErasureRow>(
      rows, base::TableOf<v1::ErasureRow>::kByRecord, kMergedMax,
      [&](const v1::ErasureRow& row) {
        if (row.state() != kErasureRequested && row.state() != kErasureDeclined) found = row;
        return !found;
      },
      base::AsId(record));
  return found;
}

std::vector<std::string> MergedInto(const base::Rows& rows, std::string_view child_id) {
  std::vector<std::string> merged;
  std::vector<std::string> open = {std::string(child_id)};
  while (!open.empty() && merged.size() < kMergedMax) {
    const std::string survivor = open.back();
    open.pop_back();
    base::ScanIndex<v1::DuplicateTaskRow>(
        rows, base::TableOf<v1::DuplicateTaskRow>::kByChild, kMergedMax,
        [&](const v1::DuplicateTaskRow& task) {
          if (task.outcome() == "MERGED" && task.survivor_child_id() == survivor) {
            merged.push_back(task.alias_child_id());
            open.push_back(task.alias_child_id());
          }
          return true;
        },
        base::AsId(survivor));
  }
  return merged;
}

}  // namespace twinline::registry
