// Reading single parts of a ZIP archive that lies in memory, with limits against archive bombs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace twinline::registry {

class ZipMemory {
 public:
  static constexpr size_t kPartsMax = 2'000;
  static constexpr size_t kPartBytesMax = size_t{160} << 20;  // one part, unpacked
  static constexpr size_t kRatioMax = 400;                    // unpacked to packed, above 1 MiB

  struct Source {
    std::string_view bytes;
    size_t at = 0;
  };

  // `bytes` outlives this object.
  explicit ZipMemory(std::string_view bytes);
  ~ZipMemory();
  ZipMemory(const ZipMemory&) = delete;
  ZipMemory& operator=(const ZipMemory&) = delete;

  bool ok() const { return handle_ != nullptr; }
  // True when a part was larger than a limit: the archive is not read any further.
  bool bomb() const { return bomb_; }
  // nullopt: no such part, damaged, or beyond a limit.
  std::optional<std::string> Part(const std::string& name);

 private:
  Source source_;
  void* handle_ = nullptr;
  bool bomb_ = false;
};

}  // namespace twinline::registry
