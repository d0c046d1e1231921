// The page /metrics over HTTP. Apart from Metrics, because the HTTP library is one large header.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace twinline::runtime {

class MetricsPage {
 public:
  // Serves `render()` at GET /metrics on "host:port" or "[v6]:port"; port 0 takes a free one.
  // UNAVAILABLE when the address is taken.
  static absl::StatusOr<std::unique_ptr<MetricsPage>> Open(const std::string& address,
                                                           std::function<std::string()> render);
  ~MetricsPage();  // ends at once; a page being sent is finished
  int port() const;

 private:
  struct Server;
  explicit MetricsPage(std::unique_ptr<Server> server);
  std::unique_ptr<Server> server_;
};

}  // namespace twinline::runtime
