#include "identity/domain/password_policy.h"

#include <gtest/gtest.h>

#include <vector>

namespace twinline::identity {
namespace {

std::string CodeOf(std::string_view password) {
  const std::vector<std::string_view> personal = {"liming", "13800000000", "李明明", "li", ""};
  const auto refusal = CheckNewPassword(password, personal);
  return refusal ? refusal->code : "ok";
}

TEST(PasswordPolicy, Table) {
  const struct {
    std::string password;
    std::string code;
  } kCases[] = {
      {"", "PASSWORD_TOO_SHORT"},
      {"kT7#mz9Qx", "PASSWORD_TOO_SHORT"},
      {"kT7#mz9QxL", "ok"},
      {"柳树河边三只白鸭子", "PASSWORD_TOO_SHORT"},  // nine characters, however many bytes
      {"柳树河边有三只白鸭子", "PASSWORD_TOO_SIMPLE"},
      {"柳树河边有三只白鸭子7", "ok"},
      {"gravel otter lantern", "ok"},  // long: words with blanks
      {"graveltotterlantern", "ok"},   // long: one kind is enough
      {"gravelotter", "PASSWORD_TOO_SIMPLE"},
      {"8274619305", "PASSWORD_TOO_SIMPLE"},
      {"GravelOtter", "ok"},
      {std::string(129, 'x') + "Y1", "PASSWORD_TOO_LONG"},
      {std::string(100'000, 'x'), "PASSWORD_TOO_LONG"},
      {"1234567890", "PASSWORD_COMMON"},
      {"9876543210", "PASSWORD_COMMON"},
      {"qwertyuiop", "PASSWORD_COMMON"},
      {"1qaz2wsx3edc", "PASSWORD_COMMON"},
      {"aaaaaaaaaaaaaaaaaaaa", "PASSWORD_COMMON"},
      {"Ab1Ab1Ab1Ab1", "PASSWORD_COMMON"},
      {"password123", "PASSWORD_COMMON"},
      {"Password@2026", "PASSWORD_COMMON"},
      {"P@ssw0rd!!!", "PASSWORD_COMMON"},
      {"Lingbao2026", "PASSWORD_COMMON"},
      {"woaini1314520", "PASSWORD_COMMON"},
      {"admin@123456", "PASSWORD_COMMON"},
      {"a123456789", "PASSWORD_COMMON"},
      {"xx-LiMing-77", "PASSWORD_PERSONAL"},
      {"t13800000000", "PASSWORD_PERSONAL"},
      {"我是李明明啊你知道吗1", "PASSWORD_PERSONAL"},
      {"lively river 7", "ok"},  // two letters of a name are no name
      {"tab\tinside pass 1", "PASSWORD_MALFORMED"},
      {std::string("nul\0inside pass 1", 17), "PASSWORD_MALFORMED"},
      {"broken \xff utf-8 1", "PASSWORD_MALFORMED"},
  };
  for (const auto& c : kCases) EXPECT_EQ(CodeOf(c.password), c.code) << c.password.substr(0, 40);
}

TEST(PasswordPolicy, RefusalsSpeakBothLanguagesAndKeepTheSecret) {
  for (const char* password : {"short", "1234567890", "xx-LiMing-77", "gravelotter"}) {
    const std::vector<std::string_view> personal = {"liming"};
    const auto refusal = CheckNewPassword(password, personal);
    ASSERT_TRUE(refusal) << password;
    EXPECT_FALSE(refusal->zh.empty());
    EXPECT_FALSE(refusal->en.empty());
    EXPECT_EQ(refusal->zh.find(password), std::string::npos);
    EXPECT_EQ(refusal->en.find(password), std::string::npos);
  }
}

}  // namespace
}  // namespace twinline::identity
