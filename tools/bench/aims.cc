#include "tools/bench/aims.h"

#include <cstdio>

namespace twinline::bench {
namespace {

struct Aim {
  const char* figure;
  bool of_ratio;  // to the baseline; else of the value itself
  bool at_least;  // else at most
  double bound;
  const char* held_back_by;
};

constexpr Aim kAims[] = {
    {"roll_call_unary_128", true, true, 0.75,
     "the server's CPU per roll call (roll_call_cpu, by part): about half of it is gRPC's threads "
     "and the one that answers, a quarter the engine of attendance and its rows"},
    {"roll_call_unary_1", true, false, 1.25,
     "two more threads between request and answer than the bare loop has, engine and reply, each "
     "woken through the kernel"},
    {"roll_call_stream", false, true, 20'000,
     "the one thread of the attendance engine: decide, fold and rows of a roll call"},
    {"alert_p99", false, false, 20,
     "two journals one behind the other: a sync of the roll call's record, then of the case's"},
    {"rebuild_commits", false, true, 50'000,
     "the one thread that folds and writes rows: RocksDB's insertion of rows in random order and "
     "the allocator are its dearest parts"},
    {"bytes_per_mark_state", false, false, 1,
     "what does not compress: the copies of registry facts (ids of pupils, in key, row and two "
     "indexes), the id and fingerprint of each reply of the last 31 days, 16 random bytes for each "
     "pupil that was marked"},
    {"bytes_per_mark_total", false, false, 6,
     "the random bytes of a commit: request id, actor, duty, class, fingerprint and the pupils "
     "that were marked"},
};

}  // namespace

std::optional<std::string> MissedAim(const Figure& figure) {
  for (const Aim& aim : kAims) {
    if (figure.name != aim.figure) continue;
    if (aim.of_ratio && !figure.ratio()) return std::nullopt;
    const double reached = aim.of_ratio ? *figure.ratio() : figure.value;
    if (aim.at_least ? reached >= aim.bound : reached <= aim.bound) return std::nullopt;
    char numbers[96];
    std::snprintf(numbers, sizeof numbers, "%.2f where %.2f is the aim", reached, aim.bound);
    return figure.name + ": " + numbers + ". What holds it back: " + aim.held_back_by + ".";
  }
  return std::nullopt;
}

}  // namespace twinline::bench
