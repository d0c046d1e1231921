// Every event type of every journal, found by its number. Built from the descriptors of the event
// files, so that an event type added to one of them needs nothing here.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace google::protobuf {
class Descriptor;
}

namespace twinline::audit {

// By (event_type) number, ascending.
const std::map<uint32_t, const google::protobuf::Descriptor*>& EventTypes();

// Null when this build does not know the type.
const google::protobuf::Descriptor* EventDescriptor(uint32_t type);

// "RollCallTaken" or "twinline.attendance.v1.RollCallTaken".
std::optional<uint32_t> EventTypeByName(std::string_view name);

}  // namespace twinline::audit
