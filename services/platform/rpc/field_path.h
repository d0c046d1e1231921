// Paths into messages by descriptor, resolved once per method: where a request names the child,
// class, school or office it is about, and which fields of a reply show a child. Walking a resolved
// path allocates nothing.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace twinline::rpc {

class FieldPath {
 public:
  FieldPath() = default;  // empty: names nothing

  // `path` is field names with dots, "student.child_id". Every part but the last is a message,
  // singular or repeated; the last is string or bytes. INVALID_ARGUMENT names what does not fit.
  static absl::StatusOr<FieldPath> Resolve(const google::protobuf::Descriptor* type,
                                           std::string_view path);

  bool empty() const { return fields_.empty(); }

  // Calls `visit(std::string_view)` for each value that is not empty, until it returns false. True
  // when all were visited.
  template <typename Visit>
  bool ForEach(const google::protobuf::Message& message, Visit&& visit) const {
    return empty() || Walk(message, 0, visit);
  }

 private:
  template <typename Visit>
  bool Walk(const google::protobuf::Message& message, size_t depth, Visit& visit) const {
    const google::protobuf::FieldDescriptor* field = fields_[depth];
    const google::protobuf::Reflection* reflection = message.GetReflection();
    const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    const bool leaf = depth + 1 == fields_.size();
    std::string scratch;
    for (int i = 0; i < count; ++i) {
      if (leaf) {
        const std::string& value =
            field->is_repeated()
                ? reflection->GetRepeatedStringReference(message, field, i, &scratch)
                : reflection->GetStringReference(message, field, &scratch);
        if (!value.empty() && !visit(std::string_view(value))) return false;
        continue;
      }
      if (!field->is_repeated() && !reflection->HasField(message, field)) return true;
      const google::protobuf::Message& inner =
          field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                               : reflection->GetMessage(message, field);
      if (!Walk(inner, depth + 1, visit)) return false;
    }
    return true;
  }

  std::vector<const google::protobuf::FieldDescriptor*> fields_;
};

// All fields of a message type marked (shows_child), however deep. A recursive type is followed to
// the depth at which it repeats itself and from there through the same node.
class ShownChildren {
 public:
  ShownChildren() = default;
  explicit ShownChildren(const google::protobuf::Descriptor* type);

  // Whether a message of this type can show a child at all.
  bool any() const { return root_ != nullptr; }

  template <typename Visit>
  void ForEach(const google::protobuf::Message& message, Visit&& visit) const {
    if (root_ != nullptr) Walk(*root_, message, visit);
  }

 private:
  struct Node {
    std::vector<const google::protobuf::FieldDescriptor*> leaves;
    std::vector<std::pair<const google::protobuf::FieldDescriptor*, const Node*>> inner;
  };

  template <typename Visit>
  static void Walk(const Node& node, const google::protobuf::Message& message, Visit& visit) {
    const google::protobuf::Reflection* reflection = message.GetReflection();
    std::string scratch;
    for (const auto* field : node.leaves) {
      if (!field->is_repeated()) {
        const std::string& value = reflection->GetStringReference(message, field, &scratch);
        if (!value.empty()) visit(std::string_view(value));
        continue;
      }
      for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
        visit(
            std::string_view(reflection->GetRepeatedStringReference(message, field, i, &scratch)));
      }
    }
    for (const auto& [field, next] : node.inner) {
      if (!field->is_repeated()) {
        if (reflection->HasField(message, field)) {
          Walk(*next, reflection->GetMessage(message, field), visit);
        }
        continue;
      }
      for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
        Walk(*next, reflection->GetRepeatedMessage(message, field, i), visit);
      }
    }
  }

  std::vector<std::shared_ptr<Node>> nodes_;
  const Node* root_ = nullptr;
};

}  // namespace twinline::rpc
