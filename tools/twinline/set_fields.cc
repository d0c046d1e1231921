// By reflection, so that a field added to the proto can be corrected without a change here.
#include "tools/twinline/set_fields.h"

#include <charconv>

#include "tools/twinline/parse.h"
#include "twinline/types/v1/types.pb.h"

namespace twinline::cli {
namespace {

using google::protobuf::FieldDescriptor;

bool IsYes(std::string_view value) {
  return value == "yes" || value == "true" || value == "1" || value == "是";
}
bool IsNo(std::string_view value) {
  return value == "no" || value == "false" || value == "0" || value == "否";
}

}  // namespace

FieldResult SetField(google::protobuf::Message* message, const std::string& name,
                     std::string_view value) {
  const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated()) return FieldResult::kNoSuchField;
  const auto* reflection = message->GetReflection();
  switch (field->type()) {
    case FieldDescriptor::TYPE_STRING:
      reflection->SetString(message, field, std::string(value));
      return FieldResult::kSet;
    case FieldDescriptor::TYPE_UINT32: {
      uint32_t number = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
      if (error != std::errc() || end != value.data() + value.size()) return FieldResult::kBadValue;
      reflection->SetUInt32(message, field, number);
      return FieldResult::kSet;
    }
    case FieldDescriptor::TYPE_BOOL:
      if (!IsYes(value) && !IsNo(value)) return FieldResult::kBadValue;
      reflection->SetBool(message, field, IsYes(value));
      return FieldResult::kSet;
    case FieldDescriptor::TYPE_MESSAGE: {
      if (field->message_type() != types::v1::Date::descriptor()) return FieldResult::kNoSuchField;
      const auto day = ParseDay(value);
      if (!day || !day->fixed) return FieldResult::kBadValue;
      static_cast<types::v1::Date*>(reflection->MutableMessage(message, field))
          ->set_days(day->fixed->days);
      return FieldResult::kSet;
    }
    default:
      return FieldResult::kNoSuchField;
  }
}

}  // namespace twinline::cli
