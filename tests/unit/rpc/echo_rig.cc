// The county, its people, and what the echo service does.
#include "tests/unit/rpc/echo_rig.h"

#include <utility>

namespace twinline::rpc_test {
namespace {

using test::v1::AddNoteReply;
using test::v1::AddNoteRequest;
using test::v1::Child;
using test::v1::CountReply;
using test::v1::GetChildRequest;
using test::v1::ListClassReply;
using test::v1::ListClassRequest;
using test::v1::LogInRequest;
using test::v1::PingReply;
using test::v1::PingRequest;

uint64_t SessionOf(const std::string& person) { return std::hash<std::string>()(person) | 1; }

}  // namespace

void FakeShard::Submit(engine::Submission submission) {
  auto done = std::move(submission.done);
  engine::Answer now;
  {
    const std::lock_guard lock(mutex);
    seen.push_back(std::move(submission));
    now = answer;
  }
  done(std::move(now));
}

engine::ReadView FakeShard::Read() const {
  return {std::make_shared<base::MapRows>(), next_pos.load()};
}

void FakeShard::WhenApplied(uint64_t pos, std::function<void()> ready) {
  {
    const std::lock_guard lock(mutex);
    if (pos >= next_pos.load()) {
      waiting_.emplace(pos, std::move(ready));
      return;
    }
  }
  ready();
}

void FakeShard::Apply(uint64_t next) {
  std::vector<std::function<void()>> ready;
  {
    const std::lock_guard lock(mutex);
    next_pos.store(next);
    while (!waiting_.empty() && waiting_.begin()->first < next) {
      ready.push_back(std::move(waiting_.begin()->second));
      waiting_.erase(waiting_.begin());
    }
  }
  for (const auto& each : ready) each();
}

EchoRig::EchoRig(RigOptions options) {
  completions = std::make_unique<rpc::Completions>();
  if (options.record) {
    rpc::AccessLog::Options log;
    log.identity = {Id("installation"), journal::v1::REALM_DEMO, journal::v1::CLOCK_KIND_WALL, "t"};
    auto opened = rpc::AccessLog::Open(log, &journals, &clock, completions.get());
    access_log = *std::move(opened);
    recorder = std::make_unique<rpc::AccessRecorder>(
        access_log.get(),
        [](std::string_view, uint32_t, std::string_view plain, types::v1::Sealed* sealed) {
          sealed->set_ciphertext("sealed:" + std::string(plain));
          return true;
        },
        &clock);
  }
  registry::v1::SchoolFacts school;
  school.set_county("411282");
  school.set_school_code(kSchoolA);
  school.set_township("411282103");
  directory.Apply(school);
  school.set_school_code(kSchoolB);
  school.set_township("411282104");
  directory.Apply(school);
  registry::v1::ClassFacts facts;
  for (const auto& [name, code] :
       {std::pair{"7-1", kSchoolA}, {"7-2", kSchoolA}, {"8-1", kSchoolB}}) {
    facts.set_class_id(Id(name).str());
    facts.set_school_code(code);
    directory.Apply(facts);
  }

  rpc::ServerOptions server_options;
  server_options.listen = options.real_port ? "127.0.0.1:0" : "";
  server_options.in_flight_max = options.in_flight_max;
  server_options.demo_methods = options.demo;
  server_options.directory = &directory;
  server_options.record_clock = &clock;
  server_options.real_clock = &clock;
  server_options.recorder = recorder.get();
  server_options.fingerprint = [](const base::Id16&, std::string_view rpc, std::string_view body) {
    return std::string(base::View(base::Sha256({rpc, body})).substr(0, 16));
  };
  server_options.completions = completions.get();
  server_options.verifier =
      [this](std::string_view jwt,
             base::Timestamp now) -> std::variant<rpc::VerifiedToken, rpc::TokenProblem> {
    ++verified;
    if (jwt == "old") return rpc::TokenProblem::kExpired;
    if (!jwt.starts_with("person:")) return rpc::TokenProblem::kInvalid;
    const std::string person(jwt.substr(7));
    return rpc::VerifiedToken{Id(person), SessionOf(person), now.us / 1'000'000 + 600, 1};
  };
  server = std::make_unique<rpc::Server>(std::move(server_options));
  Handlers();
  const absl::Status started = server->Start();
  if (!started.ok()) return;
  if (options.real_port) {
    rpc::ChannelOptions channel;
    channel.target = "127.0.0.1:" + std::to_string(server->port());
    client = std::make_unique<rpc::Client>(*rpc::Client::Connect(channel));
  } else {
    client = std::make_unique<rpc::Client>(server->InProcessChannel());
  }
}

EchoRig::~EchoRig() {
  Release();
  if (server != nullptr) server->Stop(1'000'000);
}

void EchoRig::Handlers() {
  const std::string service = kService;
  const auto child = [](const rpc::CallPtr& call) {
    auto& reply = rpc::Out<Child>(*call);
    reply.set_child_id(rpc::In<GetChildRequest>(*call).child_id());
    reply.set_name("张三");
  };
  const auto ping = [this](rpc::CallPtr call) {
    const auto& request = rpc::In<PingRequest>(*call);
    if (request.behaviour() == "drop") return;
    if (request.behaviour() == "hold") {
      const std::lock_guard lock(mutex_);
      holding_.push_back(std::move(call));
      ++held;
      return;
    }
    rpc::Out<PingReply>(*call).set_text(request.text());
    call->Finish();
  };
  server->Unary(service + "Ping", ping);
  server->Unary(service + "WhoAmI", ping);
  server->Unary(service + "DemoOnly", ping);
  server->Unary(service + "LogIn", [](rpc::CallPtr call) {
    const auto& request = rpc::In<LogInRequest>(*call);
    if (request.password() != "right") {
      return call->Finish(base::Refusal{"LOGIN_FAILED", "登录失败", "no", {}});
    }
    call->BeganSession(Id(request.login()), 77, request.device());
    rpc::Out<PingReply>(*call).set_text(call->address());
    call->Finish();
  });
  server->Unary(service + "GetChild", [this, child](rpc::CallPtr call) {
    rpc::WithView(call, shard, [call, child](const engine::ReadView&) {
      child(call);
      call->Finish();
    });
  });
  server->Unary(service + "OpenSealed", [child](rpc::CallPtr call) {
    child(call);
    call->Finish();
  });
  server->Unary(service + "ListClass", [](rpc::CallPtr call) {
    const auto& request = rpc::In<ListClassRequest>(*call);
    auto& reply = rpc::Out<ListClassReply>(*call);
    for (const char* name : {"x", "y"}) reply.add_children()->set_child_id(Id(name).str());
    reply.mutable_children(0)->add_siblings()->set_child_id(Id("z").str());
    if (request.roster_version() != 0) {
      call->ShowsClassList(*base::Id16::FromBytes(request.place().class_id()),
                           request.roster_version());
    }
    call->Finish();
  });
  const auto count = [](rpc::CallPtr call) {
    rpc::Out<CountReply>(*call).set_count(1);
    call->Finish();
  };
  server->Unary(service + "CountSchool", count);
  server->Unary(service + "CallOffice", count);
  server->Unary(service + "Import", count);
  server->Unary(service + "AddNote", [this](rpc::CallPtr call) {
    const auto& request = rpc::In<AddNoteRequest>(*call);
    rpc::SubmitWrite(call, shard, 1'999, request.text(),
                     [call](const engine::Accepted&, const engine::ReadView&) {
                       const auto& asked = rpc::In<AddNoteRequest>(*call);
                       auto& reply = rpc::Out<AddNoteReply>(*call);
                       if (asked.text() == "twin") {
                         reply.add_possible_duplicates()->set_child_id(Id("y").str());
                       } else if (asked.text() == "self") {
                         reply.add_possible_duplicates()->set_child_id(asked.child_id());
                       }
                     });
  });
  server->ServerStream(service + "WatchClass", [](rpc::StreamCallPtr call) {
    for (int i = 0; i < 5; ++i) {
      Child message;
      message.set_child_id(Id("w" + std::to_string(i)).str());
      call->Write(message);
    }
    call->Finish();
  });
  server->ClientStream(service + "Upload", [](std::shared_ptr<rpc::ClientStreamCall> call) {
    auto seen = std::make_shared<uint64_t>(0);
    return rpc::ClientStreamHandler{[call, seen](const google::protobuf::Message&) {
                                      ++*seen;
                                      call->Next();
                                    },
                                    [call, seen] {
                                      rpc::Out<CountReply>(*call).set_count(*seen);
                                      call->Finish();
                                    }};
  });
}

void EchoRig::Release() {
  std::vector<rpc::CallPtr> released;
  {
    const std::lock_guard lock(mutex_);
    released.swap(holding_);
    held = 0;
  }
  for (const auto& call : released) call->Finish();
}

rpc::CallOptions EchoRig::As(const std::string& person) {
  rpc::CallOptions options;
  if (!person.empty()) options.token = "person:" + person;
  return options;
}

rpc::CallResult EchoRig::Call(const std::string& method, const google::protobuf::Message& request,
                              google::protobuf::Message* reply, const rpc::CallOptions& options) {
  return client->Call(kService + method, request, reply, options);
}

rpc::CallResult EchoRig::GetChild(const std::string& person, const std::string& child) {
  GetChildRequest request;
  request.set_child_id(Id(child).str());
  Child reply;
  return Call("GetChild", request, &reply, As(person));
}

void EchoRig::Appoint(const std::string& person, types::v1::Role role, const std::string& office) {
  registry::v1::DutyFacts duty;
  duty.set_duty_id(Id(person + office).str());
  duty.set_staff_id(Id(person).str());
  duty.set_role(role);
  duty.set_office(office);
  duty.mutable_from()->set_days(base::CivilDay::FromYmd(2026, 9, 1).days);
  directory.Apply(duty);
}

void EchoRig::PutChild(const std::string& name, const std::string& class_name,
                       const std::string& school, const std::string& hukou_township,
                       const std::string& residence_township) {
  registry::v1::ChildFacts facts;
  facts.set_child_id(Id(name).str());
  facts.set_class_id(Id(class_name).str());
  facts.set_school_code(school);
  facts.set_hukou_township(hukou_township);
  facts.set_hukou_village(hukou_township + "001");
  facts.set_residence_township(residence_township);
  directory.Apply(facts);
}

std::vector<journal::v1::Event> EchoRig::AccessEvents() {
  std::vector<journal::v1::Event> events;
  auto journal = journals.Open(rpc::AccessJournalName(0, base::DayOf(clock.Now())));
  journal::AdmittedReader reader(*journal);
  while (true) {
    auto records = reader.Next(64);
    if (!records.ok() || records->empty()) return events;
    for (const auto& admitted : *records) {
      for (const auto& commit : admitted.record->commits()) {
        for (const auto& event : commit.events()) events.push_back(event);
      }
    }
  }
}

}  // namespace twinline::rpc_test
