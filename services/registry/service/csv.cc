#include "registry/service/csv.h"

#include "platform/base/text/encoding.h"

namespace twinline::registry {
namespace {

base::Refusal TooLarge(const char* what_zh, const char* what_en) {
  return {"IMPORT_TOO_LARGE",
          std::string("文件超出限制：") + what_zh + "，请拆分后分批导入。",
          std::string("The file is beyond a limit: ") + what_en + ". Split it.",
          {}};
}

bool LooksLikeFormula(std::string_view text) {
  return !text.empty() &&
         (text[0] == '=' || text[0] == '+' || text[0] == '-' || text[0] == '@' || text[0] == '\t');
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::variant<Sheet, base::Refusal> Parse() {
    while (at_ < text_.size()) {
      if (auto no = Row()) return *no;
    }
    return std::move(sheet_);
  }

 private:
  std::optional<base::Refusal> Row() {
    std::vector<Cell> row;
    ++line_;
    bool more = true;
    bool any = false;
    while (more) {
      Cell cell;
      if (!Field(&cell.text)) {
        return base::Refusal{"IMPORT_QUOTES",
                             "第" + std::to_string(line_) + "行的引号不成对，请检查文件。",
                             "Row " + std::to_string(line_) + " has an unclosed quote.",
                             {}};
      }
      if (cell.text.size() > 1 && cell.text[0] == '\'' &&
          LooksLikeFormula(std::string_view(cell.text).substr(1))) {
        cell.text.erase(0, 1);
      }
      if (cell.text.size() > kCellBytesMax) cell = {"", "CELL_TOO_LONG"};
      any = any || !cell.text.empty() || !cell.fault.empty();
      row.push_back(std::move(cell));
      if (row.size() > kColumnsMax) return TooLarge("超过256列", "more than 256 columns");
      more = at_ < text_.size() && text_[at_] == ',';
      if (more) ++at_;
    }
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') ++at_;
    if (!any) return std::nullopt;
    if (sheet_.rows.size() > kRowsMax) return TooLarge("超过20万行", "more than 200,000 rows");
    sheet_.rows.push_back(std::move(row));
    sheet_.numbers.push_back(line_);
    return std::nullopt;
  }

  // False when a quote is never closed.
  bool Field(std::string* out) {
    if (at_ >= text_.size() || text_[at_] != '"') {
      while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r') {
        out->push_back(text_[at_++]);
      }
      return true;
    }
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] != '"') {
        out->push_back(text_[at_]);
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        out->push_back(text_[at_++]);
      } else {
        ++at_;
        // Blanks behind a closing quote are a habit of some programs.
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
        return at_ == text_.size() || text_[at_] == ',' || text_[at_] == '\n' || text_[at_] == '\r';
      }
    }
    return false;
  }

  std::string_view text_;
  size_t at_ = 0;
  unsigned line_ = 0;
  Sheet sheet_;
};

}  // namespace

std::variant<Sheet, base::Refusal> ReadCsv(std::string_view bytes) {
  if (bytes.size() > kFileBytesMax) return TooLarge("大于50MB", "larger than 50 MB");
  const base::DecodedText decoded = base::DecodeImport(bytes);
  if (!decoded.ok()) return *decoded.refusal;
  auto parsed = Parser(decoded.text).Parse();
  if (auto* sheet = std::get_if<Sheet>(&parsed)) sheet->encoding = base::NameOf(decoded.encoding);
  return parsed;
}

void CsvWriter::Row(const std::vector<std::string>& cells) {
  if (!started_) out_ += "\xEF\xBB\xBF";
  started_ = true;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out_.push_back(',');
    const bool formula = LooksLikeFormula(cells[i]);
    const bool quote = formula || cells[i].find_first_of(",\"\r\n") != std::string::npos;
    if (quote) out_.push_back('"');
    if (formula) out_.push_back('\'');
    for (const char c : cells[i]) {
      if (c == '"') out_.push_back('"');
      out_.push_back(c);
    }
    if (quote) out_.push_back('"');
  }
  out_ += "\r\n";
}

std::string CsvWriter::Take() { return std::exchange(out_, {}); }

}  // namespace twinline::registry
