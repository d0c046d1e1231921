#include "registry/service/xlsx_writer.h"

#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "absl/status/status.h"

namespace twinline::registry {
namespace {

class MemoryFile {
 public:
  MemoryFile() : fd_(memfd_create("export", MFD_CLOEXEC)) {}
  ~MemoryFile() {
    if (fd_ >= 0) close(fd_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  bool ok() const { return fd_ >= 0; }
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }
  absl::StatusOr<std::string> Read() const {
    std::string out;
    const off_t size = lseek(fd_, 0, SEEK_END);
    if (size <= 0) return absl::UnavailableError("the workbook came out empty");
    out.resize(static_cast<size_t>(size));
    size_t at = 0;
    while (at < out.size()) {
      const ssize_t count = pread(fd_, out.data() + at, out.size() - at, static_cast<off_t>(at));
      if (count <= 0) return absl::UnavailableError("the workbook cannot be read back");
      at += static_cast<size_t>(count);
    }
    return out;
  }

 private:
  const int fd_;
};

}  // namespace

absl::StatusOr<std::string> WriteXlsx(std::string_view sheet_name,
                                      const std::vector<std::vector<std::string>>& rows) {
  const MemoryFile file;
  if (!file.ok()) return absl::UnavailableError("no memory file for the workbook");
  std::string shared_memory = "/dev/shm";
  lxw_workbook_options options{};
  options.constant_memory = LXW_FALSE;
  options.tmpdir = shared_memory.data();
  lxw_workbook* workbook = workbook_new_opt(file.path().c_str(), &options);
  if (workbook == nullptr) return absl::UnavailableError("the workbook cannot be created");
  lxw_worksheet* sheet = workbook_add_worksheet(workbook, std::string(sheet_name).c_str());
  lxw_format* text = workbook_add_format(workbook);
  format_set_num_format(text, "@");
  lxw_format* heading = workbook_add_format(workbook);
  format_set_bold(heading);
  format_set_num_format(heading, "@");
  for (size_t r = 0; sheet != nullptr && r < rows.size(); ++r) {
    for (size_t c = 0; c < rows[r].size(); ++c) {
      if (rows[r][c].empty()) continue;
      worksheet_write_string(sheet, static_cast<lxw_row_t>(r), static_cast<lxw_col_t>(c),
                             rows[r][c].c_str(), r == 0 ? heading : text);
    }
  }
  if (sheet != nullptr) worksheet_freeze_panes(sheet, 1, 0);
  const lxw_error error = workbook_close(workbook);
  if (error != LXW_NO_ERROR || sheet == nullptr) {
    return absl::UnavailableError(std::string("the workbook cannot be written: ") +
                                  lxw_strerror(error));
  }
  return file.Read();
}

}  // namespace twinline::registry
