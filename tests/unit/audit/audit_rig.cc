#include "tests/unit/audit/audit_rig.h"

#include "platform/base/check.h"
#include "platform/vault/owner_key.h"
#include "platform/vault/sealed_proto.h"
#include "twinline/audit/v1/access_events.pb.h"

namespace twinline::audit_test {

AuditRig::AuditRig() {
  Appoint("auditor", types::v1::ROLE_AUDITOR, "auditor:411282");
  Appoint("audit admin", types::v1::ROLE_AUDIT_ADMIN, "auditor:411282");
  Appoint("director", types::v1::ROLE_BUREAU_DIRECTOR, "bureau:411283");
  Appoint("teacher", types::v1::ROLE_CLASS_TEACHER, "class:" + Id("7-1").hex());
}

AuditRig::~AuditRig() { Stop(); }

void AuditRig::Appoint(const std::string& person, types::v1::Role role, const std::string& office) {
  registry::v1::DutyFacts duty;
  duty.set_duty_id(Id(person + "'s duty").str());
  duty.set_staff_id(Id(person).str());
  duty.set_role(role);
  duty.set_office(office);
  duty.mutable_from()->set_days(base::CivilDay::FromYmd(2026, 1, 1).days);
  directory.Apply(duty);
}

rpc::SealFunction AuditRig::Seal() {
  const base::Id16 owner = rpc::AccessEntriesOwner(journals.installation);
  return [this, owner](std::string_view message, uint32_t field, std::string_view plain,
                       types::v1::Sealed* sealed) {
    return vault::SealText(vault, sealer, {owner, message, field}, plain, sealed).ok();
  };
}

void AuditRig::Start(const std::string& index_name) {
  Stop();
  journals.Reopen();
  completions_ = std::make_unique<rpc::Completions>();
  rpc::AccessLog::Options access;
  access.slot = 1;  // slot 0 is the test's own
  access.identity = {journals.installation, journal::v1::REALM_DEMO, journal::v1::CLOCK_KIND_WALL,
                     "test"};
  access_log_ = *rpc::AccessLog::Open(access, &journals.log(), &journals.clock, completions_.get());
  recorder_ = std::make_unique<rpc::AccessRecorder>(access_log_.get(), Seal(), &journals.clock);

  rpc::ServerOptions options;
  options.listen = "";
  options.directory = &directory;
  options.record_clock = &journals.clock;
  options.real_clock = &journals.clock;
  options.recorder = recorder_.get();
  options.completions = completions_.get();
  options.verifier =
      [](std::string_view jwt,
         base::Timestamp now) -> std::variant<rpc::VerifiedToken, rpc::TokenProblem> {
    if (!jwt.starts_with("person:")) return rpc::TokenProblem::kInvalid;
    const std::string person(jwt.substr(7));
    return rpc::VerifiedToken{Id(person), std::hash<std::string>()(person) | 1,
                              now.us / 1'000'000 + 600, 1};
  };
  server = std::make_unique<rpc::Server>(std::move(options));

  module = audit::MakeAuditModule({50'000, 10'000});
  engine::ShardOptions shard_options;
  shard_options.journal = "audit/0";
  shard_options.installation = journals.installation;
  shard_options.realm = journal::v1::REALM_DEMO;
  shard_options.leader = "test";
  shard_options.real_clock = &journals.clock;
  shard = *engine::Shard::Open(std::move(shard_options), module->domain(),
                               store::MakeMemoryStateStore(state),
                               journals.log().Open("audit/0").value(), {}, &journals.clock);
  runtime::Deps deps;
  deps.installation.id = journals.installation;
  deps.installation.realm = journal::v1::REALM_DEMO;
  deps.installation.county_code = "411282";
  deps.clock = &journals.clock;
  deps.real_clock = &journals.clock;
  deps.shard = shard.get();
  deps.journals = &journals.log();
  deps.vault = &vault;
  deps.sealer = &sealer;
  deps.directory = &directory;
  deps.directory_path = journals / index_name;
  deps.second_place = journals / "second-place";
  TWINLINE_CHECK(module->Register(*server, deps).ok(), "the audit does not register");
  TWINLINE_CHECK(shard->Start().ok(), "the audit's shard does not start");
  TWINLINE_CHECK(module->Start().ok(), "the audit does not start");
  TWINLINE_CHECK(server->Start().ok(), "the server does not start");
  client = std::make_unique<rpc::Client>(server->InProcessChannel());
  // Until its first round is over the audit answers UNAVAILABLE; tests begin behind it, whatever
  // that round found.
  audit::v1::GetStatusRequest request;
  request.set_wait(true);
  audit::v1::GetStatusReply reply;
  Call("GetStatus", request, &reply);
}

void AuditRig::Stop() {
  client.reset();
  if (server) server->Stop(1'000'000);
  if (module) module->Stop();
  if (shard) shard->Stop();
  server.reset();
  module.reset();
  shard.reset();
  recorder_.reset();
  access_log_.reset();
  completions_.reset();
}

rpc::CallResult AuditRig::Call(const std::string& method, const google::protobuf::Message& request,
                               google::protobuf::Message* reply, const std::string& person) {
  rpc::CallOptions options;
  if (!person.empty()) options.token = "person:" + person;
  return client->Call(kAuditMethods + method, request, reply, options);
}

audit::v1::GetStatusReply AuditRig::CaughtUp() {
  audit::v1::GetStatusRequest request;
  request.set_wait(true);
  audit::v1::GetStatusReply reply;
  const auto result = Call("GetStatus", request, &reply);
  TWINLINE_CHECK(result.ok(), "the audit gives no status");
  return reply;
}

std::vector<audit::v1::TrailEntryView> AuditRig::Query(audit::v1::QueryTrailRequest request,
                                                       const std::string& person) {
  std::vector<audit::v1::TrailEntryView> entries;
  for (;;) {
    audit::v1::QueryTrailReply reply;
    const auto result = Call("QueryTrail", request, &reply, person);
    TWINLINE_CHECK(result.ok(), "the trail is not shown");
    for (const auto& entry : reply.entries()) entries.push_back(entry);
    if (reply.next_page_token().empty()) return entries;
    request.mutable_page()->set_page_token(reply.next_page_token());
  }
}

std::vector<audit::v1::TrailEntryView> AuditRig::TrailOf(const std::string& child) {
  audit::v1::QueryTrailRequest request;
  request.set_child_id(Id(child).str());
  request.set_reason("查证");
  return Query(request);
}

std::string AuditRig::Export(const audit::v1::ExportTrailRequest& request,
                             const std::string& person, rpc::CallResult* result) {
  rpc::CallOptions options;
  options.token = "person:" + person;
  auto reader = client->OpenReader(std::string(kAuditMethods) + "ExportTrail", request, options);
  std::string bytes;
  audit::v1::ExportTrailChunk chunk;
  while (reader.Read(&chunk)) bytes += chunk.data();
  const rpc::CallResult finished = reader.Finish();
  if (result != nullptr) *result = finished;
  return bytes;
}

std::string AuditRig::VerifierKey() {
  audit::v1::GetVerifierKeyReply reply;
  TWINLINE_CHECK(Call("GetVerifierKey", audit::v1::GetVerifierKeyRequest(), &reply, "").ok(),
                 "no verifier key");
  return reply.verifier_key();
}

void AuditRig::SeeSession(const std::string& person, uint64_t session, const std::string& address) {
  audit::v1::SessionSeen seen;
  seen.set_session(session);
  seen.set_subject(Id(person).str());
  Seal()("twinline.audit.v1.SessionSeen", 3, address, seen.mutable_address());
  journals.Append("access/0/202609", {{person, "", session, {MakeEvent(seen)}}});
}

void AuditRig::Look(const std::string& person, const std::string& child, const std::string& rpc) {
  audit::v1::AccessNoted noted;
  noted.set_rpc(rpc);
  noted.add_child_id(Id(child).str());
  journals.Append("access/0/202609", {{person, "", 12, {MakeEvent(noted)}}});
}

}  // namespace twinline::audit_test
