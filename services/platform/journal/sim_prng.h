// The one source of chance in a simulation: everything that happens follows from its seed, so a
// failing run is repeated by its number. SplitMix64 (Steele, Lea, Flood 2014): small, and the same
// everywhere, unlike the distributions of <random>.
#pragma once

#include <cstdint>

namespace twinline::journal {

class SimPrng {
 public:
  explicit SimPrng(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // 0 <= result < bound; bound > 0. The bias is far below what a simulation could notice.
  uint64_t Below(uint64_t bound) { return Next() % bound; }
  // True in `per_mille` of 1000 cases. Draws nothing for 0, so a fault that is off changes no other
  // draw.
  bool Chance(uint32_t per_mille) { return per_mille != 0 && Below(1000) < per_mille; }

 private:
  uint64_t state_;
};

}  // namespace twinline::journal
