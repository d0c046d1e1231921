// Between messages and gRPC's byte buffers: one allocation, one copy. Private to the RPC layer.
#pragma once

#include "google/protobuf/message.h"
#include "grpcpp/support/byte_buffer.h"

namespace twinline::rpc {

grpc::ByteBuffer SerialiseBytes(const google::protobuf::Message& message);
// False when the bytes are no such message.
bool ParseBytes(const grpc::ByteBuffer& bytes, google::protobuf::Message* message);

}  // namespace twinline::rpc
