// What roll calls say, counted without the counting rules: a class's day is judged once, a school's
// day closed once and in order; a child is called absent for so many days only if roll calls marked
// it on as many; it has passed its probation only if as many judged days saw it.
#include <map>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "platform/base/civil.h"
#include "tests/simulation/auditor.h"

namespace twinline::simulation {
namespace {

namespace av1 = attendance::v1;
namespace cv1 = accountability::v1;

constexpr uint32_t kUnexplained = 5;     // attendance.v1.Exception.code
constexpr uint32_t kVerdictPresent = 1;  // attendance.v1.Verdict.outcome
constexpr size_t kProbationDays = 10;    // K-4

class RollCallCheck final : public Check {
 public:
  explicit RollCallCheck(Findings* findings) : findings_(findings) {}

  void OnEvent(const EventAt& at, const Published& before) override {
    On<av1::RollCallTaken>(at, [&](const auto& event) { Taken(at, event); }) ||
        On<av1::RollCallConflict>(at, [&](const auto& event) { Marks(event.second()); }) ||
        On<av1::DayJudged>(at,
                           [&](const auto& event) {
                             Judged(at, event.class_id(), event.day(), event.verdicts());
                           }) ||
        On<av1::MarkCorrected>(at,
                               [&](const auto& event) {
                                 if (event.code_after() != kUnexplained) return;
                                 absent_[event.registration_id()].insert(event.day());
                               }) ||
        On<av1::SchoolDayClosed>(at, [&](const auto& event) { Closed(at, event); }) ||
        On<av1::StreakCrossed>(at, [&](const auto& event) { Crossed(at, event); }) ||
        On<cv1::ProbationEnded>(at, [&](const auto& event) {
          if (event.passed()) Passed(at, event.case_facts());
        });
  }

 private:
  void Add(const EventAt& at, const std::string& what) { findings_->Add(at.Text() + ": " + what); }

  void Marks(const av1::RollCallTaken& event) {
    for (const av1::Exception& exception : event.exceptions()) {
      if (exception.code() == kUnexplained)
        absent_[exception.registration_id()].insert(event.day());
    }
  }

  void Taken(const EventAt& at, const av1::RollCallTaken& event) {
    Marks(event);
    if (event.day() > base::DayOf(at.recorded()).days) Add(at, "a roll call of the future");
    const bool first = taken_.emplace(event.class_id(), event.day(), event.session()).second;
    if (first == event.replaces())
      Add(at, "a session is taken twice, or replaced before it was taken");
    if (event.judged() && !event.signed_late()) {
      Judged(at, event.class_id(), event.day(), event.verdicts());
    }
  }

  template <typename Verdicts>
  void Judged(const EventAt& at, const std::string& class_id, int32_t day,
              const Verdicts& verdicts) {
    if (!judged_.emplace(class_id, day).second) Add(at, "R-64: a day is judged twice");
    for (const av1::Verdict& verdict : verdicts) {
      if (verdict.outcome() == kVerdictPresent) present_[verdict.registration_id()].insert(day);
    }
  }

  void Closed(const EventAt& at, const av1::SchoolDayClosed& event) {
    int32_t& last = closed_[event.school_code()];
    if (event.day() <= last) Add(at, "a school day is closed twice, or out of order");
    last = event.day();
    if (event.next_day() != 0 && event.next_day() <= event.day())
      Add(at, "the next day is not later");
    if (event.day() > base::DayOf(at.recorded()).days) Add(at, "a day is closed before it came");
  }

  void Crossed(const EventAt& at, const av1::StreakCrossed& event) {
    const size_t days = absent_[event.registration_id()].size();
    if (days < event.days()) {
      Add(at, absl::StrCat("called absent for ", event.days(), " days, marked on ", days));
    }
    if (event.days() == 0) Add(at, "a streak of no days");
  }

  void Passed(const EventAt& at, const cv1::CaseFacts& facts) {
    const std::set<int32_t>& days = present_[facts.registration_id()];
    const auto since = days.lower_bound(facts.returned_on().days());
    const auto seen = static_cast<size_t>(std::distance(since, days.end()));
    if (seen < kProbationDays) {
      Add(at,
          absl::StrCat("K-4: probation passed after ", seen, " days on which the child was seen"));
    }
  }

  Findings* findings_;
  std::set<std::tuple<std::string, int32_t, uint32_t>> taken_;
  std::set<std::pair<std::string, int32_t>> judged_;
  std::map<std::string, int32_t> closed_;             // school -> day
  std::map<std::string, std::set<int32_t>> absent_;   // registration -> days on which it was marked
  std::map<std::string, std::set<int32_t>> present_;  // registration -> judged days that saw it
};

}  // namespace

std::unique_ptr<Check> MakeRollCallCheck(Findings* findings) {
  return std::make_unique<RollCallCheck>(findings);
}

}  // namespace twinline::simulation
