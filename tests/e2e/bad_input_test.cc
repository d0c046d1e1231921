// What people and files get wrong, against the real server: each is answered with a typed refusal
// in both languages and leaves an entry in the trail; nothing is half done, and no child is turned
// away because of data (R-1.1: flag, don't block).
#include <gtest/gtest.h>
#include <minizip/zip.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "tests/support/running_county.h"
#include "twinline/attendance/v1/attendance.pb.h"
#include "twinline/audit/v1/audit.pb.h"
#include "twinline/registry/v1/registry.pb.h"
#include "twinline/transfer/v1/transfer.pb.h"

namespace twinline::test {
namespace {

namespace av1 = audit::v1;
namespace rv1 = registry::v1;
namespace tv1 = transfer::v1;

constexpr char kBom[] = "\xEF\xBB\xBF";
constexpr char kHeading[] = "学校标识码,姓名,身份证件号,性别,年级,班级,入学年月,当前状态码\n";

// A workbook with one sheet, compressed as hard as possible.
std::string Workbook(const std::string& sheet) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("twinline-book-" + std::to_string(base::MonotonicUs()) + ".xlsx");
  zipFile zip = zipOpen(path.c_str(), APPEND_STATUS_CREATE);
  const auto add = [&](const char* name, const std::string& content) {
    zip_fileinfo info{};
    zipOpenNewFileInZip(zip, name, &info, nullptr, 0, nullptr, 0, nullptr, Z_DEFLATED, 9);
    zipWriteInFileInZip(zip, content.data(), static_cast<unsigned>(content.size()));
    zipCloseFileInZip(zip);
  };
  add("xl/workbook.xml",
      "<workbook xmlns:r='r'><sheets><sheet name='a' sheetId='1' "
      "r:id='rId1'/></sheets></workbook>");
  add("xl/_rels/workbook.xml.rels",
      "<Relationships><Relationship Id='rId1' Target='worksheets/sheet1.xml'/></Relationships>");
  add("xl/worksheets/sheet1.xml", sheet);
  zipClose(zip, nullptr);
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  std::filesystem::remove(path);
  return bytes;
}

class BadInput : public testing::Test {
 protected:
  rpc::CallResult Import(const std::string& name, const std::string& bytes,
                         rv1::ImportStudentsReply* reply) {
    rpc::CallOptions options;
    options.token = county_.api().TokenOf(Bureau());
    options.deadline_us = 120'000'000;
    auto writer = county_.api().client().OpenWriter(
        "twinline.registry.v1.RegistryService.ImportStudents", options);
    rv1::ImportStudentsRequest message;
    message.mutable_start()->mutable_write()->set_request_id(
        rpc::NewRequestId(county_.api().now_us()).str());
    message.mutable_start()->set_file_name(name);
    message.mutable_start()->set_office("bureau:411282");
    writer.Write(message);
    message.set_chunk(bytes);
    message.clear_start();
    writer.Write(message);
    return writer.Finish(reply);
  }
  // A pupil of primary one, class 4-1.
  std::string Row(const std::string& name, const std::string& id, const std::string& room = "1",
                  const std::string& status = "") {
    return county_.county().schools[kPrimaryOne].code + "," + name + "," + id + ",男,4," + room +
           ",202309," + status + "\n";
  }

  template <typename Request>
  rpc::CallResult Call(const std::string& rpc, Request& request, google::protobuf::Message* reply,
                       const base::Id16& who) {
    return county_.api().Call("twinline." + rpc, request, reply, who);
  }

