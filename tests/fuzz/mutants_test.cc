// A fixed number of mutants of every seed: shallow, but the same on every machine and in every
// gate. A broken promise ends the process and so fails the test; the number in the output makes the
// input again.

#include <gtest/gtest.h>

#include "tests/fuzz/fuzz_target.h"

namespace twinline::fuzz {
namespace {

constexpr uint64_t kMutants = 3'000;

TEST(FuzzTest, SeedsKeepThePromise) {
  const auto seeds = Seeds();
  ASSERT_FALSE(seeds.empty());
  for (const std::string& seed : seeds) OneInput(seed);
  OneInput({});
}

TEST(FuzzTest, MutantsKeepThePromise) {
  const auto seeds = Seeds();
  for (uint64_t number = 0; number < kMutants; ++number) {
    RecordProperty("mutant", static_cast<int>(number));
    OneInput(Mutant(seeds, number));
  }
}

}  // namespace
}  // namespace twinline::fuzz
