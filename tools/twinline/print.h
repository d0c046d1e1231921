// What can be printed: a child's registration, an approval, a case, and the papers of a case with
// their service receipts (domain.md 2.7). Forms speak the language that was chosen; papers that are
// served are always in Chinese. Numbers are masked as everywhere; nothing here unmasks. Names that
// the caller may not see leave a line to write on.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "tools/twinline/cli.h"
#include "tools/twinline/names.h"
#include "tools/twinline/print_page.h"
#include "twinline/accountability/v1/accountability_cases.pb.h"
#include "twinline/registry/v1/registry_children.pb.h"
#include "twinline/transfer/v1/transfer.pb.h"

namespace twinline::cli {

struct Printing {
  Lang lang = Lang::kZh;
  Names* names = nullptr;
  std::string at;     // server's time, UTC+8
  std::string by;     // name of who prints
  bool demo = false;  // said across every page

  std::string T(std::string_view zh, std::string_view en) const { return Text{zh, en}.In(lang); }
};

// `child` is null where the caller may not see it.
std::string ChildForm(const Printing& printing, const registry::v1::ChildView& child);
std::string BusinessForm(const Printing& printing, const transfer::v1::GetBusinessReply& business,
                         const registry::v1::ChildView* child);
std::string CaseForm(const Printing& printing, const accountability::v1::GetCaseReply& facts,
                     const registry::v1::ChildView* child);
// Notice to return, return-by-date notice or order, and on a sheet of its own the service receipt.
// Not for COURT: an application to a court is its lawyer's text. `printing` must speak Chinese.
std::string PaperSheets(const Printing& printing, const accountability::v1::GetCaseReply& facts,
                        const accountability::v1::PaperView& paper,
                        const registry::v1::ChildView* child);

// What these share. Frame of a page with `office` above it.
PageFrame FrameOf(const Printing& printing, std::string title, std::string office);
// "2026年9月28日", or with blanks to fill in.
std::string DayZh(const types::v1::Date& date);
// "灵宝市阳平镇人民政府", "灵宝市第一小学": as an office signs.
std::string Signatory(const Printing& printing, const std::string& office);

// Asks for time and name, builds the page and writes it to `file`, mode 0600. `lang` of the page.
int PrintTo(Cli& cli, const std::string& file, Lang lang,
            const std::function<std::string(const Printing&)>& page);
// The child's view where the caller may see it, else null: the name stays a line to write on.
const registry::v1::ChildView* ChildToPrint(Cli& cli, const std::string& child_id,
                                            registry::v1::ChildView* child);
// Whether every duty of the caller is at this office. A school that a child has not come to yet
// need not ask for it: the question would only be refused, and the refusal recorded.
bool WorksOnlyAt(Cli& cli, std::string_view office);

}  // namespace twinline::cli
