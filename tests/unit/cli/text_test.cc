// Tables line up for people who read Chinese: the width of a text is its columns, not its bytes.
#include <gtest/gtest.h>

#include <sstream>

#include "tools/twinline/render.h"
#include "tools/twinline/table.h"
#include "tools/twinline/width.h"

namespace twinline::cli {
namespace {

TEST(Width, AChineseCharacterTakesTwoColumns) {
  EXPECT_EQ(DisplayWidth(""), 0u);
  EXPECT_EQ(DisplayWidth("abc"), 3u);
  EXPECT_EQ(DisplayWidth("张三"), 4u);
  EXPECT_EQ(DisplayWidth("张san"), 5u);
  EXPECT_EQ(DisplayWidth("ＡＢ"), 4u) << "full-width letters";
  EXPECT_EQ(DisplayWidth("𠮷"), 2u) << "a rare character outside the basic plane";
}

TEST(Width, ACombiningMarkTakesNone) {
  EXPECT_EQ(DisplayWidth("e\xCC\x81"), 1u);
  EXPECT_EQ(DisplayWidth("\xE2\x80\x8B"), 0u) << "zero-width space";
}

TEST(Width, BrokenUtf8IsStillFinite) { EXPECT_EQ(DisplayWidth("\xff\xfe"), 2u); }

TEST(Width, PaddingCountsColumns) {
  EXPECT_EQ(PadRight("张", 4), "张  ");
  EXPECT_EQ(PadLeft("张", 4), "  张");
  EXPECT_EQ(PadRight("张三丰", 4), "张三丰") << "never cut by padding";
}

TEST(Width, ShorteningNeverSplitsACharacter) {
  EXPECT_EQ(Shorten("灵宝市第一小学", 14), "灵宝市第一小学");
  EXPECT_EQ(Shorten("灵宝市第一小学", 9), "灵宝市..");
  EXPECT_EQ(Shorten("灵宝", 2), "..");
}

TEST(Table, ColumnsAlignAcrossScripts) {
  Table table({"姓名", "school", "人数"});
  table.AlignRight(2);
  table.Add({"张三", "a", "5"});
  table.Add({"欧阳娜娜", "灵宝一小", "1234"});
  std::ostringstream out;
  table.Print(out);
  EXPECT_EQ(out.str(),
            "姓名      school    人数\n"
            "--------  --------  ----\n"
            "张三      a            5\n"
            "欧阳娜娜  灵宝一小  1234\n");
}

TEST(Table, NothingIsPrintedWithoutRows) {
  std::ostringstream out;
  Table({"a", "b"}).Print(out);
  EXPECT_EQ(out.str(), "");
}

TEST(Table, MissingCellsAreEmpty) {
  Table table({"a", "b"});
  table.Add({"1"});
  std::ostringstream out;
  table.Print(out);
  EXPECT_EQ(out.str(), "a  b\n-  -\n1\n");
}

TEST(Sheet, LinesWithoutAValueAreLeftOut) {
  Sheet sheet;
  sheet.Add("姓名", "张三");
  sheet.Add("电话", "");
  sheet.Add("school", "灵宝一小");
  std::ostringstream out;
  sheet.Print(out);
  EXPECT_EQ(out.str(), "姓名    张三\nschool  灵宝一小\n");
}

TEST(Render, TimesAreChinaStandardTime) {
  EXPECT_EQ(Moment(0), "");
  EXPECT_EQ(Moment(INT64_MAX), "") << "no end";
  // 2026-08-31T16:30:00Z is half past midnight of the first school day.
  EXPECT_EQ(Moment(1'788'193'800'000'000), "2026-09-01 00:30:00");
  EXPECT_EQ(MomentShort(1'788'193'800'000'000), "2026-09-01 00:30");
}

TEST(Render, NoDateIsNothing) {
  EXPECT_EQ(Days(0), "");
  EXPECT_EQ(Days(20'697), "2026-09-01");
}

TEST(Render, DeadlinesSayWhatTheyCount) {
  types::v1::Deadline deadline;
  EXPECT_EQ(DeadlineText(Lang::kZh, deadline), "");
  deadline.set_working_days(10);
  deadline.mutable_due()->set_days(20'697);
  EXPECT_EQ(DeadlineText(Lang::kZh, deadline), "2026-09-01（10 个工作日）");
  deadline.set_provisional(true);
  EXPECT_EQ(DeadlineText(Lang::kEn, deadline), "2026-09-01 (10 working days) (provisional)");
}

TEST(Render, EventNumbersHaveNames) {
  EXPECT_EQ(EventName(1011), "ChildRegistered");
  EXPECT_EQ(EventName(3001), "RollCallTaken");
  EXPECT_EQ(EventName(5001), "HeadsNoted");
  EXPECT_EQ(EventName(9201), "AccessNoted");
  EXPECT_EQ(EventName(42), "42") << "an unknown number stays a number";
}

}  // namespace
}  // namespace twinline::cli
