// Where key ids, keys and nonces come from. A real installation has exactly one source, the
// operating system's generator behind OpenSSL. The simulation needs runs that repeat to the byte,
// so it passes a seeded source; a process that serves a REAL realm must never construct one.
#pragma once

#include <cstdint>
#include <mutex>
#include <string_view>

#include "platform/base/ids.h"

namespace twinline::vault {

class RandomSource {
 public:
  virtual ~RandomSource() = default;
  // Fills `size` bytes. Safe to call from any thread. Never fails: without randomness the process
  // cannot go on safely and stops.
  virtual void Fill(unsigned char* out, size_t size) = 0;
};

// Cryptographically secure, shared by the whole process.
RandomSource& SystemRandom();

// A fresh id, of an entry or of a key-encryption key.
base::Id16 RandomId(RandomSource& random);

// SHA-256 of (seed, counter): the same seed gives the same bytes. For tests and simulation only.
class SeededRandom : public RandomSource {
 public:
  explicit SeededRandom(uint64_t seed) : seed_(seed) {}
  void Fill(unsigned char* out, size_t size) override;

 private:
  const uint64_t seed_;
  std::mutex mutex_;
  uint64_t counter_ = 0;
};

}  // namespace twinline::vault
