// A small county for Given/When/Then tests of accountability: two townships, a primary and a junior
// school, a person on duty at every office, one child. Commands are decided and folded as the
// engine does it, over rows that report a room which reads or writes what it may not; timers fire
// in due order. Sealing is played: domain code never looks inside a sealed value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "accountability/domain/accountability_domain.h"
#include "accountability/domain/rules.h"
#include "accountability/tables/tables.h"
#include "platform/base/decision.h"
#include "platform/store/overlay.h"
#include "twinline/accountability/v1/accountability_commands.pb.h"
#include "twinline/attendance/v1/attendance_events.pb.h"
#include "twinline/attendance/v1/attendance_rows.pb.h"
#include "twinline/registry/v1/registry_events.pb.h"
#include "twinline/transfer/v1/transfer_events.pb.h"

namespace twinline::accountability {

using base::CivilDay;
using base::Id16;

inline CivilDay Day(int month, int day, int year = 2026) {
  return CivilDay::FromYmd(year, month, day);
}
inline types::v1::Sealed SealedText(std::string_view text) {
  types::v1::Sealed sealed;
  sealed.set_ciphertext(std::string(text));
  return sealed;
}

struct Result {
  std::string refusal;  // code; empty when accepted
  base::Events events;

  template <typename Event>
  std::vector<Event> All() const {
    std::vector<Event> found;
    for (const journal::v1::Event& raw : events) {
      if (raw.type() != base::EventType<Event>()) continue;
      found.emplace_back();
      found.back().ParseFromString(raw.data());
    }
    return found;
  }
  template <typename Event>
  bool Has() const {
    return !All<Event>().empty();
  }
  // Offices that got an alert of this kind.
  std::vector<std::string> Alerted(std::string_view kind) const;
};

struct Staff {
  Id16 id;
  Id16 duty;
  types::v1::Role role = types::v1::ROLE_UNSPECIFIED;
  std::string office;
};

class County {
 public:
  static constexpr std::string_view kTown = "411282103";       // 阳平镇: the child's hukou
  static constexpr std::string_view kOtherTown = "411282102";  // where it lives
  static constexpr std::string_view kVillage = "411282103201";
  static constexpr std::string_view kOtherVillage = "411282102201";
  static constexpr std::string_view kPrimary = "2141000001";
  static constexpr std::string_view kJunior = "3141000001";
  static constexpr std::string_view kJuniorB = "3141000002";

  County();

  // Time moves, timers fire on their way; the result holds what they did.
  Result GoTo(CivilDay day, int hour = 8);
  // Time moves and nothing runs: an outage.
  void Sleep(CivilDay day, int hour) { now_ = {base::StartOfDay(day).us + hour * 3'600'000'000ll}; }
  // One answer to base::kMoveForOutage.
  Result Work(const std::string& body);
  // The short forms are about this child from now on: a new one beside the first.
  void AnotherChild(const std::string& name);
  CivilDay today() const { return base::DayOf(now_); }
  base::Timestamp now() const { return now_; }

  template <typename Event>
  Result Publish(const Event& event, std::string_view journal = "attendance/0") {
    return PublishEvent(base::MakeEvent(event, today()), journal);
  }
  template <typename Command>
  Result Do(const Command& command, const Staff& by) {
    return Run(base::CommandType<Command>(), command.SerializeAsString(), by);
  }

  // Short forms over the one child.
  Result Cross(std::string_view threshold, uint32_t days);
  Result Verdict(bool present);
  Result Recount(uint32_t before, uint32_t after, std::vector<std::string> crossed = {});
  Result Act(std::string_view action, const Staff& by, std::string_view code = {});
  Result Act(v1::ActOnCaseCommand command, const Staff& by);
  Result Persuade(const Staff& by, std::string_view result = "REFUSED");
  Result Issue(std::string_view kind, const Staff& by);
  Result Status(std::string_view status, CivilDay suspended_until = {});
  Result Move(std::string_view to_school, const Id16& to_class);
  // Present on every school day until the probation is passed.
  void PassProbation();
  // A case in PERSUADING, RETURNED with the probation passed, and so on, for tests of single rows.
  void BringTo(std::string_view state);

  const Staff& Person(types::v1::Role role) const;  // of the child's own offices
  Staff Vacate(types::v1::Role role);               // ends the duty as of yesterday
  void Appoint(const Staff& staff);

  v1::CaseFacts Case() const;
  bool HasCase() const;
  std::vector<v1::TimelineRow> Timeline() const;
  std::vector<v1::AlertRow> Alerts(std::string_view office) const;
  registry::v1::ChildFacts& child() { return child_; }
  const base::Rows& rows() const { return rows_; }
  const Id16& class_id() const { return class_id_; }
  base::Context NewContext(const journal::v1::Actor& actor);
  Result Run(uint32_t type, const std::string& body, const Staff& by);
  Result PublishEvent(const journal::v1::Event& event, std::string_view journal);
  // What must hold after every commit: an open case has office and deadline on each line.
  void CheckInvariants() const;

 private:
  Result Fold(base::Decision decision, const journal::v1::Actor& actor);
  bool FireDue(base::Timestamp until, Result* into);
  void Add(types::v1::Role role, const std::string& office);
  void AddSchool(std::string_view code, const char* kind, std::string_view township);

  base::MapRows below_;
  store::Overlay rows_;
  AccountabilityDomain domain_;
  base::Timestamp now_;
  uint64_t made_ = 0;
  uint64_t pos_ = 0;
  Id16 class_id_ = base::DeriveId({"class 7-3"});
  registry::v1::ChildFacts child_;
  std::vector<Staff> staff_;
};

}  // namespace twinline::accountability
