#include "platform/base/phone.h"

#include <gtest/gtest.h>

#include <string>

namespace twinline::base {
namespace {

struct Case {
  const char* typed;
  PhoneKind kind;
  const char* number;
};

TEST(Phone, OneSpelling) {
  constexpr Case kCases[] = {
      {"13800001234", PhoneKind::kMobile, "13800001234"},
      {" 138 0000 1234 ", PhoneKind::kMobile, "13800001234"},
      {"138-0000-1234", PhoneKind::kMobile, "13800001234"},
      {"+86 13800001234", PhoneKind::kMobile, "13800001234"},
      {"+86-138-0000-1234", PhoneKind::kMobile, "13800001234"},
      {"008613800001234", PhoneKind::kMobile, "13800001234"},
      {"8613800001234", PhoneKind::kMobile, "13800001234"},
      {"（+86）13800001234", PhoneKind::kMobile, "13800001234"},
      {"013800001234", PhoneKind::kMobile, "13800001234"},
      {"１３８００００１２３４", PhoneKind::kMobile, "13800001234"},
      {"0398-8825123", PhoneKind::kLandline, "0398-8825123"},
      {"(0398)8825123", PhoneKind::kLandline, "0398-8825123"},
      {"03988825123", PhoneKind::kLandline, "0398-8825123"},
      {"0398—8825123", PhoneKind::kLandline, "0398-8825123"},
      {"+86 398 8825123", PhoneKind::kLandline, "0398-8825123"},
      {"010-62345678", PhoneKind::kLandline, "010-62345678"},
      {"02162345678", PhoneKind::kLandline, "021-62345678"},
      {"0398-8825123-12", PhoneKind::kLandline, "0398-8825123-12"},
      {"0398-8825123转12", PhoneKind::kLandline, "0398-8825123-12"},
      {"8825123", PhoneKind::kLocal, "8825123"},
      {"", PhoneKind::kNone, ""},
      {"　", PhoneKind::kNone, ""},
      {"无", PhoneKind::kUnusable, "无"},
      {"12800001234", PhoneKind::kUnusable, "12800001234"},
      {"1380000123", PhoneKind::kUnusable, "1380000123"},
      {"13800001234/13900001234", PhoneKind::kUnusable, "13800001234/13900001234"},
      {"+", PhoneKind::kUnusable, "+"},
      {"+86", PhoneKind::kUnusable, "+86"},
      {"---", PhoneKind::kUnusable, "---"},
  };
  for (const Case& test : kCases) {
    const Phone phone = ParsePhone(test.typed);
    EXPECT_EQ(phone.kind, test.kind) << test.typed;
    EXPECT_EQ(phone.number, test.number) << test.typed;
    EXPECT_EQ(phone.original, test.typed);
  }
}

TEST(Phone, NormalisingTwiceChangesNothing) {
  for (const char* typed : {"(0398)8825123", "+8613800001234", "0398-8825123转12", "8825123"}) {
    const Phone once = ParsePhone(typed);
    const Phone twice = ParsePhone(once.number);
    EXPECT_EQ(once.number, twice.number);
    EXPECT_EQ(once.kind, twice.kind);
  }
}

}  // namespace
}  // namespace twinline::base
