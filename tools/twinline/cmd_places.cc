// twinline places: areas, schools, classes, people and their duties; mostly to find the codes that
// other commands need.
#include "fmt/format.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/options.h"
#include "tools/twinline/pages.h"
#include "tools/twinline/render.h"
#include "tools/twinline/table.h"
#include "tools/twinline/words.h"
#include "twinline/registry/v1/registry_places.pb.h"

namespace twinline::cli {
namespace {

struct PlaceOptions {
  std::string code;
  bool closed = false;
  std::optional<DayArg> day;
  base::Id16 staff;
  Limit limit;
};

int AreasBody(Cli& cli, const PlaceOptions& options) {
  registry::v1::ListAreasRequest request;
  request.set_parent(options.code);
  registry::v1::ListAreasReply reply;
  if (int code = cli.Call("registry.v1.RegistryService.ListAreas", request, &reply)) return code;
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.areas().empty()) cli.Nothing("没有下级区划。", "no areas below this one.");
  Table table({cli.T("代码", "code"), cli.T("名称", "name"), cli.T("级别", "kind"),
               cli.T("别名", "aliases"), cli.T("代行机构", "acting township")});
  for (const auto& area : reply.areas()) {
    table.Add({area.code(), area.name(), Word(cli.lang(), area.kind()),
               Words(cli.lang(), area.aliases()), area.acting_township()});
  }
  table.Print(cli.out());
  return kOk;
}

int SchoolsBody(Cli& cli, const PlaceOptions& options) {
  registry::v1::ListSchoolsRequest request;
  request.set_area(options.code);
  request.set_include_closed(options.closed);
  registry::v1::ListSchoolsReply reply;
  if (int code = CallPages(cli, "registry.v1.RegistryService.ListSchools", request, &reply,
                           options.limit, [](const auto& r) { return r.schools_size(); })) {
    return code;
  }
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.schools().empty()) cli.Nothing("没有学校。", "no schools.");
  Table table({cli.T("标识码", "code"), cli.T("名称", "name"), cli.T("类型", "kind"),
               cli.T("乡镇", "township"), cli.T("寄宿", "boarding"), cli.T("状态", "state")});
  for (const auto& school : reply.schools()) {
    table.Add({school.school_code(), school.name(), Word(cli.lang(), school.kind()),
               cli.names().Area(school.township()), YesNo(cli.lang(), school.boarding()),
               school.closed() ? cli.T("已撤并", "closed") : std::string()});
  }
  table.Print(cli.out());
  NoteMore(cli, reply.next_page_token());
  return kOk;
}

int ClassesBody(Cli& cli, const PlaceOptions& options) {
  registry::v1::ListClassesRequest request;
  request.set_school_code(options.code);
  request.set_include_closed(options.closed);
  registry::v1::ListClassesReply reply;
  if (int code = cli.Call("registry.v1.RegistryService.ListClasses", request, &reply)) return code;
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.classes().empty()) {
    cli.Nothing("这所学校没有班级，请核对标识码（twinline places schools）。",
                "no classes; check the code (twinline places schools).");
  }
  Table table({cli.T("班级", "class"), cli.T("简写", "short"), cli.T("学年", "year"),
               cli.T("人数", "pupils"), cli.T("名册版本", "roster"),
               cli.T("班级编号", "class id")});
  table.AlignRight(3).AlignRight(4);
  for (const auto& one : reply.classes()) {
    table.Add({ClassWord(cli.lang(), one.grade(), one.number()),
               fmt::format("{}/{}-{}", one.school_code(), one.grade(), one.number()),
               std::to_string(one.school_year()), std::to_string(one.pupils()),
               std::to_string(one.roster_version()), Hex(one.class_id())});
  }
  table.Print(cli.out());
  return kOk;
}

int StaffBody(Cli& cli, const PlaceOptions& options) {
  registry::v1::ListStaffRequest request;
  request.set_office(options.code);
  registry::v1::ListStaffReply reply;
  if (int code = CallPages(cli, "registry.v1.RegistryService.ListStaff", request, &reply,
                           options.limit, [](const auto& r) { return r.staff_size(); })) {
    return code;
  }
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.staff().empty())
    cli.Nothing("该机构没有登记人员。", "nobody is recorded at this office.");
  Table table({cli.T("人员编号", "staff id"), cli.T("姓名", "name"), cli.T("电话", "telephone")});
  for (const auto& person : reply.staff()) {
    table.Add({Hex(person.staff_id()), person.name(), person.phone_masked()});
  }
  table.Print(cli.out());
  NoteMore(cli, reply.next_page_token());
  return kOk;
}

