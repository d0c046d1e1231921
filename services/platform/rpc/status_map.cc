// Refusals and statuses on their way out, and back in.
#include "platform/rpc/status_map.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "platform/base/disk_words.h"
#include "twinline/types/v1/grpc_status.pb.h"
#include "twinline/types/v1/types.pb.h"

namespace twinline::rpc {
namespace {

constexpr char kTypeUrl[] = "type.googleapis.com/twinline.types.v1.RefusalDetail";

constexpr std::array<std::pair<std::string_view, grpc::StatusCode>, 12> kPrefixes = {{
    {"UNAUTHENTICATED_", grpc::StatusCode::UNAUTHENTICATED},
    {"TOKEN_", grpc::StatusCode::UNAUTHENTICATED},
    {"SESSION_ENDED", grpc::StatusCode::UNAUTHENTICATED},
    {"LOGIN_FAILED", grpc::StatusCode::UNAUTHENTICATED},
    {"REFRESH_INVALID", grpc::StatusCode::UNAUTHENTICATED},
    {"PERMISSION_", grpc::StatusCode::PERMISSION_DENIED},
    {"DUTY_", grpc::StatusCode::PERMISSION_DENIED},
    {"FIELD_", grpc::StatusCode::INVALID_ARGUMENT},
    {"REQUEST_", grpc::StatusCode::INVALID_ARGUMENT},
    {"BUSY_", grpc::StatusCode::RESOURCE_EXHAUSTED},
    {"UNAVAILABLE_", grpc::StatusCode::UNAVAILABLE},
    {"ROSTER_NEWER_THAN_KNOWN", grpc::StatusCode::UNAVAILABLE},  // waited for in vain
}};

struct General {
  const char* code;
  const char* zh;
};

General GeneralOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kCancelled:
      return {"CANCELLED", "请求已取消。"};
    case absl::StatusCode::kInvalidArgument:
      return {"FIELD_INVALID", "请求内容不符合要求，请检查后重新提交。"};
    case absl::StatusCode::kDeadlineExceeded:
      return {"DEADLINE_EXCEEDED", "处理超时。请用同一请求编号重试，不会重复办理。"};
    case absl::StatusCode::kNotFound:
      return {"NOT_FOUND", "没有找到所请求的内容。"};
    case absl::StatusCode::kAlreadyExists:
      return {"ALREADY_EXISTS", "内容已存在。"};
    case absl::StatusCode::kPermissionDenied:
      return {"PERMISSION_DENIED", "您无权进行此操作。"};
    case absl::StatusCode::kResourceExhausted:
      return {"BUSY_TRY_LATER", "系统繁忙，请稍后用同一请求编号重试。"};
    case absl::StatusCode::kFailedPrecondition:
      return {"FAILED_PRECONDITION", "当前状态下不能进行此操作。"};
    case absl::StatusCode::kAborted:
      return {"ABORTED", "操作被中止，请重试。"};
    case absl::StatusCode::kOutOfRange:
      return {"OUT_OF_RANGE", "请求超出范围。"};
    case absl::StatusCode::kUnimplemented:
      return {"UNIMPLEMENTED", "本服务不提供此功能。"};
    case absl::StatusCode::kUnavailable:
      return {"UNAVAILABLE_TRY_AGAIN", "结果尚不确定。请用同一请求编号重试，不会重复办理。"};
    case absl::StatusCode::kUnauthenticated:
      return {"UNAUTHENTICATED", "请重新登录。"};
    default:
      return {"INTERNAL", "系统内部错误，已记录。请联系系统管理员。"};
  }
}

bool ForLogOnly(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kDataLoss ||
         code == absl::StatusCode::kUnknown;
}

// "REQUEST_ID_REUSED: text" -> the code; empty when the text does not begin with one.
std::string_view LeadingCode(std::string_view text) {
  size_t end = 0;
  bool underscore = false;
  while (end < text.size() && ((text[end] >= 'A' && text[end] <= 'Z') || text[end] == '_' ||
                               (text[end] >= '0' && text[end] <= '9'))) {
    underscore = underscore || text[end] == '_';
    ++end;
  }
  const bool ends = end == text.size() || text[end] == ':' || text[end] == ' ';
  return underscore && ends ? text.substr(0, end) : std::string_view();
}