  // The refusal is typed, speaks both languages, and the trail says who was told what.
  void Refused(const rpc::CallResult& result, const std::string& code, const std::string& rpc,
               const base::Id16& who) {
    EXPECT_EQ(result.code(), code) << result.status;
    ASSERT_TRUE(result.refusal) << code;
    EXPECT_FALSE(result.refusal->zh.empty()) << code;
    EXPECT_FALSE(result.refusal->en.empty()) << code;
    EXPECT_TRUE(InTrail(who, rpc, code)) << "no entry for " << code << " at " << rpc;
  }
  bool InTrail(const base::Id16& who, const std::string& rpc, const std::string& code) {
    WaitIndexed();
    av1::QueryTrailRequest request;
    request.set_actor(who.str());
    request.set_action("AccessRefused");
    request.set_reason("核查");
    av1::QueryTrailReply reply;
    do {
      request.mutable_page()->set_page_token(reply.next_page_token());
      county_.api().Must("twinline.audit.v1.AuditService.QueryTrail", request, &reply,
                         county_.loaded().auditor);
      for (const auto& entry : reply.entries()) {
        for (const auto& event : entry.events()) {
          const bool says = std::any_of(
              event.fields().begin(), event.fields().end(),
              [&](const auto& field) { return field.name() == "code" && field.value() == code; });
          if (event.type() == "AccessRefused" && event.rpc() == rpc && says) return true;
        }
      }
    } while (!reply.next_page_token().empty());
    return false;
  }
  void WaitIndexed() {
    av1::GetStatusRequest request;
    request.set_wait(true);
    av1::GetStatusReply reply;
    county_.api().Must("twinline.audit.v1.AuditService.GetStatus", request, &reply,
                       county_.loaded().auditor);
  }
  const base::Id16& Bureau() { return county_.loaded().bureau_official; }

