// kill -9 in the middle of work, again and again, against the real process on a real disk. Each
// request is noted as pending before it is sent and as final, with its answer, when it was
// acknowledged. After each restart: every final answer is given again to the same request id; every
// pending request either happened completely or did not, and sending it again has one effect;
// nothing exists that nobody asked for. (The page cache survives kill -9: what survives a power cut
// is tested by power_loss_test.)
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <map>
#include <random>
#include <semaphore>

#include "tests/support/new_child.h"
#include "tests/support/running_county.h"
#include "twinline/registry/v1/registry.pb.h"

namespace twinline::test {
namespace {

namespace rv1 = registry::v1;

// What the client knows of one request; it would stand in a file of its own on a real client.
struct Expected {
  rv1::RegisterChildRequest request;
  bool final = false;
  std::string child_id;
};

constexpr const char* kRegister = "twinline.registry.v1.RegistryService.RegisterChild";

int Rounds() {
  const char* wanted = std::getenv("TWINLINE_KILL_ROUNDS");
  return wanted != nullptr ? std::atoi(wanted) : 6;
}

class KillLoop : public testing::Test {
 protected:
  rv1::RegisterChildRequest NewRequest(int n) {
    return NewChild(county_.api(), county_.county(), county_.loaded(), n);
  }

  // One try; true when the server acknowledged.
  bool TryOnce(Expected* expected) {
    rv1::RegisterChildReply reply;
    rpc::CallOptions options;
    options.token = county_.api().TokenOf(county_.Registrar(kPrimaryOne));
    options.deadline_us = 5'000'000;
    const rpc::CallResult result =
        county_.api().client().Call(kRegister, expected->request, &reply, options);
    if (!result.ok()) return false;
    if (expected->final) {
      EXPECT_EQ(expected->child_id, reply.child_id()) << "another answer to the same id";
    }
    expected->final = true;
    expected->child_id = reply.child_id();
    return true;
  }

  uint32_t PupilsOfClass() {
    rv1::ListClassesRequest request;
    request.set_school_code(county_.county().schools[kPrimaryOne].code);
    rv1::ListClassesReply reply;
    county_.api().Must("twinline.registry.v1.RegistryService.ListClasses", request, &reply,
                       county_.loaded().bureau_official);
    return reply.classes(0).pupils();
  }

  RunningCounty county_;
};

TEST_F(KillLoop, nothing_acknowledged_is_lost_and_nothing_happens_twice) {
  std::mt19937_64 random(20260901);
  std::vector<Expected> requests;
  for (int round = 0; round < Rounds(); ++round) {
    // Sixteen calls in flight all the time; after a random number the process dies in the middle of
    // them.
    const size_t first = requests.size();
    const size_t count = 20 + random() % 120;
    for (size_t i = 0; i < count; ++i)
      requests.push_back({NewRequest(static_cast<int>(first + i)), false, {}});
    std::counting_semaphore<16> slots(16);
    std::vector<rv1::RegisterChildReply> replies(count);
    rpc::CallOptions options;
    options.token = county_.api().TokenOf(county_.Registrar(kPrimaryOne));
    options.deadline_us = 5'000'000;
    for (size_t i = 0; i < count; ++i) {
      slots.acquire();
      county_.api().client().CallAsync(kRegister, requests[first + i].request, &replies[i], options,
                                       [&, i](rpc::CallResult result) {
                                         if (result.ok()) {
                                           requests[first + i].final = true;
                                           requests[first + i].child_id = replies[i].child_id();
                                         }
                                         slots.release();
                                       });
    }
    kill(county_.server_pid(), SIGKILL);
    for (int i = 0; i < 16; ++i) slots.acquire();
    county_.KillAndRestart();
    size_t finals = 0;
    for (Expected& expected : requests) finals += expected.final ? 1 : 0;
    // Everything again: the finals answer as before, the pending ones happen exactly once.
    for (Expected& expected : requests) ASSERT_TRUE(TryOnce(&expected)) << "round " << round;
    EXPECT_EQ(PupilsOfClass(), 6 + requests.size())
        << "round " << round << ", " << finals << " were final";
  }
  EXPECT_GT(requests.size(), static_cast<size_t>(Rounds()));
}

}  // namespace
}  // namespace twinline::test
