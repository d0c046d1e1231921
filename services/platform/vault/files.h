// Small durable file operations: what is reported written survives a power cut.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace twinline::vault {

// Whole content; nullopt when there is no such file; RESOURCE_EXHAUSTED above `limit` bytes.
absl::StatusOr<std::optional<std::string>> ReadFile(const std::filesystem::path& path,
                                                    size_t limit);

// Temporary file, fsync, rename, fsync of the directory: a reader sees the old content or the new,
// never a mixture. The temporary file stands beside `path`, or in `temporary_directory` of the same
// file system. The file mode is `mode`.
absl::Status WriteFileDurably(const std::filesystem::path& path, std::string_view content,
                              unsigned mode, const std::filesystem::path& temporary_directory = {});

// Appends and fsyncs; creates the file (and makes its name durable) when needed.
absl::Status AppendDurably(const std::filesystem::path& path, std::string_view content,
                           unsigned mode);

// Overwrites the content in place with zeros and fsyncs. Missing file: ok.
absl::Status Overwrite(const std::filesystem::path& path);

// Makes the directory and its missing parents, their names durable on return. Mode 0700.
absl::Status MakeDirectories(const std::filesystem::path& directory);

absl::Status SyncDirectory(const std::filesystem::path& directory);

}  // namespace twinline::vault
