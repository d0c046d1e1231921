#include "tools/demo/progress.h"

#include <unistd.h>

#include <cstdio>

#include "platform/base/time.h"

namespace twinline::demo {
namespace {

std::mutex print_mutex;
bool Terminal() {
  static const bool terminal = isatty(STDERR_FILENO) != 0;
  return terminal;
}

}  // namespace

Progress::Progress(std::string label, size_t total)
    : label_(std::move(label)), total_(total), started_us_(base::MonotonicUs()) {}

Progress::~Progress() {
  Draw(done_);
  if (Terminal()) std::fputc('\n', stderr);
}

void Progress::Add(size_t n) {
  const size_t done = done_ += n;
  const int64_t now = base::MonotonicUs();
  const int64_t interval = Terminal() ? 100'000 : 10'000'000;
  int64_t drawn = drawn_us_;
  if (now - drawn < interval || !drawn_us_.compare_exchange_strong(drawn, now)) return;
  Draw(done);
}

void Progress::Draw(size_t done) {
  std::lock_guard lock(print_mutex);
  constexpr size_t kWidth = 30;
  const size_t filled = total_ == 0 ? kWidth : done * kWidth / total_;
  const double seconds = static_cast<double>(base::MonotonicUs() - started_us_) / 1e6;
  std::string bar;
  for (size_t i = 0; i < kWidth; ++i) bar += i < filled ? "█" : "░";
  std::fprintf(stderr, "%s%s %s %zu/%zu  %.1fs%s", Terminal() ? "\r\033[K" : "", label_.c_str(),
               bar.c_str(), done, total_, seconds, Terminal() ? "" : "\n");
  std::fflush(stderr);
}

void Progress::Say(const std::string& line) {
  std::lock_guard lock(print_mutex);
  std::fprintf(stderr, "%s%s\n", Terminal() ? "\r\033[K" : "", line.c_str());
}

}  // namespace twinline::demo
