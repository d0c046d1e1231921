// Reading a method's declaration and checking that it can be enforced.
#include "platform/rpc/method.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "platform/base/status_macros.h"
#include "twinline/types/v1/types.pb.h"

namespace twinline::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

const FieldDescriptor* FieldOfType(const Descriptor* type, const char* name,
                                   const Descriptor* wanted) {
  const FieldDescriptor* field = type->FindFieldByName(name);
  if (field == nullptr || field->is_repeated() || field->message_type() == nullptr) return nullptr;
  return field->message_type()->full_name() == wanted->full_name() ? field : nullptr;
}

// By the names that R-56 watches in events, too.
bool HoldsSecret(const Descriptor* request) {
  for (int i = 0; i < request->field_count(); ++i) {
    const FieldDescriptor* field = request->field(i);
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) continue;
    const std::string& name = field->name();
    for (const char* word : {"password", "secret", "token", "seed"}) {
      if (name.find(word) != std::string::npos) return true;
    }
  }
  return false;
}

absl::Status ResolvePaths(Method* method) {
  const Descriptor* request = method->descriptor->input_type();
  const types::v1::Access& access = method->access;
  TWINLINE_ASSIGN_OR_RETURN(method->child, FieldPath::Resolve(request, access.child_field()));
  TWINLINE_ASSIGN_OR_RETURN(method->class_id, FieldPath::Resolve(request, access.class_field()));
  TWINLINE_ASSIGN_OR_RETURN(method->school, FieldPath::Resolve(request, access.school_field()));
  TWINLINE_ASSIGN_OR_RETURN(method->office, FieldPath::Resolve(request, access.office_field()));
  TWINLINE_ASSIGN_OR_RETURN(method->reason, FieldPath::Resolve(request, access.reason_field()));
  return absl::OkStatus();
}

absl::Status CheckDeclaration(const Method& method) {
  const types::v1::Access& access = method.access;
  const auto wrong = [&](const char* what) {
    return absl::InvalidArgumentError(absl::StrCat(method.full_name, ": ", what));
  };
  if (!access.public_() && access.scope() == types::v1::SCOPE_UNSPECIFIED) {
    return wrong("a scope must be declared");
  }
  if (access.public_() && (access.roles_size() > 0 || method.shown.any())) {
    return wrong("a public method has no roles and shows no child");
  }
  if (access.write() && !access.public_() && !method.descriptor->client_streaming() &&
      WriteField(method.descriptor->input_type()) == nullptr) {
    return wrong("a write needs a field `write` of type twinline.types.v1.WriteOptions");
  }
  if (method.max_request_bytes > kMaxRequestBytes) return wrong("max_request_mib is above 60");
  return absl::OkStatus();
}

}  // namespace

const FieldDescriptor* WriteField(const Descriptor* request) {
  return FieldOfType(request, "write", types::v1::WriteOptions::descriptor());
}

const FieldDescriptor* ReadTokenField(const Descriptor* type) {
  return FieldOfType(type, "read_token", types::v1::ReadToken::descriptor());
}

absl::StatusOr<std::unique_ptr<Method>> DescribeMethod(
    const google::protobuf::MethodDescriptor* descriptor) {
  auto method = std::make_unique<Method>();
  method->descriptor = descriptor;
  method->full_name = descriptor->full_name();
  const size_t prefix = method->full_name.rfind("twinline.", 0) == 0 ? sizeof("twinline.") - 1 : 0;
  method->short_name = method->full_name.substr(prefix);
  method->path = absl::StrCat("/", descriptor->service()->full_name(), "/", descriptor->name());
  if (!descriptor->options().HasExtension(types::v1::access)) {
    return absl::FailedPreconditionError(absl::StrCat(
        method->full_name, " declares no (twinline.types.v1.access) and is therefore not served"));
  }
  method->access = descriptor->options().GetExtension(types::v1::access);
  for (const int role : method->access.roles()) method->role_mask |= 1U << role;
  method->holds_secret = HoldsSecret(descriptor->input_type());
  method->auditor_reads = !method->access.write() && !method->access.not_auditor();
  if (method->access.max_request_mib() > 0) {
    method->max_request_bytes = size_t{method->access.max_request_mib()} << 20;
  }
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  method->request_prototype = factory->GetPrototype(descriptor->input_type());
  method->reply_prototype = factory->GetPrototype(descriptor->output_type());
  method->shown = ShownChildren(descriptor->output_type());
  TWINLINE_RETURN_IF_ERROR(ResolvePaths(method.get()));
  TWINLINE_RETURN_IF_ERROR(CheckDeclaration(*method));
  return method;
}

}  // namespace twinline::rpc
