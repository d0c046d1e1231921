// twinline approvals start-transfer, suspend, resume, change, advice: what opens a business, with
// its evidence files.
#include <algorithm>

#include "fmt/format.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/files.h"
#include "tools/twinline/options.h"
#include "tools/twinline/pages.h"
#include "tools/twinline/render.h"
#include "tools/twinline/resolve.h"
#include "tools/twinline/show_business.h"
#include "tools/twinline/table.h"
#include "tools/twinline/words.h"
#include "twinline/transfer/v1/transfer.pb.h"

namespace twinline::cli {
namespace {

constexpr size_t kEvidenceMax = size_t{2} << 20;
const std::vector<std::string> kEvidenceKinds = {"HUKOU",       "RESIDENCE",   "WORK", "DIAGNOSIS",
                                                 "FEE_RECEIPT", "DEATH_PROOF", "OTHER"};

struct StartOptions {
  ChildRef child;
  base::Id16 registration;
  std::string school;
  std::optional<ClassRef> school_class;
  uint32_t grade = 0;
  std::string kind;
  std::string ground;
  std::string applicant;
  std::string remark;
  std::string province;
  std::string student_number;
  std::string hospital;
  std::vector<std::string> evidence;  // KIND:FILE
  std::optional<DayArg> from;
  std::optional<DayArg> until;
  bool extension = false;
};

// Child and registration, from one look-up where the caller may see the child. The receiving school
// of a transfer may not see it yet: then both come from the application.
template <typename Request>
int FillChild(Cli& cli, const StartOptions& options, Request* request) {
  if (!options.child.id.empty() && !options.registration.empty()) {
    request->set_child_id(options.child.id.str());
    request->set_registration_id(options.registration.str());
    return kOk;
  }
  registry::v1::ChildView child;
  if (int code = ResolveChild(cli, options.child, &child)) return code;
  request->set_child_id(child.child_id());
  request->set_registration_id(child.facts().registration_id());
  return kOk;
}

// Uploads each file and adds its reference.
template <typename Request>
int FillEvidence(Cli& cli, const StartOptions& options, Request* request) {
  for (const std::string& given : options.evidence) {
    const size_t colon = given.find(':');
    const std::string kind = given.substr(0, colon);
    const bool known =
        std::find(kEvidenceKinds.begin(), kEvidenceKinds.end(), kind) != kEvidenceKinds.end();
    if (colon == std::string::npos || !known) {
      return cli.Fail(kUsage, "EVIDENCE_UNREADABLE",
                      fmt::format("“{}”：应为 种类:文件，如 HUKOU:户口簿.jpg", given),
                      fmt::format("\"{}\": expected KIND:FILE, such as HUKOU:page.jpg", given));
    }
    const std::filesystem::path path = given.substr(colon + 1);
    auto content = ReadWholeFile(path, kEvidenceMax);
    if (!content.ok()) return cli.Fail(content.status());
    transfer::v1::UploadEvidenceRequest upload;
    upload.set_child_id(request->child_id());
    upload.set_content(*std::move(content));
    transfer::v1::UploadEvidenceReply stored;
    if (int code = cli.Call("transfer.v1.ApprovalService.UploadEvidence", upload, &stored))
      return code;
    auto* reference = request->add_evidence();
    reference->set_digest(stored.digest());
    reference->set_kind(kind);
    reference->set_file_name(path.filename().string());
    reference->set_type(stored.type());
    reference->set_size(stored.size());
    if (kind == "DIAGNOSIS") reference->set_hospital_level(options.hospital);
  }
  return kOk;
}

int SetDay(Cli& cli, const std::optional<DayArg>& day, types::v1::Date* date) {
  if (!day) return kOk;
  base::CivilDay resolved;
  if (int code = cli.Resolve(*day, &resolved)) return code;
  date->set_days(resolved.days);
  return kOk;
}

template <typename Request>
int Start(Cli& cli, const StartOptions& options, Request& request, std::string_view method) {
  request.set_applicant(options.applicant);
  request.set_remark(options.remark);
  if (int code = FillEvidence(cli, options, &request)) return code;
  transfer::v1::BusinessReply reply;
  if (int code = cli.Call(method, request, &reply)) return code;
  return ShowBusinessReply(cli, reply, "已发起审批。", "the business is opened.");
}

int TransferBody(Cli& cli, const StartOptions& options) {
  transfer::v1::StartTransferRequest request;
  if (int code = FillChild(cli, options, &request)) return code;
  request.set_to_school_code(options.school);
  if (options.school_class) {
    if (int code = ResolveClass(cli, *options.school_class, request.mutable_to_class_id()))
      return code;
  }
  request.set_grade(options.grade);
  request.set_ground(options.ground);
  request.set_other_province(options.province);
  request.set_student_number(options.student_number);
  return Start(cli, options, request, "transfer.v1.TransferService.StartTransfer");
}

int SuspendBody(Cli& cli, const StartOptions& options) {
  transfer::v1::StartSuspensionRequest request;
  if (int code = FillChild(cli, options, &request)) return code;
  if (int code = SetDay(cli, options.from, request.mutable_from())) return code;
  if (int code = SetDay(cli, options.until, request.mutable_until())) return code;
  request.set_ground(options.ground);
  request.set_extension(options.extension);
  return Start(cli, options, request, "transfer.v1.StatusService.StartSuspension");
}

int ResumeBody(Cli& cli, const StartOptions& options) {
  transfer::v1::StartResumptionRequest request;
  if (int code = FillChild(cli, options, &request)) return code;
  if (int code = SetDay(cli, options.from, request.mutable_from())) return code;
  if (options.school_class) {
    if (int code = ResolveClass(cli, *options.school_class, request.mutable_to_class_id()))
      return code;
  }
  return Start(cli, options, request, "transfer.v1.StatusService.StartResumption");
}

int ChangeBody(Cli& cli, const StartOptions& options) {
  transfer::v1::StartStatusChangeRequest request;
  if (int code = FillChild(cli, options, &request)) return code;
  if (int code = SetDay(cli, options.from, request.mutable_effective())) return code;
  request.set_kind(options.kind);
  request.set_ground(options.ground);
  return Start(cli, options, request, "transfer.v1.StatusService.StartStatusChange");
}

struct AdviceOptions {
  std::optional<ChildRef> child;
  std::string school;
  std::string text;
  Limit limit;
};

// With a child: notes that a school advised a family to leave. Without: the bureau's list of such
// notes.
int AdviceBody(Cli& cli, const AdviceOptions& options) {
  if (options.child) {
    transfer::v1::NoteAdviceRequest request;
    if (int code = ResolveChildId(cli, *options.child, request.mutable_child_id())) return code;
    request.set_school_code(options.school);
    request.set_text(options.text);
    transfer::v1::NoteAdviceReply reply;
    if (int code = cli.Call("transfer.v1.TransferService.NoteAdvice", request, &reply)) return code;
    if (!cli.PrintedJson(reply))
      cli.Note("已记录，教育局和审计可见。", "noted; the bureau and the auditor see it.");
    return kOk;
  }
  transfer::v1::ListAdviceRequest request;
  transfer::v1::ListAdviceReply reply;
  if (int code = CallPages(cli, "transfer.v1.ApprovalService.ListAdvice", request, &reply,
                           options.limit, [](const auto& r) { return r.advice_size(); })) {
    return code;
  }
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.advice().empty()) cli.Nothing("没有劝离记录。", "no advice to leave was noted.");
  Table table({cli.T("时间", "at"), cli.T("性质", "kind"), cli.T("学校", "school"),
               cli.T("学生编号", "child id"), cli.T("经办人", "by")});
  for (const auto& line : reply.advice()) {
    table.Add({MomentShort(line.at_us()), Word(cli.lang(), line.kind()),
               cli.names().School(line.school_code()), Hex(line.child_id()),
               cli.names().Person(line.by())});
  }
  table.Print(cli.out());
  return kOk;
}

void AddCommon(CLI::App* command, Cli& cli, StartOptions* options) {
  AddChild(command, cli, "child", &options->child, "学生", "child")->required();
  AddId(command, cli, "--registration", &options->registration, "学籍编号；看不到该生时须填",
        "registration id; needed when you may not see the child");
  AddText(command, cli, "--applicant", &options->applicant, "申请的监护人",
          "the guardian who applied");
  AddText(command, cli, "--remark", &options->remark, "备注", "remark");
  std::string kinds;
  for (const std::string& kind : kEvidenceKinds)
    kinds += fmt::format(" {}={}", kind, Word(cli.lang(), kind));
  command
      ->add_option("--evidence", options->evidence,
                   cli.T("证明材料，种类:文件，可多次（JPG、PNG、PDF，不超过 2 MB）：",
                         "evidence, KIND:FILE, repeatable (JPG, PNG or PDF, 2 MB at most):") +
                       kinds)
      ->allow_extra_args(false);
  AddCode(command, cli, "--hospital", &options->hospital, {"COUNTY_OR_HIGHER", "BELOW_COUNTY"},
          "诊断医院级别", "level of the hospital of a diagnosis");
}

void AddClassOption(CLI::App* command, Cli& cli, StartOptions* options) {
  command->add_option_function<std::string>(
      "--class",
      [options, &cli](const std::string& text) {
        options->school_class = ParseClass(text);
        if (!options->school_class)
          BadValue("--class", text,
                   cli.T("应为 学校/7-3 或班级编号", "expected SCHOOL/7-3 or an id"));
      },
      cli.T("编入的班级", "class to join"));
}

}  // namespace

