// Walking one event message.
#include "tools/twinline/event_evidence.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>

#include "tools/twinline/render.h"

namespace twinline::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kDigestBytes = 32;

void Take(std::string digest, std::vector<std::string>* digests) {
  if (digest.size() == kDigestBytes) digests->push_back(std::move(digest));
}

void Walk(const Message& message, bool below_evidence, std::vector<std::string>* digests) {
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool evidence = field->name() == "evidence" || field->name() == "receipt";
    if (field->type() == FieldDescriptor::TYPE_BYTES &&
        (evidence || (below_evidence && field->name() == "digest"))) {
      if (field->is_repeated()) {
        for (int i = 0; i < reflection->FieldSize(message, field); ++i)
          Take(reflection->GetRepeatedString(message, field, i), digests);
      } else {
        Take(reflection->GetString(message, field), digests);
      }
    } else if (field->type() == FieldDescriptor::TYPE_MESSAGE) {
      if (field->is_repeated()) {
        for (int i = 0; i < reflection->FieldSize(message, field); ++i)
          Walk(reflection->GetRepeatedMessage(message, field, i), evidence, digests);
      } else {
        Walk(reflection->GetMessage(message, field), evidence, digests);
      }
    }
  }
}

}  // namespace

std::vector<std::string> EvidenceOf(const journal::v1::Event& event) {
  std::vector<std::string> digests;
  const auto* type = EventDescriptor(event.type());
  if (type == nullptr) return digests;
  const std::unique_ptr<Message> message(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  if (message->ParseFromString(event.data())) Walk(*message, false, &digests);
  return digests;
}

}  // namespace twinline::cli
