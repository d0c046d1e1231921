#include "tests/unit/audit/journals_rig.h"

#include <set>

#include "platform/base/check.h"
#include "twinline/attendance/v1/attendance_events.pb.h"
#include "twinline/registry/v1/registry_events.pb.h"

namespace twinline::audit_test {

base::Id16 Id(std::string_view name) { return base::DeriveId({name}); }

journal::v1::Commit MakeCommit(const Act& act) {
  journal::v1::Commit commit;
  commit.set_request_id(base::RandomBytes(16));
  if (act.by.starts_with("service:")) {
    commit.mutable_actor()->set_service(act.by);
  } else if (!act.by.empty()) {
    commit.mutable_actor()->set_subject(Id(act.by).str());
  }
  commit.mutable_actor()->set_office(act.office);
  commit.mutable_actor()->set_session(act.session);
  for (const auto& event : act.events) *commit.add_events() = event;
  return commit;
}

JournalsRig::JournalsRig() { Reopen(); }
JournalsRig::~JournalsRig() = default;

void JournalsRig::Close() {
  writers_.clear();
  log_.reset();
}

void JournalsRig::Reopen() {
  Close();
  auto log = journal::EmbeddedLog::Open(dir_ / "log", {});
  TWINLINE_CHECK(log.ok(), "no log for a test");
  log_ = *std::move(log);
}

uint64_t JournalsRig::Append(const std::string& journal, const std::vector<Act>& acts) {
  auto& writer = writers_[journal];
  if (writer == nullptr) {
    rpc::JournalIdentity identity;
    identity.installation = installation;
    identity.realm = journal::v1::REALM_DEMO;
    identity.leader = "test";
    writer =
        std::make_unique<rpc::JournalWriter>(log_->Open(journal).value(), identity, &clock, &clock);
    TWINLINE_CHECK(writer->Start().ok(), "a journal of a test does not start");
  }
  std::vector<std::string> commits;
  std::set<uint32_t> types;
  for (const Act& act : acts) {
    commits.push_back(MakeCommit(act).SerializeAsString());
    for (const auto& event : act.events) types.insert(event.type());
  }
  const uint64_t pos = writer->next_pos();
  TWINLINE_CHECK(writer->Append(commits, {types.begin(), types.end()}).ok(), "append failed");
  return pos;
}

registry::v1::ChildFacts JournalsRig::Facts(const std::string& child, const std::string& status) {
  registry::v1::ChildFacts facts;
  facts.set_child_id(Id(child).str());
  facts.set_registration_id(Id(child + "/r").str());
  facts.set_status(status);
  facts.set_school_code("2141000001");
  return facts;
}

void JournalsRig::Register(const std::string& child, const std::string& class_name,
                           uint32_t roster_version) {
  registry::v1::ChildRegistered event;
  *event.mutable_facts() = Facts(child);
  event.mutable_facts()->set_class_id(Id(class_name).str());
  event.mutable_class_after()->set_class_id(Id(class_name).str());
  event.mutable_class_after()->set_roster_version(roster_version);
  Append("registry/0", {{"registrar", "school:2141000001", 11, {MakeEvent(event)}}});
}

uint64_t JournalsRig::RollCall(const std::string& teacher, const std::string& class_name,
                               const std::vector<std::string>& absent) {
  attendance::v1::RollCallTaken event;
  event.set_class_id(Id(class_name).str());
  event.set_day(base::CivilDay::FromYmd(2026, 9, 1).days);
  for (const std::string& child : absent) {
    auto* exception = event.add_exceptions();
    exception->set_registration_id(Id(child + "/r").str());
    exception->set_code(5);
  }
  return Append("attendance/0",
                {{teacher, "class:" + Id(class_name).hex(), 12, {MakeEvent(event)}}});
}

}  // namespace twinline::audit_test