void AddApprovalStarts(CLI::App& approvals, Cli& cli) {
  auto transfer = std::make_shared<StartOptions>();
  CLI::App* command = Command(approvals, cli, "start-transfer", "转学：由转入校发起",
                              "transfer, started by the receiving school");
  AddCommon(command, cli, transfer.get());
  AddText(command, cli, "--to", &transfer->school, "转入校标识码", "code of the receiving school")
      ->required();
  AddClassOption(command, cli, transfer.get());
  command
      ->add_option("--grade", transfer->grade, cli.T("年级（平级转学）", "grade, the same as now"))
      ->required()
      ->check(CLI::Range(1, 9));
  AddCode(command, cli, "--ground", &transfer->ground,
          {"HUKOU_MOVED", "GUARDIAN_AWAY", "RESIDENCE_MOVED", "MIGRANT_WORKER", "HEALTH_CHANGED"},
          "依据", "ground")
      ->required();
  AddText(command, cli, "--province", &transfer->province, "外省转入：对方省份代码两位",
          "two digits, from another province");
  AddText(command, cli, "--student-number", &transfer->student_number,
          "外省转入：学籍号或身份证号，供对方省份查档",
          "student or ID number by which the other province finds the child");
  Run(command, cli, transfer, TransferBody);

  auto suspend = std::make_shared<StartOptions>();
  command = Command(approvals, cli, "suspend", "休学", "suspension");
  AddCommon(command, cli, suspend.get());
  AddDay(command, cli, "--from", &suspend->from, "起始日", "first day")->required();
  AddDay(command, cli, "--until", &suspend->until, "期满日（不超过一学年）",
         "last day, at most a school year")
      ->required();
  AddCode(command, cli, "--ground", &suspend->ground,
          {"ILLNESS", "INFECTIOUS_DISEASE", "OTHER_SPECIAL"}, "依据", "ground")
      ->required();
  AddFlag(command, cli, "--extension", &suspend->extension, "延期", "an extension");
  Run(command, cli, suspend, SuspendBody);

  auto resume = std::make_shared<StartOptions>();
  command = Command(approvals, cli, "resume", "复学", "resumption");
  AddCommon(command, cli, resume.get());
  AddDay(command, cli, "--from", &resume->from, "复学日", "first day back")->required();
  AddClassOption(command, cli, resume.get());
  Run(command, cli, resume, ResumeBody);

  auto change = std::make_shared<StartOptions>();
  command =
      Command(approvals, cli, "change", "其他状态变更：死亡、出国、辍学保留学籍、专门学校、送教",
              "death, abroad, dropout kept, specialised school, home teaching");
  AddCommon(command, cli, change.get());
  AddCode(command, cli, "--kind", &change->kind,
          {"DEATH", "ABROAD", "DROPOUT_KEPT", "SPECIALIZED_SCHOOL", "HOME_TEACHING"}, "种类",
          "kind")
      ->required();
  AddDay(command, cli, "--date", &change->from, "生效日", "effective day")->required();
  AddText(command, cli, "--ground", &change->ground, "依据", "ground");
  Run(command, cli, change, ChangeBody);

  auto advice = std::make_shared<AdviceOptions>();
  command = Command(approvals, cli, "advice", "劝离情况：学校如实记录；不带参数为教育局查看",
                    "advice to leave: noted by the school, or listed for the bureau");
  command->add_option_function<std::string>(
      "child",
      [advice, &cli](const std::string& text) {
        advice->child = ParseChild(text);
        if (!advice->child)
          BadValue("child", text, cli.T("应为学生编号、学籍号或证件号码", "expected a child"));
      },
      cli.T("学生", "child"));
  AddText(command, cli, "--school", &advice->school, "本校标识码", "own school code");
  AddText(command, cli, "--text", &advice->text, "说了什么", "what was said");
  AddLimit(command, cli, &advice->limit);
  Run(command, cli, advice, AdviceBody);
}

}  // namespace twinline::cli
