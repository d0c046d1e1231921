#include "tests/kafka/running_brokers.h"

#include "platform/base/status_macros.h"

namespace twinline::journal_test {

absl::StatusOr<std::unique_ptr<RunningBrokers>> RunningBrokers::Start(int nodes) {
  std::unique_ptr<RunningBrokers> made(new RunningBrokers());
  made->nodes_ = nodes;
  TWINLINE_ASSIGN_OR_RETURN(
      demo::BrokerProcess process,
      demo::BrokerProcess::Start(KAFKA_BROKER, std::filesystem::path(made->dir_.path()), nodes));
  made->process_.emplace(std::move(process));
  return made;
}

}  // namespace twinline::journal_test
