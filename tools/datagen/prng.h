// SplitMix64: small, fast, the same on every machine. Never for anything secret.
#pragma once

#include <cstdint>

namespace twinline::datagen {

class Prng {
 public:
  explicit Prng(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // 0 <= result < bound.
  uint64_t Below(uint64_t bound) { return Next() % bound; }
  bool Chance(uint32_t per_mille) { return Below(1000) < per_mille; }
  template <typename Container>
  const auto& Pick(const Container& items) {
    return items[Below(std::size(items))];
  }

 private:
  uint64_t state_;
};

// An independent stream for one thing, so that adding draws elsewhere changes nothing here.
inline Prng StreamOf(uint64_t seed, uint64_t a, uint64_t b = 0, uint64_t c = 0) {
  Prng mix(seed ^ (a * 0xff51afd7ed558ccd) ^ (b * 0xc4ceb9fe1a85ec53) ^ (c * 0x2545f4914f6cdd1d));
  return Prng(mix.Next());
}

}  // namespace twinline::datagen
