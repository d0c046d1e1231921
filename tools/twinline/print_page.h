// An A4 sheet in HTML that a browser prints without anything else: black on white, no scripts, no
// links, no files beside it, fonts named by family. What it says comes from print.h; this file
// knows paper, not schools. Every text that is put in is escaped; nothing here takes markup.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace twinline::cli {

// For text and attributes of HTML. Control characters, which no browser shows, become blanks.
std::string EscapeHtml(std::string_view text);
// The same for a quoted string of CSS.
std::string EscapeCss(std::string_view text);

struct PageFrame {
  bool english = false;   // of page numbers and of the language tag
  std::string title;      // of the document
  std::string left;       // above each page: whose paper it is
  std::string right;      // above each page: when and by whom it was printed
  std::string watermark;  // across each page, such as 演示 or 作废; empty: none
};

class PrintPage {
 public:
  using Field = std::pair<std::string, std::string>;

  explicit PrintPage(PageFrame frame) : frame_(std::move(frame)) {}

  void Title(std::string_view text);
  void Number(std::string_view text);  // of a paper, on the right
  void Section(std::string_view text);
  void Part(std::string_view text);  // a section with its number: "三、劝返记录", "3. …"
  void Paragraph(std::string_view text);  // indented by two characters, as in a document
  void Addressee(std::string_view text);  // not indented
  void Closing(std::string_view text);    // on the right: office and date
  void Remark(std::string_view text);     // small
  // Two fields a row; one whose value is long takes a row of its own. Empty values stay: a form
  // shows what was not filled in.
  void Form(const std::vector<Field>& fields);
  // Nothing at all without rows.
  void Table(const std::vector<std::string>& heading,
             const std::vector<std::vector<std::string>>& rows);
  // One box a person or an office: what it says, then where it signs, as on an approval form;
  // without a signature a plain row.
  void Opinion(std::string_view who, std::string_view says, std::string_view signature);
  void NewSheet();

  std::string Html() const;

 private:
  void Element(std::string_view tag, std::string_view css_class, std::string_view text);

  PageFrame frame_;
  size_t parts_ = 0;
  std::string body_;
};

}  // namespace twinline::cli
