// Every RPC that the product declares, called by nobody, by a person without a duty and by a holder
// of each of the fourteen roles, against the real server. What was let through is compared with the
// declarations beside the RPCs and with the reviewed table rights_matrix.txt: a right that somebody
// adds by accident shows as a changed line there. Whoever was refused, and whoever only read, has
// changed no journal of the business services (N08: the auditor reads all and changes nothing).
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <semaphore>
#include <set>
#include <sstream>

#include "google/protobuf/descriptor.h"
#include "platform/base/keys.h"
#include "tests/support/running_county.h"
#include "tools/demo/guide.h"
#include "twinline/accountability/v1/accountability.pb.h"
#include "twinline/audit/v1/audit.pb.h"
#include "twinline/identity/v1/identity.pb.h"
#include "twinline/registry/v1/registry.pb.h"
#include "twinline/types/v1/options.pb.h"

namespace twinline::test {
namespace {

namespace av1 = audit::v1;
namespace rv1 = registry::v1;
using google::protobuf::DescriptorPool;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;
using types::v1::Access;
namespace fs = std::filesystem;

constexpr char kRegistry[] = "twinline.registry.v1.RegistryService.";
constexpr char kTownship[] = "township:411282103";

// The columns: no token, a token without a duty, the roles in the order of their numbers.
constexpr int kNobody = 0;
constexpr int kNoDuty = 1;
constexpr int kColumns = 2 + types::v1::ROLE_AUDIT_ADMIN;
int ColumnOf(int role) { return role + 1; }

// A wall clock is looked after by people, a driven one by the demonstration: each has its service.
bool ServedOn(const MethodDescriptor& method, bool wall) {
  return method.service()->full_name() == "twinline.operation.v1.OperationService" ? wall : !wall;
}

std::vector<const MethodDescriptor*> DeclaredMethods(bool wall) {
  std::vector<std::string> names;
  const fs::path root(TWINLINE_PROTO_ROOT);
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().extension() == ".proto") {
      names.push_back(fs::relative(entry.path(), root).string());
    }
  }
  std::sort(names.begin(), names.end());
  std::vector<const MethodDescriptor*> methods;
  for (const std::string& name : names) {
    const auto* file = DescriptorPool::generated_pool()->FindFileByName(name);
    if (file == nullptr) continue;  // no service uses it
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        const MethodDescriptor* method = file->service(s)->method(m);
        if (ServedOn(*method, wall)) methods.push_back(method);
      }
    }
  }
  return methods;
}

const Access& AccessOf(const MethodDescriptor& method) {
  return method.options().GetExtension(types::v1::access);
}

std::string ShortName(const MethodDescriptor& method) {
  return std::string(method.full_name()).substr(sizeof "twinline." - 1);
}

bool IsAuditor(int column) { return column == ColumnOf(types::v1::ROLE_AUDITOR); }

// What the declaration says, read without the product's own reader of declarations.
bool Declared(const MethodDescriptor& method, int column) {
  const Access& access = AccessOf(method);
  if (access.public_()) return true;
  if (column == kNobody) return false;
  if (access.roles().empty()) return true;
  if (IsAuditor(column) && !access.write() && !access.not_auditor()) {
    return true;
  }
  for (const int role : access.roles()) {
    if (ColumnOf(role) == column) return true;
  }
  return false;
}

class RightsMatrix : public testing::Test {
 protected:
  void Begin(std::unique_ptr<RunningCounty> county, bool wall) {
    county_ = std::move(county);
    methods_ = DeclaredMethods(wall);
    seen_.assign(methods_.size(), std::string(kColumns, ' '));
    const demo::Admins admins = demo::FirstAdmins(county_->data());
    const demo::Loaded& loaded = county_->loaded();
    people_.resize(kColumns);
    people_[kNoDuty] = Person("无职人员", admins.system);
    Put(types::v1::ROLE_CLASS_TEACHER, county_->Teacher(0));
    Put(types::v1::ROLE_REGISTRAR, county_->Registrar(kPrimaryOne));
    Put(types::v1::ROLE_PRINCIPAL, county_->Principal(kPrimaryOne));
    Put(types::v1::ROLE_VILLAGE_OFFICIAL, county_->Village(0));
    Put(types::v1::ROLE_TOWNSHIP_OFFICIAL, county_->Township(0));
    Put(types::v1::ROLE_TOWNSHIP_HEAD, loaded.township_head.at(kTownship));
    Put(types::v1::ROLE_BUREAU_OFFICIAL, loaded.bureau_official);
    Put(types::v1::ROLE_BUREAU_DIRECTOR, loaded.bureau_director);
    for (const datagen::Duty& duty : county_->county().duties) {
      if (duty.role == "COUNTY_HEAD") Put(types::v1::ROLE_COUNTY_HEAD, loaded.staff[duty.staff]);
    }
    const base::Id16 province = Person("省厅人员", admins.system);
    StartDuty(province, types::v1::ROLE_PROVINCE_OFFICIAL, "province:41", admins.security);
    Put(types::v1::ROLE_PROVINCE_OFFICIAL, province);
    Put(types::v1::ROLE_AUDITOR, loaded.auditor);
    Put(types::v1::ROLE_SYSTEM_ADMIN, admins.system);
    Put(types::v1::ROLE_SECURITY_ADMIN, admins.security);
    Put(types::v1::ROLE_AUDIT_ADMIN, admins.audit);
    // To begin a session is a record too; let it be one of before.
    for (const base::Id16& person : people_) county_->api().TokenOf(person);
  }

