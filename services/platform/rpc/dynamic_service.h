// A gRPC service made from a descriptor at run time. For each method it does what generated
// raw-callback code does, with one pair of types (byte buffers), so that gRPC's templates are
// instantiated in one file and reflection, health and method names work as for any other service.
// Private to the RPC layer.
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "grpcpp/impl/service_type.h"
#include "platform/rpc/calls.h"

namespace twinline::rpc {

using Handler = std::variant<UnaryHandler, ServerStreamHandler, ClientStreamFactory>;

struct ServedMethod {
  std::unique_ptr<Method> method;
  Handler handler;
};

class DynamicService final : public grpc::Service {
 public:
  // `methods` all belong to one service and have the handler that fits their shape; `core` outlives
  // the service.
  DynamicService(ServerCore* core, std::vector<ServedMethod> methods);

 private:
  void Add(int index, const ServedMethod& served);

  ServerCore* const core_;
  const std::vector<ServedMethod> methods_;
};

}  // namespace twinline::rpc
