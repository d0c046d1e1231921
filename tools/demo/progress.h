// A progress bar on a terminal, a line now and then elsewhere.
#pragma once

#include <atomic>
#include <mutex>
#include <string>

namespace twinline::demo {

class Progress {
 public:
  Progress(std::string label, size_t total);
  ~Progress();  // prints the finished bar
  void Add(size_t n = 1);
  // Prints a line above the bar.
  static void Say(const std::string& line);

 private:
  void Draw(size_t done);
  const std::string label_;
  const size_t total_;
  const int64_t started_us_;
  std::atomic<size_t> done_{0};
  std::atomic<int64_t> drawn_us_{0};
};

}  // namespace twinline::demo
