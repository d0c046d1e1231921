#include "platform/vault/random_source.h"

#include <openssl/rand.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "platform/base/check.h"
#include "platform/base/hash.h"

namespace twinline::vault {
namespace {

class OpenSslRandom : public RandomSource {
 public:
  // Each call to the generator costs about half a microsecond, a quarter of a whole sealing, so
  // small requests (nonces, ids) are served from a buffer per thread. Served bytes are wiped at
  // once: a key that passed through the buffer does not stay in it.
  void Fill(unsigned char* out, size_t size) override {
    if (size > kBufferSize) {
      Draw(out, size);
      return;
    }
    thread_local Buffer buffer;
    if (buffer.left < size) {
      Draw(buffer.bytes, kBufferSize);
      buffer.left = kBufferSize;
    }
    unsigned char* from = buffer.bytes + kBufferSize - buffer.left;
    std::memcpy(out, from, size);
    std::memset(from, 0, size);
    buffer.left -= size;
  }

 private:
  static constexpr size_t kBufferSize = 512;
  struct Buffer {
    unsigned char bytes[kBufferSize];
    size_t left = 0;
  };

  static void Draw(unsigned char* out, size_t size) {
    TWINLINE_CHECK(RAND_priv_bytes(out, static_cast<int>(size)) == 1, "no randomness available");
  }
};

}  // namespace

RandomSource& SystemRandom() {
  static OpenSslRandom source;
  return source;
}

base::Id16 RandomId(RandomSource& random) {
  std::string bytes(base::Id16::kSize, '\0');
  random.Fill(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size());
  return *base::Id16::FromBytes(bytes);
}

void SeededRandom::Fill(unsigned char* out, size_t size) {
  std::lock_guard lock(mutex_);
  while (size > 0) {
    const uint64_t block[2] = {seed_, counter_++};
    const base::Digest digest =
        base::Sha256({"twinline-seeded-random",
                      std::string_view(reinterpret_cast<const char*>(block), sizeof block)});
    const size_t taken = std::min(size, digest.size());
    std::memcpy(out, digest.data(), taken);
    out += taken;
    size -= taken;
  }
}

}  // namespace twinline::vault
