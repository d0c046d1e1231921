// Errors, confirmations and the session of one run.
#include "tools/twinline/cli.h"

#include <unistd.h>

#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

#include "fmt/format.h"
#include "tools/twinline/render.h"
#include "tools/twinline/words.h"

namespace twinline::cli {
namespace {

// What to do next, by exit code; a refusal's own sentence already says it.
Text NextStep(ExitCode code) {
  switch (code) {
    case kNotLoggedIn:
      return {"请先登录：twinline login（演示环境：twinline login --demo 人员编号）",
              "log in first: twinline login (in a demonstration: twinline login --demo STAFF_ID)"};
    case kUnavailable:
      return {"请确认服务已启动、--server 地址正确，然后原样再执行一次；同一请求不会重复办理",
              "check that the server runs and --server is right, then run the same command again; "
              "a write is done once"};
    case kUsage:
      return {"用 --help 查看该命令的用法", "see the command's --help"};
    default:
      return {"", ""};
  }
}

// What went wrong with a file of this machine; the sentence behind it names the file.
std::string OnThisMachine(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kNotFound:
      return "没有找到：";
    case absl::StatusCode::kPermissionDenied:
      return "没有权限：";
    case absl::StatusCode::kResourceExhausted:
      return "磁盘已满或文件过大：";
    case absl::StatusCode::kFailedPrecondition:
      return "当前不能执行：";
    case absl::StatusCode::kDataLoss:
      return "内容已损坏：";
    case absl::StatusCode::kInvalidArgument:
      return "内容不符合要求：";
    default:
      return "未能完成：";
  }
}

}  // namespace

bool DutyNamed(const identity::v1::DutyLine& duty, std::string_view text) {
  if (const auto id = ParseId(text)) return duty.duty_id() == id->bytes();
  return duty.office() == text || RoleWord(Lang::kZh, duty.role()) == text ||
         RoleWord(Lang::kEn, duty.role()) == text ||
         types::v1::Role_Name(duty.role()) == "ROLE_" + std::string(text);
}

Names& Cli::names() {
  if (!names_) names_ = std::make_unique<Names>(session_ ? &*session_ : nullptr, lang());
  return *names_;
}

Session* Cli::session(int* code) {
  *code = kOk;
  if (session_) return &*session_;
  SessionOptions options;
  options.channel.target = globals.server;
  options.channel.ca_file = globals.ca_file;
  options.channel.certificate_file = globals.certificate_file;
  options.channel.key_file = globals.key_file;
  TokenStore store(globals.as_file.empty() ? TokenStore::DefaultFile(globals.server)
                                           : std::filesystem::path(globals.as_file));
  auto session = Session::Connect(std::move(options), std::move(store));
  if (!session.ok()) {
    const std::string why(session.status().message());
    *code = Fail(kNotLoggedIn, "TOKEN_FILE_UNUSABLE", "登录文件不可用：" + why, why);
    return nullptr;
  }
  session_.emplace(*std::move(session));
  names_.reset();
  Banner();
  if (!globals.duty.empty() && !ChooseDuty(code)) return nullptr;
  return &*session_;
}

void Cli::Banner() {
  if (globals.json || !session_->token() || session_->token()->banner.empty()) return;
  err_ << "== " << session_->token()->banner << " ==\n";
}

bool Cli::ChooseDuty(int* code) {
  if (const auto id = ParseId(globals.duty)) {
    session_->set_duty(id->hex());
    return true;
  }
  identity::v1::WhoAmIRequest request;
  identity::v1::WhoAmIReply reply;
  const rpc::CallResult result =
      session_->Call("identity.v1.IdentityService.WhoAmI", request, &reply);
  if (!result.ok()) {
    *code = Fail(result);
    return false;
  }
  std::string found;
  int matches = 0;
  for (const auto& duty : reply.duties()) {
    if (!DutyNamed(duty, globals.duty)) continue;
    ++matches;
    found = Hex(duty.duty_id());
  }
  if (matches == 1) {
    session_->set_duty(found);
    return true;
  }
  *code = Fail(kUsage, "DUTY_NOT_CHOSEN",
               fmt::format("“{}”对应 {} 个任职，请用任职编号（twinline whoami 可查）", globals.duty,
                           matches),
               fmt::format("\"{}\" names {} duties; use the id that twinline whoami shows",
                           globals.duty, matches));
  return false;
}

