#include "tests/golden/events.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "platform/base/check.h"
#include "twinline/types/v1/options.pb.h"

namespace twinline::golden {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// A message inside itself ends somewhere.
constexpr int kDepthMax = 4;

void Fill(Message* message, int depth);

// One element of a repeated field, or the value of another.
void FillField(Message* message, const FieldDescriptor* field, int depth) {
  const auto* reflection = message->GetReflection();
  const int number = field->number() * 1'001;
  const std::string text = field->type() == FieldDescriptor::TYPE_BYTES
                               ? std::string(16, static_cast<char>(field->number()))
                               : absl::StrCat(field->name(), " 字");
  const auto* last_value = field->enum_type() == nullptr
                               ? nullptr
                               : field->enum_type()->value(field->enum_type()->value_count() - 1);
#define TWINLINE_FILL(kind, value)                                    \
  field->is_repeated() ? reflection->Add##kind(message, field, value) \
                       : reflection->Set##kind(message, field, value)
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      TWINLINE_FILL(Int32, number);
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      TWINLINE_FILL(Int64, number);
      break;
    case FieldDescriptor::CPPTYPE_UINT32:
      TWINLINE_FILL(UInt32, number);
      break;
    case FieldDescriptor::CPPTYPE_UINT64:
      TWINLINE_FILL(UInt64, number);
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      TWINLINE_FILL(Bool, true);
      break;
    case FieldDescriptor::CPPTYPE_STRING:
      TWINLINE_FILL(String, text);
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      TWINLINE_FILL(Enum, last_value);
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (depth < kDepthMax) {
        Fill(field->is_repeated() ? reflection->AddMessage(message, field)
                                  : reflection->MutableMessage(message, field),
             depth + 1);
      }
      break;
    default:
      TWINLINE_CHECK(false, "no floating point in events");
  }
#undef TWINLINE_FILL
}

void Fill(Message* message, int depth) {
  const auto* descriptor = message->GetDescriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    FillField(message, descriptor->field(i), depth);
    if (descriptor->field(i)->is_repeated()) FillField(message, descriptor->field(i), depth);
  }
}

}  // namespace

std::map<uint32_t, std::unique_ptr<Message>> EventMessages() {
  std::map<uint32_t, std::unique_ptr<Message>> messages;
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  for (const char* file : {"registry/v1/registry_events", "transfer/v1/transfer_events",
                           "transfer/v1/transfer_class_events", "attendance/v1/attendance_events",
                           "accountability/v1/accountability_events", "audit/v1/audit_events",
                           "audit/v1/access_events", "identity/v1/identity_events",
                           "journal/v1/record", "demo/v1/demo_events"}) {
    const auto* described = pool->FindFileByName(absl::StrCat("twinline/", file, ".proto"));
    TWINLINE_CHECK(described != nullptr, "a file of events is linked");
    for (int i = 0; i < described->message_type_count(); ++i) {
      const auto* type = described->message_type(i);
      const uint32_t number = type->options().GetExtension(types::v1::event_type);
      if (number == 0) continue;
      messages[number].reset(
          google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
    }
  }
  return messages;
}

void FillIn(Message* message) { Fill(message, 0); }

std::string Bytes(const Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

bool HasUnknownFields(const Message& message) {
  const auto* reflection = message.GetReflection();
  if (!reflection->GetUnknownFields(message).empty()) return true;
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (HasUnknownFields(field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                                                : reflection->GetMessage(message, field))) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace twinline::golden
