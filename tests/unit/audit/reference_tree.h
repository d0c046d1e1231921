// The eight leaves that the Certificate Transparency reference implementation tests with, and the
// roots it publishes for their prefixes. Other implementations of RFC 6962 carry the same numbers.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/hash.h"
#include "platform/base/merkle.h"

namespace twinline::audit_test {

inline std::vector<std::string> ReferenceLeaves() {
  std::vector<std::string> leaves;
  for (std::string_view hex : {"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                               "606162636465666768696a6b6c6d6e6f"}) {
    leaves.push_back(*base::FromHex(hex));
  }
  return leaves;
}

// kReferenceRoots[n] is the root of the first n leaves.
inline constexpr std::array<std::string_view, 9> kReferenceRoots = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

// A whole tree in memory, built from leaf data.
struct Tree {
  base::MemoryNodeStore nodes;
  base::CompactRange range;

  explicit Tree(const std::vector<std::string>& leaves) {
    for (const std::string& leaf : leaves) range.Append(base::LeafHash(leaf), &nodes);
  }
};

inline std::string Hex(const base::Digest& digest) { return base::ToHex(base::View(digest)); }

inline std::vector<std::string> Hex(const base::MerkleProof& proof) {
  std::vector<std::string> hex;
  for (const base::Digest& hash : proof) hex.push_back(Hex(hash));
  return hex;
}

}  // namespace twinline::audit_test
