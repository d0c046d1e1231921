// Whom an event is about. Every field named `child_id` (or ending in `_child_id`), at any depth,
// names a child; registrations, cases and alerts lead to one. So a new event type is indexed and
// shown without a line of code about it.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/base/ids.h"

namespace google::protobuf {
class FieldDescriptor;
}

namespace twinline::audit {

struct Subjects {
  std::vector<base::Id16> children;
  // Ids of registrations, cases and alerts: what they lead to was learned from an earlier event.
  std::vector<base::Id16> links;
  // (link, child) where one message names both.
  std::vector<std::pair<base::Id16, base::Id16>> learned;

  void Clear() {
    children.clear();
    links.clear();
    learned.clear();
  }
};

enum class SubjectKind : uint8_t {
  kNone = 0,
  kChild = 1,       // `child_id`
  kOtherChild = 2,  // `survivor_child_id`, `alias_of`
  kLink = 3,        // `registration_id`, `case_id`, `alert_id`
};
SubjectKind SubjectKindOf(const google::protobuf::FieldDescriptor& field);

// Adds what the event names, in the order of its bytes, with repetitions. False when the bytes are
// damaged; an unknown type names nobody.
bool FindSubjects(uint32_t event_type, std::string_view data, Subjects* out);

}  // namespace twinline::audit