  void Put(types::v1::Role role, const base::Id16& staff) {
    people_[static_cast<size_t>(ColumnOf(role))] = staff;
  }
  base::Id16 Person(const std::string& name, const base::Id16& by) {
    rv1::RecordStaffRequest request;
    request.set_name(name);
    request.set_phone("13800000009");
    request.set_office("province:41");
    rv1::RecordedReply reply;
    county_->api().Must(std::string(kRegistry) + "RecordStaff", request, &reply, by);
    return base::AsId(reply.id());
  }
  void StartDuty(const base::Id16& staff, types::v1::Role role, const std::string& office,
                 const base::Id16& by) {
    rv1::StartDutyRequest request;
    request.set_staff_id(staff.str());
    request.set_role(role);
    request.set_office(office);
    request.mutable_from()->set_days(base::DayOf({county_->api().now_us()}).days);
    rv1::RecordedReply reply;
    county_->api().Must(std::string(kRegistry) + "StartDuty", request, &reply, by);
  }

  // An alert for a township, so that whoever may watch has something to see.
  void RingOnce() {
    accountability::v1::OpenCaseRequest request;
    request.set_child_id(county_->loaded().children[0].str());
    request.set_reason("家访未见到学生");
    accountability::v1::CaseReply reply;
    county_->api().Must("twinline.accountability.v1.AccountabilityService.OpenCase", request,
                        &reply, county_->Registrar(kPrimaryOne));
    county_->GoTo(0, 9);
  }

  // Every cell that `wanted` picks is one call of that person; many are in flight.
  template <typename Wanted>
  void Observe(const Wanted& wanted) {
    for (size_t m = 0; m < methods_.size(); ++m) {
      for (int column = 0; column < kColumns; ++column) {
        if (wanted(*methods_[m], column)) Call(m, column);
      }
    }
    for (int i = 0; i < kInFlight; ++i) slots_.acquire();
    slots_.release(kInFlight);
  }

  // Records of each journal that people's acts go into. Access entries and checkpoints grow by
  // looking, which is what they are for.
  std::map<std::string, uint64_t> Records() {
    av1::GetStatusRequest request;
    request.set_wait(true);
    av1::GetStatusReply reply;
    county_->api().Must("twinline.audit.v1.AuditService.GetStatus", request, &reply,
                        county_->loaded().auditor);
    std::map<std::string, uint64_t> records;
    for (const av1::JournalStatus& journal : reply.journals()) {
      const std::string& name = journal.journal();
      if (!name.starts_with("access/") && !name.starts_with("audit/"))
        records[name] = journal.indexed();
    }
    return records;
  }

  // With the declarations, and with what was reviewed of these RPCs.
  void Compare() {
    for (size_t m = 0; m < methods_.size(); ++m) {
      for (int column = 0; column < kColumns; ++column) {
        EXPECT_EQ(seen_[m][static_cast<size_t>(column)], Declared(*methods_[m], column) ? '+' : '.')
            << methods_[m]->full_name() << " column " << column;
      }
    }
    const fs::path observed =
        fs::path(OBSERVED_TABLES) /
        (std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + ".txt");
    std::ofstream(observed) << Table();
    EXPECT_EQ(Table(), Reviewed())
        << "rights changed. Review each line that differs, then put the lines of " << observed
        << " into " << REVIEWED_TABLE;
  }

