// hub-stub: stands for the ministry's hub and the province behind it, for demonstrations and tests.
// It keeps what it was told and what it has to tell in one file, so that it may be killed like any
// other process. The protocol of the hub is in docs/hub-protocol.md; under /province/ a test or a
// person plays the other province.
//   hub-stub --port 8085 --state /tmp/hub.jsonl --answer done|refused|silent [--code 2001]
#include <httplib.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace {

using nlohmann::json;

// Everything that was ever said, one JSON object a line: {"heard": m}, {"say": m}, {"taken": id}.
class Book {
 public:
  explicit Book(std::string path) : path_(std::move(path)) {
    std::ifstream lines(path_);
    for (std::string line; std::getline(lines, line);) {
      // A line that was cut short by the end of the process was never acknowledged.
      const json entry = json::parse(line, nullptr, false);
      if (entry.is_object()) Apply(entry);
    }
  }

  // False: heard before.
  bool Hear(const json& message) {
    const std::string id = message.value("message_id", "");
    if (heard_ids_.contains(id)) {
      ++heard_ids_[id];
      return false;
    }
    Write({{"heard", message}});
    return true;
  }
  void Say(json message) {
    if (!message.contains("message_id")) {
      message["message_id"] = "hub-" + std::to_string(said_.size() + 1);
    }
    Write({{"say", std::move(message)}});
  }
  void Taken(const std::string& id) {
    if (said_.contains(id)) Write({{"taken", id}});
  }

  json inbox() const {
    json open = json::array();
    for (const std::string& id : order_) {
      if (!taken_.contains(id)) open.push_back(said_.at(id));
    }
    return open;
  }
  json heard() const {
    json all = json::array();
    for (const json& message : heard_) {
      all.push_back(message);
      all.back()["times"] = heard_ids_.at(message.value("message_id", ""));
    }
    return all;
  }

 private:
  void Write(const json& entry) {
    Apply(entry);
    if (path_.empty()) return;
    std::ofstream file(path_, std::ios::app);
    file << entry.dump() << '\n' << std::flush;
  }
  void Apply(const json& entry) {
    if (entry.contains("heard")) {
      heard_.push_back(entry["heard"]);
      heard_ids_[entry["heard"].value("message_id", "")] = 1;
    } else if (entry.contains("say")) {
      const std::string id = entry["say"].value("message_id", "");
      if (said_.emplace(id, entry["say"]).second) order_.push_back(id);
      taken_.erase(id);  // said again: the hub repeats itself
    } else if (entry.contains("taken")) {
      taken_[entry["taken"]] = true;
    }
  }

  const std::string path_;
  std::vector<json> heard_;
  std::map<std::string, int> heard_ids_;  // and how often
  std::map<std::string, json> said_;
  std::vector<std::string> order_;
  std::map<std::string, bool> taken_;
};

// The other province when nobody plays it: what it says to a message of ours.
void AnswerBySelf(Book& book, const json& message, const std::string& answer,
                  const std::string& code) {
  if (answer == "silent") return;
  const std::string kind = message.value("kind", "");
  if (kind != "APPLICATION" && kind != "RELEASED") return;
  json reply{
      {"kind", "ANSWER"}, {"outcome", answer == "done" ? "DONE" : "REFUSED"}, {"code", code}};
  for (const char* name : {"business_id", "application_id"}) {
    if (message.contains(name)) reply[name] = message[name];
  }
  if (kind == "RELEASED") reply.erase("business_id");
  book.Say(std::move(reply));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"部平台（跨省）桩程序 / a stand-in for the ministry's hub"};
  int port = 0;
  std::string answer = "done", code, state;
  app.add_option("--port", port, "0 takes a free one");
  app.add_option("--state", state, "file that keeps what was said; empty: memory only");
  app.add_option("--answer", answer, "done, refused or silent")
      ->check(CLI::IsMember({"done", "refused", "silent"}));
  app.add_option("--code", code, "2001 2002 2003 (domain.md 1.6)");
  CLI11_PARSE(app, argc, argv);

  std::mutex mutex;
  Book book(state);
  httplib::Server server;
  using Request = httplib::Request;
  using Response = httplib::Response;
  server.Post("/messages", [&](const Request& request, Response& response) {
    const json message = json::parse(request.body, nullptr, false);
    if (!message.is_object() || message.value("message_id", "").empty()) {
      response.status = 400;
      return;
    }
    std::lock_guard lock(mutex);
    if (book.Hear(message)) AnswerBySelf(book, message, answer, code);
  });
  server.Get("/inbox", [&](const Request&, Response& response) {
    std::lock_guard lock(mutex);
    response.set_content(book.inbox().dump(), "application/json");
  });
  server.Post("/inbox/ack", [&](const Request& request, Response& response) {
    const json ack = json::parse(request.body, nullptr, false);
    if (!ack.is_object() || !ack.contains("message_ids")) {
      response.status = 400;
      return;
    }
    std::lock_guard lock(mutex);
    for (const json& id : ack["message_ids"]) book.Taken(id.get<std::string>());
  });
  // The other province, played: what it says next, and what it has heard so far.
  server.Post("/province/say", [&](const Request& request, Response& response) {
    const json message = json::parse(request.body, nullptr, false);
    if (!message.is_object()) {
      response.status = 400;
      return;
    }
    std::lock_guard lock(mutex);
    book.Say(message);
  });
  server.Get("/province/heard", [&](const Request&, Response& response) {
    std::lock_guard lock(mutex);
    response.set_content(book.heard().dump(), "application/json");
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
