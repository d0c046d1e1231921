#include "platform/base/mask.h"

#include <gtest/gtest.h>

namespace twinline::base {
namespace {

TEST(Mask, Names) {
  EXPECT_EQ(MaskName("张三"), "张*");
  EXPECT_EQ(MaskName("张三丰"), "张*丰");
  EXPECT_EQ(MaskName("欧阳娜娜"), "欧**娜");
  EXPECT_EQ(MaskName("买买提·吐尔逊"), "买**·**逊");
  EXPECT_EQ(MaskName("王"), "*");
  EXPECT_EQ(MaskName(""), "");
  EXPECT_EQ(MaskName("王𠮷"), "王*") << "one character outside the basic plane is one star";
  EXPECT_EQ(MaskName("\xFF\xFE"), "**");
}

TEST(Mask, IdNumbersHideBirthDateAndSex) {
  EXPECT_EQ(MaskIdNumber("411299201808310011"), "4112*************1");
  EXPECT_EQ(MaskIdNumber("41129920160305005X"), "4112*************X");
  EXPECT_EQ(MaskIdNumber("G411299201808310011"), "G4112*************1");
  EXPECT_EQ(MaskIdNumber("1234567"), "*******");
  EXPECT_EQ(MaskIdNumber(""), "");
}

TEST(Mask, Phones) {
  EXPECT_EQ(MaskPhone("13800001234"), "138****1234");
  EXPECT_EQ(MaskPhone("+86 138 0000 1234"), "138****1234");
  EXPECT_EQ(MaskPhone("0398-8825123"), "0398-****123");
  EXPECT_EQ(MaskPhone("0398-8825123-12"), "0398-****123");
  EXPECT_EQ(MaskPhone("8825123"), "*****23");
  EXPECT_EQ(MaskPhone("无"), "*");
  EXPECT_EQ(MaskPhone(""), "");
}

TEST(Mask, Addresses) {
  EXPECT_EQ(MaskAddress("灵宝市阳平镇某村三组12号"), "灵宝市阳平镇****");
  EXPECT_EQ(MaskAddress("阳平镇"), "阳平镇");
  EXPECT_EQ(MaskAddress("阳平镇某村", 3), "阳平镇****");
  EXPECT_EQ(MaskAddress("阳平镇", 0), "****");
}

}  // namespace
}  // namespace twinline::base
