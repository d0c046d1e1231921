// The auditor of a simulation: a second opinion on everything, made of journals alone. It has its
// own small model of what must be true (docs/testing.md lists the invariants) and uses none of the
// code that decides or folds. Each check looks at one subject; the auditor reads the journals in
// causal order and shows every record to all of them, then lets the published facts move on.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/findings.h"
#include "tests/simulation/journals_in_order.h"
#include "tests/simulation/published.h"
#include "tests/simulation/requests.h"

namespace twinline::simulation {

class Check {
 public:
  virtual ~Check() = default;
  virtual void OnRecord(const SeenRecord& record) {}
  // `at.event` is null. Before and after the events of a commit.
  virtual void OnCommit(const EventAt& at) {}
  virtual void AfterCommit(const EventAt& at) {}
  // `before`: what was published up to this event.
  virtual void OnEvent(const EventAt& at, const Published& before) {}
  // Nothing is on its way and no timer is due: what had to follow has followed.
  virtual void AtRest(const Published& now, base::Timestamp clock) {}
};

// I5: one school or one open transfer, at every record; a school changes only by an approved
// business.
std::unique_ptr<Check> MakeRegistrationCheck(Findings* findings);
// I6: each step decided once, by somebody of that office, never by who entered it; one open
// business per child.
std::unique_ptr<Check> MakeApprovalCheck(Findings* findings);
// I7 and I8: offices and deadlines on both lines; closings; missed deadlines and escalations.
std::unique_ptr<Check> MakeCaseCheck(Findings* findings);
// Days are judged once; nobody is called absent, or returned, without roll calls that say so.
std::unique_ptr<Check> MakeRollCallCheck(Findings* findings);
// Each reaction and timer once, none early, none lost (I8, I10, R-10, R-51).
std::unique_ptr<Check> MakeReactionCheck(Findings* findings);

class Auditor {
 public:
  Auditor(const std::vector<std::shared_ptr<journal::Journal>>& journals, RequestBook* requests,
          Findings* findings);

  // Reads what there is to read and judges it.
  void Look();
  void AtRest(base::Timestamp clock);

  const Published& published() const { return published_; }
  uint64_t told(size_t shard) const { return journals_.told(shard); }
  uint64_t events() const { return events_; }

 private:
  void Show(const SeenRecord& record);

  JournalsInOrder journals_;
  RequestBook* requests_;
  Findings* findings_;
  std::vector<std::unique_ptr<Check>> checks_;
  Published published_;
  uint64_t events_ = 0;
};

}  // namespace twinline::simulation
