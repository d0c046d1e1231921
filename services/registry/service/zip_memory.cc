#include "registry/service/zip_memory.h"

#include <minizip/unzip.h>

#include <algorithm>
#include <cstring>

namespace twinline::registry {
namespace {

using View = ZipMemory::Source;

View* ViewOf(voidpf stream) { return static_cast<View*>(stream); }

voidpf OpenView(voidpf opaque, const void*, int mode) {
  return (mode & ZLIB_FILEFUNC_MODE_WRITE) != 0 ? nullptr : opaque;
}
uLong ReadView(voidpf, voidpf stream, void* buffer, uLong size) {
  View* view = ViewOf(stream);
  const size_t count = std::min<size_t>(size, view->bytes.size() - view->at);
  std::memcpy(buffer, view->bytes.data() + view->at, count);
  view->at += count;
  return static_cast<uLong>(count);
}
uLong WriteView(voidpf, voidpf, const void*, uLong) { return 0; }
ZPOS64_T TellView(voidpf, voidpf stream) { return ViewOf(stream)->at; }
long SeekView(voidpf, voidpf stream, ZPOS64_T offset, int origin) {
  View* view = ViewOf(stream);
  size_t base = 0;
  if (origin == ZLIB_FILEFUNC_SEEK_CUR) base = view->at;
  if (origin == ZLIB_FILEFUNC_SEEK_END) base = view->bytes.size();
  const size_t target = base + static_cast<size_t>(offset);
  if (target > view->bytes.size()) return -1;
  view->at = target;
  return 0;
}
int CloseView(voidpf, voidpf) { return 0; }
int ErrorOfView(voidpf, voidpf) { return 0; }

}  // namespace

ZipMemory::ZipMemory(std::string_view bytes) : source_{bytes, 0} {
  zlib_filefunc64_def functions{};
  functions.zopen64_file = OpenView;
  functions.zread_file = ReadView;
  functions.zwrite_file = WriteView;
  functions.ztell64_file = TellView;
  functions.zseek64_file = SeekView;
  functions.zclose_file = CloseView;
  functions.zerror_file = ErrorOfView;
  functions.opaque = &source_;
  handle_ = unzOpen2_64("memory", &functions);
  unz_global_info64 info{};
  if (handle_ != nullptr &&
      (unzGetGlobalInfo64(handle_, &info) != UNZ_OK || info.number_entry > kPartsMax)) {
    unzClose(handle_);
    handle_ = nullptr;
  }
}

ZipMemory::~ZipMemory() {
  if (handle_ != nullptr) unzClose(handle_);
}

std::optional<std::string> ZipMemory::Part(const std::string& name) {
  unz_file_info64 info{};
  if (handle_ == nullptr || bomb_ || unzLocateFile(handle_, name.c_str(), 1) != UNZ_OK ||
      unzGetCurrentFileInfo64(handle_, &info, nullptr, 0, nullptr, 0, nullptr, 0) != UNZ_OK) {
    return std::nullopt;
  }
  const size_t packed = std::max<size_t>(info.compressed_size, 1);
  if (info.uncompressed_size > kPartBytesMax ||
      (info.uncompressed_size > (1U << 20) && info.uncompressed_size / packed > kRatioMax)) {
    bomb_ = true;
    return std::nullopt;
  }
  if (unzOpenCurrentFile(handle_) != UNZ_OK) return std::nullopt;
  // The declared size is only a claim: reading stops at what was allowed, whatever comes out.
  std::string out;
  std::string buffer(1 << 16, '\0');
  int count = 0;
  while ((count = unzReadCurrentFile(handle_, buffer.data(),
                                     static_cast<unsigned>(buffer.size()))) > 0) {
    out.append(buffer.data(), static_cast<size_t>(count));
    if (out.size() > kPartBytesMax ||
        (out.size() > (1U << 20) && out.size() / packed > kRatioMax)) {
      bomb_ = true;
      break;
    }
  }
  const bool whole = unzCloseCurrentFile(handle_) == UNZ_OK;  // checks the CRC
  if (count < 0 || bomb_ || !whole) return std::nullopt;
  return out;
}

}  // namespace twinline::registry
