// twinline call: any RPC by name, request and reply as protobuf JSON. For what has no command of
// its own (adopting a calendar, trusting an issuer), and for trying things out.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/json_util.h>

#include <iterator>
#include <memory>

#include "fmt/format.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/options.h"
#include "tools/twinline/render.h"
#include "tools/twinline/services.h"
#include "twinline/types/v1/options.pb.h"

namespace twinline::cli {
namespace {

struct CallOptions {
  std::string method;
  std::string body = "{}";
  bool list = false;
};

void ListMethods(Cli& cli) {
  for (const auto* service : KnownServices()) {
    for (int i = 0; i < service->method_count(); ++i) {
      cli.out() << service->method(i)->full_name().substr(std::string_view("twinline.").size())
                << '\n';
    }
  }
}

const google::protobuf::MethodDescriptor* Find(std::string name) {
  if (name.starts_with("twinline.")) name = name.substr(std::string_view("twinline.").size());
  for (const auto* service : KnownServices()) {
    for (int i = 0; i < service->method_count(); ++i) {
      const auto* method = service->method(i);
      if (method->full_name() == "twinline." + name || method->name() == name) return method;
    }
  }
  return nullptr;
}

int CallBody(Cli& cli, const CallOptions& options) {
  if (options.list || options.method.empty()) {
    ListMethods(cli);
    return kOk;
  }
  const auto* method = Find(options.method);
  if (method == nullptr || method->client_streaming()) {
    return cli.Fail(kUsage, "METHOD_UNKNOWN",
                    "没有这个接口，或它需要上传文件；twinline call --list 列出全部",
                    "no such method, or one that uploads a file; twinline call --list shows all");
  }
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  const std::unique_ptr<google::protobuf::Message> request(
      factory->GetPrototype(method->input_type())->New());
  const std::unique_ptr<google::protobuf::Message> reply(
      factory->GetPrototype(method->output_type())->New());
  std::string body = options.body;
  if (body == "-") body.assign(std::istreambuf_iterator<char>(cli.in()), {});
  const auto parsed = google::protobuf::util::JsonStringToMessage(body, request.get());
  if (!parsed.ok()) {
    return cli.Fail(kUsage, "JSON_INVALID",
                    fmt::format("请求内容不是合格的 JSON：{}", parsed.message().as_string()),
                    fmt::format("the request is not valid JSON: {}", parsed.message().as_string()));
  }
  const std::string name = method->full_name().substr(std::string_view("twinline.").size());
  int code = kOk;
  Session* session = cli.session(&code);
  if (session == nullptr) return code;
  if (method->server_streaming()) {
    if (const rpc::CallResult ready = session->Prepare(); !ready.ok()) return cli.Fail(ready);
    rpc::Client::Reader reader = session->OpenReader(name, *request);
    while (reader.Read(reply.get())) cli.PrintJsonLine(*reply);
    const rpc::CallResult result = reader.Finish();
    return result.ok() ? static_cast<int>(kOk) : cli.Fail(result);
  }
  const bool is_public = method->options().GetExtension(types::v1::access).public_();
  const rpc::CallResult result = is_public ? session->CallPublic(name, *request, reply.get())
                                           : session->Call(name, *request, reply.get());
  if (!result.ok()) return cli.Fail(result);
  cli.out() << JsonText(*reply) << '\n';
  return kOk;
}

}  // namespace

void AddCall(CLI::App& app, Cli& cli) {
  auto options = std::make_shared<CallOptions>();
  CLI::App* command =
      Command(app, cli, "call", "按名称调用任一接口（JSON）", "call any RPC by name (JSON)");
  AddText(command, cli, "method", &options->method, "如 registry.v1.RegistryService.ListSchools",
          "for example registry.v1.RegistryService.ListSchools");
  AddText(command, cli, "request", &options->body, "请求的 JSON，- 表示从标准输入读",
          "the request as JSON; - reads standard input");
  AddFlag(command, cli, "--list", &options->list, "列出全部接口", "list all methods");
  Run(command, cli, options, CallBody);
}

}  // namespace twinline::cli
