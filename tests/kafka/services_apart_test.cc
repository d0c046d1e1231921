// One process for each service over a real broker, each of them killed with -9 in the middle of its
// work: what was acknowledged is there, once, and at the end every child, case and approval is as
// if nobody had been killed, on the embedded log.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <semaphore>
#include <string>
#include <vector>

#include "platform/base/check.h"
#include "tests/support/new_child.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tiny_county.h"
#include "tools/demo/broker_process.h"
#include "tools/demo/export.h"
#include "tools/demo/guide.h"
#include "tools/demo/servers.h"
#include "tools/demo/term.h"
#include "twinline/attendance/v1/attendance.pb.h"
#include "twinline/registry/v1/registry.pb.h"

namespace twinline::test {
namespace {

namespace rv1 = registry::v1;
namespace av1 = attendance::v1;

constexpr int kInFlight = 16;
constexpr char kRollCall[] = "twinline.attendance.v1.AttendanceService.SubmitRollCall";
constexpr char kRegister[] = "twinline.registry.v1.RegistryService.RegisterChild";

std::string& Brokers() {
  static std::string brokers;
  return brokers;
}

// The tiny county on servers of one layout.
class Town {
 public:
  Town(const std::filesystem::path& data, const std::string& brokers)
      : first_(base::CivilDay::FromYmd(2026, 9, 1)), county_(TinyCounty(first_)) {
    demo::Servers::Plan plan;
    plan.bin = BINARIES;
    plan.data = data;
    plan.clock_start = base::CivilDay::FromYmd(2026, 8, 20);
    plan.brokers = brokers;
    plan.topic_prefix = "apart.";
    plan.apart = !brokers.empty();
    auto servers = demo::Servers::Start(plan);
    TWINLINE_CHECK(servers.ok(), servers.status().ToString().c_str());
    servers_.emplace(*std::move(servers));
    auto api = servers_->Connect();
    TWINLINE_CHECK(api.ok(), api.status().ToString().c_str());
    api_ = *std::move(api);
    demo::Term::AdvanceTo(*api_, {base::StartOfDay(first_ - 5).us + 9LL * 3600 * 1'000'000});
    loaded_ = demo::LoadCounty(*api_, county_, first_, demo::FirstAdmins(data));
    days_ = demo::AdoptTerm(*api_, loaded_, first_, base::CivilDay::FromYmd(2027, 1, 22));
  }

  demo::Api& api() { return *api_; }
  const demo::Loaded& loaded() const { return loaded_; }
  const datagen::County& county() const { return county_; }
  base::Id16 Registrar() const {
    return loaded_.registrar.at("school:" + county_.schools[kPrimaryOne].code);
  }

  void KillAndStartAgain(const std::string& service) {
    servers_->Kill(service);
    const absl::Status started = servers_->StartAgain(service);
    TWINLINE_CHECK(started.ok(), started.ToString().c_str());
  }

  void GoTo(int day, int hour) {
    demo::Term::AdvanceTo(*api_, {base::StartOfDay(days_[static_cast<size_t>(day)]).us +
                                  int64_t{hour} * 3600 * 1'000'000});
  }

  // Both sessions of every class; `victim` is killed while roll calls are on their way.
  void PlayDay(int day, const std::vector<size_t>& absent, const std::string& victim) {
    for (const uint32_t session : {1u, 2u}) {
      GoTo(day, session == 1 ? 9 : 15);
      struct Call {
        av1::SubmitRollCallRequest request;  // with its id, for the next attempt
        base::Id16 teacher;
        bool accepted = false;
      };
      std::vector<Call> calls(county_.classes.size());
      for (size_t c = 0; c < county_.classes.size(); ++c) {
        av1::SubmitRollCallRequest& request = calls[c].request;
        request.set_class_id(loaded_.classes[c].str());
        request.mutable_day()->set_days(days_[static_cast<size_t>(day)].days);
        request.set_session(static_cast<types::v1::Session>(session));
        request.set_roster_version(loaded_.roster_version[c]);
        for (const size_t pupil : absent) {
          if (county_.pupils[pupil].school_class != c) continue;
          auto* exception = request.add_exceptions();
          exception->set_registration_id(loaded_.registrations[pupil].str());
          exception->set_code(5);
        }
        calls[c].teacher = loaded_.staff[county_.classes[c].teacher];
        api_->CallAsync(
            kRollCall, request, std::make_shared<av1::SubmitRollCallReply>(), calls[c].teacher,
            [call = &calls[c]](const rpc::CallResult& result) { call->accepted = result.ok(); });
        if (c == 1 && session == 2 && !victim.empty()) KillAndStartAgain(victim);
      }
      api_->WaitAll();
      for (Call& call : calls) {
        av1::SubmitRollCallReply reply;
        // Roll calls need attendance alone (ADR 0037).
        if (victim != "attendance") {
          EXPECT_TRUE(call.accepted) << "while " << victim << " is away";
        }
        if (!call.accepted) api_->Must(kRollCall, call.request, &reply, call.teacher);
      }
    }
    GoTo(day, 19);
  }

