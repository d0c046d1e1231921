// A small county for tests of attendance: a registry that publishes facts, the shard's own Decide
// and Evolve as the engine calls them (rooms enforced, timers in due order), and people who take
// roll calls.
//
//   County county;                              // Tuesday 1 September 2026, 08:00
//   const Id16 c73 = county.AddClass(kJunior, 7, 3);
//   const Id16 x = county.AddPupil(c73);
//   county.RollCall(c73, kMorning, {{x, kUnexplained}});
//   EXPECT_EQ(county.Streak(x), 0u);
#pragma once

#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "attendance/domain/attendance_domain.h"
#include "attendance/domain/marks.h"
#include "attendance/domain/streak.h"
#include "platform/store/overlay.h"
#include "twinline/accountability/v1/accountability_events.pb.h"
#include "twinline/attendance/v1/attendance_commands.pb.h"
#include "twinline/registry/v1/registry_events.pb.h"

namespace twinline::attendance {

using base::CivilDay;
using base::Id16;

inline constexpr char kPrimary[] = "2141000001";
inline constexpr char kJunior[] = "3141000001";
inline constexpr char kCounty[] = "411282";

inline CivilDay Day(int month, int day, int year = 2026) {
  return CivilDay::FromYmd(year, month, day);
}

using Marks = std::vector<std::pair<Id16, uint32_t>>;

// What a command led to.
struct Result {
  std::string refusal;  // code; empty when accepted
  base::Events events;
  Id16 correction;  // of a proposed correction

  bool ok() const { return refusal.empty(); }
  template <typename Message>
  std::vector<Message> All() const {
    std::vector<Message> found;
    for (const journal::v1::Event& event : events) {
      if (event.type() != base::EventType<Message>()) continue;
      found.emplace_back().ParseFromString(event.data());
    }
    return found;
  }
  template <typename Message>
  bool Has() const {
    return !All<Message>().empty();
  }
  // Thresholds that `registration` crossed, in order.
  std::vector<std::string> Crossed(const Id16& registration) const;
};

class County {
 public:
  // `share`: the shard's counties. `calendar`: adopt the default calendar of the school year
  // 2026.
  explicit County(CountyShare share = {}, bool calendar = true);

  // --- Time. Due timers fire in order on the way.
  base::Timestamp now() const { return now_; }
  CivilDay today() const { return base::DayOf(now_); }
  Result GoTo(CivilDay day, int hour = 8, int minute = 0);
  // 08:00 of the next scheduled school day, its predecessor closed.
  Result NextSchoolDay();

  // --- The registry.
  void AddSchool(const std::string& code, const std::string& county = kCounty);
  Id16 AddClass(const std::string& school, uint32_t grade, uint32_t number);
  Id16 AddPupil(const Id16& class_id);  // returns the registration
  Result Place(const Id16& registration, const Id16& class_id);
  Result ChangeStatus(const Id16& registration, const std::string& status,
                      const Id16& class_id = Id16());
  // Two registrations may be one child (A04).
  void ReportDouble(const Id16& first, const Id16& second);
  Result MergeDouble(const Id16& survivor, const Id16& alias);
  void CloseClass(const Id16& class_id);
  uint32_t RosterOf(const Id16& class_id) const;
  Id16 ChildOf(const Id16& registration) const;

  // --- Accountability.
  Result Watch(const Id16& registration, bool on);
  Result CloseCase(const Id16& registration);

  // --- People.
  static Id16 Person(std::string_view name) { return base::DeriveId({"person", name}); }
  struct How {
    CivilDay day;         // default today
    int32_t roster = -1;  // default the newest
    std::string by = "teacher";
    bool signed_late = false;
    bool reason = true;  // of a signed late one
  };
  Result RollCall(const Id16& class_id, uint32_t session, const Marks& marks) {
    return RollCall(class_id, session, marks, How());
  }
  Result RollCall(const Id16& class_id, uint32_t session, const Marks& marks, How how);
  // Morning and afternoon of today; the result of the afternoon.
  Result WholeDay(const Id16& class_id, const Marks& marks);
  Result Propose(const Id16& class_id, CivilDay day, uint32_t session, const Id16& registration,
                 uint32_t code, const std::string& by = "teacher");
  Result Sign(const Id16& correction, const Id16& class_id, const std::string& by = "principal");
  // Proposed by the teacher and signed by the principal.
  Result Correct(const Id16& class_id, CivilDay day, uint32_t session, const Id16& registration,
                 uint32_t code);
  Result Resolve(const Id16& class_id, CivilDay day, uint32_t session, bool second_wins);
  Result Adopt(const v1::SchoolCalendar& calendar, const std::string& school = "");
  Result AdoptRules(const std::string& version, CivilDay valid_from, const v1::RuleSet& rules);
  static v1::SchoolCalendar DefaultCalendar();
  static v1::RuleSet DefaultRules();

  // Any command, as the engine decides and folds it.
  template <typename Command>
  Result Do(const Command& command, const std::string& by = "teacher") {
    return Run(base::CommandType<Command>(), command.SerializeAsString(), by);
  }
  Result Run(uint32_t type, const std::string& body, const std::string& by);
  // Any event of another journal.
  template <typename Message>
  Result Publish(const Message& message) {
    return PublishEvent(base::MakeEvent(message, today()));
  }
  Result PublishEvent(const journal::v1::Event& event);

  // The engine recorded that the service was away.
  void Outage(base::Timestamp from, base::Timestamp to);

  // --- What is true now.
  const base::Rows& rows() const { return rows_; }
  std::optional<v1::TrackedChild> Tracked(const Id16& registration) const;
  uint32_t Streak(const Id16& registration) const;
  v1::ClassDayRow ClassDay(const Id16& class_id, CivilDay day) const;
  v1::ClassDayRow ClassDay(const Id16& class_id) const { return ClassDay(class_id, today()); }
  std::optional<v1::MarkRow> MarkOf(const Id16& registration, CivilDay day) const;
  std::vector<journal::v1::TimerRef> Timers() const;
  // The first fold that failed or forbidden row that was touched; every one also fails the test.
  const std::string& trouble() const { return trouble_; }

 private:
  void Trouble(const std::string& what);
  Result Fold(base::Decision decision, const journal::v1::Actor& actor, bool client);
  base::Context ContextOf(const journal::v1::Actor& actor);
  Result Fire(const journal::v1::TimerRef& timer);
  Result MoveTo(const Id16& registration, const Id16& class_id, bool placed,
                const std::string& status);

  base::MapRows below_;
  store::Overlay rows_;
  const AttendanceDomain domain_;
  base::Timestamp now_;
  uint64_t pos_ = 0;
  uint32_t made_ = 0;
  std::string trouble_;
  std::map<Id16, registry::v1::ClassFacts> classes_;
  std::map<Id16, registry::v1::ChildFacts> pupils_;
};

}  // namespace twinline::attendance
