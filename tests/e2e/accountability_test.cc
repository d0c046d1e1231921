// A case from the first missed days to its end, through gRPC against a real process: it opens by
// itself, the township hears of it on its stream, deadlines fire when nobody acts, and only both
// lines close it.
#include <gtest/gtest.h>

#include "tests/support/running_county.h"
#include "twinline/accountability/v1/accountability.pb.h"

namespace twinline::test {
namespace {

namespace cv1 = accountability::v1;

constexpr size_t kPupil = 0;  // of primary one, class 4-1

std::string Rpc(const char* name) {
  return std::string("twinline.accountability.v1.AccountabilityService.") + name;
}

class CaseChain : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    county_ = new RunningCounty();
    for (int day = 0; day < 5; ++day) county_->PlayDay(day, {kPupil});
    county_->GoTo(4, 18, 5);
  }
  static void TearDownTestSuite() {
    delete county_;
    county_ = nullptr;
  }

  static cv1::GetCaseReply Case(const base::Id16& who) {
    cv1::GetCaseRequest request;
    request.set_child_id(county_->loaded().children[kPupil].str());
    cv1::GetCaseReply reply;
    county_->api().Must(Rpc("GetCase"), request, &reply, who);
    return reply;
  }
  static cv1::GetCaseReply Case() { return Case(county_->loaded().bureau_official); }

  // A reaction follows within milliseconds; asked until it is there.
  static cv1::GetCaseReply WaitFor(const std::string& state) {
    const int64_t give_up = base::MonotonicUs() + 20'000'000;
    cv1::GetCaseReply reply;
    cv1::GetCaseRequest request;
    request.set_child_id(county_->loaded().children[kPupil].str());
    while (base::MonotonicUs() < give_up) {
      const auto result =
          county_->api().Call(Rpc("GetCase"), request, &reply, county_->loaded().bureau_official);
      if (result.ok() && reply.case_facts().state() == state) break;
    }
    return reply;
  }
  static base::Id16 OfficialOf(const std::string& township) {
    return county_->loaded().township_official.at("township:" + township);
  }
  template <typename Request>
  static void Name(Request* act) {
    const cv1::CaseFacts facts = Case().case_facts();
    act->set_child_id(facts.child_id());
    act->set_case_id(facts.case_id());
  }
  static std::string Sign(const base::Id16& who) {
    cv1::SignCloseRequest request;
    Name(request.mutable_act());
    request.set_outcome("CLOSED_RETURN");
    cv1::CaseReply reply;
    return county_->api().Call(Rpc("SignClose"), request, &reply, who).code();
  }

  static RunningCounty* county_;
};

RunningCounty* CaseChain::county_ = nullptr;

TEST_F(CaseChain, opens_by_itself_escalates_and_closes_with_both_signatures) {
  const cv1::CaseFacts opened = WaitFor("SUSPECTED").case_facts();
  ASSERT_EQ(opened.state(), "SUSPECTED");
  // Never seen this term: three days are enough (D06).
  EXPECT_EQ(opened.ground(), "TERM_START_NO_SHOW");
  EXPECT_GE(opened.absent_days(), 3u);
  EXPECT_FALSE(opened.government().owner().empty());
  EXPECT_EQ(opened.education().owner(), county_->Teacher(0).bytes());
  const base::Id16 official = OfficialOf(opened.township());

  // The inbox has it, and the stream brings it again from the beginning.
  cv1::WatchAlertsRequest watch;
  watch.set_office("township:" + opened.township());
  watch.mutable_after();
  rpc::CallOptions options;
  options.token = county_->api().TokenOf(official);
  auto reader = county_->api().client().OpenReader(Rpc("WatchAlerts"), watch, options);
  cv1::WatchAlertsReply alert;
  ASSERT_TRUE(reader.Read(&alert));
  EXPECT_EQ(alert.alert().kind(), "CASE_OPENED");
  reader.Cancel();

  // Nobody acts for three working days.
  county_->GoTo(9, 7);
  const cv1::GetCaseReply missed = Case();
  EXPECT_GE(missed.case_facts().government().missed(), 1u);
  EXPECT_GE(missed.case_facts().education().missed(), 1u);

  cv1::RecordPersuasionRequest visit;
  Name(&visit);
  visit.set_method("HOME_VISIT");
  visit.set_result("AGREED_TO_RETURN");
  visit.set_met("奶奶");
  visit.set_said("孩子确诊抑郁，下周回校");
  visit.add_sensitive("HEALTH");
  cv1::CaseReply reply;
  county_->api().Must(Rpc("RecordPersuasion"), visit, &reply, county_->Principal(kPrimaryOne));
  EXPECT_EQ(reply.case_facts().state(), "PERSUADING");
  // N10: the township sees that there was a visit, not what was said.
  bool seen = false;
  const cv1::GetCaseReply of_township = Case(official);
  for (const cv1::TimelineEntry& entry : of_township.timeline()) {
    if (entry.what() != "PERSUADED") continue;
    seen = true;
    EXPECT_EQ(entry.said(), "");
    EXPECT_TRUE(entry.restricted());
  }
  EXPECT_TRUE(seen);

  county_->PlayDay(9, {});
  cv1::CaseActRequest back;
  Name(&back);
  county_->api().Must(Rpc("ReportReturn"), back, &reply, county_->Teacher(0));
  EXPECT_EQ(reply.case_facts().state(), "RETURNED");
  EXPECT_EQ(Sign(county_->Principal(kPrimaryOne)), "PROBATION_NOT_PASSED");
  for (int day = 10; day < 20; ++day) county_->PlayDay(day, {});
  county_->GoTo(19, 18, 5);
  const int64_t give_up = base::MonotonicUs() + 20'000'000;
  while (!Case().case_facts().probation_passed() && base::MonotonicUs() < give_up) {
  }
  EXPECT_EQ(Case().case_facts().probation_days(), 10u);
  EXPECT_EQ(Sign(county_->Principal(kPrimaryOne)), "OK");
  EXPECT_EQ(Case().case_facts().state(), "RETURNED");
  EXPECT_EQ(Sign(official), "OK");
  EXPECT_EQ(Case().case_facts().state(), "CLOSED_RETURN");
}

}  // namespace
}  // namespace twinline::test
