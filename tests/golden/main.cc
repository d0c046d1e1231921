// For tests/golden/record: what a data directory holds, and what a build must find in it.
//
//   golden facts <data>   journals, checkpoints and states as this build sees them
//   golden events         the line of each event type for events.txt
#include <cstdio>
#include <string>

#include "absl/strings/escaping.h"
#include "spdlog/sinks/stdout_color_sinks.h"
#include "spdlog/spdlog.h"
#include "tests/golden/events.h"
#include "tests/golden/installation.h"

int main(int argc, char** argv) {
  if (argc == 2 && argv[1] == std::string("events")) {
    for (const auto& [type, message] : twinline::golden::EventMessages()) {
      twinline::golden::FillIn(message.get());
      std::printf("%u %s %s\n", type, message->GetDescriptor()->name().c_str(),
                  absl::BytesToHexString(twinline::golden::Bytes(*message)).c_str());
    }
    return 0;
  }
  if (argc == 3 && argv[1] == std::string("facts")) {
    // Standard output is the facts; what the server says goes elsewhere.
    spdlog::set_default_logger(spdlog::stderr_color_mt("golden"));
    auto facts = twinline::golden::JournalFacts(argv[2]);
    const auto host = twinline::golden::Replay(argv[2]);
    if (!host.ok()) {
      std::fprintf(stderr, "%s\n", host.status().ToString().c_str());
      return 1;
    }
    facts.merge(twinline::golden::StateFacts(**host));
    (*host)->Stop();
    std::fputs(twinline::golden::Print(facts).c_str(), stdout);
    return 0;
  }
  std::fprintf(stderr, "usage: golden facts <data directory>, or golden events\n");
  return 2;
}
