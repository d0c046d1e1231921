#include <algorithm>
#include <random>

#include "tests/fuzz/fuzz_target.h"

namespace twinline::fuzz {
namespace {

// Values at which lengths and counts go wrong.
constexpr char kEdges[] = {'\x00', '\x01', '\x7f', '\x80', '\xff', ' ', '\n', '"', '=', ','};

void Change(std::mt19937_64& random, const std::vector<std::string>& seeds, std::string& bytes) {
  const size_t at = bytes.empty() ? 0 : random() % bytes.size();
  const size_t length = std::min<size_t>(bytes.size() - at, random() % 64);
  switch (random() % 7) {
    case 0:
      if (!bytes.empty()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << (random() % 8)));
      break;
    case 1:
      if (!bytes.empty()) bytes[at] = kEdges[random() % std::size(kEdges)];
      break;
    case 2:
      bytes.insert(at, 1, kEdges[random() % std::size(kEdges)]);
      break;
    case 3:
      bytes.erase(at, length);
      break;
    case 4:
      bytes.insert(at, bytes.substr(at, length));
      break;
    case 5:
      bytes.resize(at);
      break;
    default: {
      const std::string& other = seeds[random() % seeds.size()];
      if (!other.empty()) bytes.replace(at, length, other.substr(random() % other.size(), length));
    }
  }
}

}  // namespace

std::string Mutant(const std::vector<std::string>& seeds, uint64_t number) {
  std::mt19937_64 random(number);
  std::string bytes = seeds[random() % seeds.size()];
  for (uint64_t changes = 1 + random() % 4; changes > 0; --changes) Change(random, seeds, bytes);
  return bytes;
}

}  // namespace twinline::fuzz
