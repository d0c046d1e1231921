#include "tests/unit/attendance/service_rig.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "platform/base/check.h"
#include "platform/base/hash.h"
#include "platform/journal/admit.h"

namespace twinline::attendance_test {

namespace {

namespace av1 = attendance::v1;
namespace rv1 = registry::v1;

const Id16 kInstallation = base::DeriveId({"test installation"});

void Check(const absl::Status& status) {
  TWINLINE_CHECK(status.ok(), std::string(status.message()).c_str());
}

}  // namespace

ServiceRig::ServiceRig(std::vector<std::vector<std::string>> further_shards) {
  clock_.us = base::StartOfDay(Day(1) - 7).us;
  runtime::Deps deps;
  deps.installation.id = kInstallation;
  deps.installation.realm = journal::v1::REALM_DEMO;
  deps.installation.county_code = kHome;
  deps.installation.attendance_shards = std::move(further_shards);
  rpc::JournalIdentity identity{kInstallation, journal::v1::REALM_DEMO,
                                journal::v1::CLOCK_KIND_WALL, "test"};
  registry_ = std::make_unique<rpc::JournalWriter>(*journals_.Open("registry/0"), identity, &clock_,
                                                   &clock_);
  Check(registry_->Start());

  module_ = attendance::MakeAttendanceModule();
  module_->Settle(deps.installation);
  for (uint32_t i = 0; i < deps.installation.ShardsOf("attendance"); ++i) {
    engine::ShardOptions options;
    options.journal = "attendance/" + std::to_string(i);
    options.installation = kInstallation;
    options.realm = journal::v1::REALM_DEMO;
    options.leader = "test";
    options.real_clock = &clock_;
    shards_.push_back(*engine::Shard::Open(
        options, module_->domain_of(i), store::MakeMemoryStateStore(store::MakeMemoryDisk()),
        *journals_.Open(options.journal),
        {*journals_.Open("registry/0"), *journals_.Open("accountability/0")}, &clock_));
    deps.shards.push_back(shards_.back().get());
  }
  deps.shard = deps.shards.front();
  deps.clock = &clock_;
  deps.real_clock = &clock_;
  deps.journals = &journals_;
  deps.vault = &vault_;
  deps.sealer = &sealer_;
  deps.directory = &directory_;

  completions_ = std::make_unique<rpc::Completions>();
  rpc::ServerOptions options;
  options.listen = "127.0.0.1:0";
  options.directory = &directory_;
  options.record_clock = &clock_;
  options.real_clock = &clock_;
  options.completions = completions_.get();
  options.verifier =
      [](std::string_view jwt,
         base::Timestamp now) -> std::variant<rpc::VerifiedToken, rpc::TokenProblem> {
    if (!jwt.starts_with("person:")) return rpc::TokenProblem::kInvalid;
    const std::string person(jwt.substr(7));
    return rpc::VerifiedToken{Id(person), std::hash<std::string>()(person) | 1,
                              now.us / 1'000'000 + 600, 1};
  };
  server_ = std::make_unique<rpc::Server>(std::move(options));
  Check(module_->Register(*server_, deps));
  for (const auto& shard : shards_) Check(shard->Start());
  Check(module_->Start());
  Check(server_->Start());
  // Over a socket: streams of the in-process transport do not hear of an answer while they write.
  rpc::ChannelOptions channel;
  channel.target = "127.0.0.1:" + std::to_string(server_->port());
  channel.own_connection = true;
  client_ = std::make_unique<rpc::Client>(*rpc::Client::Connect(channel));

  AddSchool(kSchool, kHome);
  AddSchool(kNeighbour, kOther);
  Appoint("director", types::v1::ROLE_BUREAU_DIRECTOR, std::string("bureau:") + kHome);
  Appoint("other director", types::v1::ROLE_BUREAU_DIRECTOR, std::string("bureau:") + kOther);
  Appoint("principal", types::v1::ROLE_PRINCIPAL, std::string("school:") + kSchool);
  Appoint("registrar", types::v1::ROLE_REGISTRAR, std::string("school:") + kSchool);
  Appoint("other principal", types::v1::ROLE_PRINCIPAL, std::string("school:") + kNeighbour);
  Appoint("township", types::v1::ROLE_TOWNSHIP_OFFICIAL, "township:411282103");
  av1::AdoptSchoolCalendarRequest adopt;
  *adopt.mutable_calendar() = Calendar();
  av1::AdoptReply adopted;
  const auto result = Call("AdoptSchoolCalendar", adopt, &adopted, "director");
  TWINLINE_CHECK(result.ok(), result.code().c_str());
  GoTo(Day(1));
}

ServiceRig::~ServiceRig() {
  client_.reset();
  server_->Stop(1'000'000);
  module_->Stop();
  for (const auto& shard : shards_) shard->Stop();
  server_.reset();
  shards_.clear();
}

av1::SchoolCalendar ServiceRig::Calendar() const {
  av1::SchoolCalendar calendar;
  calendar.set_version("2026-1");
  av1::Term* term = calendar.add_terms();
  term->set_first_day(Day(1).days);
  term->set_last_day(CivilDay::FromYmd(2027, 1, 22).days);
  calendar.set_weekdays(0x1f);
  calendar.set_sessions(3);
  return calendar;
}

void ServiceRig::Publish(const journal::v1::Event& event) {
  journal::v1::Commit commit;
  commit.set_request_id(base::RandomBytes(16));
  commit.mutable_actor()->set_subject(Id("registry").str());
  *commit.add_events() = event;
  Check(registry_->Append({commit.SerializeAsString()}, {event.type()}));
  Taken();
}

void ServiceRig::Taken() {
  for (const auto& shard : shards_) {
    const auto taken = [&] {
      const engine::ShardStatus status = shard->Status();
      return status.halted ||
             std::any_of(status.sources.begin(), status.sources.end(), [&](const auto& source) {
               return source.first == "registry/0" && source.second >= registry_->next_pos();
             });
    };
    while (!taken()) std::this_thread::yield();
  }
}

void ServiceRig::AddSchool(const std::string& code, const std::string& county) {
  rv1::SchoolRecorded event;
  event.mutable_school()->set_school_code(code);
  event.mutable_school()->set_county(county);
  event.mutable_school()->set_township(county + "103");
  directory_.Apply(event.school());
  Publish(event);
}

Id16 ServiceRig::AddClass(const std::string& name, const std::string& school) {
  rv1::ClassRecorded event;
  rv1::ClassFacts& facts = *event.mutable_class_facts();
  facts.set_class_id(Id(name).str());
  facts.set_school_code(school);
  facts.set_grade(7);
  facts.set_number(static_cast<uint32_t>(classes_.size()) + 1);
  facts.set_roster_version(1);
  classes_[Id(name)] = facts;
  directory_.Apply(facts);
  Appoint(name + "'s teacher", types::v1::ROLE_CLASS_TEACHER, "class:" + Id(name).hex());
  Publish(event);
  return Id(name);
}

Id16 ServiceRig::AddPupil(const std::string& name, const Id16& class_id) {
  rv1::ChildRegistered event;
  rv1::ClassFacts& place = classes_.at(class_id);
  place.set_roster_version(place.roster_version() + 1);
  place.set_pupils(place.pupils() + 1);
  *event.mutable_class_after() = place;
  rv1::ChildFacts& child = *event.mutable_facts();
  child.set_child_id(Id(name).str());
  child.set_registration_id(Id(name + "'s registration").str());
  child.set_status("ACTIVE");
  child.set_school_code(place.school_code());
  child.set_class_id(class_id.str());
  directory_.Apply(child);
  Publish(event);
  return base::AsId(child.registration_id());
}

void ServiceRig::PublishRoster(const Id16& class_id) {
  rv1::ClassRecorded event;
  classes_.at(class_id).set_roster_version(NextRoster(class_id));
  *event.mutable_class_facts() = classes_.at(class_id);
  Publish(event);
}

const rv1::ClassFacts& ServiceRig::Facts(const Id16& class_id) const {
  return classes_.at(class_id);
}

void ServiceRig::Appoint(const std::string& person, types::v1::Role role,
                         const std::string& office) {
  rv1::DutyFacts duty;
  duty.set_duty_id(Id(person + "'s duty").str());
  duty.set_staff_id(Id(person).str());
  duty.set_role(role);
  duty.set_office(office);
  duty.mutable_from()->set_days(CivilDay::FromYmd(2026, 1, 1).days);
  directory_.Apply(duty);
}

void ServiceRig::GoTo(CivilDay day, int hour) {
  clock_.us = base::StartOfDay(day).us + int64_t{hour} * 3'600'000'000;
  for (const auto& shard : shards_) {
    shard->Poke();
    for (;;) {
      const auto next = shard->NextTimer();
      if (!next || *next > clock_.Now()) break;
      Check(shard->WaitApplied(shard->Status().next_pos, 20'000'000));
    }
  }
}

rpc::CallResult ServiceRig::Call(const std::string& method, google::protobuf::Message& request,
                                 google::protobuf::Message* reply, const std::string& person,
                                 int64_t deadline_us) {
  if (const auto* field = request.GetDescriptor()->FindFieldByName("write")) {
    auto& write = static_cast<types::v1::WriteOptions&>(
        *request.GetReflection()->MutableMessage(&request, field));
    if (write.request_id().empty()) write.set_request_id(NewRequestId());
  }
  rpc::CallOptions options;
  if (!person.empty()) options.token = "person:" + person;
  options.deadline_us = deadline_us;
  return client_->Call("twinline.attendance.v1.AttendanceService." + method, request, reply,
                       options);
}

av1::SubmitRollCallRequest ServiceRig::RollCall(const Id16& class_id, CivilDay day,
                                                types::v1::Session session,
                                                const std::vector<Mark>& marks) {
  av1::SubmitRollCallRequest request;
  request.mutable_write()->set_request_id(NewRequestId());
  request.set_class_id(class_id.str());
  request.mutable_day()->set_days(day.days);
  request.set_session(session);
  request.set_roster_version(Facts(class_id).roster_version());
  for (const Mark& mark : marks) {
    av1::MarkedException* exception = request.add_exceptions();
    exception->set_registration_id(mark.registration.str());
    exception->set_code(mark.code);
    exception->set_reason(mark.reason);
  }
  return request;
}

std::string ServiceRig::WholeDay(const std::string& class_name, CivilDay day,
                                 const std::vector<Mark>& marks) {
  for (const auto session : {types::v1::SESSION_MORNING, types::v1::SESSION_AFTERNOON}) {
    auto request = RollCall(Id(class_name), day, session, marks);
    av1::SubmitRollCallReply reply;
    const auto result = Call("SubmitRollCall", request, &reply, class_name + "'s teacher");
    if (!result.ok()) return result.code();
  }
  return "OK";
}

std::vector<journal::v1::Event> ServiceRig::EventsOf(const std::string& journal) {
  std::vector<journal::v1::Event> events;
  journal::AdmittedReader reader(*journals_.Open(journal));
  for (;;) {
    const auto read = reader.Next(64);
    TWINLINE_CHECK(read.ok(), "a journal of a test halts");
    if (read->empty()) return events;
    for (const journal::Admitted& admitted : *read) {
      for (const journal::v1::Commit& commit : admitted.record->commits()) {
        events.insert(events.end(), commit.events().begin(), commit.events().end());
      }
    }
  }
}

}  // namespace twinline::attendance_test
