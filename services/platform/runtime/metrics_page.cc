// One thread listens, one answers: a monitoring system asks a few times a minute.
#include "platform/runtime/metrics_page.h"

#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "httplib.h"

namespace twinline::runtime {

struct MetricsPage::Server {
  httplib::Server http;
  int port = 0;
  std::thread thread;
};

MetricsPage::MetricsPage(std::unique_ptr<Server> server) : server_(std::move(server)) {}

MetricsPage::~MetricsPage() {
  server_->http.stop();
  server_->thread.join();
}

int MetricsPage::port() const { return server_->port; }

absl::StatusOr<std::unique_ptr<MetricsPage>> MetricsPage::Open(
    const std::string& address, std::function<std::string()> render) {
  const size_t colon = address.rfind(':');
  int port = 0;
  if (colon == std::string::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port)) {
    return absl::InvalidArgumentError(
        absl::StrCat("metrics.listen: \"", address, "\" is no address with a port"));
  }
  std::string host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);

  auto server = std::make_unique<Server>();
  server->http.new_task_queue = [] { return new httplib::ThreadPool(1); };
  // A connection that is kept open would keep the one answering thread, and a stop waiting.
  server->http.set_keep_alive_max_count(1);
  server->http.Get("/metrics", [render = std::move(render)](const httplib::Request&,
                                                            httplib::Response& response) {
    response.set_content(render(), "text/plain; version=0.0.4; charset=utf-8");
  });
  // The default would let a second process share the port.
  server->http.set_socket_options([](socket_t socket) {
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  });
  server->port = port == 0 ? server->http.bind_to_any_port(host) : port;
  if (server->port <= 0 || (port != 0 && !server->http.bind_to_port(host, port))) {
    return absl::UnavailableError(
        absl::StrCat("metrics cannot be served on ", address, ": the address is taken"));
  }
  server->thread = std::thread([http = &server->http] { http->listen_after_bind(); });
  // A stop before the thread listens would be lost.
  while (!server->http.is_running()) std::this_thread::yield();
  return std::unique_ptr<MetricsPage>(new MetricsPage(std::move(server)));
}

}  // namespace twinline::runtime
