// What leaves accountability: the stream of an office wakes on each new alert, webhooks are signed,
// tried again, given up as a fact, and never sent twice for nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <optional>

#include "accountability/domain/accountability_domain.h"
#include "accountability/service/alert_streams.h"
#include "accountability/service/webhook_sender.h"
#include "platform/base/hash.h"
#include "platform/engine/shard.h"
#include "platform/journal/sim_journal.h"
#include "platform/store/state_store.h"
#include "platform/vault/memory_vault.h"
#include "tests/unit/accountability/fake_call.h"
#include "twinline/accountability/v1/accountability.pb.h"
#include "twinline/accountability/v1/accountability_commands.pb.h"

namespace twinline::accountability {
namespace {

using testing::HasSubstr;

constexpr char kSchool[] = "3141000001";
constexpr char kOffice[] = "school:3141000001";

class TestClock final : public base::Clock {
 public:
  base::Timestamp Now() const override { return {1'790'000'000'000'000}; }
};

// A threaded shard whose alerts come from classes without roll calls: they need no fact of the
// registry.
class ShardBench {
 public:
  ShardBench() {
    engine::ShardOptions options;
    options.journal = "accountability/0";
    options.installation = base::DeriveId({"test installation"});
    options.realm = journal::v1::REALM_DEMO;
    options.leader = "test";
    std::vector<std::shared_ptr<journal::Journal>> sources;
    for (const std::string& name : domain_.Sources())
      sources.push_back(*journals_.Open(name + "/0"));
    auto shard = engine::Shard::Open(options, &domain_, store::MakeMemoryStateStore(),
                                     *journals_.Open(options.journal), std::move(sources), &clock_);
    EXPECT_TRUE(shard.ok()) << shard.status();
    shard_ = *std::move(shard);
    EXPECT_TRUE(shard_->Start().ok());
  }
  ~ShardBench() { shard_->Stop(); }

  template <typename Command>
  engine::Accepted Do(const Command& command) {
    std::optional<engine::Answer> answer;
    engine::Submission submission;
    submission.command_type = base::CommandType<Command>();
    submission.body = command.SerializeAsString();
    submission.request_id = base::DeriveId({"request", std::to_string(++made_)});
    submission.actor.set_subject(base::DeriveId({"somebody"}).str());
    submission.actor.set_office(kOffice);
    submission.done = [&](engine::Answer given) {
      board_.Tell([&] { answer = std::move(given); });
    };
    shard_->Submit(std::move(submission));
    EXPECT_TRUE(board_.Wait([&] { return answer.has_value(); }));
    if (const auto* accepted = std::get_if<engine::Accepted>(&*answer)) return *accepted;
    ADD_FAILURE() << "not accepted";
    return {};
  }
  void OfferAlert(int day) {
    v1::NoteUnmarkedCommand command;
    command.set_class_id(base::DeriveId({"class"}).str());
    command.set_school_code(kSchool);
    command.set_day(day);
    command.set_days(1);
    command.set_level(1);
    Do(command);
  }
  std::string Register(const std::string& url, vault::KeyVault& vault, const std::string& secret) {
    v1::ChangeWebhookCommand command;
    command.set_action("REGISTERED");
    command.set_office(kOffice);
    command.set_url(url);
    command.set_key_id(
        vault.Put(base::DeriveId({"webhook"}), vault::SecretKind::kWebhookSecret, "test", secret)
            ->str());
    return Do(command).entities.at(0).str();
  }
  // Waits until the only delivery has a state; null state: until there is one.
  v1::DeliveryRow WaitDelivery(const std::string& state) {
    v1::DeliveryRow found;
    for (uint64_t pos = 0;;) {
      const engine::ReadView view = shard_->Read();
      base::ScanRows<v1::DeliveryRow>(*view.rows, 1, [&](const v1::DeliveryRow& row) {
        found = row;
        return false;
      });
      if (found.state() == state) return found;
      pos = view.next_pos;
      if (!shard_->WaitApplied(pos, 20'000'000).ok()) return found;
    }
  }
  engine::Shard* shard() { return shard_.get(); }
  const TestClock& clock() const { return clock_; }

 private:
  journal::SimJournalProvider journals_{1};
  AccountabilityDomain domain_;
  TestClock clock_;
  Board board_;
  uint64_t made_ = 0;
  std::unique_ptr<engine::Shard> shard_;
};

// A receiver on this machine that answers what the test wants.
class Receiver {
 public:
  struct Seen {
    std::string event_id, timestamp, signature, body;
  };
  Receiver() {
    server_.Post("/hook", [this](const httplib::Request& request, httplib::Response& response) {
      board_.Tell([&] {
        seen_.push_back({request.get_header_value("Twinline-Event-Id"),
                         request.get_header_value("Twinline-Timestamp"),
                         request.get_header_value("Twinline-Signature"), request.body});
        response.status = refuse_ > 0 ? 503 : 200;
        if (refuse_ > 0) --refuse_;
      });
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }
  ~Receiver() {
    server_.stop();
    thread_.join();
  }
  void RefuseNext(int n) {
    board_.Tell([&] { refuse_ = n; });
  }
  std::vector<Seen> Wait(size_t n) {
    board_.Wait([&] { return seen_.size() >= n; });
    std::vector<Seen> copy;
    board_.Tell([&] { copy = seen_; });
    return copy;
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/hook"; }

 private:
  httplib::Server server_;
  Board board_;
  std::vector<Seen> seen_;
  int refuse_ = 0;
  int port_ = 0;
  std::thread thread_;
};

WebhookOptions Quick() {
  WebhookOptions options;
  options.first_retry_us = 1'000;
  return options;
}

std::string Signed(const std::string& secret, const Receiver::Seen& seen) {
  return "v1=" + base::ToHex(base::View(base::HmacSha256(
                     secret, seen.timestamp + "." + seen.event_id + "." + seen.body)));
}

TEST(Webhook, IsSignedTriedAgainAndItsDeliveryIsAFact) {
  ShardBench bench;
  Receiver receiver;
  vault::MemoryVault vault(1);
  const std::string secret(32, 's');
  bench.Register(receiver.url(), vault, secret);
  receiver.RefuseNext(2);
  WebhookSender sender(bench.shard(), &vault, &bench.clock(), Quick());
  sender.Start();
  bench.OfferAlert(20'700);
  const auto seen = receiver.Wait(3);
  ASSERT_EQ(seen.size(), 3u) << "two refusals, then the acceptance";
  EXPECT_EQ(seen[2].signature, Signed(secret, seen[2]));
  EXPECT_EQ(seen[0].event_id, seen[2].event_id) << "the receiver de-duplicates by it";
  EXPECT_THAT(seen[2].event_id, testing::StartsWith("accountability/0/"));
  EXPECT_THAT(seen[2].body, HasSubstr("\"kind\":\"CLASS_UNMARKED\""));
  const v1::DeliveryRow delivered = bench.WaitDelivery("DELIVERED");
  EXPECT_EQ(delivered.attempts(), 3u);
  sender.Stop();

  // Another sender on the same rows, as after a restart: what is recorded is not sent again.
  WebhookSender again(bench.shard(), &vault, &bench.clock(), Quick());
  again.Start();
  bench.OfferAlert(20'701);
  const auto later = receiver.Wait(4);
  ASSERT_EQ(later.size(), 4u);
  EXPECT_NE(later[3].event_id, seen[2].event_id);
}

TEST(Webhook, GivesUpAsAFactAndIsSentAgainWhenAskedFor) {
  ShardBench bench;
  Receiver receiver;
  vault::MemoryVault vault(1);
  const std::string webhook = bench.Register(receiver.url(), vault, std::string(32, 's'));
  WebhookOptions options = Quick();
  options.attempts_max = 3;
  receiver.RefuseNext(3);
  WebhookSender sender(bench.shard(), &vault, &bench.clock(), options);
  sender.Start();
  bench.OfferAlert(20'700);
  const v1::DeliveryRow given_up = bench.WaitDelivery("UNDELIVERABLE");
  EXPECT_EQ(given_up.attempts(), 3u);
  EXPECT_EQ(given_up.last_error(), "HTTP 503");
  v1::ResendDeliveryCommand resend;
  resend.set_alert_id(given_up.alert_id());
  resend.set_webhook_id(webhook);
  bench.Do(resend);
  EXPECT_EQ(bench.WaitDelivery("DELIVERED").attempts(), 1u);
}

TEST(Webhook, TwoSecretsAreValidAfterARotation) {
  ShardBench bench;
  Receiver receiver;
  vault::MemoryVault vault(1);
  const std::string webhook = bench.Register(receiver.url(), vault, std::string(32, 'a'));
  v1::ChangeWebhookCommand rotate;
  rotate.set_action("ROTATED");
  rotate.set_office(kOffice);
  rotate.set_webhook_id(webhook);
  const std::string fresh(32, 'b');
  rotate.set_key_id(
      vault.Put(base::DeriveId({"webhook"}), vault::SecretKind::kWebhookSecret, "test", fresh)
          ->str());
  bench.Do(rotate);
  WebhookSender sender(bench.shard(), &vault, &bench.clock(), Quick());
  sender.Start();
  bench.OfferAlert(20'700);
  const auto seen = receiver.Wait(1);
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].signature,
            Signed(fresh, seen[0]) + "," + Signed(std::string(32, 'a'), seen[0]));
}

TEST(Stream, HandsOutEachNewAlertOfItsOfficeAndWhatWasMissed) {
  ShardBench bench;
  bench.OfferAlert(20'700);
  AlertStreams streams;
  streams.Start(bench.shard());
  auto from_start = std::make_shared<FakeCall>(kOffice);
  from_start->asked.mutable_after();  // behind nothing: everything
  auto elsewhere = std::make_shared<FakeCall>("school:9999999999");
  streams.Add(from_start);
  streams.Add(elsewhere);
  ASSERT_TRUE(from_start->board.Wait([&] { return from_start->written.size() == 1; }));
  bench.OfferAlert(20'701);
  bench.OfferAlert(20'702);
  ASSERT_TRUE(from_start->board.Wait([&] { return from_start->written.size() == 3; }));
  EXPECT_EQ(from_start->written[0].alert().label_zh(), "班级未点名");

  // A client that comes back resumes behind what it saw.
  auto resumed = std::make_shared<FakeCall>(kOffice);
  *resumed->asked.mutable_after() = from_start->written[1].alert().cursor();
  streams.Add(resumed);
  ASSERT_TRUE(resumed->board.Wait([&] { return resumed->written.size() == 1; }));
  EXPECT_EQ(resumed->written[0].alert().alert_id(), from_start->written[2].alert().alert_id());
  streams.Stop();
  EXPECT_TRUE(from_start->finished);
  EXPECT_TRUE(elsewhere->finished);
  EXPECT_TRUE(elsewhere->written.empty());
}

}  // namespace
}  // namespace twinline::accountability
