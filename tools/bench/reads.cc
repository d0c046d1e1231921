#include "tools/bench/reads.h"

#include <algorithm>

#include "twinline/attendance/v1/attendance.pb.h"
#include "twinline/audit/v1/audit.pb.h"
#include "twinline/registry/v1/registry.pb.h"

namespace twinline::bench {
namespace {

constexpr size_t kCalls = 6'000;
constexpr size_t kInFlight = 128;

template <typename Reply>
void Measure(CountyServer& server, int rounds, const std::string& name, const std::string& method,
             size_t count, const std::function<CallToMake(size_t)>& next, Report* report) {
  std::vector<double> rates, p99s;
  size_t failed = 0;
  for (int round = 0; round < rounds; ++round) {
    const LoadResult result = RunLoad(server.clients(), method, count, kInFlight, next,
                                      [] { return std::make_unique<Reply>(); });
    rates.push_back(result.per_second());
    p99s.push_back(result.percentile_ms(99));
    failed += result.failed;
  }
  report->Add({name, Median(rates), "calls/s", std::nullopt, "", rounds,
               "p99 " + std::to_string(Median(p99s)) + " ms at 128 in flight, " +
                   std::to_string(server.pupils()) +
                   " pupils, access entry durable first, failed " + std::to_string(failed)});
}

}  // namespace

void MeasureReads(CountyServer& server, int rounds, const std::string& suffix, Report* report) {
  const std::string bureau = server.api().TokenOf(server.loaded().bureau_official);
  const std::string auditor = server.api().TokenOf(server.loaded().auditor);
  const auto pupil = [&](size_t i) { return i * 7919 % server.pupils(); };
  Measure<registry::v1::ChildReply>(
      server, rounds, "lookup" + suffix, "twinline.registry.v1.RegistryService.GetChild", kCalls,
      [&](size_t i) {
        auto request = std::make_unique<registry::v1::GetChildRequest>();
        request->set_child_id(server.loaded().children[pupil(i)].str());
        return CallToMake{std::move(request), bureau};
      },
      report);
  Measure<attendance::v1::GetChildTermReply>(
      server, rounds, "term_history" + suffix,
      "twinline.attendance.v1.AttendanceService.GetChildTerm", kCalls,
      [&](size_t i) {
        auto request = std::make_unique<attendance::v1::GetChildTermRequest>();
        request->set_child_id(server.loaded().children[pupil(i)].str());
        request->set_registration_id(server.loaded().registrations[pupil(i)].str());
        request->mutable_from()->set_days(base::CivilDay::FromYmd(2026, 9, 1).days);
        request->mutable_to()->set_days(base::CivilDay::FromYmd(2027, 1, 31).days);
        return CallToMake{std::move(request), bureau};
      },
      report);
  Measure<audit::v1::QueryTrailReply>(
      server, rounds, "trail_query" + suffix, "twinline.audit.v1.AuditService.QueryTrail",
      kCalls / 6,
      [&](size_t i) {
        auto request = std::make_unique<audit::v1::QueryTrailRequest>();
        request->set_child_id(server.loaded().children[pupil(i)].str());
        request->set_reason("年度审计抽查");
        return CallToMake{std::move(request), auditor};
      },
      report);
}

}  // namespace twinline::bench