  std::vector<std::string> Export() { return demo::Export(*api_, loaded_); }

 private:
  const base::CivilDay first_;
  datagen::County county_;
  std::optional<demo::Servers> servers_;
  std::unique_ptr<demo::Api> api_;
  demo::Loaded loaded_;
  std::vector<base::CivilDay> days_;
};

uint32_t PupilsOfClass(Town& town) {
  rv1::ListClassesRequest request;
  request.set_school_code(town.county().schools[kPrimaryOne].code);
  rv1::ListClassesReply reply;
  town.api().Must("twinline.registry.v1.RegistryService.ListClasses", request, &reply,
                  town.loaded().bureau_official);
  return reply.classes(0).pupils();
}

// Each request that was answered is answered the same again; each that was not happens once.
void RegisterUnderAKill(Town& town) {
  constexpr size_t kRequests = 60;
  std::vector<rv1::RegisterChildRequest> requests;
  for (size_t i = 0; i < kRequests; ++i) {
    requests.push_back(NewChild(town.api(), town.county(), town.loaded(), static_cast<int>(i)));
  }
  std::vector<std::string> acknowledged(kRequests);
  std::vector<rv1::RegisterChildReply> replies(kRequests);
  const uint32_t before = PupilsOfClass(town);
  rpc::CallOptions options;
  options.token = town.api().TokenOf(town.Registrar());
  options.deadline_us = 5'000'000;
  std::counting_semaphore<kInFlight> slots(kInFlight);
  for (size_t i = 0; i < kRequests; ++i) {
    slots.acquire();
    town.api().ClientOf(kRegister).CallAsync(kRegister, requests[i], &replies[i], options,
                                             [&, i](rpc::CallResult result) {
                                               if (result.ok())
                                                 acknowledged[i] = replies[i].child_id();
                                               slots.release();
                                             });
    if (i == kRequests / 2) town.KillAndStartAgain("registry");
  }
  for (int i = 0; i < kInFlight; ++i) slots.acquire();
  for (size_t i = 0; i < kRequests; ++i) {
    rv1::RegisterChildReply reply;
    town.api().Must(kRegister, requests[i], &reply, town.Registrar());
    if (!acknowledged[i].empty()) {
      EXPECT_EQ(reply.child_id(), acknowledged[i]) << "another answer to the same id";
    }
  }
  EXPECT_EQ(PupilsOfClass(town), before + kRequests);
}

TEST(ServicesApart, EachKilledInTheMiddleAndTheResultIsTheSame) {
  const test_support::TempDir directory;
  const std::vector<size_t> absent = {0, 7};
  const std::vector<std::string> victims = {"attendance", "accountability", "identity",
                                            "audit",      "transfer",       "registry"};
  Town apart(directory / "apart", Brokers());
  Town embedded(directory / "embedded", "");
  for (int day = 0; day < static_cast<int>(victims.size()); ++day) {
    apart.PlayDay(day, absent, victims[static_cast<size_t>(day)]);
    embedded.PlayDay(day, absent, "");
  }
  const std::vector<std::string> expected = embedded.Export();
  size_t cases = 0;
  for (const std::string& line : expected) cases += line.starts_with("case ") ? 1 : 0;
  EXPECT_EQ(cases, absent.size()) << "or this proves little";
  for (const std::string& line : demo::Differences(expected, apart.Export())) {
    ADD_FAILURE() << line.substr(0, 400);
  }
  RegisterUnderAKill(apart);
}

}  // namespace
}  // namespace twinline::test

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const twinline::test_support::TempDir directory;
  auto broker = twinline::demo::BrokerProcess::Start(KAFKA_BROKER, directory / "kafka");
  if (!broker.ok()) {
    std::fprintf(stderr, "%s\n", std::string(broker.status().message()).c_str());
    return absl::IsNotFound(broker.status()) ? 77 : 1;
  }
  twinline::test::Brokers() = broker->brokers();
  return RUN_ALL_TESTS();
}
