// Look-ups by exact value only: nothing is guessed from a part of a number.
#include "tools/twinline/resolve.h"

#include "fmt/format.h"
#include "tools/twinline/render.h"
#include "tools/twinline/words.h"
#include "twinline/registry/v1/registry.pb.h"

namespace twinline::cli {

int ResolveChild(Cli& cli, const ChildRef& ref, registry::v1::ChildView* child) {
  if (!ref.id.empty()) {
    registry::v1::GetChildRequest request;
    request.set_child_id(ref.id.str());
    registry::v1::ChildReply reply;
    if (int code = cli.Call("registry.v1.RegistryService.GetChild", request, &reply)) return code;
    *child = std::move(*reply.mutable_child());
    return kOk;
  }
  registry::v1::FindChildRequest request;
  request.set_student_number(ref.student_number);
  request.set_id_number(ref.id_number);
  registry::v1::ChildrenReply reply;
  if (int code = cli.Call("registry.v1.RegistryService.FindChild", request, &reply)) return code;
  if (reply.children_size() == 1) {
    *child = std::move(*reply.mutable_children(0));
    return kOk;
  }
  if (reply.children().empty()) {
    return cli.Fail(kRefused, "CHILD_NOT_FOUND", "您的管辖范围内没有使用该号码的学生，请核对号码。",
                    "no child within your reach has this number; check the number");
  }
  for (const auto& one : reply.children()) {
    cli.err() << Hex(one.child_id()) << "  " << one.name() << "  " << one.school_name() << '\n';
  }
  return cli.Fail(kUsage, "CHILD_NOT_UNIQUE", "该号码对应多名学生（疑似重复学籍），请用学生编号。",
                  "several children have this number; name one by its id");
}

int ResolveChildId(Cli& cli, const ChildRef& ref, std::string* child_id) {
  if (!ref.id.empty()) {
    *child_id = ref.id.str();
    return kOk;
  }
  registry::v1::ChildView child;
  if (int code = ResolveChild(cli, ref, &child)) return code;
  *child_id = child.child_id();
  return kOk;
}

int ResolveClass(Cli& cli, const ClassRef& ref, std::string* class_id) {
  if (!ref.id.empty()) {
    *class_id = ref.id.str();
    return kOk;
  }
  registry::v1::ListClassesRequest request;
  request.set_school_code(ref.school_code);
  registry::v1::ListClassesReply reply;
  if (int code = cli.Call("registry.v1.RegistryService.ListClasses", request, &reply)) return code;
  const registry::v1::ClassFacts* newest = nullptr;
  for (const auto& one : reply.classes()) {
    if (one.grade() != ref.grade || one.number() != ref.number || one.closed()) continue;
    if (newest == nullptr || one.school_year() > newest->school_year()) newest = &one;
  }
  if (newest == nullptr) {
    return cli.Fail(
        kRefused, "CLASS_NOT_FOUND",
        fmt::format("学校 {} 没有 {}，可用 twinline places classes {} 查看", ref.school_code,
                    ClassWord(Lang::kZh, ref.grade, ref.number), ref.school_code),
        fmt::format("school {} has no {}; see twinline places classes {}", ref.school_code,
                    ClassWord(Lang::kEn, ref.grade, ref.number), ref.school_code));
  }
  *class_id = newest->class_id();
  return kOk;
}

int OwnOffice(Cli& cli, std::string* office) {
  identity::v1::WhoAmIRequest request;
  identity::v1::WhoAmIReply reply;
  if (int code = cli.Call("identity.v1.IdentityService.WhoAmI", request, &reply)) return code;
  std::string offices;
  int matches = 0;
  for (const auto& duty : reply.duties()) {
    const bool named = cli.globals.duty.empty() || DutyNamed(duty, cli.globals.duty);
    if (!named || (matches > 0 && duty.office() == *office)) continue;
    ++matches;
    *office = duty.office();
    offices += " " + duty.office();
  }
  if (matches == 1) return kOk;
  return cli.Fail(
      kUsage, "OFFICE_NOT_CHOSEN",
      matches == 0 ? std::string("您没有有效任职，请用 --office 指明机构")
                   : fmt::format("您有多个任职机构（{} ），请用 --office 或 --duty 指明", offices),
      matches == 0
          ? std::string("you hold no duty; name the office with --office")
          : fmt::format("you work at several offices ({} ); choose with --office or --duty",
                        offices));
}

int OfficeOrOwn(Cli& cli, const std::string& given, std::string* office) {
  *office = given;
  return given.empty() ? OwnOffice(cli, office) : static_cast<int>(kOk);
}

}  // namespace twinline::cli