grpc::Status Make(grpc::StatusCode code, const base::Refusal& refusal) {
  types::v1::RefusalDetail detail;
  detail.set_code(refusal.code);
  detail.set_message_zh(refusal.zh);
  detail.set_message_en(refusal.en);
  for (const auto& [key, value] : refusal.details) {
    types::v1::KeyValue* fact = detail.add_facts();
    fact->set_key(key);
    fact->set_value(value);
  }
  types::v1::GrpcStatus rich;
  rich.set_code(code);
  rich.set_message(refusal.en);
  types::v1::GrpcStatusDetail* any = rich.add_details();
  any->set_type_url(kTypeUrl);
  detail.SerializeToString(any->mutable_value());
  return {code, refusal.en, rich.SerializeAsString()};
}

// A disk that takes no more is the operator's to mend, so nobody is told "busy" or "internal".
// Wherever it was noticed, before the append or in it: the same request id is safe in both cases.
std::optional<base::Refusal> DiskTrouble(std::string_view text) {
  if (text.find(base::kDiskFull) != std::string_view::npos) {
    return base::Refusal{
        "UNAVAILABLE_DISK_FULL",
        "服务器磁盘空间已满，暂时不能办理，已办结的业务不受影响。"
        "请通知系统管理员腾出空间并重新启动服务，之后用同一请求编号重试，不会重复办理。",
        "The server's disk is full: nothing can be done for now, what was done before is safe. "
        "Tell the system administrator to free space and restart; then retry with the same "
        "request id.",
        {}};
  }
  if (text.find(base::kDiskReadOnly) != std::string_view::npos) {
    return base::Refusal{
        "UNAVAILABLE_DISK_READ_ONLY",
        "服务器数据目录不可写，暂时不能办理，已办结的业务不受影响。"
        "请通知系统管理员修复后重新启动服务，之后用同一请求编号重试，不会重复办理。",
        "The server cannot write its data directory: nothing can be done for now, what was done "
        "before is safe. Tell the system administrator to mend it and restart; then retry with "
        "the same request id.",
        {}};
  }
  return std::nullopt;
}

}  // namespace

grpc::StatusCode CodeOf(const base::Refusal& refusal) {
  const std::string_view code = refusal.code;
  for (const auto& [prefix, grpc_code] : kPrefixes) {
    if (code.substr(0, prefix.size()) == prefix) return grpc_code;
  }
  if (code.ends_with("_NOT_FOUND")) return grpc::StatusCode::NOT_FOUND;
  return grpc::StatusCode::FAILED_PRECONDITION;
}

grpc::Status ToGrpc(const base::Refusal& refusal) { return Make(CodeOf(refusal), refusal); }

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const General general = GeneralOf(status.code());
  const std::string_view text(status.message().data(), status.message().size());
  if (const auto disk = DiskTrouble(text)) return ToGrpc(*disk);
  base::Refusal refusal{general.code, general.zh, std::string(text), {}};
  if (ForLogOnly(status.code())) {
    refusal.en = "internal error; it has been logged, please tell the system administrator";
  } else if (const std::string_view code = LeadingCode(text); !code.empty()) {
    refusal.code = code;
  }
  return Make(static_cast<grpc::StatusCode>(status.code()), refusal);
}

std::optional<base::Refusal> RefusalIn(const absl::Status& status) {
  const std::string_view text(status.message().data(), status.message().size());
  if (!absl::IsInvalidArgument(status) || LeadingCode(text) != "REQUEST_ID_REUSED") {
    return std::nullopt;
  }
  return base::Refusal{
      "REQUEST_ID_REUSED",
      "这个请求编号已用于另一份内容，本次没有办理任何事项。请为新内容生成新的编号后提交。",
      "this request id was used for another request body; nothing was executed, make a new id for "
      "the new content",
      {}};
}

absl::Status FromGrpc(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

std::optional<base::Refusal> RefusalOf(const grpc::Status& status) {
  if (status.ok() || status.error_details().empty()) return std::nullopt;
  types::v1::GrpcStatus rich;
  if (!rich.ParseFromString(status.error_details())) return std::nullopt;
  for (const types::v1::GrpcStatusDetail& any : rich.details()) {
    types::v1::RefusalDetail detail;
    if (any.type_url() != kTypeUrl || !detail.ParseFromString(any.value())) continue;
    base::Refusal refusal{detail.code(), detail.message_zh(), detail.message_en(), {}};
    for (const types::v1::KeyValue& fact : detail.facts()) {
      refusal.details.emplace_back(fact.key(), fact.value());
    }
    return refusal;
  }
  return std::nullopt;
}

}  // namespace twinline::rpc
