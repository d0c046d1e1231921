// Tables of the audit state: numbers and keys, in one place.
#pragma once

#include "platform/base/rows.h"
#include "twinline/audit/v1/audit_rows.pb.h"

namespace twinline::base {

template <>
struct TableOf<audit::v1::HeadRow> {
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 10;
  static std::string Key(const audit::v1::HeadRow& r) {
    return RowKey<audit::v1::HeadRow>(r.journal());
  }
};

// One row: the newest. Older checkpoints are in the journal.
template <>
struct TableOf<audit::v1::CheckpointRow> {
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 11;
  static std::string Key(const audit::v1::CheckpointRow&) {
    return RowKey<audit::v1::CheckpointRow>();
  }
};

template <>
struct TableOf<audit::v1::CheckpointKeyRow> {
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 12;
  static std::string Key(const audit::v1::CheckpointKeyRow& r) {
    return RowKey<audit::v1::CheckpointKeyRow>(r.verifier_key());
  }
};

template <>
struct TableOf<audit::v1::TrailExportRow> {
  static constexpr Space kSpace = Space::kOwn;
  static constexpr uint16_t kTable = 13;
  static constexpr uint8_t kByTime = 1;
  static std::string Key(const audit::v1::TrailExportRow& r) {
    return RowKey<audit::v1::TrailExportRow>(AsId(r.export_id()));
  }
  static std::vector<std::string> Indexes(const audit::v1::TrailExportRow& r) {
    return {IndexPrefix<audit::v1::TrailExportRow>(kByTime, r.requested_us())};
  }
};

}  // namespace twinline::base
