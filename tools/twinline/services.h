// The public services whose protos are linked in.
#pragma once

#include <google/protobuf/descriptor.h>

#include <vector>

namespace twinline::cli {

std::vector<const google::protobuf::ServiceDescriptor*> KnownServices();

}  // namespace twinline::cli
