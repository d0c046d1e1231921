// A Kafka broker of the demonstration's own: deploy/kafka/broker as a child, which ends when its
// input does, so that it cannot outlive us.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

#include "absl/status/statusor.h"

namespace twinline::demo {

class BrokerProcess {
 public:
  // `script`: path of deploy/kafka/broker; `directory` takes its data. NOT_FOUND with a plain
  // reason when no broker can run on this machine (no Java, no jars).
  static absl::StatusOr<BrokerProcess> Start(const std::filesystem::path& script,
                                             const std::filesystem::path& directory);
  BrokerProcess(BrokerProcess&& other) noexcept;
  ~BrokerProcess();

  const std::string& brokers() const { return brokers_; }  // "127.0.0.1:40123"

 private:
  BrokerProcess() = default;
  pid_t pid_ = 0;
  int input_ = -1;
  std::string brokers_;
};

}  // namespace twinline::demo
