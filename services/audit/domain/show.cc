#include "audit/domain/show.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <map>

#include "audit/domain/event_catalog.h"
#include "audit/domain/subjects.h"
#include "platform/base/civil.h"
#include "platform/base/hash.h"
#include "twinline/types/v1/types.pb.h"

namespace twinline::audit {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

namespace {

constexpr size_t kHexBytesMax = 32;

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool IsFacts(const FieldDescriptor& field) {
  return field.message_type() != nullptr && !field.is_repeated() &&
         EndsWith(field.message_type()->name(), "Facts") &&
         field.message_type()->FindFieldByName("child_id") != nullptr;
}

std::string DayText(int64_t days) {
  return days == 0 ? std::string() : base::CivilDay{static_cast<int32_t>(days)}.ToString();
}

// A number that is a date or a moment by its name reads as one.
std::string NumberText(const FieldDescriptor& field, int64_t value) {
  const std::string& name = field.name();
  if (field.type() == FieldDescriptor::TYPE_SINT32 &&
      (EndsWith(name, "day") || EndsWith(name, "_date") || EndsWith(name, "valid_from") ||
       EndsWith(name, "_until"))) {
    return DayText(value);
  }
  if (field.type() == FieldDescriptor::TYPE_INT64 && EndsWith(name, "_us")) {
    return value == 0 ? std::string() : base::ToIso8601({value});
  }
  return std::to_string(value);
}

std::string BytesText(const std::string& value) {
  if (value.size() <= kHexBytesMax) return base::ToHex(value);
  return "（" + std::to_string(value.size()) + " 字节）";
}

// One value; `index` < 0 for a singular field.
std::string ValueText(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& reflect = *message.GetReflection();
  const bool many = index >= 0;
  std::string scratch;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return NumberText(field, many ? reflect.GetRepeatedInt32(message, &field, index)
                                    : reflect.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return NumberText(field, many ? reflect.GetRepeatedInt64(message, &field, index)
                                    : reflect.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return std::to_string(many ? reflect.GetRepeatedUInt32(message, &field, index)
                                 : reflect.GetUInt32(message, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return std::to_string(many ? reflect.GetRepeatedUInt64(message, &field, index)
                                 : reflect.GetUInt64(message, &field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return (many ? reflect.GetRepeatedBool(message, &field, index)
                   : reflect.GetBool(message, &field))
                 ? "是"
                 : "否";
    case FieldDescriptor::CPPTYPE_ENUM:
      return (many ? reflect.GetRepeatedEnum(message, &field, index)
                   : reflect.GetEnum(message, &field))
          ->name();
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string& text =
          many ? reflect.GetRepeatedStringReference(message, &field, index, &scratch)
               : reflect.GetStringReference(message, &field, &scratch);
      return field.type() == FieldDescriptor::TYPE_BYTES ? BytesText(text) : text;
    }
    default:
      return {};  // floating point is not used in any event
  }
}

// False when the part names a child or link of its own and none of them is the asked one.
bool Concerned(const Message& message, const Concerns& concerns) {
  if (!concerns) return true;
  const Descriptor& type = *message.GetDescriptor();
  const Reflection& reflect = *message.GetReflection();
  bool named = false;
  std::string scratch;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (field->is_repeated() || SubjectKindOf(*field) == SubjectKind::kNone) continue;
    const auto id = base::Id16::FromBytes(reflect.GetStringReference(message, field, &scratch));
    if (!id || id->empty()) continue;
    if (concerns(*id)) return true;
    named = true;
  }
  return !named;
}

// Flattens a message into (path, text).
class Flattener {
 public:
  Flattener(Concerns concerns, bool skip_facts)
      : concerns_(std::move(concerns)), skip_facts_(skip_facts) {}

  void Flatten(const Message& message, const std::string& prefix) {
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      if (out.fields.size() >= kShownFieldsMax) return;
      if (skip_facts_ && prefix.empty() && IsFacts(*field)) continue;
      OneField(message, *field, prefix + field->name());
    }
  }

  ShownFields out;

 private:
  void OneField(const Message& message, const FieldDescriptor& field, const std::string& path) {
    const Reflection& reflect = *message.GetReflection();
    const int count = field.is_repeated() ? reflect.FieldSize(message, &field) : 1;
    if (field.message_type() == nullptr) {
      std::string text;
      for (int i = 0; i < count; ++i) {
        if (OtherChild(message, field, i)) continue;
        if (!text.empty()) text += "、";
        text += ValueText(message, field, field.is_repeated() ? i : -1);
      }
      if (!text.empty()) out.fields.push_back({path, std::move(text)});
      return;
    }
    for (int i = 0; i < count && out.fields.size() < kShownFieldsMax; ++i) {
      const Message& part = field.is_repeated() ? reflect.GetRepeatedMessage(message, &field, i)
                                                : reflect.GetMessage(message, &field);
      Part(part, count > 1 ? path + "[" + std::to_string(i) + "]" : path);
    }
  }

  // A list of children is shown as the asked one only.
  bool OtherChild(const Message& message, const FieldDescriptor& field, int index) const {
    if (!concerns_ || !field.is_repeated() || SubjectKindOf(field) == SubjectKind::kNone) {
      return false;
    }
    const auto id =
        base::Id16::FromBytes(message.GetReflection()->GetRepeatedString(message, &field, index));
    return id && !concerns_(*id);
  }

  void Part(const Message& part, const std::string& path) {
    const std::string& type = part.GetDescriptor()->full_name();
    if (type == types::v1::Sealed::descriptor()->full_name()) {
      out.sealed = true;
      out.fields.push_back({path, std::string(kSealed)});
    } else if (type == types::v1::SearchToken::descriptor()->full_name()) {
      return;  // says nothing to a person
    } else if (type == types::v1::Date::descriptor()->full_name()) {
      const auto& date = static_cast<const types::v1::Date&>(part);
      out.fields.push_back({path, DayText(date.days())});
    } else if (Concerned(part, concerns_)) {
      Flatten(part, path + ".");
    }
  }

  const Concerns concerns_;
  const bool skip_facts_;
};

std::map<std::string, std::string> Flat(const Message& message) {
  Flattener flattener(nullptr, false);
  flattener.Flatten(message, {});
  std::map<std::string, std::string> flat;
  for (ShownField& field : flattener.out.fields) flat[field.name] = std::move(field.value);
  flat.erase("version");
  return flat;
}

}  // namespace

std::unique_ptr<Message> ParseEvent(uint32_t type, std::string_view data) {
  const Descriptor* descriptor = EventDescriptor(type);
  if (descriptor == nullptr) return nullptr;
  const Message* prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor);
  if (prototype == nullptr) return nullptr;
  std::unique_ptr<Message> message(prototype->New());
  if (!message->ParseFromArray(data.data(), static_cast<int>(data.size()))) return nullptr;
  return message;
}

ShownFields ShowEvent(const Message& event, const Concerns& concerns) {
  Flattener flattener(concerns, true);
  flattener.Flatten(event, {});
  return std::move(flattener.out);
}

const Message* FactsOf(const Message& event, const Concerns& concerns) {
  std::vector<const FieldDescriptor*> fields;
  event.GetReflection()->ListFields(event, &fields);
  for (const FieldDescriptor* field : fields) {
    if (!IsFacts(*field)) continue;
    const Message& facts = event.GetReflection()->GetMessage(event, field);
    if (Concerned(facts, concerns)) return &facts;
  }
  return nullptr;
}

std::string FactsKey(const Message& facts) {
  const Descriptor& type = *facts.GetDescriptor();
  std::string key = type.full_name();
  std::string scratch;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (field->type() != FieldDescriptor::TYPE_BYTES || field->is_repeated()) break;
    key += '/';
    key += facts.GetReflection()->GetStringReference(facts, field, &scratch);
  }
  return key;
}

std::vector<ShownChange> ShowChanges(const Message* before, const Message& after) {
  std::map<std::string, std::string> was;
  if (before != nullptr) was = Flat(*before);
  std::vector<ShownChange> changes;
  for (auto& [name, value] : Flat(after)) {
    const auto old = was.find(name);
    if (old != was.end() && old->second == value) {
      was.erase(old);
      continue;
    }
    changes.push_back({name, old == was.end() ? std::string() : old->second, value});
    if (old != was.end()) was.erase(old);
  }
  for (auto& [name, value] : was) changes.push_back({name, value, {}});
  return changes;
}

}  // namespace twinline::audit
