// Markup and style of the sheet. The measures are those of official papers (GB/T 9704: A4, a wide
// left margin for binding), the type is smaller where a table has to fit.
#include "tools/twinline/print_page.h"

#include <algorithm>
#include <array>

#include "fmt/format.h"
#include "tools/twinline/width.h"

namespace twinline::cli {
namespace {

// Above this display width a value has a row of its own.
constexpr size_t kHalfRow = 30;

constexpr std::string_view kStyle = R"css(
:root { color-scheme: only light; }
* { box-sizing: border-box; }
html { background: #fff; color: #000; }
body { margin: 0; font: 10.5pt/1.55 "Noto Serif CJK SC", "Source Han Serif SC", SimSun, serif; }
h1 { font: bold 18pt/1.4 "Noto Sans CJK SC", "Source Han Sans SC", SimHei, sans-serif;
     text-align: center; margin: 0 0 5mm; letter-spacing: 1pt; }
h2 { font: bold 11pt/1.5 "Noto Sans CJK SC", "Source Han Sans SC", SimHei, sans-serif;
     margin: 5mm 0 1.5mm; break-after: avoid; }
p { margin: 0; text-indent: 2em; text-align: justify; }
.letter { font-size: 14pt; line-height: 2; }
.number { text-indent: 0; text-align: right; margin-bottom: 4mm; }
.addressee { text-indent: 0; }
.closing { text-indent: 0; text-align: right; padding-right: 2em; break-before: avoid; }
.remark { text-indent: 0; font-size: 9pt; line-height: 1.5; margin-top: 2mm; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; break-inside: auto; }
.list { table-layout: auto; font-size: 9.5pt; }
th, td { border: 0.5pt solid #000; padding: 1.2mm 1.8mm; text-align: left; vertical-align: middle;
         overflow-wrap: anywhere; font-weight: normal; }
.form th { width: 16%; text-align: center; }
.list th { text-align: center; white-space: nowrap; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
.opinion { margin-top: -0.5pt; break-inside: avoid; }
.opinion th { width: 16%; text-align: center; white-space: pre-line; }
.opinion td { height: 18mm; vertical-align: top; white-space: pre-line; }
.opinion .only { height: 10mm; vertical-align: middle; }
.short { white-space: nowrap; }
.opinion .sign { height: auto; border-top: 0; text-align: right; }
.opinion .says { border-bottom: 0; }
.sheet { break-before: page; }
.watermark { position: fixed; top: 40%; left: 0; right: 0; text-align: center; font-size: 60pt;
             color: #000; opacity: 0.12; transform: rotate(-30deg); pointer-events: none; }
@media screen { body { max-width: 170mm; margin: 10mm auto; } }
)css";

// Days and moments: a line break behind a hyphen would tear them.
bool IsShort(std::string_view cell) {
  constexpr size_t kMoment = 16;
  return cell.size() <= kMoment && std::all_of(cell.begin(), cell.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x80;
         });
}

}  // namespace

std::string EscapeHtml(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default: {
        const auto byte = static_cast<unsigned char>(c);
        out += byte == 0x7f || (byte < 0x20 && c != '\n' && c != '\t') ? ' ' : c;
      }
    }
  }
  return out;
}

// Whatever of ASCII is no letter, digit or blank is written as its number: no quote, backslash or
// "</style" can come through.
std::string EscapeCss(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte >= 0x80 || c == ' ' || (c >= '0' && c <= '9') ||
                       (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (plain) {
      out += c;
    } else {
      out += byte < 0x20 || byte == 0x7f ? std::string(" ") : fmt::format("\\{:06x}", byte);
    }
  }
  return out;
}

void PrintPage::Element(std::string_view tag, std::string_view css_class, std::string_view text) {
  body_ += fmt::format("<{} class=\"{}\">{}</{}>\n", tag, css_class, EscapeHtml(text), tag);
}

