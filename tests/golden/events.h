// Each event message as bytes, for ever: events.txt has a line for every event type, "number name
// hex", with every field filled. A later build must read each line whole: no field unknown, the
// same bytes when written again.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "google/protobuf/message.h"

namespace twinline::golden {

// An empty message for each event type of this build.
std::map<uint32_t, std::unique_ptr<google::protobuf::Message>> EventMessages();
// Fills every field, nested ones too, with values that follow from names and numbers alone.
void FillIn(google::protobuf::Message* message);
// Deterministic.
std::string Bytes(const google::protobuf::Message& message);
// Some part of the message was not understood.
bool HasUnknownFields(const google::protobuf::Message& message);

}  // namespace twinline::golden
