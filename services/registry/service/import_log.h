// The log of one import, built while its rows are worked on: refused rows as they were typed, rows
// that were taken with another spelling of the ID number (A02), the file itself. All text is
// sealed: under the child's key where the row means a recorded child, so that it goes with the
// child's data, otherwise under a key of this import.
#pragma once

#include <functional>
#include <string>

#include "registry/service/import_plan.h"
#include "twinline/registry/v1/registry_commands.pb.h"

namespace twinline::registry {

class ImportLog {
 public:
  // Queues a command under this id and waits until it is durable.
  using Record =
      std::function<absl::Status(uint32_t type, std::string body, const base::Id16& request_id)>;

  ImportLog(const Environment& environment, const ImportScope& scope, Record record);

  // One row, after it was planned and its commands were answered. A part of the log is recorded
  // each time it is full.
  absl::Status Note(const FormRow& row, const PlannedRow& planned);
  // The event that ends the import.
  absl::Status Finish(std::string_view file_bytes, const v1::ImportStudentsReply& counts);

  const base::Id16& import_id() const { return import_id_; }

 private:
  absl::Status Seal(const base::Id16& child, std::string_view text, v1::ImportLogRow* out);
  absl::StatusOr<base::Id16> OwnKey();

  const Environment& environment_;
  const ImportScope& scope_;
  const Record record_;
  const base::Id16 import_id_;
  base::Id16 own_key_;  // empty until it is needed
  v1::ImportRowsLogged part_;
  uint32_t parts_ = 0;
  uint32_t logged_ = 0;
};

}  // namespace twinline::registry
