// Events as people read them: fields by name, dates as dates, what is sealed as （密封）, and what
// an event changed against the one before it about the same subject. Works from descriptors;
// nothing personal can appear, because events hold it sealed and sealed values are never opened
// here.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/ids.h"

namespace google::protobuf {
class Message;
}

namespace twinline::audit {

inline constexpr std::string_view kSealed = "（密封）";

struct ShownField {
  std::string name;  // path with dots
  std::string value;
};

struct ShownFields {
  std::vector<ShownField> fields;  // at most kShownFieldsMax
  bool sealed = false;             // at least one value is sealed
};
inline constexpr size_t kShownFieldsMax = 200;

// Null when the type is unknown or the bytes do not parse.
std::unique_ptr<google::protobuf::Message> ParseEvent(uint32_t type, std::string_view data);

// Which part of the event may be shown: repeated parts that name another child are left out when
// somebody asked about one child. `concerns(message)` is asked for each element that names a child
// or a registration by a field of its own.
using Concerns = std::function<bool(const base::Id16& child_or_link)>;

// All fields except the facts (below). `concerns` may be null: everything is shown.
ShownFields ShowEvent(const google::protobuf::Message& event, const Concerns& concerns);

// The complete state that many events carry: a field whose type is named "...Facts" and which names
// its child. Null when the event has none that concerns the asked child.
const google::protobuf::Message* FactsOf(const google::protobuf::Message& event,
                                         const Concerns& concerns);
// Type and leading ids of the facts: equal for two events about the same subject.
std::string FactsKey(const google::protobuf::Message& facts);

struct ShownChange {
  std::string name;
  std::string before;
  std::string after;
};
// `before` may be null: the first that is known. A counter named `version` is left out.
std::vector<ShownChange> ShowChanges(const google::protobuf::Message* before,
                                     const google::protobuf::Message& after);

}  // namespace twinline::audit
