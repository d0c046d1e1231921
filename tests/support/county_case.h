// What end-to-end tests ask about a child's case in a running county. A reaction follows within
// milliseconds of its cause; what is not there yet is asked for again until it is.
#pragma once

#include <functional>
#include <string>

#include "tests/support/running_county.h"
#include "twinline/accountability/v1/accountability.pb.h"

namespace twinline::test {

class CountyCase {
 public:
  // `pupil`: index of the county.
  CountyCase(RunningCounty* county, size_t pupil) : county_(county), pupil_(pupil) {}

  static std::string Rpc(const std::string& name) {
    return "twinline.accountability.v1.AccountabilityService." + name;
  }

  accountability::v1::GetCaseReply Get() const {
    accountability::v1::GetCaseRequest request;
    request.set_child_id(county_->loaded().children[pupil_].str());
    accountability::v1::GetCaseReply reply;
    county_->api().Call(Rpc("GetCase"), request, &reply, county_->loaded().bureau_official);
    return reply;
  }
  accountability::v1::CaseFacts Facts() const { return Get().case_facts(); }
  std::string State() const { return Facts().state(); }
  // The state, once it is `wanted`; the last one seen when it is not within 20 s.
  std::string Reaches(const std::string& wanted) const {
    Until([&] { return State() == wanted; });
    return State();
  }
  static bool Until(const std::function<bool()>& holds) {
    const int64_t give_up = base::MonotonicUs() + 20'000'000;
    while (!holds()) {
      if (base::MonotonicUs() > give_up) return false;
    }
    return true;
  }

  // Child and case into an act.
  template <typename Act>
  void Name(Act* act) const {
    act->set_child_id(county_->loaded().children[pupil_].str());
    act->set_case_id(Facts().case_id());
  }
  // An act without further fields: the code, OK when it was done.
  std::string Act(const std::string& rpc, const base::Id16& who) const {
    accountability::v1::CaseActRequest request;
    Name(&request);
    accountability::v1::CaseReply reply;
    return county_->api().Call(Rpc(rpc), request, &reply, who).code();
  }
  std::string SignClose(const std::string& outcome, const base::Id16& who) const {
    accountability::v1::SignCloseRequest request;
    Name(request.mutable_act());
    request.set_outcome(outcome);
    accountability::v1::CaseReply reply;
    return county_->api().Call(Rpc("SignClose"), request, &reply, who).code();
  }
  base::Id16 Official() const {
    return county_->loaded().township_official.at("township:" + Facts().township());
  }
  // Alerts of an office, by kind.
  size_t Alerts(const std::string& office, const std::string& kind, const base::Id16& who) const {
    accountability::v1::ListAlertsRequest request;
    request.set_office(office);
    request.mutable_page()->set_size(200);
    accountability::v1::ListAlertsReply reply;
    county_->api().Must(Rpc("ListAlerts"), request, &reply, who);
    size_t count = 0;
    for (const auto& alert : reply.alerts()) count += alert.kind() == kind ? 1 : 0;
    return count;
  }

 private:
  RunningCounty* county_;
  size_t pupil_;
};

}  // namespace twinline::test
