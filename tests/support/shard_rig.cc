#include "tests/support/shard_rig.h"

#include <utility>

#include "platform/base/check.h"
#include "platform/journal/admit.h"

namespace twinline::engine_test {

std::string Outcome::refusal() const {
  const auto* refusal = std::get_if<base::Refusal>(&answer);
  return calls == 1 && refusal != nullptr ? refusal->code : std::string();
}

absl::Status Outcome::error() const {
  const auto* status = std::get_if<absl::Status>(&answer);
  return status != nullptr ? *status : absl::OkStatus();
}

ShardRig::ShardRig(journal::JournalProvider* journals, const TestClock* clock, CounterSetup setup,
                   Wrap wrap)
    : journals_(journals), clock_(clock), wrap_(std::move(wrap)) {
  options.journal = setup.name + "/0";
  options.installation = base::DeriveId({"test installation"});
  options.realm = journal::v1::REALM_DEMO;
  options.leader = "test";
  options.threaded = false;
  options.verify_apply = true;
  options.real_clock = clock;
  SetDomain(std::move(setup));
}

ShardRig::~ShardRig() = default;

void ShardRig::SetDomain(CounterSetup setup) {
  shard_.reset();
  domain_ = std::make_unique<CounterDomain>(std::move(setup));
}

absl::Status ShardRig::Start() {
  shard_.reset();
  auto own = journals_->Open(options.journal);
  if (!own.ok()) return own.status();
  journal_ = *own;
  std::vector<std::shared_ptr<journal::Journal>> sources;
  for (const std::string& name : domain_->Sources()) {
    auto source = journals_->Open(name + "/0");
    if (!source.ok()) return source.status();
    sources.push_back(wrap_ ? wrap_(*source) : *source);
  }
  auto shard = engine::Shard::Open(options, domain_.get(), store::MakeMemoryStateStore(disk),
                                   journal_, std::move(sources), clock_);
  if (!shard.ok()) return shard.status();
  shard_ = *std::move(shard);
  return shard_->Start();
}

base::Id16 ShardRig::NewId() {
  std::string random(10, '\0');
  ++ids_;
  // From the end: the version and variant bits lie in front.
  for (int i = 0; i < 6; ++i)
    random[static_cast<size_t>(9 - i)] = static_cast<char>(ids_ >> (8 * i));
  return base::MakeUuidV7(clock_->Now(), random);
}

OutcomePtr ShardRig::Submit(uint32_t type, const std::string& body, const base::Id16& request_id,
                            const std::string& fingerprint, engine::Lane lane) {
  auto outcome = std::make_shared<Outcome>();
  engine::Submission submission;
  submission.command_type = type;
  submission.body = body;
  submission.request_id = request_id;
  submission.fingerprint = fingerprint;
  submission.actor.set_subject(base::DeriveId({"teacher"}).str());
  submission.lane = lane;
  submission.wait_until_us = std::exchange(wait_until_us_, 0);
  submission.done = [outcome](engine::Answer answer) {
    ++outcome->calls;
    outcome->answer = std::move(answer);
  };
  shard_->Submit(std::move(submission));
  return outcome;
}

OutcomePtr ShardRig::SubmitPatiently(uint32_t type, const std::string& body,
                                     int64_t wait_until_us) {
  wait_until_us_ = wait_until_us;
  return Submit(type, body);
}

OutcomePtr ShardRig::Do(uint32_t type, const std::string& body) {
  OutcomePtr outcome = Submit(type, body);
  (void)Run();
  return outcome;
}

absl::Status ShardRig::Run() { return RunAll({this}); }

absl::Status RunAll(const std::vector<ShardRig*>& rigs) {
  for (int turns = 0; turns < 100'000; ++turns) {
    bool moved = false;
    for (ShardRig* rig : rigs) {
      const auto step = rig->shard().Step();
      if (!step.ok()) return step.status();
      moved = moved || *step;
    }
    if (!moved) return absl::OkStatus();
  }
  TWINLINE_CHECK(false, "shards that never come to rest");
}

std::vector<journal::Admitted> ShardRig::History() const {
  journal::AdmittedReader reader(journal_);
  std::vector<journal::Admitted> history;
  for (;;) {
    auto read = reader.Next(64);
    if (!read.ok() || read->empty()) return history;
    for (auto& record : *read) history.push_back(std::move(record));
  }
}

}  // namespace twinline::engine_test