int Cli::Call(std::string_view method, google::protobuf::Message& request,
              google::protobuf::Message* reply) {
  int code = kOk;
  Session* open = session(&code);
  if (open == nullptr) return code;
  const rpc::CallResult result = open->Call(method, request, reply);
  return result.ok() ? static_cast<int>(kOk) : Fail(result);
}

int Cli::Resolve(const DayArg& day, base::CivilDay* resolved) {
  if (day.fixed) {
    *resolved = *day.fixed;
    return kOk;
  }
  int code = kOk;
  Session* open = session(&code);
  if (open == nullptr) return code;
  const auto today = open->Today();
  if (!today.ok()) return Fail({today.status(), std::nullopt, 0});
  *resolved = day.On(*today);
  return kOk;
}

int Cli::Fail(const rpc::CallResult& result) {
  const ExitCode code = ExitCodeOf(result.status.code());
  const std::string english(result.status.message());
  return Report(
      result.refusal.value_or(base::Refusal{
          result.code(), code == kUnavailable ? "没有得到服务器的答复。" : english, english, {}}),
      code);
}

int Cli::Fail(ExitCode code, std::string_view refusal_code, std::string_view zh,
              std::string_view en) {
  return Report({std::string(refusal_code), std::string(zh), std::string(en), {}}, code);
}

int Cli::Report(const base::Refusal& refusal, ExitCode code) {
  const std::string next = NextStep(code).In(lang());
  if (globals.json) {
    nlohmann::ordered_json error;
    error["code"] = refusal.code;
    error["message_zh"] = refusal.zh;
    error["message_en"] = refusal.en;
    error["facts"] = nlohmann::ordered_json::object();
    for (const auto& [key, value] : refusal.details) error["facts"][key] = value;
    if (!next.empty()) error["next"] = next;
    error["exit_code"] = static_cast<int>(code);
    const nlohmann::ordered_json whole{{"error", error}};
    err_ << whole.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
    return code;
  }
  err_ << (code == kRefused ? T("未办理", "refused") : T("出错", "error")) << " " << refusal.code
       << T("：", ": ") << (lang() == Lang::kZh && !refusal.zh.empty() ? refusal.zh : refusal.en)
       << '\n';
  for (const auto& [key, value] : refusal.details) {
    if (key != "roles") err_ << "  " << key << ": " << value << '\n';  // the sentence names them
  }
  if (!next.empty()) err_ << T("下一步：", "next: ") << next << '\n';
  return code;
}

int Cli::Fail(const absl::Status& status) {
  const std::string text(status.message());
  return Report(
      {absl::StatusCodeToString(status.code()), OnThisMachine(status.code()) + text, text, {}},
      ExitCodeOf(status.code()));
}

int Cli::NotConfirmed() {
  return Fail(kRefused, "NOT_CONFIRMED", "没有确认，什么也没有改变。用 --yes 可免去询问。",
              "not confirmed; nothing was changed. --yes answers the question.");
}

bool Cli::PrintedJson(const google::protobuf::Message& reply) {
  if (!globals.json) return false;
  out_ << JsonText(reply) << '\n';
  return true;
}

void Cli::PrintJsonLine(const google::protobuf::Message& message) {
  out_ << JsonText(message, true) << std::endl;
}

bool Cli::Confirm(std::string_view zh, std::string_view en) {
  if (globals.yes) return true;
  err_ << T(zh, en) << T("　确认请输入 y：", " Type y to go on: ") << std::flush;
  std::string answer;
  if (!std::getline(in_, answer)) return false;
  return answer == "y" || answer == "Y" || answer == "yes" || answer == "是";
}

void Cli::Nothing(std::string_view zh, std::string_view en) { out_ << T(zh, en) << '\n'; }

void Cli::Note(std::string_view zh, std::string_view en) { err_ << T(zh, en) << '\n'; }

}  // namespace twinline::cli
