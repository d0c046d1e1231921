#include "platform/base/manifest_repair.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "platform/base/status_macros.h"

namespace twinline::base {
namespace {

namespace fs = std::filesystem;

// RocksDB's log format, version 1: blocks of 32 KiB; a record is a masked CRC-32C over type and
// payload (4 bytes), a length (2), a type (1) and the payload, all little-endian; a block's last
// bytes stay zero when no header fits.
constexpr size_t kBlock = 32'768;
constexpr size_t kHeader = 7;
enum Type : uint8_t { kZero = 0, kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };
constexpr size_t kLargest = size_t{1} << 30;

uint32_t Crc32c(std::string_view bytes) {
  static const std::array<uint32_t, 256> table = [] {
    std::array<uint32_t, 256> made{};
    for (uint32_t i = 0; i < 256; ++i) {
      uint32_t crc = i;
      for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78U : 0U);
      made[i] = crc;
    }
    return made;
  }();
  uint32_t crc = 0xFFFFFFFFU;
  for (const char c : bytes) crc = table[(crc ^ static_cast<uint8_t>(c)) & 0xFF] ^ (crc >> 8);
  return crc ^ 0xFFFFFFFFU;
}

uint32_t Masked(uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xA282EAD8U; }

uint32_t Little(std::string_view bytes) {
  uint32_t value = 0;
  for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return value;
}

bool AllZero(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](char c) { return c == 0; });
}

absl::Status Failed(const char* doing, const fs::path& path) {
  return absl::UnavailableError(
      absl::StrCat(doing, " ", path.string(), ": ", std::strerror(errno)));
}

absl::StatusOr<std::string> Read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  if (!file) return Failed("reading", path);
  return content.str();
}

absl::Status WriteDurably(const fs::path& path, std::string_view content) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  if (file < 0) return Failed("writing", path);
  bool good = true;
  for (size_t done = 0; good && done < content.size();) {
    const ssize_t wrote = ::write(file, content.data() + done, content.size() - done);
    good = wrote > 0;
    if (good) done += static_cast<size_t>(wrote);
  }
  good = good && ::fsync(file) == 0;
  const absl::Status failed = good ? absl::OkStatus() : Failed("writing", path);
  ::close(file);
  return failed;
}

absl::Status SyncDirectory(const fs::path& path) {
  const int directory = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return Failed("opening", path);
  const bool good = ::fsync(directory) == 0;
  const absl::Status failed = good ? absl::OkStatus() : Failed("syncing", path);
  ::close(directory);
  return failed;
}

}  // namespace

std::optional<size_t> LengthBeforeZeros(std::string_view manifest) {
  size_t at = 0;
  size_t end = 0;  // behind the last record that ends an edit
  bool inside = false;
  while (at < manifest.size()) {
    const size_t left = kBlock - at % kBlock;
    if (left < kHeader) {
      at += left;
      continue;
    }
    const std::string_view rest = manifest.substr(at);
    if (rest.size() < kHeader) break;
    const auto type = static_cast<uint8_t>(rest[6]);
    const size_t length = Little(rest.substr(4, 2));
    if (type == kZero || type > kLast || length > left - kHeader ||
        rest.size() < kHeader + length ||
        Little(rest.substr(0, 4)) != Masked(Crc32c(rest.substr(6, 1 + length)))) {
      break;
    }
    const bool begins = type == kFull || type == kFirst;
    if (begins == inside) return std::nullopt;
    inside = type == kFirst || type == kMiddle;
    at += kHeader + length;
    if (!inside) end = at;
  }
  // In the middle of an edit, the zeros stand in the place of bytes that may have been synced.
  if (inside || end == 0 || end >= manifest.size()) return std::nullopt;
  if (!AllZero(manifest.substr(end))) return std::nullopt;
  return end;
}

absl::StatusOr<std::string> CutZerosBehindManifest(const fs::path& directory) {
  TWINLINE_ASSIGN_OR_RETURN(std::string name, Read(directory / "CURRENT"));
  while (!name.empty() && name.back() == '\n') name.pop_back();
  if (!name.starts_with("MANIFEST-") || name.find('/') != std::string::npos) return std::string();
  const fs::path manifest = directory / name;
  std::error_code error;
  const auto size = fs::file_size(manifest, error);
  if (error || size > kLargest) return std::string();
  TWINLINE_ASSIGN_OR_RETURN(const std::string content, Read(manifest));
  const std::optional<size_t> length = LengthBeforeZeros(content);
  if (!length) return std::string();
  // At every moment CURRENT names a file with either content.
  const fs::path cut = directory / absl::StrCat(name, ".cut");
  const fs::path kept = directory / absl::StrCat(name, ".zeros");
  TWINLINE_RETURN_IF_ERROR(WriteDurably(cut, std::string_view(content).substr(0, *length)));
  fs::remove(kept, error);
  fs::create_hard_link(manifest, kept, error);
  if (!error) fs::rename(cut, manifest, error);
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("repairing ", manifest.string(), ": ", error.message()));
  }
  TWINLINE_RETURN_IF_ERROR(SyncDirectory(directory));
  return absl::StrCat(manifest.string(), " ended in ", content.size() - *length,
                      " zeros behind its last whole record, as a power cut leaves them: they were "
                      "cut off; the file as it was is kept as ",
                      kept.filename().string());
}

}  // namespace twinline::base
