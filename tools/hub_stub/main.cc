// hub-stub: stands for the ministry's hub and the province behind it. It takes applications and
// answers them yes, no, or never. For demonstrations and tests; knows no child.
//   hub-stub --port 8085 --answer done|refused|silent [--code 2001]
#include <httplib.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

int main(int argc, char** argv) {
  CLI::App app{"部平台（跨省）桩程序 / a stand-in for the ministry's hub"};
  int port = 0;
  std::string answer = "done", code;
  app.add_option("--port", port, "0 takes a free one");
  app.add_option("--answer", answer, "done, refused or silent")
      ->check(CLI::IsMember({"done", "refused", "silent"}));
  app.add_option("--code", code, "2001 2002 2003 (domain.md 1.6)");
  CLI11_PARSE(app, argc, argv);

  std::mutex mutex;
  std::map<std::string, nlohmann::json> applications;
  httplib::Server server;
  server.Post("/applications", [&](const httplib::Request& request, httplib::Response& response) {
    const nlohmann::json application = nlohmann::json::parse(request.body, nullptr, false);
    if (!application.is_object() || application.value("business_id", "").size() != 32) {
      response.status = 400;
      return;
    }
    std::lock_guard lock(mutex);
    applications[application["business_id"]] = application;
  });
  server.Get("/answers", [&](const httplib::Request&, httplib::Response& response) {
    nlohmann::json answers = nlohmann::json::array();
    if (answer != "silent") {
      std::lock_guard lock(mutex);
      for (const auto& [id, application] : applications) {
        answers.push_back({{"business_id", id},
                           {"outcome", answer == "done" ? "DONE" : "REFUSED"},
                           {"code", code}});
      }
    }
    response.set_content(answers.dump(), "application/json");
  });
  const int bound = port == 0 ? server.bind_to_any_port("127.0.0.1")
                              : (server.bind_to_port("127.0.0.1", port) ? port : -1);
  if (bound <= 0) {
    std::fprintf(stderr, "hub-stub: port %d is taken\n", port);
    return 1;
  }
  std::printf("hub-stub on port %d\n", bound);
  std::fflush(stdout);
  return server.listen_after_bind() ? 0 : 1;
}
