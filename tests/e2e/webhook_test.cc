// A township's own system hears of its alerts: a receiver that fails twice and then accepts, a
// server that is killed in between, a delivery log that can be read and sent again.
#include <gtest/gtest.h>
#include <httplib.h>

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "platform/base/hash.h"
#include "tests/support/county_case.h"

namespace twinline::test {
namespace {

namespace cv1 = accountability::v1;

constexpr size_t kPupil = 0;
const std::string kSecret(32, 'k');
constexpr char kSecretBase64[] = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=";

// The township's side: an HTTP server that says no as often as it is told to.
class Receiver {
 public:
  struct Delivery {
    std::string event_id, timestamp, signature, body;
    int status = 0;
  };
  explicit Receiver(int refuse) : refuse_(refuse) {
    server_.Post("/alerts", [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      response.status = refuse_ > 0 ? 503 : 204;
      if (refuse_ > 0) --refuse_;
      seen_.push_back({request.get_header_value("Twinline-Event-Id"),
                       request.get_header_value("Twinline-Timestamp"),
                       request.get_header_value("Twinline-Signature"), request.body,
                       response.status});
      wake_.notify_all();
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }
  ~Receiver() {
    server_.stop();
    thread_.join();
  }
  // Waits until so many were refused, or accepted.
  std::vector<Delivery> Await(int status, size_t count) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, std::chrono::seconds(60), [&] { return Count(status) >= count; });
    return seen_;
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/alerts"; }

 private:
  size_t Count(int status) const {
    size_t count = 0;
    for (const Delivery& one : seen_) count += one.status == status ? 1 : 0;
    return count;
  }

  httplib::Server server_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Delivery> seen_;
  int refuse_;
  int port_ = 0;
  std::thread thread_;
};

std::string Signed(const Receiver::Delivery& delivery) {
  return "v1=" + base::ToHex(base::View(base::HmacSha256(
                     kSecret, delivery.timestamp + "." + delivery.event_id + "." + delivery.body)));
}

class WebhookChain : public testing::Test {
 protected:
  cv1::ListDeliveriesReply Log() {
    cv1::ListDeliveriesRequest request;
    request.set_office(office_);
    request.set_webhook_id(webhook_);
    cv1::ListDeliveriesReply reply;
    county_.api().Must(CountyCase::Rpc("ListDeliveries"), request, &reply, head_);
    return reply;
  }

  RunningCounty county_;
  CountyCase case_{&county_, kPupil};
  const std::string office_ = "township:" + county_.county().townships[0].code;
  const base::Id16 head_ = county_.loaded().township_head.at(office_);
  std::string webhook_;
};

TEST_F(WebhookChain, fails_twice_survives_a_killed_server_and_can_be_sent_again) {
  Receiver receiver(/*refuse=*/2);
  cv1::RegisterWebhookRequest registration;
  registration.set_office(office_);
  registration.set_url(receiver.url());
  registration.set_secret(kSecretBase64);
  cv1::WebhookReply registered;
  county_.api().Must(CountyCase::Rpc("RegisterWebhook"), registration, &registered, head_);
  webhook_ = registered.webhook_id();

  for (int day = 0; day < 3; ++day) county_.PlayDay(day, {kPupil});  // never seen this term (D06)
  ASSERT_EQ(case_.Reaches("SUSPECTED"), "SUSPECTED");
  ASSERT_EQ("township:" + case_.Facts().township(), office_);
  const auto refused = receiver.Await(503, 1);
  ASSERT_GE(refused.size(), 1u);
  // Between two tries: what is not delivered is an intent in the journal, not in memory.
  county_.KillAndRestart();
  const auto accepted = receiver.Await(204, 1);
  std::set<std::string> ids;
  for (const auto& delivery : accepted) {
    EXPECT_EQ(delivery.signature, Signed(delivery));
    EXPECT_NE(delivery.body.find("\"kind\":\"CASE_OPENED\""), std::string::npos) << delivery.body;
    EXPECT_EQ(delivery.body.find(county_.county().pupils[kPupil].name), std::string::npos);
    ids.insert(delivery.event_id);
  }
  EXPECT_EQ(ids.size(), 1u) << "the same alert every time";
  EXPECT_EQ(accepted.back().status, 204);

  ASSERT_TRUE(CountyCase::Until([&] {
    const auto log = Log();
    return log.deliveries_size() == 1 && log.deliveries(0).state() == "DELIVERED";
  }));
  const cv1::DeliveryView delivery = Log().deliveries(0);
  EXPECT_EQ(delivery.kind(), "CASE_OPENED");
  EXPECT_GE(delivery.attempts(), 1u);

  cv1::ResendDeliveryRequest resend;
  resend.set_office(office_);
  resend.set_webhook_id(webhook_);
  resend.set_alert_id(delivery.alert_id());
  cv1::ResendDeliveryReply resent;
  county_.api().Must(CountyCase::Rpc("ResendDelivery"), resend, &resent, head_);
  const auto again = receiver.Await(204, 2);
  ASSERT_EQ(again.size(), accepted.size() + 1);
  EXPECT_EQ(again.back().event_id, *ids.begin()) << "the receiver can tell that it has it";
  EXPECT_EQ(again.back().signature, Signed(again.back()));
  EXPECT_TRUE(CountyCase::Until([&] {
    return Log().deliveries(0).state() == "DELIVERED" && Log().deliveries(0).requested() >= 1;
  }));
}

}  // namespace
}  // namespace twinline::test