int DutiesBody(Cli& cli, const PlaceOptions& options) {
  registry::v1::ListDutiesRequest request;
  request.set_office(options.code);
  if (!options.staff.empty()) request.set_staff_id(options.staff.str());
  if (options.day) {
    base::CivilDay day;
    if (int code = cli.Resolve(*options.day, &day)) return code;
    request.mutable_on()->set_days(day.days);
  }
  registry::v1::ListDutiesReply reply;
  if (int code = cli.Call("registry.v1.RegistryService.ListDuties", request, &reply)) return code;
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.duties().empty()) cli.Nothing("无人在岗。", "nobody is on duty.");
  Table table({cli.T("任职编号", "duty"), cli.T("姓名", "name"), cli.T("角色", "role"),
               cli.T("机构", "office"), cli.T("自", "from"), cli.T("至", "to"),
               cli.T("人员编号", "staff id")});
  for (const auto& view : reply.duties()) {
    const auto& duty = view.duty();
    table.Add({Hex(duty.duty_id()), view.staff_name(),
               RoleWord(cli.lang(), static_cast<types::v1::Role>(duty.role())) +
                   (duty.deputy() ? cli.T("（副）", " (deputy)") : std::string()),
               cli.names().OfficeShort(duty.office()), Day(duty.from()), Day(duty.to()),
               Hex(duty.staff_id())});
  }
  table.Print(cli.out());
  return kOk;
}

}  // namespace

void AddPlaces(CLI::App& app, Cli& cli) {
  CLI::App* places = Family(app, cli, "places", "区划、学校、班级、人员和任职",
                            "areas, schools, classes, people and duties");

  auto areas = std::make_shared<PlaceOptions>();
  CLI::App* command = Command(*places, cli, "areas", "下级区划", "areas directly below a code");
  AddText(command, cli, "parent", &areas->code, "上级区划代码；不填为最上级",
          "parent code; the top without it");
  Run(command, cli, areas, AreasBody);

  auto schools = std::make_shared<PlaceOptions>();
  schools->limit.lines = 500;
  command = Command(*places, cli, "schools", "学校", "schools");
  AddText(command, cli, "area", &schools->code, "县或乡镇代码；不填为管辖范围",
          "county or township; all in reach without it");
  AddFlag(command, cli, "--closed", &schools->closed, "包括已撤并的", "closed ones too");
  AddLimit(command, cli, &schools->limit);
  Run(command, cli, schools, SchoolsBody);

  auto classes = std::make_shared<PlaceOptions>();
  command = Command(*places, cli, "classes", "一所学校的班级", "the classes of a school");
  AddText(command, cli, "school", &classes->code, "学校标识码", "school code")->required();
  AddFlag(command, cli, "--closed", &classes->closed, "包括已撤销的", "closed ones too");
  Run(command, cli, classes, ClassesBody);

  auto staff = std::make_shared<PlaceOptions>();
  command = Command(*places, cli, "staff", "一个机构的人员", "the people of an office");
  AddOffice(command, cli, "office", &staff->code, "机构", "office")->required();
  AddLimit(command, cli, &staff->limit);
  Run(command, cli, staff, StaffBody);

  auto duties = std::make_shared<PlaceOptions>();
  command = Command(*places, cli, "duties", "谁在岗，或某人的任职",
                    "who is on duty, or the duties of a person");
  AddOffice(command, cli, "office", &duties->code, "机构", "office");
  AddId(command, cli, "--person", &duties->staff, "人员编号", "staff id");
  AddDay(command, cli, "--date", &duties->day, "哪一天，不填包括历任",
         "on this day; all without it");
  Run(command, cli, duties, DutiesBody);

  AddPlacesRecord(*places, cli);
  AddPlacesImport(*places, cli);
}

}  // namespace twinline::cli
