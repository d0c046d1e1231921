// Attendance as a process runs it: its module with one shard or several, behind the real server
// with rights, over journals in memory. The registry's journal is written by the test; people are
// appointed in the directory. Tokens are plain text ("person:<name>").
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "attendance/service/module.h"
#include "platform/base/civil.h"
#include "platform/engine/shard.h"
#include "platform/journal/sim_journal.h"
#include "platform/rpc/client.h"
#include "platform/rpc/completions.h"
#include "platform/rpc/directory.h"
#include "platform/rpc/grpc_server.h"
#include "platform/rpc/journal_writer.h"
#include "platform/store/state_store.h"
#include "platform/vault/memory_vault.h"
#include "platform/vault/sealer.h"
#include "twinline/attendance/v1/attendance.pb.h"
#include "twinline/registry/v1/registry_events.pb.h"

namespace twinline::attendance_test {

using base::CivilDay;
using base::Id16;

inline constexpr char kSchool[] = "3141000001";     // county 411282
inline constexpr char kNeighbour[] = "3141000002";  // county 411281
inline constexpr char kHome[] = "411282";
inline constexpr char kOther[] = "411281";

inline Id16 Id(std::string_view name) { return base::DeriveId({"attendance test", name}); }
// Tuesday 1 September 2026 is the first school day.
inline CivilDay Day(int number) { return CivilDay::FromYmd(2026, 9, 1) + (number - 1); }

class ServiceRig {
 public:
  // `further_shards`: counties of attendance/1, attendance/2 …
  explicit ServiceRig(std::vector<std::vector<std::string>> further_shards = {});
  ~ServiceRig();

  // --- The registry: published, and taken by every shard when the call returns.
  void AddSchool(const std::string& code, const std::string& county);
  // The class's teacher is appointed: "<name>'s teacher".
  Id16 AddClass(const std::string& name, const std::string& school);
  // Returns the registration; its child is Id(name).
  Id16 AddPupil(const std::string& name, const Id16& class_id);
  // The roster version after the newest one, and its publication.
  uint32_t NextRoster(const Id16& class_id) const { return Facts(class_id).roster_version() + 1; }
  void PublishRoster(const Id16& class_id);
  void Appoint(const std::string& person, types::v1::Role role, const std::string& office);
  const registry::v1::ClassFacts& Facts(const Id16& class_id) const;

  // --- Time.
  void GoTo(CivilDay day, int hour = 8);  // due day closes are done when it returns

  // --- Calls. A write gets an id of its own unless it has one.
  rpc::CallResult Call(const std::string& method, google::protobuf::Message& request,
                       google::protobuf::Message* reply, const std::string& person,
                       int64_t deadline_us = 30'000'000);
  struct Mark {
    // Absent without explanation unless another code is given.
    Mark(const Id16& child, uint32_t mark = 5, std::string why = {})
        : registration(child), code(mark), reason(std::move(why)) {}
    Id16 registration;
    uint32_t code;
    std::string reason;
  };
  attendance::v1::SubmitRollCallRequest RollCall(const Id16& class_id, CivilDay day,
                                                 types::v1::Session session,
                                                 const std::vector<Mark>& marks = {});
  // Both sessions by the class's teacher; the code of the first that fails.
  std::string WholeDay(const std::string& class_name, CivilDay day,
                       const std::vector<Mark>& marks = {});
  attendance::v1::SchoolCalendar Calendar() const;

  // --- Parts.
  engine::Shard& shard(size_t i) { return *shards_[i]; }
  rpc::Client& client() { return *client_; }
  journal::SimJournalProvider& journals() { return journals_; }
  const base::Clock& clock() const { return clock_; }
  std::string NewRequestId() const { return rpc::NewRequestId(clock_.Now().us).str(); }
  // Events of type Message in a journal, in order.
  template <typename Message>
  std::vector<Message> Published(const std::string& journal) {
    std::vector<Message> found;
    for (const journal::v1::Event& event : EventsOf(journal)) {
      if (event.type() != base::EventType<Message>()) continue;
      found.emplace_back().ParseFromString(event.data());
    }
    return found;
  }

 private:
  class RigClock final : public base::Clock {
   public:
    base::Timestamp Now() const override { return {us.load()}; }
    std::atomic<int64_t> us{0};
  };

  template <typename Event>
  void Publish(const Event& event) {
    Publish(base::MakeEvent(event, base::DayOf(clock_.Now())));
  }
  void Publish(const journal::v1::Event& event);
  std::vector<journal::v1::Event> EventsOf(const std::string& journal);
  // Until every shard has taken all that the registry published.
  void Taken();

  RigClock clock_;
  vault::MemoryVault vault_{7};
  vault::Sealer sealer_{vault_};
  journal::SimJournalProvider journals_;
  rpc::MemoryDirectory directory_{""};
  std::map<Id16, registry::v1::ClassFacts> classes_;
  std::unique_ptr<rpc::JournalWriter> registry_;
  std::unique_ptr<runtime::ServiceModule> module_;
  std::vector<std::unique_ptr<engine::Shard>> shards_;
  std::unique_ptr<rpc::Completions> completions_;
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<rpc::Client> client_;
};

}  // namespace twinline::attendance_test
