// Sees every call end; metrics implement it. Called on the thread that finishes the call: atomics
// only.
#pragma once

#include <cstdint>

namespace twinline::rpc {

struct Method;

class CallObserver {
 public:
  virtual ~CallObserver() = default;
  // `grpc_code` 0 to 16. `method.index` counts the methods of the server from 0.
  virtual void Done(const Method& method, int grpc_code, int64_t micros) = 0;
};

}  // namespace twinline::rpc
