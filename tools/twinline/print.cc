// Time, name and file of a print, and how offices and days are written on paper.
#include "tools/twinline/print.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "tools/twinline/files.h"
#include "tools/twinline/options.h"
#include "tools/twinline/render.h"
#include "twinline/registry/v1/registry.pb.h"

namespace twinline::cli {
namespace {

constexpr size_t kCountyDigits = 6;

}  // namespace

PageFrame FrameOf(const Printing& printing, std::string title, std::string office) {
  PageFrame frame;
  frame.english = printing.lang == Lang::kEn;
  frame.title = std::move(title);
  frame.left = std::move(office);
  frame.right = printing.T("打印：", "printed: ") + printing.at +
                (printing.by.empty() ? std::string() : printing.T("　", ", ") + printing.by);
  if (printing.demo) frame.watermark = printing.T("演示数据", "DEMO DATA");
  return frame;
}

std::string DayZh(const types::v1::Date& date) {
  if (date.days() == 0) return "　　年　　月　　日";
  const auto ymd = base::CivilDay{date.days()}.ymd();
  return fmt::format("{}年{}月{}日", ymd.year, ymd.month, ymd.day);
}

std::string Signatory(const Printing& printing, const std::string& office) {
  const std::string name = printing.names->OfficeShort(office);
  if (!office.starts_with("township:") || name == office) return name;
  const std::string code = office.substr(office.find(':') + 1);
  const std::string county = printing.names->Area(code.substr(0, kCountyDigits));
  std::string whole = county == code.substr(0, kCountyDigits) ? name : county + name;
  if (name.ends_with("街道") || name.ends_with("街道办事处")) {
    if (name.ends_with("街道")) whole += "办事处";
  } else if (name.ends_with("镇") || name.ends_with("乡")) {
    whole += "人民政府";
  }
  return whole;
}

int PrintTo(Cli& cli, const std::string& file, Lang lang,
            const std::function<std::string(const Printing&)>& page) {
  int code = kOk;
  Session* session = cli.session(&code);
  if (session == nullptr) return code;
  const auto now = session->NowUs();
  if (!now.ok()) return cli.Fail({now.status(), std::nullopt, 0});
  Names names(session, lang);
  Printing printing;
  printing.lang = lang;
  printing.names = &names;
  printing.at = MomentShort(*now);
  if (const auto& token = session->token()) {
    printing.demo = !token->banner.empty();
    if (const auto id = ParseId(token->subject)) printing.by = names.Person(id->str());
  }
  Download sheet(file);
  if (!sheet.Write(page(printing)) || !sheet.Finish()) {
    return cli.Fail(kUsage, "FILE_NOT_WRITTEN", fmt::format("不能写入 {}", file),
                    fmt::format("cannot write {}", file));
  }
  cli.Note(fmt::format("已保存 {}，用浏览器打开，按 A4 打印", file),
           fmt::format("saved {}; open it in a browser and print it on A4", file));
  return kOk;
}

const registry::v1::ChildView* ChildToPrint(Cli& cli, const std::string& child_id,
                                            registry::v1::ChildView* child) {
  int code = kOk;
  Session* session = cli.session(&code);
  if (session == nullptr) return nullptr;
  registry::v1::GetChildRequest request;
  request.set_child_id(child_id);
  registry::v1::ChildReply reply;
  if (!session->Call("registry.v1.RegistryService.GetChild", request, &reply).ok()) return nullptr;
  *child = std::move(*reply.mutable_child());
  return child;
}

bool WorksOnlyAt(Cli& cli, std::string_view office) {
  int code = kOk;
  Session* session = cli.session(&code);
  if (session == nullptr) return false;
  identity::v1::WhoAmIRequest request;
  identity::v1::WhoAmIReply reply;
  if (!session->Call("identity.v1.IdentityService.WhoAmI", request, &reply).ok()) return false;
  return !reply.duties().empty() &&
         std::all_of(reply.duties().begin(), reply.duties().end(),
                     [&](const auto& duty) { return duty.office() == office; });
}

}  // namespace twinline::cli
