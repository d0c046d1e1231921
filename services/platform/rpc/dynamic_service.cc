// The only file that instantiates gRPC's server handler templates.
#include "platform/rpc/dynamic_service.h"

#include <utility>

#include "grpcpp/impl/codegen/server_callback_handlers.h"
#include "grpcpp/impl/rpc_service_method.h"
#include "grpcpp/support/method_handler.h"
#include "grpcpp/support/server_callback.h"

namespace twinline::rpc {

using grpc::ByteBuffer;
using grpc::CallbackServerContext;
using grpc::internal::CallbackClientStreamingHandler;
using grpc::internal::CallbackServerStreamingHandler;
using grpc::internal::CallbackUnaryHandler;
using grpc::internal::RpcMethod;
using grpc::internal::RpcServiceMethod;

DynamicService::DynamicService(ServerCore* core, std::vector<ServedMethod> methods)
    : core_(core), methods_(std::move(methods)) {
  int index = 0;
  for (const ServedMethod& served : methods_) Add(index++, served);
}

void DynamicService::Add(int index, const ServedMethod& served) {
  const Method* method = served.method.get();
  ServerCore* core = core_;
  if (const auto* unary = std::get_if<UnaryHandler>(&served.handler)) {
    AddMethod(new RpcServiceMethod(method->path.c_str(), RpcMethod::NORMAL_RPC, nullptr));
    MarkMethodRawCallback(
        index, new CallbackUnaryHandler<ByteBuffer, ByteBuffer>(
                   [core, method, unary](CallbackServerContext* context, const ByteBuffer* request,
                                         ByteBuffer* response) {
                     return ServeUnary(core, method, unary, context, request, response);
                   }));
  } else if (const auto* stream = std::get_if<ServerStreamHandler>(&served.handler)) {
    AddMethod(new RpcServiceMethod(method->path.c_str(), RpcMethod::SERVER_STREAMING, nullptr));
    MarkMethodRawCallback(
        index,
        new CallbackServerStreamingHandler<ByteBuffer, ByteBuffer>(
            [core, method, stream](CallbackServerContext* context, const ByteBuffer* request) {
              return ServeServerStream(core, method, stream, context, request);
            }));
  } else {
    const auto* factory = &std::get<ClientStreamFactory>(served.handler);
    AddMethod(new RpcServiceMethod(method->path.c_str(), RpcMethod::CLIENT_STREAMING, nullptr));
    MarkMethodRawCallback(
        index, new CallbackClientStreamingHandler<ByteBuffer, ByteBuffer>(
                   [core, method, factory](CallbackServerContext* context, ByteBuffer* response) {
                     return ServeClientStream(core, method, factory, context, response);
                   }));
  }
}

}  // namespace twinline::rpc
