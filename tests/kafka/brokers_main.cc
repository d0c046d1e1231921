// One set of brokers for all cases of the program: starting one takes longer than most cases.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>

#include "tests/kafka/running_brokers.h"

namespace twinline::journal_test {
namespace {

std::unique_ptr<RunningBrokers>& Owned() {
  static std::unique_ptr<RunningBrokers> brokers;
  return brokers;
}

constexpr int kSkipped = 77;  // SKIP_RETURN_CODE in CMakeLists.txt

int Main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (testing::GTEST_FLAG(list_tests)) return RUN_ALL_TESTS();
  const bool three = argc > 1 && std::strcmp(argv[1], "--nodes=3") == 0;
  auto started = RunningBrokers::Start(three ? 3 : 1);
  if (!started.ok()) {
    std::printf("%s: %s\n", absl::IsNotFound(started.status()) ? "SKIPPED" : "FAILED",
                std::string(started.status().message()).c_str());
    return absl::IsNotFound(started.status()) ? kSkipped : 1;
  }
  Owned() = *std::move(started);
  const int result = RUN_ALL_TESTS();
  Owned().reset();
  return result;
}

}  // namespace

RunningBrokers& Brokers() { return *Owned(); }

}  // namespace twinline::journal_test

int main(int argc, char** argv) { return twinline::journal_test::Main(argc, argv); }
