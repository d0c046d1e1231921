// "name=value" on the command line into the field of that name, for corrections.
#pragma once

#include <string>
#include <string_view>

#include "google/protobuf/message.h"

namespace twinline::cli {

enum class FieldResult { kSet, kNoSuchField, kBadValue };

// Texts, numbers, yes/no, and days. Repeated fields and other messages are no such field.
FieldResult SetField(google::protobuf::Message* message, const std::string& name,
                     std::string_view value);

}  // namespace twinline::cli
