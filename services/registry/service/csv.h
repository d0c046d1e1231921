// CSV by RFC 4180: UTF-8 with or without byte order mark, GB18030 detected, anything else refused
// with a word on how to save the file again (a wrong guess would turn every name into other
// characters).
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "platform/base/refusal.h"
#include "registry/service/sheet.h"

namespace twinline::registry {

std::variant<Sheet, base::Refusal> ReadCsv(std::string_view bytes);

// UTF-8 with byte order mark and CRLF, as spreadsheets expect. A cell that a spreadsheet would run
// as a formula gets a leading apostrophe; ReadCsv takes it off again.
class CsvWriter {
 public:
  void Row(const std::vector<std::string>& cells);
  std::string Take();

 private:
  std::string out_;
  bool started_ = false;
};

}  // namespace twinline::registry
