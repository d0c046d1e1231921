// Everything about one RPC that can be known before the first call: its declaration of rights, the
// resolved field paths, prototypes of its messages. Built from descriptors at start-up, so that a
// wrong declaration stops the start and not a caller.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "platform/rpc/field_path.h"
#include "twinline/types/v1/options.pb.h"

namespace twinline::rpc {

inline constexpr size_t kDefaultRequestBytes = size_t{4} << 20;
inline constexpr size_t kMaxRequestBytes = size_t{60} << 20;

struct Method {
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  std::string full_name;   // "twinline.registry.v1.RegistryService.GetStudent"
  std::string short_name;  // without "twinline.", as access entries name it
  std::string path;        // "/twinline.registry.v1.RegistryService/GetStudent"
  uint32_t index = 0;      // place in the server's table

  types::v1::Access access;
  uint32_t role_mask = 0;  // bit n: Role n may call; 0: any person
  bool auditor_reads = false;
  // The request holds a password, a token or another secret: no keyed hash of it may outlive
  // the call.
  bool holds_secret = false;
  size_t max_request_bytes = kDefaultRequestBytes;

  const google::protobuf::Message* request_prototype = nullptr;
  const google::protobuf::Message* reply_prototype = nullptr;

  FieldPath child, class_id, school, office, reason;
  ShownChildren shown;

  bool MayCall(uint32_t role) const {
    if (role == types::v1::ROLE_AUDITOR && auditor_reads) return true;
    return role_mask == 0 || (role < 32 && ((role_mask >> role) & 1U) != 0);
  }
};

// FAILED_PRECONDITION when the RPC has no (twinline.types.v1.access), INVALID_ARGUMENT when a path
// does not fit its request, a write takes no WriteOptions, or the size is out of bounds.
absl::StatusOr<std::unique_ptr<Method>> DescribeMethod(
    const google::protobuf::MethodDescriptor* descriptor);

// The field "write" of type WriteOptions, or nullptr.
const google::protobuf::FieldDescriptor* WriteField(const google::protobuf::Descriptor* request);
// The field "read_token" of type ReadToken, or nullptr.
const google::protobuf::FieldDescriptor* ReadTokenField(const google::protobuf::Descriptor* type);

}  // namespace twinline::rpc
