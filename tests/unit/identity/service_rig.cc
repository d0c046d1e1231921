#include "tests/unit/identity/service_rig.h"

#include <future>

#include "identity/domain/password.h"
#include "identity/service/submit.h"
#include "platform/base/hash.h"
#include "platform/journal/admit.h"
#include "registry/domain/registry_domain.h"
#include "twinline/identity/v1/identity_commands.pb.h"

namespace twinline::identity {

ServiceRig::ServiceRig(journal::v1::Realm realm) {
  installation.id = base::DeriveId({"test installation"});
  installation.realm = realm;
  installation.clock =
      installation.demo() ? journal::v1::CLOCK_KIND_DRIVEN : journal::v1::CLOCK_KIND_WALL;
  installation.county_code = "411282";
  registry_domain_ = std::make_unique<registry::RegistryDomain>();
  sealer = std::make_unique<vault::Sealer>(vault, vault.random());
  fingerprints_ = std::make_unique<vault::RequestFingerprints>(vault, vault.random());
  Start();
}

std::unique_ptr<engine::Shard> ServiceRig::OpenShard(const std::string& name,
                                                     const base::ShardDomain* domain,
                                                     std::shared_ptr<store::MemoryDisk> disk) {
  engine::ShardOptions options;
  options.journal = name + "/0";
  options.installation = installation.id;
  options.realm = installation.realm;
  options.clock_kind = installation.clock;
  options.leader = "test";
  options.verify_apply = true;
  options.real_clock = &real_clock;
  std::vector<std::shared_ptr<journal::Journal>> sources;
  for (const std::string& source : domain->Sources())
    sources.push_back(*journals.Open(source + "/0"));
  auto opened = engine::Shard::Open(options, domain, store::MakeMemoryStateStore(std::move(disk)),
                                    *journals.Open(options.journal), std::move(sources), &clock);
  EXPECT_TRUE(opened.ok()) << opened.status();
  const absl::Status started = (*opened)->Start();
  EXPECT_TRUE(started.ok()) << started;
  return *std::move(opened);
}

void ServiceRig::Start() {
  module = MakeIdentityModule();
  registry_shard = OpenShard("registry", registry_domain_.get(), registry_disk_);
  shard = OpenShard("identity", module->domain(), disk_);
  directory = std::make_unique<rpc::MemoryDirectory>(installation.county_code);
  EXPECT_TRUE(directory->FollowRegistry(*journals.Open("registry/0")).ok());
  EXPECT_TRUE(directory
                  ->FollowIdentity(*journals.Open("identity/0"),
                                   [this](const journal::v1::Event& event) {
                                     return module->EndedSession(event);
                                   })
                  .ok());
  completions_ = std::make_unique<rpc::Completions>();
  rpc::ServerOptions options;
  options.listen = "";
  options.demo_methods = installation.demo() && installation.driven();
  options.directory = directory.get();
  options.record_clock = &clock;
  options.real_clock = &real_clock;
  options.completions = completions_.get();
  options.fingerprint = [this](const base::Id16& id, std::string_view rpc, std::string_view body) {
    return fingerprints_->Compute(id, rpc, body);
  };
  options.verifier = [this](std::string_view jwt, base::Timestamp now) {
    return module->token_verifier()(jwt, now);
  };
  server_ = std::make_unique<rpc::Server>(std::move(options));
  runtime::Deps deps;
  deps.installation = installation;
  deps.clock = &clock;
  deps.real_clock = &real_clock;
  deps.shard = shard.get();
  deps.journals = &journals;
  deps.vault = &vault;
  deps.sealer = sealer.get();
  deps.directory = directory.get();
  EXPECT_TRUE(module->Register(*server_, deps).ok());
  EXPECT_TRUE(server_->Start().ok());
  const absl::Status started = module->Start();
  EXPECT_TRUE(started.ok()) << started;
  client = std::make_unique<rpc::Client>(server_->InProcessChannel());
}

void ServiceRig::Stop() {
  if (server_ == nullptr) return;
  server_->Stop(kSecond);
  module->Stop();
  shard->Stop();
  registry_shard->Stop();
  directory->Stop();
  client.reset();
  server_.reset();
  completions_.reset();
  directory.reset();
  shard.reset();
  registry_shard.reset();
  module.reset();
}

std::string ServiceRig::LogIn(const std::string& login, const std::string& password,
                              const std::string& fresh) {
  v1::LogInRequest request;
  request.set_login(login);
  request.set_password(password);
  request.set_new_password(fresh);
  return Call("LogIn", request, &token);
}

std::string ServiceRig::Refresh(const std::string& refresh_token) {
  v1::RefreshRequest request;
  request.set_refresh_token(refresh_token);
  return Call("Refresh", request, &token);
}

std::string ServiceRig::WhoAmI(const std::string& bearer) {
  return Call("WhoAmI", v1::WhoAmIRequest(), &who, bearer);
}

void ServiceRig::AddTeacher(const std::string& name) {
  const std::string first = "First-" + name + "-4kq!z";
  const auto phc = HashPassword(first, base::RandomBytes(kSaltSize));
  v1::CreateAccountCommand command;
  command.set_subject(Staff(name).str());
  command.set_login(name);
  command.set_password_entry(
      vault.Put(Staff(name), vault::SecretKind::kPasswordHash, "password", *phc)->str());
  const engine::Answer answer = SubmitAndWait(
      *shard, ServiceSubmission("service:test", base::DeriveId({"account of", name}), command));
  EXPECT_TRUE(std::holds_alternative<engine::Accepted>(answer));
  Appoint(name, types::v1::ROLE_CLASS_TEACHER, "class:" + Staff("7-1").hex());
  EXPECT_EQ(LogIn(name, first, PasswordOf(name)), "OK");
}

void ServiceRig::Appoint(const std::string& name, types::v1::Role role, const std::string& office) {
  registry::v1::DutyFacts duty;
  duty.set_duty_id(base::DeriveId({name, office}).str());
  duty.set_staff_id(Staff(name).str());
  duty.set_role(role);
  duty.set_office(office);
  duty.mutable_from()->set_days(base::CivilDay::FromYmd(2026, 9, 1).days);
  directory->Apply(duty);
}

std::string ServiceRig::Admin() {
  AddTeacher("secadmin");
  const std::string bearer = token.token();
  Appoint("secadmin", types::v1::ROLE_SECURITY_ADMIN, "bureau:411282");
  return bearer;
}

void ServiceRig::Follow() {
  std::promise<void> reached;
  directory->WhenCurrent([&reached] { reached.set_value(); });
  reached.get_future().wait();
}

std::string ServiceRig::JournalBytes() {
  std::string bytes;
  journal::AdmittedReader reader(*journals.Open("identity/0"));
  for (;;) {
    const auto records = reader.Next(64);
    if (!records.ok() || records->empty()) return bytes;
    for (const auto& admitted : *records) bytes += admitted.record->record().SerializeAsString();
  }
}

}  // namespace twinline::identity