void PrintPage::Title(std::string_view text) { Element("h1", "title", text); }
void PrintPage::Number(std::string_view text) { Element("p", "number", text); }
void PrintPage::Section(std::string_view text) { Element("h2", "section", text); }
void PrintPage::Part(std::string_view text) {
  static constexpr std::array<std::string_view, 6> kNumerals = {"一", "二", "三", "四", "五", "六"};
  Section(frame_.english ? fmt::format("{}. {}", parts_ + 1, text)
                         : fmt::format("{}、{}", kNumerals.at(parts_), text));
  ++parts_;
}
void PrintPage::Paragraph(std::string_view text) { Element("p", "letter", text); }
void PrintPage::Addressee(std::string_view text) { Element("p", "letter addressee", text); }
void PrintPage::Closing(std::string_view text) { Element("p", "letter closing", text); }
void PrintPage::Remark(std::string_view text) { Element("p", "remark", text); }
void PrintPage::NewSheet() { body_ += "<div class=\"sheet\"></div>\n"; }

void PrintPage::Form(const std::vector<Field>& fields) {
  if (fields.empty()) return;
  body_ += "<table class=\"form\">\n";
  bool half = false;  // a row with one field is open
  const auto close = [&] {
    if (half) body_ += "<th></th><td></td></tr>\n";
    half = false;
  };
  for (const auto& [label, value] : fields) {
    const bool wide = DisplayWidth(value) > kHalfRow;
    if (wide) close();
    if (!half) body_ += "<tr>";
    body_ += fmt::format("<th>{}</th><td{}>{}</td>", EscapeHtml(label),
                         wide ? " colspan=\"3\"" : "", EscapeHtml(value));
    if (wide || half) body_ += "</tr>\n";
    half = !wide && !half;
  }
  close();
  body_ += "</table>\n";
}

void PrintPage::Table(const std::vector<std::string>& heading,
                      const std::vector<std::vector<std::string>>& rows) {
  if (rows.empty()) return;
  body_ += "<table class=\"list\">\n<thead><tr>";
  for (const std::string& cell : heading) body_ += fmt::format("<th>{}</th>", EscapeHtml(cell));
  body_ += "</tr></thead>\n<tbody>\n";
  for (const auto& row : rows) {
    body_ += "<tr>";
    for (const std::string& cell : row) {
      body_ +=
          fmt::format("<td{}>{}</td>", IsShort(cell) ? " class=\"short\"" : "", EscapeHtml(cell));
    }
    body_ += "</tr>\n";
  }
  body_ += "</tbody></table>\n";
}

void PrintPage::Opinion(std::string_view who, std::string_view says, std::string_view signature) {
  if (signature.empty()) {
    body_ += fmt::format(
        "<table class=\"opinion\"><tr><th>{}</th><td class=\"only\">{}</td></tr></table>\n",
        EscapeHtml(who), EscapeHtml(says));
    return;
  }
  body_ += fmt::format(
      "<table class=\"opinion\"><tr><th rowspan=\"2\">{}</th><td class=\"says\">{}</td></tr>\n"
      "<tr><td class=\"sign\">{}</td></tr></table>\n",
      EscapeHtml(who), EscapeHtml(says), EscapeHtml(signature));
}

std::string PrintPage::Html() const {
  const std::string pages = frame_.english
                                ? R"("page " counter(page) " of " counter(pages))"
                                : R"("第 " counter(page) " 页　共 " counter(pages) " 页")";
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{}</title>\n"
      "<style>\n@page {{ size: A4 portrait; margin: 24mm 20mm 20mm 25mm;\n"
      "  font: 8.5pt \"Noto Sans CJK SC\", \"Source Han Sans SC\", SimHei, sans-serif;\n"
      "  @top-left {{ content: \"{}\"; border-bottom: 0.5pt solid #000; vertical-align: bottom; "
      "padding-bottom: 1mm; margin-bottom: 4mm; }}\n"
      "  @top-right {{ content: \"{}\"; border-bottom: 0.5pt solid #000; vertical-align: bottom; "
      "padding-bottom: 1mm; margin-bottom: 4mm; }}\n"
      "  @bottom-center {{ content: {}; }} }}",
      frame_.english ? "en" : "zh-CN", EscapeHtml(frame_.title), EscapeCss(frame_.left),
      EscapeCss(frame_.right), pages);
  html += kStyle;
  html += "</style>\n</head>\n<body>\n";
  if (!frame_.watermark.empty()) {
    html += fmt::format("<div class=\"watermark\">{}</div>\n", EscapeHtml(frame_.watermark));
  }
  html += body_;
  html += "</body>\n</html>\n";
  return html;
}

}  // namespace twinline::cli
