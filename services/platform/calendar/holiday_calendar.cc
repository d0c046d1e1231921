#include "platform/calendar/holiday_calendar.h"

#include <algorithm>
#include <iterator>

namespace twinline::calendar {
namespace {

// The longest lawful year has 13 days off; with moved days and weekends about 40 entries.
constexpr size_t kMaxEntries = 60;

constexpr Festival kFestivals[] = {
    {"new_year", "元旦", "New Year's Day"},
    {"spring_festival", "春节", "Spring Festival"},
    {"qingming", "清明节", "Qingming Festival"},
    {"labour_day", "劳动节", "Labour Day"},
    {"dragon_boat", "端午节", "Dragon Boat Festival"},
    {"mid_autumn", "中秋节", "Mid-Autumn Festival"},
    {"national_day", "国庆节", "National Day"},
    {"national_day+mid_autumn", "国庆节、中秋节", "National Day and Mid-Autumn Festival"},
};

base::Refusal Invalid(std::string zh, std::string en, CivilDay day) {
  return {"CALENDAR_INVALID",
          "节假日安排数据有误：" + std::move(zh) + "请核对后重新提交。",
          "The holiday calendar is invalid: " + std::move(en) + " Check it and submit it again.",
          {{"day", day.ToString()}}};
}

}  // namespace

Festival FestivalOf(std::string_view key) {
  const auto* found = std::find_if(std::begin(kFestivals), std::end(kFestivals),
                                   [&](const Festival& festival) { return festival.key == key; });
  if (found != std::end(kFestivals)) return *found;
  return {key, "节假日", "public holiday"};
}

std::optional<base::Refusal> ValidateHolidayCalendar(const HolidayCalendar& calendar) {
  if (calendar.year < 1950 || calendar.year > 2200) {
    return Invalid("年份不在允许范围内。", "the year is out of range.", CivilDay{});
  }
  const CivilDay first = CivilDay::FromYmd(calendar.year - 1, 12, 15);
  const CivilDay last = CivilDay::FromYmd(calendar.year, 12, 31);
  if (calendar.version.empty()) return Invalid("缺少版本号。", "it has no version.", first);
  if (calendar.days.size() > kMaxEntries) {
    return Invalid("日期过多。", "it lists too many days.", first);
  }
  const HolidayDay* previous = nullptr;
  for (const HolidayDay& entry : calendar.days) {
    const std::string text = entry.day.ToString();
    if (entry.day < first || entry.day > last) {
      return Invalid(text + "不属于该年度。", text + " does not belong to the year.", entry.day);
    }
    if (previous != nullptr && entry.day <= previous->day) {
      return Invalid(text + "重复或顺序不对。", text + " is out of order or listed twice.",
                     entry.day);
    }
    const bool makeup = entry.kind == DayKind::kMakeupWorkday;
    if (!makeup && entry.kind != DayKind::kHoliday) {
      return Invalid(text + "的类别未知。", text + " has an unknown kind.", entry.day);
    }
    if (makeup && entry.day.weekday() < 6) {
      return Invalid(text + "不是周末，不能作为调休上班日。",
                     text + " is not a weekend and cannot be a make-up workday.", entry.day);
    }
    previous = &entry;
  }
  return std::nullopt;
}

}  // namespace twinline::calendar
