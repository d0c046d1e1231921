// Running one import: chunks of rows, each planned on the state that the chunk before it made,
// submitted in the bulk lane and awaited. A dry run decides the same commands and appends nothing
// (N14).
#pragma once

#include <functional>
#include <string>

#include "registry/service/import_plan.h"
#include "twinline/registry/v1/registry_files.pb.h"

namespace twinline::registry {

struct ImportJob {
  std::string bytes;
  std::string file_name;
  bool dry_run = false;
  ImportScope scope;
  // 16 bytes for a request id and a body.
  std::function<absl::StatusOr<std::string>(const base::Id16&, std::string_view)> fingerprint;
};

struct ImportOutcome {
  v1::ImportStudentsReply reply;
  std::string result_file;  // the rows with 错误说明
  std::string result_name;
  std::string content_type;
};

// A refusal is about the file as a whole; what is wrong with a row is in the outcome.
std::variant<ImportOutcome, base::Refusal, absl::Status> RunImport(const Environment& environment,
                                                                   const ImportJob& job);

}  // namespace twinline::registry
