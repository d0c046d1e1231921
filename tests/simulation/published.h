// What the services have published, as anybody may read it from the journals: the newest complete
// facts of each thing (decisions.md part 10 item 8). The officers of a simulation look here to know
// what there is to do; the auditor looks here to know what was true before an event.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "platform/base/decision.h"
#include "platform/journal/admit.h"
#include "twinline/accountability/v1/accountability_events.pb.h"
#include "twinline/attendance/v1/attendance_events.pb.h"
#include "twinline/registry/v1/registry_events.pb.h"
#include "twinline/transfer/v1/transfer_class_events.pb.h"
#include "twinline/transfer/v1/transfer_events.pb.h"

namespace twinline::simulation {

// The four journals of a simulation, in this order everywhere.
enum ShardIndex : size_t { kRegistry, kTransfer, kAttendance, kAccountability, kShards };
inline constexpr const char* kShardNames[kShards] = {"registry", "transfer", "attendance",
                                                     "accountability"};

// One event with where it stands.
struct EventAt {
  size_t shard = 0;
  uint64_t pos = 0;
  uint32_t commit_index = 0;
  uint32_t event_index = 0;
  const journal::v1::RecordHeader* header = nullptr;
  const journal::v1::Commit* commit = nullptr;
  const journal::v1::Event* event = nullptr;

  base::Timestamp recorded() const { return {header->time_unix_us()}; }
  std::string Text() const;  // "transfer/0 17/2/0", for findings
};

// Calls `fn` with the event parsed as Message when it is one.
template <typename Message, typename Fn>
bool On(const EventAt& at, Fn&& fn) {
  if (at.event->type() != base::EventType<Message>()) return false;
  Message message;
  if (message.ParseFromString(at.event->data())) fn(message);
  return true;
}

// Calls `fn` with each state of a registration, each state of a class, the business or the case
// that the event publishes.
void ForEachChild(const EventAt& at,
                  const std::function<void(const registry::v1::ChildFacts&)>& fn);
void ForEachClass(const EventAt& at,
                  const std::function<void(const registry::v1::ClassFacts&)>& fn);
void ForBusiness(const EventAt& at,
                 const std::function<void(const transfer::v1::BusinessFacts&)>& fn);
void ForCase(const EventAt& at,
             const std::function<void(const accountability::v1::CaseFacts&)>& fn);

struct Published {
  std::map<std::string, registry::v1::SchoolFacts> schools;  // by code
  std::map<std::string, registry::v1::ClassFacts> classes;   // by id
  std::map<std::string, registry::v1::ChildFacts> children;  // by registration id
  std::map<std::string, registry::v1::DutyFacts> duties;     // by id
  std::map<std::string, transfer::v1::BusinessFacts> businesses;
  std::map<std::string, transfer::v1::ClassRunFacts> class_runs;
  std::map<std::string, transfer::v1::ClassBusinessFacts> class_businesses;
  std::map<std::string, accountability::v1::CaseFacts> cases;
  std::map<std::string, accountability::v1::TaskFacts> tasks;
  std::map<std::string, accountability::v1::AlertOffered> open_alerts;
  std::map<std::string, attendance::v1::CorrectionProposed> open_corrections;
  std::vector<attendance::v1::RollCallConflict> open_conflicts;
  // Class, day and session of each roll call.
  std::set<std::tuple<std::string, int32_t, uint32_t>> roll_calls;
  std::vector<registry::v1::DuplicateReported> open_duplicates;

  void Take(const EventAt& at);

  std::vector<const registry::v1::ChildFacts*> PupilsOf(const std::string& class_id) const;
  // A person who holds one of the roles at the office on that day; null when nobody does. `nth`
  // chooses.
  const registry::v1::DutyFacts* Holder(const std::string& office,
                                        std::initializer_list<types::v1::Role> roles,
                                        base::CivilDay day, size_t nth = 0) const;
  // Whether the person ever had one of the roles at the office; rights at the time of asking are
  // the door's matter and not in this simulation.
  bool EverHeld(const std::string& staff, const std::string& office,
                std::initializer_list<types::v1::Role> roles) const;
};

inline bool IsClosedCase(const accountability::v1::CaseFacts& facts) {
  return facts.state().starts_with("CLOSED_");
}

}  // namespace twinline::simulation
