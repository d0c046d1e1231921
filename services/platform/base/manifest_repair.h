// The one repair of RocksDB files that is made without asking: a power cut can leave zeros behind
// the last record of a MANIFEST, where the file's new length reached the disk and its content did
// not. RocksDB then refuses to open for ever, although nothing is missing: an append to the
// MANIFEST counts only once it is synced, and what was synced is in front of the zeros.
//
// Only that: every record in front of the tail must be whole, with the checksum it was written
// with, the last one must end an edit, and every byte behind it must be zero. Anything else is
// damage that no program can judge, and the refusal stands.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace twinline::base {

// Length of `manifest` without the zeros behind its last whole record; nullopt when it is damaged
// in any other way, and when no zeros are behind it.
std::optional<size_t> LengthBeforeZeros(std::string_view manifest);

// Cuts the zeros behind the MANIFEST that CURRENT of `directory` names. The file as it was stays
// beside it as "<name>.zeros". What was done, for the log; empty when this was not the case and
// nothing was touched. Nobody may have the database open.
absl::StatusOr<std::string> CutZerosBehindManifest(const std::filesystem::path& directory);

}  // namespace twinline::base
