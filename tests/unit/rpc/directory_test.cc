// Following the registry: facts from whichever event carries them, lag that never refuses anybody,
// and a county's size.
#include <gtest/gtest.h>

#include "platform/base/decision.h"
#include "platform/rpc/journal_writer.h"
#include "tests/unit/rpc/echo_rig.h"
#include "twinline/registry/v1/registry_events.pb.h"

namespace twinline::rpc_test {
namespace {

class RegistryWriter {
 public:
  RegistryWriter(journal::SimJournalProvider* journals, const base::Clock* clock)
      : writer_(*journals->Open("registry/0"),
                {Id("installation"), journal::v1::REALM_DEMO, journal::v1::CLOCK_KIND_WALL, "t"},
                clock, clock) {
    started = writer_.Start();
  }
  template <typename Message>
  absl::Status Write(const std::vector<Message>& messages) {
    std::vector<std::string> commits;
    for (const Message& message : messages) {
      journal::v1::Commit commit;
      *commit.add_events() = base::MakeEvent(message, base::CivilDay{20'000});
      commits.push_back(commit.SerializeAsString());
    }
    return writer_.Append(commits, {base::EventType<Message>()});
  }
  absl::Status started;

 private:
  rpc::JournalWriter writer_;
};

registry::v1::ChildRegistered Registered(const std::string& name, const std::string& school) {
  registry::v1::ChildRegistered event;
  event.mutable_facts()->set_child_id(Id(name).str());
  event.mutable_facts()->set_school_code(school);
  event.mutable_facts()->set_class_id(Id("c").str());
  event.mutable_facts()->set_hukou_township("411282103");
  event.mutable_facts()->set_hukou_village("411282103001");
  event.mutable_class_after()->set_class_id(Id("c").str());
  event.mutable_class_after()->set_school_code(school);
  event.mutable_person()->mutable_name()->set_ciphertext(std::string(40, 'n'));
  event.mutable_person()->mutable_address()->set_ciphertext(std::string(80, 'a'));
  return event;
}

TEST(Directory, TakesFactsFromWhicheverEventCarriesThem) {
  FixedClock clock;
  journal::SimJournalProvider journals;
  RegistryWriter writer(&journals, &clock);
  ASSERT_TRUE(writer.started.ok()) << writer.started;
  ASSERT_TRUE(writer.Write<registry::v1::ChildRegistered>({Registered("x", kSchoolA)}).ok());
  rpc::MemoryDirectory directory("411282");
  ASSERT_TRUE(directory.FollowRegistry(*journals.Open("registry/0")).ok());
  EXPECT_EQ(directory.PlaceOf(Id("x"))->school_code, kSchoolA);
  EXPECT_EQ(directory.SchoolOfClass(Id("c")), kSchoolA);

  registry::v1::RegistrationMoved moved;
  *moved.mutable_facts() = Registered("x", kSchoolB).facts();
  ASSERT_TRUE(writer.Write<registry::v1::RegistrationMoved>({moved}).ok());
  registry::v1::DuplicateReported duplicate;
  *duplicate.mutable_first() = Registered("y", kSchoolA).facts();
  *duplicate.mutable_second() = Registered("z", kSchoolB).facts();
  ASSERT_TRUE(writer.Write<registry::v1::DuplicateReported>({duplicate}).ok());
  registry::v1::DutyStarted started;
  started.mutable_duty()->set_staff_id(Id("teacher").str());
  started.mutable_duty()->set_office("class:" + Id("c").hex());
  started.mutable_duty()->mutable_from()->set_days(20'000);
  ASSERT_TRUE(writer.Write<registry::v1::DutyStarted>({started}).ok());
  registry::v1::DutyEnded ended;
  *ended.mutable_duty() = started.duty();
  ended.mutable_duty()->mutable_to()->set_days(20'010);
  ASSERT_TRUE(writer.Write<registry::v1::DutyEnded>({ended}).ok());

  std::atomic<bool> current{false};
  std::mutex mutex;
  std::condition_variable wake;
  directory.WhenCurrent([&] {
    const std::lock_guard lock(mutex);
    current = true;
    wake.notify_one();
  });
  std::unique_lock lock(mutex);
  wake.wait(lock, [&] { return current.load(); });
  EXPECT_EQ(directory.PlaceOf(Id("x"))->school_code, kSchoolB);
  EXPECT_TRUE(directory.PlaceOf(Id("y")) && directory.PlaceOf(Id("z")));
  EXPECT_EQ(directory.DutiesOf(Id("teacher"), base::CivilDay{20'010}).size(), 1);
  EXPECT_EQ(directory.DutiesOf(Id("teacher"), base::CivilDay{20'011}).size(), 0);
  EXPECT_LT(directory.StalenessUs(), 60'000'000);
}

TEST(Directory, NobodyIsRefusedForOurOwnLag) {
  EchoRig rig;
  RegistryWriter writer(&rig.journals, &rig.clock);
  ASSERT_TRUE(rig.directory.FollowRegistry(*rig.journals.Open("registry/0")).ok());
  rig.Appoint("registrar", types::v1::ROLE_REGISTRAR, std::string("school:") + kSchoolA);
  // Each child is read the moment it is durable; the follower may or may not have it yet.
  for (int i = 0; i < 100; ++i) {
    const std::string name = "child" + std::to_string(i);
    ASSERT_TRUE(writer.Write<registry::v1::ChildRegistered>({Registered(name, kSchoolA)}).ok());
    const rpc::CallResult result = rig.GetChild("registrar", name);
    ASSERT_TRUE(result.ok()) << i << " " << result.code();
  }
  rig.directory.Stop();
}

TEST(Directory, AHaltedFollowerLetsWaitingCallsGoAndGrowsStale) {
  FixedClock clock;
  journal::SimJournalProvider journals;
  RegistryWriter writer(&journals, &clock);
  rpc::MemoryDirectory directory("411282");
  ASSERT_TRUE(directory.FollowRegistry(*journals.Open("registry/0")).ok());
  journals.InsertBytes("registry/0", "no record");
  std::mutex mutex;
  std::condition_variable wake;
  bool answered = false;
  directory.WhenCurrent([&] {
    const std::lock_guard lock(mutex);
    answered = true;
    wake.notify_one();
  });
  std::unique_lock lock(mutex);
  wake.wait(lock, [&] { return answered; });
  EXPECT_EQ(directory.health().code(), absl::StatusCode::kDataLoss);
}

TEST(Directory, EndedSessionsAreFollowed) {
  FixedClock clock;
  journal::SimJournalProvider journals;
  rpc::JournalWriter writer(
      *journals.Open("identity/0"),
      {Id("installation"), journal::v1::REALM_DEMO, journal::v1::CLOCK_KIND_WALL, "t"}, &clock,
      &clock);
  ASSERT_TRUE(writer.Start().ok());
  journal::v1::Commit commit;
  commit.add_events()->set_type(6'012);
  commit.mutable_events(0)->set_data("77");
  ASSERT_TRUE(writer.Append({commit.SerializeAsString()}, {6'012}).ok());
  rpc::MemoryDirectory directory("411282");
  ASSERT_TRUE(directory
                  .FollowIdentity(*journals.Open("identity/0"),
                                  [](const journal::v1::Event& event) -> std::optional<uint64_t> {
                                    if (event.type() != 6'012) return std::nullopt;
                                    return std::stoull(event.data());
                                  })
                  .ok());
  EXPECT_TRUE(directory.SessionEnded(77));
  EXPECT_FALSE(directory.SessionEnded(78));
}

TEST(Directory, LoadsACountyInWellUnderASecond) {
  FixedClock clock;
  journal::SimJournalProvider journals;
  RegistryWriter writer(&journals, &clock);
  constexpr int kChildren = 69'000, kPerRecord = 200;
  for (int i = 0; i < kChildren; i += kPerRecord) {
    std::vector<registry::v1::ChildRegistered> batch;
    for (int k = 0; k < kPerRecord; ++k) {
      batch.push_back(Registered("child" + std::to_string(i + k), kSchoolA));
    }
    ASSERT_TRUE(writer.Write(batch).ok());
  }
  rpc::MemoryDirectory directory("411282");
  const int64_t start = base::MonotonicUs();
  ASSERT_TRUE(directory.FollowRegistry(*journals.Open("registry/0")).ok());
  const int64_t took = base::MonotonicUs() - start;
  EXPECT_EQ(directory.children(), kChildren);
  RecordProperty("load_us", static_cast<int>(took));
  EXPECT_LT(took, 5'000'000);  // generous: the machine may be busy
}

}  // namespace
}  // namespace twinline::rpc_test
