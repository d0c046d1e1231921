// The people of a simulation: teachers who take roll calls, registrars who start transfers,
// principals, bureaus and townships who decide, persuade and sign; mostly the right person,
// sometimes the wrong one, too late, twice, or two schools at once. They know what is published,
// and their own letters: whatever was not answered is asked again under the same id. How busy each
// kind of work is follows from the seed.
#pragma once

#include <cstdint>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "platform/journal/sim_prng.h"
#include "tests/simulation/county_plan.h"
#include "tests/simulation/published.h"
#include "tests/simulation/requests.h"
#include "twinline/transfer/v1/transfer_commands.pb.h"

namespace twinline::simulation {

class Officers {
 public:
  Officers(journal::SimPrng* prng, const Published* published, RequestBook* requests);

  // How the bureau looks at a plan before it asks for it: the digest of what would be done now.
  using DryRun = std::function<std::string(const transfer::v1::StartClassRun&)>;
  void SetDryRun(DryRun dry_run) { dry_run_ = std::move(dry_run); }

  // What is done in about an hour of `now`.
  void Work(base::Timestamp now);
  // Asks again for what was not answered; all of it, or some.
  void Retry(base::Timestamp now, bool all);
  // The end of the story: whoever can still decide a step of a transfer does so, truthfully.
  size_t FinishBusinesses(base::Timestamp now);
  // Asks for something that nobody may have, for every child: whoever has an open business must be
  // told so, and nobody else (T01). Call JudgeLocks when all is answered.
  void ProbeLocks(base::Timestamp now);
  void JudgeLocks(Findings* findings) const;

 private:
  using Duty = registry::v1::DutyFacts;

  bool Chance(uint32_t per_mille) { return prng_->Chance(per_mille); }
  template <typename Map>
  const typename Map::mapped_type* Any(const Map& map) {
    if (map.empty()) return nullptr;
    return &std::next(map.begin(), static_cast<std::ptrdiff_t>(prng_->Below(map.size())))->second;
  }
  // One for which `wanted` holds; null when none does.
  template <typename Map, typename Wanted>
  const typename Map::mapped_type* AnyOf(const Map& map, Wanted&& wanted) {
    std::vector<const typename Map::mapped_type*> found;
    for (const auto& [id, value] : map) {
      if (wanted(value)) found.push_back(&value);
    }
    return found.empty() ? nullptr : found[prng_->Below(found.size())];
  }
  Request* Ask(const Order& order, const Duty* person);
  template <typename Command>
  Request* Ask(size_t shard, const Command& command, const Duty* person) {
    return Ask(MakeOrder(shard, command), person);
  }
  const Duty* Holder(const std::string& office, std::initializer_list<types::v1::Role> roles);
  const Duty* Anybody() { return Any(published_->duties); }

  // officers_school.cc
  void TakeRollCalls();
  void TakeRollCall(const registry::v1::ClassFacts& facts, uint32_t session);
  // The child's code in that class on that day: 0 present.
  uint32_t MarkOf(const registry::v1::ChildFacts& child, base::CivilDay day) const;
  void CorrectMarks();
  void RegisterChild();
  void ChangePlaces();
  void ResolveDuplicate();
  void ChangeDuties();

  // officers_approvals.cc
  void OpenTransfer();
  void OpenStatusChange();
  void DecideStep();
  void Decide(const transfer::v1::BusinessFacts& facts, const Duty* person, bool refuse,
              uint32_t step);
  const Duty* Decider(const transfer::v1::Step& step);
  void EndBusiness();
  void RunClasses();

  // officers_cases.cc
  void WorkOnCase();
  void WorkOnOpenCase(const accountability::v1::CaseFacts& facts);
  void Persuade(const accountability::v1::CaseFacts& facts, const Duty* person);
  void Act(const accountability::v1::CaseFacts& facts, std::string_view action,
           std::string_view code, const Duty* person);
  void AnswerCase(const accountability::v1::CaseFacts& facts);
  const Duty* OfGovernmentLine(const accountability::v1::CaseFacts& facts);
  const Duty* OfEducationLine(const accountability::v1::CaseFacts& facts);
  void CompleteTask();
  void AnswerAlert();

  DryRun dry_run_;
  journal::SimPrng* prng_;
  const Published* published_;
  RequestBook* requests_;
  base::Timestamp now_;
  base::CivilDay today_;
  std::vector<std::pair<Request*, bool>> probes_;  // and whether the child has an open business
  uint64_t next_person_ = 10'000;
  uint64_t truancy_ = 0;  // which children stay away, and when
  struct {
    uint32_t roll_calls, transfers, status, decide, refuse, wrong, end, cases, places, duties;
  } busy_;  // per thousand
};

}  // namespace twinline::simulation
