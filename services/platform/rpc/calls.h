// The three shapes of a served call. Each function makes the reactor for one call; gRPC owns it
// until its OnDone. Private to the RPC layer.
#pragma once

#include <functional>
#include <memory>

#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "platform/rpc/call_core.h"

namespace twinline::rpc {

using UnaryHandler = std::function<void(CallPtr)>;
using ServerStreamHandler = std::function<void(StreamCallPtr)>;
using ClientStreamFactory = std::function<ClientStreamHandler(std::shared_ptr<ClientStreamCall>)>;

grpc::ServerUnaryReactor* ServeUnary(ServerCore* server, const Method* method,
                                     const UnaryHandler* handler,
                                     grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer* request, grpc::ByteBuffer* response);

grpc::ServerWriteReactor<grpc::ByteBuffer>* ServeServerStream(ServerCore* server,
                                                              const Method* method,
                                                              const ServerStreamHandler* handler,
                                                              grpc::CallbackServerContext* context,
                                                              const grpc::ByteBuffer* request);

grpc::ServerReadReactor<grpc::ByteBuffer>* ServeClientStream(ServerCore* server,
                                                             const Method* method,
                                                             const ClientStreamFactory* factory,
                                                             grpc::CallbackServerContext* context,
                                                             grpc::ByteBuffer* response);

// Refusals that say something about the caller's rights or about the rules are recorded; those that
// only say "not now" are not.
bool IsRecorded(const base::Refusal& refusal);

}  // namespace twinline::rpc