  RunningCounty county_;
};

TEST_F(BadInput, files) {
  county_.GoTo(0, 9);
  constexpr char kImport[] = "registry.v1.RegistryService.ImportStudents";
  rv1::ImportStudentsReply reply;
  // Neither UTF-8 nor GB18030.
  Refused(Import("名册.csv", std::string("\x80\xFF\xFE\x01", 4) + kHeading, &reply),
          "IMPORT_ENCODING", kImport, Bureau());
  // 30 MB of blanks in a few kilobytes.
  const std::string bomb =
      Workbook("<worksheet>" + std::string(size_t{30} << 20, ' ') + "</worksheet>");
  EXPECT_LT(bomb.size(), 100'000U);
  Refused(Import("名册.xlsx", bomb, &reply), "IMPORT_TOO_LARGE", kImport, Bureau());
  Refused(Import("名册.xlsx", bomb.substr(0, bomb.size() / 2), &reply), "IMPORT_XLSX", kImport,
          Bureau());
  Refused(Import("名册.csv", "姓名\n张三\n", &reply), "IMPORT_COLUMNS", kImport, Bureau());

  // Rows: the good ones are taken, each bad one is named with its reason.
  ASSERT_TRUE(Import("名册.csv",
                     std::string(kBom) + kHeading + Row("张三", "411299201608310010") +
                         Row("李四", "41129920160502001X", "9") + Row("王五", "", "1", "开除"),
                     &reply)
                  .ok());
  EXPECT_EQ(reply.created(), 1U) << reply.DebugString();
  EXPECT_EQ(reply.refused(), 2U);
  std::map<uint32_t, std::set<std::string>> codes;
  for (const auto& problem : reply.problems()) {
    EXPECT_FALSE(problem.message_zh().empty());
    EXPECT_FALSE(problem.message_en().empty());
    if (!problem.warning()) codes[problem.row()].insert(problem.code());
  }
  EXPECT_EQ(codes[3], std::set<std::string>{"CLASS_UNKNOWN"});
  EXPECT_TRUE(codes[4].contains("STATUS_UNLAWFUL")) << "expelled, without a birth date";

  const std::string formula = Workbook(
      "<worksheet><sheetData><row r='1'>"
      "<c r='A1' t='inlineStr'><is><t>学校标识码</t></is></c>"
      "<c r='B1' t='inlineStr'><is><t>姓名</t></is></c>"
      "<c r='C1' t='inlineStr'><is><t>身份证件号</t></is></c>"
      "<c r='D1' t='inlineStr'><is><t>年级</t></is></c>"
      "<c r='E1' t='inlineStr'><is><t>班级</t></is></c>"
      "<c r='F1' t='inlineStr'><is><t>入学年月</t></is></c></row>"
      "<row r='2'><c r='A2'><v>" +
      county_.county().schools[kPrimaryOne].code +
      "</v></c><c r='B2'><f>HYPERLINK(\"x\")</f><v>x</v></c>"
      "<c r='C2' t='inlineStr'><is><t>411299201608310010</t></is></c>"
      "<c r='D2'><v>4</v></c><c r='E2'><v>1</v></c><c r='F2'><v>202309</v></c></row>"
      "</sheetData></worksheet>");
  ASSERT_TRUE(Import("名册.xlsx", formula, &reply).ok());
  EXPECT_EQ(reply.created() + reply.changed(), 0U);
  ASSERT_GT(reply.problems_size(), 0);
  EXPECT_EQ(reply.problems(0).code(), "CELL_FORMULA");
}

TEST_F(BadInput, requests) {
  county_.GoTo(0, 9);
  const base::Id16 registrar = county_.Registrar(kPrimaryOne);
  rv1::RegisterChildRequest child;
  child.mutable_child()->mutable_person()->set_name("赵六");
  child.mutable_child()->mutable_person()->set_id_kind("RESIDENT_ID");
  child.mutable_child()->mutable_person()->set_id_number("411299201608310010");
  child.mutable_child()->mutable_person()->mutable_birth_date()->set_days(
      base::CivilDay::FromYmd(2016, 8, 31).days);
  child.mutable_child()->mutable_person()->set_sex(1);
  child.mutable_child()->set_school_code(county_.county().schools[kPrimaryOne].code);
  child.mutable_child()->set_grade(4);
  child.mutable_child()->set_hukou_township("411282103");
  child.mutable_child()->set_residence_township("411282103");
  child.mutable_child()->set_entry_kind("NORMAL");
  child.mutable_child()->mutable_entered_on()->set_days(county_.days()[0].days);
  child.mutable_child()->set_class_id(std::string(16, 'x'));
  rv1::RegisterChildReply registered;
  const std::string kRegister = "registry.v1.RegistryService.RegisterChild";
  Refused(Call(kRegister, child, &registered, registrar), "CLASS_UNKNOWN", kRegister, registrar);

  // The check digit is wrong: in with a flag. The same request id with another body: not again.
  child.mutable_child()->set_class_id(county_.loaded().classes[0].str());
  child.mutable_write()->set_request_id(rpc::NewRequestId(county_.api().now_us()).str());
  ASSERT_TRUE(Call(kRegister, child, &registered, registrar).ok());
  EXPECT_EQ(registered.problems(0), "ID_INVALID");
  child.mutable_child()->mutable_person()->set_name("赵七");
  Refused(Call(kRegister, child, &registered, registrar), "REQUEST_ID_REUSED", kRegister,
          registrar);

  rv1::GetChildRequest look;
  look.set_child_id(county_.loaded().children[0].str());
  rv1::ChildReply seen;
  const base::Id16 stranger = county_.Registrar(kPrimaryTwo);
  Refused(Call("registry.v1.RegistryService.GetChild", look, &seen, stranger), "PERMISSION_SCOPE",
          "registry.v1.RegistryService.GetChild", stranger);

  attendance::v1::SubmitRollCallRequest roll_call;
  roll_call.set_class_id(county_.loaded().classes[0].str());
  roll_call.mutable_day()->set_days(county_.days()[1].days);
  roll_call.set_session(types::v1::SESSION_MORNING);
  roll_call.set_roster_version(county_.loaded().roster_version[0]);
  attendance::v1::SubmitRollCallReply taken;
  const std::string kRollCall = "attendance.v1.AttendanceService.SubmitRollCall";
  Refused(Call(kRollCall, roll_call, &taken, county_.Teacher(0)), "DATE_IN_FUTURE", kRollCall,
          county_.Teacher(0));

  tv1::StartStatusChangeRequest expelled;
  expelled.set_child_id(county_.loaded().children[0].str());
  expelled.set_registration_id(county_.loaded().registrations[0].str());
  expelled.set_kind("开除");
  expelled.mutable_effective()->set_days(county_.days()[0].days);
  tv1::BusinessReply business;
  const std::string kStatus = "transfer.v1.StatusService.StartStatusChange";
  Refused(Call(kStatus, expelled, &business, registrar), "BUSINESS_KIND_UNKNOWN", kStatus,
          registrar);
  ASSERT_TRUE(Call("registry.v1.RegistryService.GetChild", look, &seen, registrar).ok());
  EXPECT_EQ(seen.child().facts().status(), "ACTIVE");
}

}  // namespace
}  // namespace twinline::test
