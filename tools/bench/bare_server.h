// What the complete service is measured against, taken in the same run: a gRPC server that only
// answers (echo), and one that stores each request by group fsync and answers (bare). Same message,
// same client, same two cores. No token, no rights, no rule, no state, no audit.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace twinline::bench {

enum class BareKind { kEcho, kGroupFsync };

class BareServer {
 public:
  static absl::StatusOr<std::unique_ptr<BareServer>> Start(BareKind kind,
                                                           const std::filesystem::path& directory);
  virtual ~BareServer() = default;  // stops
  virtual int port() const = 0;
};

}  // namespace twinline::bench
