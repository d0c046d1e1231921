// twinline students register: one child at the counter. What the registry finds wrong with the data
// flags the record and never closes the door.
#include "fmt/format.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/options.h"
#include "tools/twinline/render.h"
#include "tools/twinline/resolve.h"
#include "tools/twinline/set_fields.h"
#include "twinline/registry/v1/registry_children.pb.h"

namespace twinline::cli {
namespace {

namespace rv1 = registry::v1;

struct Options {
  std::string name;
  ClassRef school_class;
  std::string id_number;
  std::optional<DayArg> birth;
  std::optional<DayArg> entered;
  std::string hukou;
  std::string residence;
  std::string entry;
  std::vector<std::string> guardians;
  std::vector<std::string> fields;
};

// "母亲:李芳:13800001234"; the telephone may be missing.
int AddGuardian(Cli& cli, const std::string& text, rv1::ChildInput* child) {
  const size_t first = text.find(':');
  const size_t second = first == std::string::npos ? first : text.find(':', first + 1);
  if (first == std::string::npos || first == 0 || first + 1 == text.size()) {
    return cli.Fail(kUsage, "GUARDIAN_UNREADABLE",
                    fmt::format("监护人“{}”：应为 关系:姓名:电话，如 母亲:李芳:13800001234", text),
                    fmt::format("guardian \"{}\": expected relation:name:telephone", text));
  }
  rv1::GuardianInput* guardian = child->add_guardians();
  guardian->set_relation(text.substr(0, first));
  guardian->set_name(
      text.substr(first + 1, second == std::string::npos ? std::string::npos : second - first - 1));
  if (second != std::string::npos) guardian->set_phone(text.substr(second + 1));
  guardian->set_legal_guardian(true);
  return kOk;
}

// A township has 9 digits, a village 12; a village names its township.
void SetPlace(const std::string& code, std::string* township, std::string* village) {
  *township = code.substr(0, 9);
  if (code.size() > 9) *village = code;
}

int Fill(Cli& cli, const Options& options, rv1::ChildInput* child) {
  child->mutable_person()->set_name(options.name);
  child->mutable_person()->set_id_number(options.id_number);
  if (options.id_number.empty()) child->mutable_person()->set_id_kind("NONE");
  if (options.birth) {
    base::CivilDay day;
    if (int code = cli.Resolve(*options.birth, &day)) return code;
    child->mutable_person()->mutable_birth_date()->set_days(day.days);
  }
  if (options.entered) {
    base::CivilDay day;
    if (int code = cli.Resolve(*options.entered, &day)) return code;
    child->mutable_entered_on()->set_days(day.days);
  }
  if (int code = ResolveClass(cli, options.school_class, child->mutable_class_id())) return code;
  child->set_school_code(options.school_class.school_code);
  SetPlace(options.hukou, child->mutable_hukou_township(), child->mutable_hukou_village());
  SetPlace(options.residence.empty() ? options.hukou : options.residence,
           child->mutable_residence_township(), child->mutable_residence_village());
  child->set_entry_kind(options.entry);
  for (const std::string& guardian : options.guardians) {
    if (int code = AddGuardian(cli, guardian, child)) return code;
  }
  for (const std::string& field : options.fields) {
    const size_t equals = field.find('=');
    const std::string name = field.substr(0, equals);
    const std::string value = equals == std::string::npos ? "" : field.substr(equals + 1);
    FieldResult result = SetField(child->mutable_person(), name, value);
    if (result == FieldResult::kNoSuchField) result = SetField(child, name, value);
    if (equals == std::string::npos || result != FieldResult::kSet) {
      return cli.Fail(
          kUsage, "FIELD_UNREADABLE",
          fmt::format("“{}”：应为 字段=值，如 sex=2、boarding=2、ethnicity=01", field),
          fmt::format("\"{}\": expected field=value, such as sex=2, boarding=2", field));
    }
  }
  return kOk;
}

int RegisterBody(Cli& cli, const Options& options) {
  if (options.school_class.school_code.empty()) {
    return cli.Fail(kUsage, "CLASS_WITHOUT_SCHOOL", "班级请写成 学校代码/7-3",
                    "name the class as SCHOOL_CODE/7-3");
  }
  rv1::RegisterChildRequest request;
  if (int code = Fill(cli, options, request.mutable_child())) return code;
  rv1::RegisterChildReply reply;
  if (int code = cli.Call("registry.v1.RegistryService.RegisterChild", request, &reply))
    return code;
  if (cli.PrintedJson(reply)) return kOk;
  cli.out() << fmt::format("{}  {}\n", cli.T("已登记：", "registered:"), Hex(reply.child_id()));
  for (const std::string& problem : reply.problems()) {
    cli.Note(fmt::format("问题标记：{}（不影响就学）", problem),
             fmt::format("flagged: {} (schooling goes on)", problem));
  }
  for (const auto& warning : reply.warnings()) {
    cli.Note(warning.message_zh(), warning.message_en());
  }
  if (!reply.duplicate_tasks().empty()) {
    cli.Note("疑似重复，见 twinline students duplicates",
             "perhaps registered twice, see twinline students duplicates");
  }
  return kOk;
}

}  // namespace

void AddStudentRegister(CLI::App& students, Cli& cli) {
  auto options = std::make_shared<Options>();
  CLI::App* command = Command(students, cli, "register", "登记一名学生", "register one child");
  AddText(command, cli, "name", &options->name, "姓名", "name")->required();
  AddClass(command, cli, "class", &options->school_class, "班级，如 2141000001/1-2",
           "class, 2141000001/1-2")
      ->required();
  AddText(command, cli, "--id", &options->id_number, "身份证件号；没有可不填",
          "ID number; may be left out");
  AddDay(command, cli, "--born", &options->birth, "出生日期；有身份证号可不填",
         "birth date; not needed beside an ID number");
  AddDay(command, cli, "--entered", &options->entered, "入学日期，默认今天",
         "day of entry, today by default");
  AddText(command, cli, "--hukou", &options->hukou, "户籍乡镇（9位）或村（12位）代码",
          "township (9 digits) or village (12) of the hukou")
      ->required();
  AddText(command, cli, "--residence", &options->residence, "现住地代码，默认同户籍",
          "of the residence; the hukou by default");
  AddCode(command, cli, "--entry", &options->entry,
          {"NORMAL", "LATER_GRADE", "TRANSFER_OUTSIDE", "HOME_TEACH"}, "入学方式", "kind of entry");
  command->add_option("--guardian", options->guardians,
                      cli.T("监护人 关系:姓名:电话，可写几次",
                            "guardian relation:name:telephone, may be given several times"));
  command->add_option("--set", options->fields,
                      cli.T("其他字段=值，如 sex=2 boarding=2", "further field=value"));
  Run(command, cli, options, RegisterBody);
}

}  // namespace twinline::cli
