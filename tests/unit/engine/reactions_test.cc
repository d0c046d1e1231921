// Followed journals: facts before reactions, each reaction exactly once, whatever is lost in
// between.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/journal/sim_journal.h"
#include "tests/support/shard_rig.h"

namespace twinline::engine_test {
namespace {

using ::testing::HasSubstr;

CounterSetup Follower(std::vector<std::string> sources = {"alpha"}) {
  CounterSetup setup;
  setup.name = "omega";
  setup.sources = std::move(sources);
  return setup;
}

CounterSetup Named(const std::string& name, std::vector<std::string> sources = {}) {
  CounterSetup setup;
  setup.name = name;
  setup.sources = std::move(sources);
  return setup;
}

class ReactionsTest : public ::testing::Test {
 protected:
  void Start() {
    ASSERT_TRUE(alpha_.Start().ok());
    ASSERT_TRUE(omega_.Start().ok());
  }
  absl::Status Run() { return RunAll({&alpha_, &omega_}); }
  int64_t Copied(const std::string& name) {
    return Total(*omega_.rows(), "copy/" + name).value_or(0);
  }
  size_t CommitsOfOmega() {
    size_t commits = 0;
    for (const auto& record : omega_.History()) commits += record.record->commits().size();
    return commits;
  }

  journal::SimJournalProvider world_;
  TestClock clock_;
  ShardRig alpha_{&world_, &clock_, Named("alpha")};
  ShardRig omega_{&world_, &clock_, Follower()};
};

TEST_F(ReactionsTest, EntriesThatCountForNothingBehindTheLastRecordAreReadToo) {
  Start();
  alpha_.Submit(kAdd, "milk 10");
  ASSERT_TRUE(alpha_.Run().ok());
  // The same record landed twice: both come in one read, and the second is ignored.
  world_.InsertBytes("alpha/0", alpha_.History().back().record->bytes());
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(Copied("milk"), 10);
  EXPECT_TRUE(omega_.shard().Idle());
}

TEST_F(ReactionsTest, FactsAreCopiedAndEventsReactedTo) {
  Start();
  alpha_.Submit(kAdd, "milk 3");
  alpha_.Submit(kAdd, "milk 10");
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(ForeignTotal(*omega_.rows(), "milk"), 13);
  EXPECT_EQ(Copied("milk"), 10);
  EXPECT_TRUE(omega_.shard().Idle());
  const auto last = omega_.History().back();
  const auto& commit = last.record->commits().at(0);
  EXPECT_EQ(commit.cause().journal(), "alpha/0");
  EXPECT_EQ(commit.cause().pos(), 2u);
  EXPECT_EQ(commit.cause().commit(), 1u);
  EXPECT_EQ(
      commit.request_id(),
      base::DeriveId({"alpha/0/1790000000/2/1/0", "copy", base::DeriveId({"milk"}).bytes()}).str());
  EXPECT_EQ(commit.actor().service(), "service:omega");
  ASSERT_EQ(last.record->header().inputs_size(), 1);
  EXPECT_EQ(last.record->header().inputs(0).journal(), "alpha/0");
  EXPECT_EQ(last.record->header().inputs(0).next_pos(), 3u);
  EXPECT_EQ(last.record->header().inputs(0).chain_prefix(),
            std::string(base::View(alpha_.History().back().chain).substr(0, 8)));
}

TEST_F(ReactionsTest, WhatNoRuleWantsCausesNoRecord) {
  Start();
  const size_t before = omega_.History().size();
  for (int i = 0; i < 5; ++i) alpha_.Do(kAdd, "milk 1");
  alpha_.Do(kBig, "x 10");
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(omega_.History().size(), before);
  EXPECT_EQ(ForeignTotal(*omega_.rows(), "milk"), 5);
  EXPECT_EQ(omega_.shard().Status().sources.at(0).second, alpha_.History().size());
  EXPECT_TRUE(omega_.shard().Idle());
}

TEST_F(ReactionsTest, AReactionThatIsRefusedLeavesNoEffectWithItsCursor) {
  Start();
  alpha_.Do(kGreet, "nobody 0");
  ASSERT_TRUE(Run().ok());
  const auto last = omega_.History().back();
  journal::v1::NoEffect nothing;
  ASSERT_TRUE(nothing.ParseFromString(last.record->commits().at(0).events(0).data()));
  EXPECT_EQ(nothing.rule(), "greet");
  EXPECT_EQ(nothing.reason(), "UNKNOWN_NAME");
  EXPECT_EQ(last.record->header().inputs_size(), 1);
}

TEST_F(ReactionsTest, ExactlyOnceAcrossRestartAndLossOfTheState) {
  Start();
  alpha_.Do(kAdd, "milk 10");
  ASSERT_TRUE(Run().ok());
  alpha_.Do(kAdd, "milk 1");
  ASSERT_TRUE(Run().ok());
  const size_t commits = CommitsOfOmega();
  const std::string hash = omega_.hash();
  ASSERT_TRUE(omega_.Start().ok());
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(omega_.hash(), hash);
  omega_.Stop();
  omega_.disk = store::MakeMemoryDisk();
  ASSERT_TRUE(omega_.Start().ok());
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(omega_.hash(), hash);
  EXPECT_EQ(CommitsOfOmega(), commits);
  EXPECT_EQ(ForeignTotal(*omega_.rows(), "milk"), 11);
  alpha_.Do(kAdd, "milk 20");
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(Copied("milk"), 30);
}

// A power cut takes the newest part of the state, rows and cursors together; the journals bring it
// back.
TEST_F(ReactionsTest, ExactlyOnceWhenTheStateIsSetBack) {
  Start();
  alpha_.Do(kAdd, "milk 10");
  ASSERT_TRUE(Run().ok());
  const auto earlier = store::CopyOf(*omega_.disk);
  alpha_.Do(kAdd, "milk 20");
  alpha_.Do(kAdd, "milk 1");
  omega_.Do(kAdd, "own 5");
  ASSERT_TRUE(Run().ok());
  const std::string hash = omega_.hash();
  const size_t commits = CommitsOfOmega();
  omega_.Stop();
  omega_.disk = earlier;
  ASSERT_TRUE(omega_.Start().ok());
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(omega_.hash(), hash);
  EXPECT_EQ(CommitsOfOmega(), commits);
  EXPECT_EQ(Copied("milk"), 30);
  EXPECT_EQ(ForeignTotal(*omega_.rows(), "milk"), 31);
}

TEST_F(ReactionsTest, InputIsDecidedBeforeClientsInTheSameRecord) {
  Start();
  alpha_.Do(kAdd, "milk 10");
  const auto person = omega_.Submit(kCopy, "milk 1");  // refused unless the fact is there
  ASSERT_TRUE(Run().ok());
  ASSERT_TRUE(person->accepted());
  EXPECT_EQ(person->reply().commit, 1u);
  EXPECT_EQ(Copied("milk"), 11);
}

TEST_F(ReactionsTest, AStandbyFollowsFactsButLeavesReactionsToTheLeader) {
  Start();
  ShardRig standby(&world_, &clock_, Follower());
  standby.options.lead = false;
  ASSERT_TRUE(standby.Start().ok());
  alpha_.Do(kAdd, "milk 1");
  alpha_.Do(kAdd, "milk 10");
  alpha_.Do(kAdd, "milk 2");
  ASSERT_TRUE(standby.Run().ok());
  EXPECT_EQ(ForeignTotal(*standby.rows(), "milk"),
            1);  // not past what the leader has not reacted to
  ASSERT_TRUE(Run().ok());
  ASSERT_TRUE(standby.Run().ok());
  EXPECT_EQ(ForeignTotal(*standby.rows(), "milk"), 13);
  EXPECT_EQ(standby.hash(), omega_.hash());
  EXPECT_EQ(standby.Do(kAdd, "own 1")->error().code(), absl::StatusCode::kUnavailable);
  standby.shard().Lead();
  ASSERT_TRUE(standby.Run().ok());
  EXPECT_TRUE(standby.Do(kAdd, "own 1")->accepted());
  ASSERT_TRUE(Run().ok());
  EXPECT_FALSE(omega_.shard().Status().serving);
  EXPECT_EQ(omega_.hash(), standby.hash());
}

TEST_F(ReactionsTest, TooManyCommandsOfOneRuleHalt) {
  CounterSetup setup = Follower();
  setup.flood = 17;
  omega_.SetDomain(setup);
  Start();
  alpha_.Do(kAdd, "milk 17");
  EXPECT_THAT(Run().ToString(), HasSubstr("asks for 17 commands"));
  EXPECT_TRUE(omega_.shard().Status().halted);
  EXPECT_EQ(CommitsOfOmega(), 0u);
}

// Seven reactions of 100 kB to one record and ten to the next do not fit one record together; nine
// fit alone. A record's reactions are never torn apart.
TEST_F(ReactionsTest, ReactionsToOneSourceRecordStayInOneRecord) {
  CounterSetup setup = Follower();
  setup.flood = 7;
  omega_.SetDomain(setup);
  Start();
  alpha_.Do(kAdd, "milk 7");
  alpha_.Do(kAdd, "milk 9");
  ASSERT_TRUE(Run().ok());
  const auto history = omega_.History();
  ASSERT_EQ(history.size(), 4u);
  EXPECT_EQ(history[2].record->commits().size(), 7u);
  EXPECT_EQ(history[2].record->header().inputs(0).next_pos(), 3u);
  EXPECT_EQ(history[3].record->commits().size(), 9u);
  alpha_.Do(kAdd, "milk 10");
  EXPECT_THAT(Run().ToString(), HasSubstr("do not fit one record"));
}

// a rule that a later build adds does not react to what earlier builds have passed, not even
// after a rebuild that reads everything again.
TEST_F(ReactionsTest, ANewRuleReactsFromItsStartOnly) {
  CounterSetup before = Follower();
  before.rules = {"greet"};
  before.copies = false;
  omega_.SetDomain(before);
  Start();
  alpha_.Do(kAdd, "milk 10");  // what rule "copy" would want
  alpha_.Do(kGreet, "milk 0");
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(Copied("milk"), 1);
  CounterSetup after = Follower();
  after.rules = {"copy", "greet"};
  after.evolve_version = 2;
  for (const bool lost : {false, true}) {
    omega_.SetDomain(after);
    if (lost) omega_.disk = store::MakeMemoryDisk();
    ASSERT_TRUE(omega_.Start().ok());
    ASSERT_TRUE(Run().ok());
    EXPECT_EQ(Copied("milk"), 1);
  }
  journal::v1::ReactorRuleStarted started;
  for (const auto& record : omega_.History()) {
    for (const auto& commit : record.record->commits()) {
      for (const auto& event : commit.events()) {
        if (event.type() == base::EventType<journal::v1::ReactorRuleStarted>()) {
          started.ParseFromString(event.data());
        }
      }
    }
  }
  EXPECT_EQ(started.rule(), "copy");
  ASSERT_EQ(started.from_size(), 1);
  EXPECT_EQ(started.from(0).journal(), "alpha/0");
  EXPECT_EQ(started.from(0).next_pos(), alpha_.History().size());
  alpha_.Do(kAdd, "milk 20");
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(Copied("milk"), 21);
}

TEST_F(ReactionsTest, TheRulesOfANewJournalStartAtTheBeginning) {
  ASSERT_TRUE(alpha_.Start().ok());
  alpha_.Do(kAdd, "milk 10");
  CounterSetup setup = Follower();
  setup.rules = {"copy", "greet"};
  omega_.SetDomain(setup);
  ASSERT_TRUE(omega_.Start().ok());
  ASSERT_TRUE(Run().ok());
  EXPECT_EQ(Copied("milk"), 10);
}

TEST_F(ReactionsTest, AForkedSourceHalts) {
  Start();
  alpha_.Do(kAdd, "milk 10");
  ASSERT_TRUE(Run().ok());
  omega_.Stop();
  omega_.disk = store::MakeMemoryDisk();
  // Another history of alpha with as many records.
  journal::SimJournalProvider other_world;
  ShardRig other_alpha(&other_world, &clock_, Named("alpha"));
  ASSERT_TRUE(other_alpha.Start().ok());
  other_alpha.Do(kAdd, "milk 11");
  const auto forked = other_world.Open("alpha/0").value();
  ShardRig again(&world_, &clock_, Follower(), [&](auto) { return forked; });
  EXPECT_THAT(again.Start().ToString(), HasSubstr("source forked"));
  EXPECT_TRUE(again.shard().Status().halted);
}

TEST_F(ReactionsTest, ASourceThatLostItsTailHalts) {
  Start();
  alpha_.Do(kAdd, "milk 1");
  alpha_.Do(kAdd, "milk 10");
  ASSERT_TRUE(Run().ok());
  omega_.Stop();
  ASSERT_EQ(world_.LoseTail("alpha/0", 1), 1u);
  EXPECT_THAT(omega_.Start().ToString(), HasSubstr("acknowledged records are missing"));
  omega_.disk = store::MakeMemoryDisk();
  EXPECT_THAT(omega_.Start().ToString(), HasSubstr("acknowledged records are missing"));
}

// beta has seen alpha's fact and says something that rests on it. Omega hears beta at once
// but alpha late; it must not decide before it knows what beta knew.
class StarvationTest : public ::testing::TestWithParam<bool> {};

TEST_P(StarvationTest, NoReactionBeforeItsCausesAreHere) {
  journal::SimJournalProvider world;
  TestClock clock;
  ShardRig alpha(&world, &clock, Named("alpha"));
  ShardRig beta(&world, &clock, Named("beta", {"alpha"}));
  std::shared_ptr<GateJournal> gate;
  ShardRig omega(&world, &clock, Follower({"alpha", "beta"}), [&](auto journal) {
    auto wrapped = std::make_shared<GateJournal>(journal);
    if (journal->name() == "alpha/0") gate = wrapped;
    return wrapped;
  });
  ASSERT_TRUE(alpha.Start().ok());
  ASSERT_TRUE(beta.Start().ok());
  ASSERT_TRUE(omega.Start().ok());
  ASSERT_TRUE(RunAll({&alpha, &beta, &omega}).ok());
  gate->open = false;
  alpha.Do(kAdd, "milk 3");
  ASSERT_TRUE(beta.Run().ok());
  beta.Do(kGreet, "milk 0");
  ASSERT_TRUE(omega.Run().ok());
  EXPECT_EQ(Total(*omega.rows(), "copy/milk"), std::nullopt);
  EXPECT_FALSE(omega.shard().Idle());
  if (GetParam()) {
    omega.Stop();
    omega.disk = store::MakeMemoryDisk();
    ASSERT_TRUE(omega.Start().ok());
  } else {
    gate->Open();
  }
  ASSERT_TRUE(omega.Run().ok());
  EXPECT_EQ(Total(*omega.rows(), "copy/milk"), 1);
  EXPECT_TRUE(omega.shard().Idle());
}
INSTANTIATE_TEST_SUITE_P(RestartedMeanwhile, StarvationTest, ::testing::Bool());

}  // namespace
}  // namespace twinline::engine_test
