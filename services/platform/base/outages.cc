#include "platform/base/outages.h"

namespace twinline::base {

std::string OutagePrefix() { return EncodeKey(Space::kOwn, kOutageTable, 0); }

namespace {

std::string OutageKey(int64_t down_from_us) {
  return EncodeKey(Space::kOwn, kOutageTable, 0, down_from_us);
}

}  // namespace

void PutOutage(Rows& rows, const journal::v1::OutageRow& row) {
  rows.Set(OutageKey(row.down_from_us()), row.SerializeAsString());
}

std::optional<journal::v1::OutageRow> FindOutage(const Rows& rows, int64_t down_from_us) {
  const auto bytes = rows.Get(OutageKey(down_from_us));
  if (!bytes) return std::nullopt;
  journal::v1::OutageRow row;
  row.ParseFromString(*bytes);
  return row;
}

std::vector<journal::v1::OutageRow> ReadOutages(const Rows& rows) {
  std::vector<journal::v1::OutageRow> outages;
  rows.Scan(OutagePrefix(), {}, [&](std::string_view, std::string_view value) {
    outages.emplace_back().ParseFromArray(value.data(), static_cast<int>(value.size()));
    return true;
  });
  return outages;
}

std::vector<Outage> KnownOutages(const Rows& rows) {
  std::vector<Outage> outages;
  for (const journal::v1::OutageRow& row : ReadOutages(rows)) {
    if (row.state() == kOutageWaits) continue;
    outages.push_back({Timestamp{row.down_from_us()}, Timestamp{row.down_to_us()}});
  }
  return outages;
}

}  // namespace twinline::base
