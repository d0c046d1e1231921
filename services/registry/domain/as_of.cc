#include "registry/domain/as_of.h"

#include "registry/tables/tables.h"

namespace twinline::registry {

std::vector<v1::MemberRow> ClassAsOf(const base::Rows& rows, const base::Id16& class_id,
                                     base::CivilDay day, base::Timestamp known) {
  std::vector<v1::MemberRow> members;
  base::ScanRows<v1::MemberRow>(
      rows, 2'000,
      [&](const v1::MemberRow& row) {
        const bool joined = row.joined_us() <= known.us && row.joined_on().days() <= day.days;
        const bool left =
            row.has_left_on() && row.left_us() <= known.us && row.left_on().days() <= day.days;
        if (joined && !left) members.push_back(row);
        return true;
      },
      class_id);
  return members;
}

uint32_t RosterVersionAsOf(const base::Rows& rows, const base::Id16& class_id,
                           base::Timestamp known) {
  uint32_t version = 0;
  base::ScanRows<v1::RosterRow>(
      rows, 100'000,
      [&](const v1::RosterRow& row) {
        if (row.recorded_us() <= known.us) version = row.roster_version();
        return true;
      },
      class_id);
  return version;
}

}  // namespace twinline::registry
