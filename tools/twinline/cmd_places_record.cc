// twinline places area, school, class, person, duty, end-duty: one at a time, what places import
// does with files.
#include "fmt/format.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/options.h"
#include "tools/twinline/places_file.h"
#include "tools/twinline/render.h"
#include "tools/twinline/resolve.h"
#include "tools/twinline/words.h"
#include "twinline/registry/v1/registry_places.pb.h"

namespace twinline::cli {
namespace {

namespace rv1 = registry::v1;

struct RecordOptions {
  std::string code;
  std::string name;
  std::string kind;
  std::string office;
  std::string phone;
  std::string township;
  std::string village;
  std::string junior;
  std::string reason;
  std::vector<std::string> zone;
  uint32_t year = 0;
  bool boarding = false;
  bool closed = false;
  bool deputy = false;
  base::Id16 person;
  base::Id16 duty;
  ClassRef school_class;
  std::optional<DayArg> from;
  std::optional<DayArg> to;
};

template <typename Request>
int Record(Cli& cli, std::string_view method, Request& request) {
  rv1::RecordedReply reply;
  if (int code = cli.Call("registry.v1.RegistryService." + std::string(method), request, &reply)) {
    return code;
  }
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.id().empty()) {
    cli.out() << cli.T("已登记。", "recorded.") << '\n';
  } else {
    cli.out() << cli.T("已登记，编号 ", "recorded, id ") << Hex(reply.id()) << '\n';
  }
  for (const auto& notice : reply.warnings()) {
    cli.out() << cli.T(notice.message_zh(), notice.message_en()) << '\n';
  }
  return kOk;
}

int AreaBody(Cli& cli, const RecordOptions& options) {
  rv1::RecordAreaRequest request;
  request.mutable_area()->set_code(options.code);
  request.mutable_area()->set_name(options.name);
  request.mutable_area()->set_kind(options.kind);
  request.mutable_area()->set_acting_township(options.township);
  return Record(cli, "RecordArea", request);
}

int SchoolBody(Cli& cli, const RecordOptions& options) {
  constexpr size_t kCountyDigits = 6;
  rv1::RecordSchoolRequest request;
  rv1::SchoolFacts* school = request.mutable_school();
  school->set_school_code(options.code);
  school->set_name(options.name);
  school->set_kind(options.kind);
  school->set_township(options.township);
  school->set_county(options.township.substr(0, kCountyDigits));
  school->set_village(options.village);
  school->set_boarding(options.boarding);
  school->set_closed(options.closed);
  school->set_junior_school_code(options.junior);
  for (const std::string& village : options.zone) school->add_zone_villages(village);
  return Record(cli, "RecordSchool", request);
}

int ClassBody(Cli& cli, const RecordOptions& options) {
  rv1::RecordClassRequest request;
  request.set_school_code(options.school_class.school_code);
  rv1::ClassFacts* facts = request.mutable_class_facts();
  facts->set_school_code(request.school_code());
  facts->set_grade(options.school_class.grade);
  facts->set_number(options.school_class.number);
  facts->set_school_year(options.year);
  return Record(cli, "RecordClass", request);
}

int PersonBody(Cli& cli, const RecordOptions& options) {
  rv1::RecordStaffRequest request;
  request.set_name(options.name);
  request.set_phone(options.phone);
  request.set_office(options.office);
  if (!options.person.empty()) request.set_staff_id(options.person.str());
  return Record(cli, "RecordStaff", request);
}

int DutyBody(Cli& cli, const RecordOptions& options) {
  rv1::StartDutyRequest request;
  request.set_staff_id(options.person.str());
  const auto role = RoleOfWord(options.kind);
  if (!role) {
    return cli.Fail(kUsage, "ROLE_UNKNOWN", "没有这种角色：" + options.kind,
                    "there is no such role: " + options.kind);
  }
  request.set_role(*role);
  request.set_office(options.office);
  if (!options.school_class.id.empty() || !options.school_class.school_code.empty()) {
    std::string id;
    if (int code = ResolveClass(cli, options.school_class, &id)) return code;
    request.set_office("class:" + Hex(id));
  }
  if (request.office().empty()) {
    return cli.Fail(kUsage, "OFFICE_NOT_CHOSEN", "请用 --office 或 --class 指明任职单位",
                    "name the office with --office or --class");
  }
  base::CivilDay day;
  if (int code = cli.Resolve(options.from.value_or(DayArg{}), &day)) return code;
  request.mutable_from()->set_days(day.days);
  if (options.to) {
    if (int code = cli.Resolve(*options.to, &day)) return code;
    request.mutable_to()->set_days(day.days);
  }
  request.set_deputy(options.deputy);
  return Record(cli, "StartDuty", request);
}

int EndDutyBody(Cli& cli, const RecordOptions& options) {
  rv1::EndDutyRequest request;
  request.set_duty_id(options.duty.str());
  base::CivilDay day;
  if (int code = cli.Resolve(options.to.value_or(DayArg{}), &day)) return code;
  request.mutable_to()->set_days(day.days);
  request.set_reason(options.reason);
  request.set_office(options.office);
  return Record(cli, "EndDuty", request);
}

std::vector<std::string> Strings(std::span<const std::string_view> codes) {
  return {codes.begin(), codes.end()};
}

void AddAreaAndSchool(CLI::App& places, Cli& cli) {
  auto area = std::make_shared<RecordOptions>();
  CLI::App* command =
      Command(places, cli, "area", "登记一个区划，或更改其名称", "record an area, or its new name");
  AddText(command, cli, "code", &area->code, "区划代码", "code")->required();
  AddText(command, cli, "name", &area->name, "名称", "name")->required();
  AddCode(command, cli, "--kind", &area->kind, Strings(AreaKinds()), "级别", "kind")->required();
  AddText(command, cli, "--acting-township", &area->township, "代行乡镇职责的乡镇代码",
          "the township that acts for it");
  Run(command, cli, area, AreaBody);

  auto school = std::make_shared<RecordOptions>();
  command = Command(places, cli, "school", "登记一所学校，或更改其信息",
                    "record a school, or what changed about it");
  AddText(command, cli, "code", &school->code, "学校标识码", "school code")->required();
  AddText(command, cli, "name", &school->name, "名称", "name")->required();
  AddCode(command, cli, "--kind", &school->kind, Strings(SchoolKinds()), "类型", "kind")
      ->required();
  AddText(command, cli, "--township", &school->township, "所在乡镇代码", "township")->required();
  AddText(command, cli, "--village", &school->village, "所在村代码", "village");
  AddText(command, cli, "--junior", &school->junior, "对口初中标识码", "paired junior school");
  command->add_option("--zone", school->zone, cli.T("服务区村代码", "villages of its zone"))
      ->delimiter(',')
      ->allow_extra_args(false)
      ->take_all();
  AddFlag(command, cli, "--boarding", &school->boarding, "寄宿制", "a boarding school");
  AddFlag(command, cli, "--closed", &school->closed, "停办", "closed");
  Run(command, cli, school, SchoolBody);
}

void AddPeople(CLI::App& places, Cli& cli) {
  auto person = std::make_shared<RecordOptions>();
  CLI::App* command = Command(places, cli, "person", "登记一名工作人员", "record a person at work");
  AddText(command, cli, "name", &person->name, "姓名", "name")->required();
  AddOffice(command, cli, "office", &person->office, "所在单位", "home office")->required();
  AddText(command, cli, "--phone", &person->phone, "电话", "telephone");
  AddId(command, cli, "--person", &person->person, "更改已登记的人员", "change this person");
  Run(command, cli, person, PersonBody);

  auto duty = std::make_shared<RecordOptions>();
  command = Command(places, cli, "duty", "登记任职", "a person takes an office");
  AddId(command, cli, "person", &duty->person, "人员编号", "staff id")->required();
  AddText(command, cli, "role", &duty->kind, "角色，如 班主任 或 CLASS_TEACHER",
          "role, such as CLASS_TEACHER")
      ->required();
  AddOffice(command, cli, "--office", &duty->office, "任职单位", "office");
  AddClass(command, cli, "--class", &duty->school_class, "任职班级", "class");
  AddDay(command, cli, "--from", &duty->from, "自何日，默认今天", "from, today by default");
  AddDay(command, cli, "--to", &duty->to, "至何日（含）", "last day");
  AddFlag(command, cli, "--deputy", &duty->deputy, "副职", "as a deputy");
  Run(command, cli, duty, DutyBody);

  auto end = std::make_shared<RecordOptions>();
  command = Command(places, cli, "end-duty", "终止任职", "a duty ends");
  AddId(command, cli, "duty", &end->duty, "任职编号（places duties 可查）", "duty id")->required();
  AddOffice(command, cli, "office", &end->office, "任职单位", "its office")->required();
  AddDay(command, cli, "--to", &end->to, "最后一日，默认今天", "last day, today by default");
  AddText(command, cli, "--reason", &end->reason, "理由", "reason")->required();
  Run(command, cli, end, EndDutyBody);
}

}  // namespace

void AddPlacesRecord(CLI::App& places, Cli& cli) {
  AddAreaAndSchool(places, cli);
  auto one = std::make_shared<RecordOptions>();
  CLI::App* command = Command(places, cli, "class", "登记一个班级", "record a class");
  AddClass(command, cli, "class", &one->school_class, "班级，如 2141000001/7-3",
           "class, such as 2141000001/7-3")
      ->required();
  command
      ->add_option("--year", one->year,
                   cli.T("学年的第一年，如 2026", "first year of the school year"))
      ->required()
      ->check(CLI::Range(2000, 2100));
  Run(command, cli, one, ClassBody);
  AddPeople(places, cli);
}

}  // namespace twinline::cli
