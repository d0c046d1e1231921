#include "tools/demo/cases.h"

#include <algorithm>

#include "platform/base/keys.h"
#include "twinline/accountability/v1/accountability.pb.h"

namespace twinline::demo {

namespace cv1 = accountability::v1;
using base::AsId;

namespace {

std::string Method(std::string_view name) {
  return "twinline.accountability.v1.AccountabilityService." + std::string(name);
}

// One open case in the hands of the people on duty.
class Hands {
 public:
  Hands(Api& api, const cv1::CaseFacts& facts, const base::Id16& teacher,
        const base::Id16& principal, const base::Id16& township)
      : api_(api), facts_(facts), teacher_(teacher), principal_(principal), township_(township) {}

  void Persuade(const base::Id16& who, const std::string& method, const std::string& result) {
    if (who.empty()) return;
    cv1::RecordPersuasionRequest request;
    request.set_child_id(facts_.child_id());
    request.set_case_id(facts_.case_id());
    request.set_method(method);
    request.set_result(result);
    request.set_met("监护人");
    request.set_said("说明义务教育法的规定，了解困难，约定返校");
    request.set_place("家中");
    cv1::CaseReply reply;
    api_.Call(Method("RecordPersuasion"), request, &reply, who);
  }

  void ReportReturn() {
    cv1::CaseActRequest request = Act("学生已返校上课");
    cv1::CaseReply reply;
    api_.Call(Method("ReportReturn"), request, &reply, teacher_);
  }

  // Both lines sign; a rule may still say no (the probation is not over), then it is tried another
  // day.
  void Sign(const std::string& outcome) {
    for (const base::Id16& who : {township_, principal_}) {
      if (who.empty()) continue;
      cv1::SignCloseRequest request;
      *request.mutable_act() = Act("情况属实，同意销号");
      request.set_outcome(outcome);
      cv1::CaseReply reply;
      api_.Call(Method("SignClose"), request, &reply, who);
    }
  }

  void SignFalseAlarm() {
    cv1::SignFalseAlarmRequest request;
    *request.mutable_act() = Act("经核实确属误报");
    request.set_agree(true);
    cv1::CaseReply reply;
    if (!township_.empty()) api_.Call(Method("SignFalseAlarm"), request, &reply, township_);
  }

  void ClaimElsewhere() {
    cv1::CaseActRequest request = Act("家长称已在外地就读，正在办理转学");
    cv1::CaseReply reply;
    api_.Call(Method("ClaimElsewhere"), request, &reply, principal_);
  }

  const base::Id16& teacher() const { return teacher_; }
  const base::Id16& township() const { return township_; }

 private:
  cv1::CaseActRequest Act(const std::string& note) const {
    cv1::CaseActRequest act;
    act.set_child_id(facts_.child_id());
    act.set_case_id(facts_.case_id());
    act.set_note(note);
    return act;
  }

  Api& api_;
  const cv1::CaseFacts& facts_;
  const base::Id16 teacher_, principal_, township_;
};

template <typename Map>
base::Id16 Find(const Map& map, const std::string& key) {
  const auto it = map.find(key);
  return it == map.end() ? base::Id16() : it->second;
}

}  // namespace

void Cases::Play(int day, base::CivilDay date) {
  std::map<std::string, size_t> truant_of;
  for (size_t i = 0; i < plan_.truants().size(); ++i) {
    truant_of[loaded_.children[plan_.truants()[i].pupil].str()] = i;
  }
  cv1::ListCasesRequest request;
  request.set_open_only(true);
  request.mutable_page()->set_size(200);
  do {
    cv1::ListCasesReply page;
    api_.Must(Method("ListCases"), request, &page, loaded_.bureau_official);
    for (const cv1::CaseLine& line : page.cases()) {
      const auto truant = truant_of.find(line.child_id());
      if (truant == truant_of.end()) continue;
      const cv1::CaseFacts& facts = line.case_facts();
      const datagen::Truant& story = plan_.truants()[truant->second];
      const datagen::Class& room = county_.classes[county_.pupils[story.pupil].school_class];
      Hands hands(api_, facts, loaded_.staff[room.teacher],
                  Find(loaded_.principal, "school:" + facts.school_code()),
                  Find(loaded_.township_official, "township:" + facts.township()));
      const int age = date.days - facts.opened_on().days();
      const bool back = day >= story.first_day + story.days;
      if (facts.state() == "RETURNED") {
        hands.Sign("CLOSED_RETURN");
      } else if (facts.state() == "TRANSFERRED") {
        hands.Sign("CLOSED_TRANSFER");
      } else if (facts.state() == "FALSE_ALARM_PROPOSED") {
        hands.SignFalseAlarm();
      } else if (story.end == datagen::StoryEnd::kStaysAway) {
        // The school phones once; the township does nothing, and both are on record.
        if (acted_[truant->second]++ == 0) hands.Persuade(hands.teacher(), "PHONE", "REFUSED");
      } else if (story.end == datagen::StoryEnd::kTransfers && age >= 3) {
        if (acted_[truant->second]++ == 0) {
          hands.ClaimElsewhere();
          transfers_.Start(story.pupil, day);
        }
      } else if (story.end == datagen::StoryEnd::kReturns && back) {
        hands.ReportReturn();
      } else if (acted_[truant->second]++ % 3 == 0) {
        hands.Persuade(hands.teacher(), "PHONE", "GUARDIAN_UNREACHABLE");
        hands.Persuade(hands.township(), "HOME_VISIT", "AGREED_TO_RETURN");
      }
    }
    request.mutable_page()->set_page_token(page.next_page_token());
  } while (!request.page().page_token().empty());
}

CaseCounts Cases::Count() {
  cv1::CaseCountsRequest request;
  cv1::CaseCountsReply reply;
  api_.Must(Method("CaseCounts"), request, &reply, loaded_.bureau_official);
  CaseCounts counts;
  for (const cv1::CaseCount& count : reply.counts()) {
    counts.opened += count.cases();
    if (count.state().starts_with("CLOSED")) counts.closed += count.cases();
  }
  return counts;
}

}  // namespace twinline::demo
