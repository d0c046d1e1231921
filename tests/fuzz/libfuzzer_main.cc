// The driver for libFuzzer. With --write-seeds=DIR as its only argument it writes the seeds there
// and ends.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  const std::string option = "--write-seeds=";
  if (*argc == 2 && std::string((*argv)[1]).starts_with(option)) {
    const std::filesystem::path directory = std::string((*argv)[1]).substr(option.size());
    std::filesystem::create_directories(directory);
    int number = 0;
    for (const std::string& seed : twinline::fuzz::Seeds()) {
      std::ofstream(directory / ("seed-" + std::to_string(number++)), std::ios::binary) << seed;
    }
    std::exit(EXIT_SUCCESS);
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  twinline::fuzz::OneInput({reinterpret_cast<const char*>(data), size});
  return 0;
}
