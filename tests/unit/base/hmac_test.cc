// HMAC-SHA-256 by the vectors of RFC 4231: a key shorter than a block, one longer, and one more.
#include <gtest/gtest.h>

#include <string>

#include "platform/base/hash.h"

namespace twinline::base {
namespace {

std::string Hmac(const std::string& key, const std::string& data) {
  return ToHex(View(HmacSha256(key, data)));
}

TEST(Hmac, Rfc4231Case1) {
  EXPECT_EQ(Hmac(std::string(20, '\x0b'), "Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
}

TEST(Hmac, Rfc4231Case2) {
  EXPECT_EQ(Hmac("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Hmac, Rfc4231Case6KeyLongerThanABlock) {
  EXPECT_EQ(
      Hmac(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

}  // namespace
}  // namespace twinline::base
