// Messages as slices.
#include "platform/rpc/byte_buffers.h"

#include "grpc/slice.h"
#include "grpcpp/support/slice.h"

namespace twinline::rpc {

grpc::ByteBuffer SerialiseBytes(const google::protobuf::Message& message) {
  const size_t size = message.ByteSizeLong();
  grpc_slice raw = grpc_slice_malloc(size);
  message.SerializeWithCachedSizesToArray(GRPC_SLICE_START_PTR(raw));
  const grpc::Slice slice(raw, grpc::Slice::STEAL_REF);
  return grpc::ByteBuffer(&slice, 1);
}

bool ParseBytes(const grpc::ByteBuffer& bytes, google::protobuf::Message* message) {
  if (bytes.Length() == 0) {
    message->Clear();
    return true;
  }
  grpc::Slice slice;
  if (!bytes.TrySingleSlice(&slice).ok() && !bytes.DumpToSingleSlice(&slice).ok()) return false;
  return message->ParseFromArray(slice.begin(), static_cast<int>(slice.size()));
}

}  // namespace twinline::rpc