  // Lines of this test's RPCs, and of RPCs that are no more.
  std::string Reviewed() const {
    std::set<std::string> others;
    for (const bool wall : {false, true}) {
      for (const MethodDescriptor* method : DeclaredMethods(wall))
        others.insert(ShortName(*method));
    }
    for (const MethodDescriptor* method : methods_) others.erase(ShortName(*method));
    std::ifstream file(REVIEWED_TABLE);
    std::string lines;
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with("#") || others.contains(line.substr(line.rfind(' ') + 1))) continue;
      lines += line + '\n';
    }
    return lines;
  }

  std::string Table() const {
    std::ostringstream table;
    for (size_t m = 0; m < methods_.size(); ++m) {
      table << seen_[m].substr(0, 2) << ' ' << seen_[m].substr(2) << ' '
            << (AccessOf(*methods_[m]).write() ? "write" : "read ") << ' '
            << ShortName(*methods_[m]) << '\n';
    }
    return table.str();
  }

  std::unique_ptr<RunningCounty> county_;
  std::vector<const MethodDescriptor*> methods_;
  std::vector<base::Id16> people_;  // by column
  std::vector<std::string> seen_;   // by method and column

 private:
  static constexpr int kInFlight = 32;

  // As little as can be said. A watcher says what he wants to see, since silence is no answer.
  std::unique_ptr<Message> Request(const MethodDescriptor& method) {
    const Message* prototype =
        MessageFactory::generated_factory()->GetPrototype(method.input_type());
    std::unique_ptr<Message> request(prototype->New());
    if (auto* watch = dynamic_cast<accountability::v1::WatchAlertsRequest*>(request.get())) {
      watch->set_office(kTownship);
      watch->mutable_after();
    }
    const auto* write = request->GetDescriptor()->FindFieldByName("write");
    if (write != nullptr) {
      static_cast<types::v1::WriteOptions*>(
          request->GetReflection()->MutableMessage(request.get(), write))
          ->set_request_id(rpc::NewRequestId(county_->api().now_us()).str());
    }
    return request;
  }

  // A session of its own for each call: logging out is one of them.
  std::string Token(int column) {
    const base::Id16& person = people_[static_cast<size_t>(column)];
    if (person.empty()) return {};
    identity::v1::IssueDemoTokenRequest request;
    request.set_subject(person.str());
    request.set_minutes(1440);
    identity::v1::TokenReply reply;
    const rpc::CallResult result = county_->api().client().Call(
        "twinline.identity.v1.IdentityService.IssueDemoToken", request, &reply);
    if (!result.ok()) demo::Stop("no token: " + result.code());
    return reply.token();
  }

  void Call(size_t m, int column) {
    const MethodDescriptor& method = *methods_[m];
    const bool own_session =
        AccessOf(method).scope() == types::v1::SCOPE_SELF && AccessOf(method).write();
    rpc::CallOptions options;
    options.token =
        own_session ? Token(column) : county_->api().TokenOf(people_[static_cast<size_t>(column)]);
    options.deadline_us = 120'000'000;
    const std::string name(method.full_name());
    std::shared_ptr<Message> request = Request(method);
    std::shared_ptr<Message> reply(
        MessageFactory::generated_factory()->GetPrototype(method.output_type())->New());
    if (method.client_streaming()) {
      auto writer = county_->api().client().OpenWriter(name, options);
      writer.Write(*request);
      return Note(m, column, writer.Finish(reply.get()));
    }
    if (method.server_streaming()) {
      auto reader = county_->api().client().OpenReader(name, *request, options);
      if (reader.Read(reply.get())) {
        reader.Cancel();
        return Note(m, column, {});
      }
      return Note(m, column, reader.Finish());
    }
    slots_.acquire();
    county_->api().client().CallAsync(name, *request, reply.get(), options,
                                      [this, m, column, request, reply](rpc::CallResult result) {
                                        Note(m, column, result);
                                        slots_.release();
                                      });
  }

  // Any other "no" than that of rights was spoken by the handler: the right was there.
  void Note(size_t m, int column, const rpc::CallResult& result) {
    const std::string code = result.ok() ? "OK" : result.code();
    const bool refused = code == "PERMISSION_ROLE" || code == "UNAUTHENTICATED_TOKEN_MISSING";
    const std::lock_guard lock(mutex_);
    seen_[m][static_cast<size_t>(column)] = refused ? '.' : '+';
    if (result.ok() || refused) return;
    EXPECT_TRUE(result.refusal) << methods_[m]->full_name() << " column " << column
                                << " answers an empty request with " << result.status;
    if (result.refusal) {
      EXPECT_FALSE(result.refusal->zh.empty()) << code;
      EXPECT_FALSE(result.refusal->en.empty()) << code;
    }
  }

  std::mutex mutex_;
  std::counting_semaphore<kInFlight> slots_{kInFlight};
};

TEST_F(RightsMatrix, N08_every_role_and_rpc) {
  Begin(std::make_unique<RunningCounty>(), /*wall=*/false);
  ASSERT_GE(methods_.size(), 140U);
  RingOnce();
  const auto before = Records();
  ASSERT_GE(before.size(), 5U);
  // Whoever has no right, and whoever only reads: they change nothing. Nor does the auditor, but
  // for his own session and password.
  const auto changes = [](const MethodDescriptor& method, int column) {
    const Access& access = AccessOf(method);
    if (access.public_()) return true;
    return access.write() && Declared(method, column);
  };
  Observe([&](const MethodDescriptor& method, int column) { return !changes(method, column); });
  EXPECT_EQ(Records(), before);
  Observe([&](const MethodDescriptor& method, int column) {
    return changes(method, column) && IsAuditor(column) &&
           AccessOf(method).scope() != types::v1::SCOPE_SELF && !AccessOf(method).public_();
  });
  EXPECT_EQ(Records(), before) << "an auditor has changed something";
  Observe(changes);
  Compare();
}

TEST_F(RightsMatrix, who_looks_after_a_wall_clock) {
  Begin(std::make_unique<RunningCounty>(
            base::Timestamp{base::StartOfDay(base::CivilDay::FromYmd(2026, 9, 1)).us}),
        /*wall=*/true);
  ASSERT_GE(methods_.size(), 2U);
  Observe([](const MethodDescriptor&, int) { return true; });
  Compare();
}

}  // namespace
}  // namespace twinline::test
