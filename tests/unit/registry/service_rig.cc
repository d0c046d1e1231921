#include "tests/unit/registry/service_rig.h"

#include "platform/vault/sealed_proto.h"

namespace twinline::registry {

ServiceRig::ServiceRig() {
  clock.now = {base::StartOfDay(Day("2024-09-02")).us + 8 * 3'600'000'000LL};
  sealer_ = std::make_unique<vault::Sealer>(vault_, vault_.random());
  tokens_ = *vault::SearchTokens::Load(vault_, vault_.random());
  journal_ = *journals_.Open("registry/0");
  engine::ShardOptions options;
  options.journal = "registry/0";
  options.installation = base::DeriveId({"test installation"});
  options.realm = journal::v1::REALM_DEMO;
  options.leader = "test";
  options.threaded = false;
  options.verify_apply = true;
  options.real_clock = &clock;
  auto shard = engine::Shard::Open(options, module_->domain(), store::MakeMemoryStateStore(disk_),
                                   journal_, {*journals_.Open("transfer/0")}, &clock);
  EXPECT_TRUE(shard.ok()) << shard.status();
  shard_ = *std::move(shard);
  EXPECT_TRUE(shard_->Start().ok());

  runtime::Deps deps;
  deps.installation.id = options.installation;
  deps.installation.realm = options.realm;
  deps.installation.county_code = "411282";
  deps.clock = &clock;
  deps.shard = shard_.get();
  deps.journals = &journals_;
  deps.vault = &vault_;
  deps.sealer = sealer_.get();
  deps.search_tokens = &*tokens_;
  EXPECT_TRUE(module_->Register(registry_, deps).ok());
  EXPECT_TRUE(module_->Start().ok());

  v1::RecordedReply reply;
  for (const auto& [code, kind] : std::vector<std::pair<const char*, const char*>>{
           {"41", "PROVINCE"}, {"4112", "CITY"}, {"411282", "COUNTY"}, {"411282103", "TOWNSHIP"}}) {
    v1::RecordAreaRequest area;
    area.mutable_area()->set_code(code);
    area.mutable_area()->set_kind(kind);
    area.mutable_area()->set_name("区划");
    EXPECT_TRUE(Call("RecordArea", area, &reply, Bureau()).ok());
  }
  for (const char* code : {kSchool, kSchoolB}) {
    v1::RecordSchoolRequest school;
    school.mutable_school()->set_school_code(code);
    school.mutable_school()->set_kind("PRIMARY");
    school.mutable_school()->set_name("阳平镇中心小学");
    school.mutable_school()->set_township("411282103");
    school.mutable_school()->set_county("411282");
    EXPECT_TRUE(Call("RecordSchool", school, &reply, Bureau()).ok());
  }
}

std::string ServiceRig::NewId() {
  const std::string random = base::DeriveId({"random", std::to_string(++ids_)}).str().substr(0, 10);
  return base::MakeUuidV7(clock.Now(), random).str();
}

std::string ServiceRig::AddClass(uint32_t grade, uint32_t number, const std::string& school) {
  v1::RecordClassRequest request;
  request.set_school_code(school);
  request.mutable_class_facts()->set_grade(grade);
  request.mutable_class_facts()->set_number(number);
  request.mutable_class_facts()->set_school_year(2024);
  v1::RecordedReply reply;
  EXPECT_TRUE(Call("RecordClass", request, &reply, Bureau()).ok());
  return reply.id();
}

v1::ChildInput ServiceRig::Child(const std::string& name, const std::string& id_number,
                                 const std::string& class_id) const {
  v1::ChildInput child;
  child.mutable_person()->set_name(name);
  child.mutable_person()->set_id_number(id_number);
  child.mutable_person()->set_ethnicity("01");
  child.mutable_person()->set_address("阳平镇某村12号");
  v1::GuardianInput* guardian = child.add_guardians();
  guardian->set_name("某家长");
  guardian->set_relation("母亲");
  guardian->set_phone("13800001234");
  guardian->set_legal_guardian(true);
  child.set_school_code(kSchool);
  child.set_class_id(class_id);
  child.set_hukou_township("411282103");
  child.set_boarding("1");
  child.mutable_entered_on()->set_days(Day("2024-09-01").days);
  child.set_entry_kind("NORMAL");
  return child;
}

std::string ServiceRig::Register(const v1::ChildInput& child, const Caller& caller) {
  v1::RegisterChildRequest request;
  *request.mutable_child() = child;
  v1::RegisterChildReply reply;
  const Result result = Call("RegisterChild", request, &reply, caller);
  EXPECT_TRUE(result.ok()) << result.refusal << result.status;
  return reply.child_id();
}

Result ServiceRig::Import(const std::string& bytes, const std::string& name, bool dry_run,
                          v1::ImportStudentsReply* reply, const Caller& caller) {
  v1::ImportStudentsRequest start, chunk;
  start.mutable_start()->mutable_write()->set_request_id(NewId());
  start.mutable_start()->set_file_name(name);
  start.mutable_start()->set_dry_run(dry_run);
  start.mutable_start()->set_office(caller.office);
  start.mutable_start()->set_school_year(2024);
  reply->Clear();
  auto call = std::make_shared<FakeUpload>(start, reply, caller);
  {
    const auto handler =
        registry_.client_stream.at("twinline.registry.v1.RegistryService.ImportStudents")(call);
    handler.on_message(start);
    for (size_t at = 0; at < bytes.size(); at += 1000) {
      chunk.set_chunk(bytes.substr(at, 1000));
      handler.on_message(chunk);
    }
    handler.on_end();
  }
  return Await(*call);
}

Result ServiceRig::Fetch(const std::string& method, const google::protobuf::Message& request,
                         std::string* bytes, int* children, const Caller& caller) {
  v1::FileChunk unused;
  auto call = std::make_shared<FakeStream>(request, &unused, caller);
  registry_.server_stream.at("twinline.registry.v1.RegistryService." + method)(call);
  const Result result = Await(*call);
  *bytes = call->bytes;
  *children = call->children;
  return result;
}

std::string ServiceRig::ImportResult(const v1::ImportStudentsReply& reply, const Caller& caller) {
  v1::DownloadImportResultRequest request;
  request.set_import_id(reply.import_id());
  std::string bytes;
  int children = 0;
  EXPECT_TRUE(Fetch("DownloadImportResult", request, &bytes, &children, caller).ok());
  return bytes;
}

std::string ServiceRig::JournalBytes() const {
  std::string all;
  journal::AdmittedReader reader(journal_);
  while (true) {
    const auto read = reader.Next(64);
    if (!read.ok() || read->empty()) return all;
    for (const auto& admitted : *read) all += admitted.record->bytes();
  }
}

std::string ServiceRig::Open(const std::string& owner, const std::string& message_type,
                             uint32_t field, const types::v1::Sealed& sealed) {
  const auto value = vault::FromProto(sealed);
  EXPECT_TRUE(value.has_value());
  if (!value) return {};
  const auto opened = sealer_->Open(*value, {base::AsId(owner), message_type, field});
  EXPECT_TRUE(opened.ok() && opened->state == vault::OpenState::kOpen);
  return opened.ok() ? opened->plaintext : std::string();
}

std::vector<journal::v1::Event> ServiceRig::JournalEvents() const {
  std::vector<journal::v1::Event> all;
  journal::AdmittedReader reader(journal_);
  while (true) {
    const auto read = reader.Next(64);
    if (!read.ok() || read->empty()) return all;
    for (const auto& admitted : *read) {
      for (const auto& commit : admitted.record->commits()) {
        all.insert(all.end(), commit.events().begin(), commit.events().end());
      }
    }
  }
}

}  // namespace twinline::registry
