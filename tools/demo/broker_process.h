// Kafka brokers of our own: deploy/kafka/broker as a child, which ends when its input does, so that
// it cannot outlive us.
#pragma once

#include <sys/types.h>

#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace twinline::demo {

class BrokerProcess {
 public:
  // `script`: path of deploy/kafka/broker; `directory` takes its data. NOT_FOUND with a plain
  // reason when no broker can run on this machine (no Java, no jars).
  static absl::StatusOr<BrokerProcess> Start(const std::filesystem::path& script,
                                             const std::filesystem::path& directory, int nodes = 1);
  BrokerProcess(BrokerProcess&& other) noexcept;
  ~BrokerProcess();

  const std::string& brokers() const { return brokers_; }  // "127.0.0.1:40123", a comma between
  // "kill 0", "start 0", "pause 0", "resume 0": returns when it is done.
  absl::Status Do(const std::string& command);

 private:
  BrokerProcess() = default;
  std::optional<std::string> ReadLine();

  pid_t pid_ = 0;
  int input_ = -1;
  FILE* output_ = nullptr;
  std::string brokers_;
};

}  // namespace twinline::demo
