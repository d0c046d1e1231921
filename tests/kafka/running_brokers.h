// A real Apache Kafka for one test program: deploy/kafka/broker as a child that ends with us.
#pragma once

#include <sys/types.h>

#include <cstdio>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/support/temp_dir.h"

namespace twinline::journal_test {

class RunningBrokers {
 public:
  // NOT_FOUND with a plain reason when no broker can run on this machine.
  static absl::StatusOr<std::unique_ptr<RunningBrokers>> Start(int nodes);
  ~RunningBrokers();

  const std::string& brokers() const { return brokers_; }
  int nodes() const { return nodes_; }
  int replicas() const { return nodes_ >= 3 ? 3 : 1; }
  // "kill 0", "start 0", "pause 0", "resume 0": returns when it is done.
  absl::Status Do(const std::string& command);

 private:
  RunningBrokers() = default;
  absl::StatusOr<std::string> ReadLine();

  test_support::TempDir dir_;
  int nodes_ = 0;
  pid_t child_ = -1;
  int to_child_ = -1;
  FILE* from_child_ = nullptr;
  std::string brokers_;
};

// Those of this program; set by main.
RunningBrokers& Brokers();

}  // namespace twinline::journal_test
