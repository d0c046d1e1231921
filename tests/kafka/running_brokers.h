// A real Apache Kafka for one test program, in a directory that goes with it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/support/temp_dir.h"
#include "tools/demo/broker_process.h"

namespace twinline::journal_test {

class RunningBrokers {
 public:
  // NOT_FOUND with a plain reason when no broker can run on this machine.
  static absl::StatusOr<std::unique_ptr<RunningBrokers>> Start(int nodes);

  const std::string& brokers() const { return process_->brokers(); }
  int nodes() const { return nodes_; }
  int replicas() const { return nodes_ >= 3 ? 3 : 1; }
  absl::Status Do(const std::string& command) { return process_->Do(command); }

 private:
  RunningBrokers() = default;

  test_support::TempDir dir_;
  int nodes_ = 0;
  std::optional<demo::BrokerProcess> process_;
};

// Those of this program; set by main.
RunningBrokers& Brokers();

}  // namespace twinline::journal_test
