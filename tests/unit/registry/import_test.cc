// Import and export through the service: dry run first, the same file twice changes nothing, row
// errors in the last column, what is exported imports again.
#include <gmock/gmock.h>

#include <set>

#include "platform/base/text/encoding.h"
#include "registry/service/xlsx_writer.h"
#include "tests/unit/registry/service_rig.h"
#include "twinline/registry/v1/registry_events.pb.h"

namespace twinline::registry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kHeading[] =
    "*学校标识码,姓名,身份证件号,性别,年级,班级,入学年月,是否留守儿童,学籍号,当前状态码\n";

std::string Row(const std::string& name, const std::string& id,
                const std::string& rest = ",男,1,1,202409,,,") {
  return "2141000001," + name + "," + id + rest + "\n";
}

class Import : public ::testing::Test {
 protected:
  Result Run(const std::string& bytes, bool dry_run = false) {
    return rig_.Import(bytes, "名册.csv", dry_run, &reply_);
  }
  std::vector<v1::ImportFinished> Imports() const {
    std::vector<v1::ImportFinished> all;
    for (const auto& event : rig_.JournalEvents()) {
      if (event.type() != base::EventType<v1::ImportFinished>()) continue;
      EXPECT_TRUE(all.emplace_back().ParseFromString(event.data()));
    }
    return all;
  }
  ServiceRig rig_;
  std::string class_ = rig_.AddClass(1, 1);
  v1::ImportStudentsReply reply_;
};

TEST_F(Import, DryRunWritesNothingThenTheRunWritesOnce) {
  const std::string file =
      kHeading + Row("张三", "411299201808310011") +
      Row("李四", "４１１２９９２０１８０２０１００１８", ",男,一年级,1班,2024-09,双亲留守,,01");
  ASSERT_TRUE(Run(file, true).ok());
  EXPECT_EQ(reply_.created(), 2u);
  const std::string before = rig_.JournalBytes();
  ASSERT_TRUE(Run(file, true).ok());
  EXPECT_EQ(rig_.JournalBytes(), before);

  ASSERT_TRUE(Run(file).ok());
  EXPECT_EQ(reply_.created(), 2u);
  EXPECT_EQ(reply_.refused(), 0u);
  ASSERT_TRUE(Run(file).ok());
  EXPECT_EQ(reply_.unchanged(), 2u);
  EXPECT_EQ(reply_.created() + reply_.changed(), 0u);
}

TEST_F(Import, RowErrorsComeInTheLastColumn) {
  const std::string file = kHeading + Row("张三", "411299201808310011") +
                           Row("钱二", "411299201809010029", ",女,1,1,202409,,,") +  // A03
                           Row("孙三", "4.11299E+17") + Row("张三", "411299201808310011") +
                           Row("周五", "411299201802010018", ",男,1,9,202409,,,");
  ASSERT_TRUE(Run(file).ok());
  EXPECT_EQ(reply_.rows(), 5u);
  EXPECT_EQ(reply_.created(), 1u);
  EXPECT_EQ(reply_.refused(), 4u);
  const std::string result = rig_.ImportResult(reply_);
  EXPECT_THAT(result, HasSubstr("错误说明"));
  EXPECT_THAT(result, HasSubstr("未到入学年龄"));
  EXPECT_THAT(result, HasSubstr("末几位已丢失"));
  EXPECT_THAT(result, HasSubstr("与第2行是同一名学生"));
  EXPECT_THAT(result, HasSubstr("一年级9班"));
}

TEST_F(Import, A12UnlawfulStatusRaisesOneAlarmAndTheChildStays) {
  const std::string child = rig_.Register(rig_.Child("张三", "411299201808310011", class_));
  const std::string file = kHeading + Row("张三", "411299201808310011", ",男,1,1,202409,,,开除");
  ASSERT_TRUE(Run(file).ok());
  EXPECT_EQ(reply_.alarmed(), 1u);
  EXPECT_EQ(reply_.refused(), 1u);
  ASSERT_TRUE(Run(file).ok());
  v1::ListAlarmsRequest list;
  v1::ListAlarmsReply alarms;
  ASSERT_TRUE(rig_.Call("ListAlarms", list, &alarms, ServiceRig::Bureau()).ok());
  ASSERT_EQ(alarms.alarms_size(), 1);
  EXPECT_EQ(alarms.alarms(0).code(), "14");
  EXPECT_EQ(alarms.alarms(0).child_id(), child);
  v1::GetChildRequest get;
  get.set_child_id(child);
  v1::ChildReply view;
  ASSERT_TRUE(rig_.Call("GetChild", get, &view).ok());
  EXPECT_EQ(view.child().facts().status(), "ACTIVE");
}

TEST_F(Import, A12IsFoundBesideEveryOtherFaultOfTheRow) {
  const std::string child = rig_.Register(rig_.Child("张三", "411299201808310011", class_));
  ASSERT_TRUE(Run(kHeading +
                  // A class that is not there, no date of birth, a cell that is not understood, too
                  // young: and one outside the importer's schools.
                  Row("张三", "411299201808310011", ",男,1,9,202409,,,开除") +
                  Row("李四", "", ",男,1,1,202409,,,退学") +
                  Row("王五", "411299201802010018", ",中,1,1,202409,,,肄业") +
                  Row("钱二", "411299201809010029", ",女,1,1,202409,,,停学") +
                  "2141999999,赵六,411299201802010018,男,1,1,202409,,,退学\n")
                  .ok());
  EXPECT_EQ(reply_.alarmed(), 4u);
  EXPECT_EQ(reply_.refused(), 5u);
  v1::ListAlarmsReply alarms;
  ASSERT_TRUE(rig_.Call("ListAlarms", v1::ListAlarmsRequest(), &alarms, ServiceRig::Bureau()).ok());
  std::multiset<std::string> codes;
  for (const auto& alarm : alarms.alarms()) codes.insert(alarm.code());
  EXPECT_EQ(codes, (std::multiset<std::string>{"03", "04", "09", "14"}));
  ASSERT_EQ(alarms.alarms_size(), 4);
  EXPECT_EQ(alarms.alarms(0).child_id(), child);
  int unlawful = 0;
  for (const auto& problem : reply_.problems()) {
    if (problem.code() != "STATUS_UNLAWFUL") continue;
    ++unlawful;
    EXPECT_FALSE(problem.warning()) << "the row was not taken";
  }
  EXPECT_EQ(unlawful, 4);
  EXPECT_EQ(reply_.problems(reply_.problems_size() - 1).code(), "SCHOOL_UNKNOWN");
}

TEST_F(Import, EveryFileLeavesOneEventWithItsRefusedRowsSealedAsTyped) {
  const std::string known = rig_.Register(rig_.Child("孙三", "411299201808310011", class_));
  const std::string file =
      kHeading + Row("李四", "４１１２９９２０１８０２０１００１８") +  // A02
      Row("周五", "", ",男,1,1,202409,,,") +                            // no birth date
      Row("吴六", "411299201803010012", ",男,1,9,202409,,,") +          // no such class
      Row("孙三", "411299201808310011", ",男,1,1,202409,,,休学");       // by approval
  ASSERT_TRUE(Run(file, true).ok());
  EXPECT_TRUE(Imports().empty()) << "a dry run leaves no trace";
  ASSERT_TRUE(Run(file).ok());
  ASSERT_EQ(Imports().size(), 1u);
  const v1::ImportFinished event = Imports()[0];
  EXPECT_EQ(event.import_id(), reply_.import_id());
  EXPECT_EQ(event.office(), "bureau:411282");
  EXPECT_EQ(event.rows(), 4u);
  EXPECT_EQ(event.created(), 1u);
  EXPECT_EQ(event.refused(), 3u);
  EXPECT_EQ(event.file_bytes(), file.size());
  EXPECT_EQ(event.logged(), 4u);
  ASSERT_EQ(event.log_size(), 4);
  const auto codes = [&](int i) {
    return std::vector<std::string>(event.log(i).codes().begin(), event.log(i).codes().end());
  };
  EXPECT_EQ(codes(0), std::vector<std::string>{"ID_FOLDED"});
  EXPECT_EQ(codes(1), std::vector<std::string>{"BIRTH_DATE_MISSING"});
  EXPECT_EQ(codes(2), std::vector<std::string>{"CLASS_UNKNOWN"});
  EXPECT_EQ(codes(3), std::vector<std::string>{"STATUS_NEEDS_APPROVAL"});
  EXPECT_EQ(event.log(1).row(), 3u);
  EXPECT_EQ(event.log(3).child_id(), known) << "sealed under the key of the child that it means";

  const std::string& type = v1::ImportLogRow::descriptor()->full_name();
  const auto typed = [&](int i) {
    const std::string& child = event.log(i).child_id();
    return rig_.Open(child.empty() ? event.import_id() : child, type, 4, event.log(i).typed());
  };
  EXPECT_EQ(typed(0), "身份证件号=４１１２９９２０１８０２０１００１８\n");
  EXPECT_THAT(typed(1), HasSubstr("姓名=周五"));
  EXPECT_THAT(typed(2), HasSubstr("班级=9"));
  EXPECT_THAT(typed(3), HasSubstr("当前状态码=休学"));
  EXPECT_EQ(rig_.Open(event.import_id(), v1::ImportFinished::descriptor()->full_name(), 3,
                      event.file_name()),
            "名册.csv");
  for (const char* secret : {"周五", "吴六", "名册", "411299201803010012", "４１１"}) {
    EXPECT_THAT(rig_.JournalBytes(), Not(HasSubstr(secret)));
  }

  // The same file again: the same digest, other counts.
  ASSERT_TRUE(Run(file).ok());
  ASSERT_EQ(Imports().size(), 2u);
  EXPECT_EQ(Imports()[1].file_digest(), event.file_digest());
  EXPECT_EQ(Imports()[1].unchanged(), 1u);
  EXPECT_EQ(Imports()[1].logged(), 3u);
}

TEST_F(Import, ALongLogGoesOnInPartsAndNoRowIsMissing) {
  std::string file = kHeading;
  for (int i = 0; i < 450; ++i) file += Row("学生", "", ",男,1,1,202409,,,");
  ASSERT_TRUE(Run(file).ok());
  EXPECT_EQ(reply_.refused(), 450u);
  std::set<uint32_t> rows;
  int parts = 0;
  for (const auto& event : rig_.JournalEvents()) {
    v1::ImportRowsLogged part;
    if (event.type() != base::EventType<v1::ImportRowsLogged>()) continue;
    ASSERT_TRUE(part.ParseFromString(event.data()));
    EXPECT_EQ(part.import_id(), reply_.import_id());
    ++parts;
    for (const auto& row : part.log()) rows.insert(row.row());
  }
  const std::vector<v1::ImportFinished> imports = Imports();
  ASSERT_EQ(imports.size(), 1u);
  EXPECT_EQ(imports[0].logged(), 450u);
  for (const auto& row : imports[0].log()) rows.insert(row.row());
  EXPECT_EQ(parts, 2);
  EXPECT_EQ(rows.size(), 450u);
}

TEST_F(Import, AColumnThatIsNotTakenIsNamed) {
  ASSERT_TRUE(Run("学校标识码,姓名,身份证件号,年级,班级,监护人1姓明,健康状况,,错误说明\n"
                  "2141000001,张三,411299201808310011,1,1,张父,健康或良好,,\n")
                  .ok());
  EXPECT_EQ(reply_.created(), 1u);
  std::vector<std::string> columns;
  for (const auto& problem : reply_.problems()) {
    EXPECT_EQ(problem.code(), "COLUMN_NOT_TAKEN");
    EXPECT_EQ(problem.row(), 1u);
    EXPECT_TRUE(problem.warning());
    columns.push_back(problem.column());
  }
  EXPECT_EQ(columns, (std::vector<std::string>{"监护人1姓明", "健康状况"}));
}

TEST_F(Import, A07NumberHistoryThroughTwoImports) {
  const base::CivilDay first_day = base::DayOf(rig_.clock.Now());
  ASSERT_TRUE(
      Run(kHeading + Row("张三", "411299201808310011", ",男,1,1,202409,,L411282201808310007,"))
          .ok());
  rig_.clock.now.us += int64_t{30} * 86'400 * 1'000'000;
  ASSERT_TRUE(
      Run(kHeading + Row("张三", "411299201808310011", ",男,1,1,202409,,G411299201808310011,"))
          .ok());
  EXPECT_EQ(reply_.changed(), 1u);
  v1::FindChildRequest find;
  find.set_student_number("L411282201808310007");
  v1::ChildrenReply found;
  ASSERT_TRUE(rig_.Call("FindChild", find, &found).ok());
  ASSERT_EQ(found.children_size(), 1);
  v1::GetChildRequest get;
  get.set_child_id(found.children(0).child_id());
  v1::ChildReply view;
  ASSERT_TRUE(rig_.Call("GetChild", get, &view).ok());
  ASSERT_EQ(view.child().numbers_size(), 2);
  EXPECT_EQ(view.child().numbers(0).kind(), "L");
  EXPECT_EQ(view.child().numbers(1).kind(), "G");
  // Both with the day from which they hold: one month lies between the two files.
  const int32_t first = view.child().numbers(0).valid_from().days();
  EXPECT_EQ(first, first_day.days);
  EXPECT_EQ(view.child().numbers(1).valid_from().days(), first + 30);
}

TEST_F(Import, OtherSchoolAndOtherStatusNeedAnApproval) {
  rig_.AddClass(1, 1, ServiceRig::kSchoolB);
  rig_.Register(rig_.Child("张三", "411299201808310011", class_));
  const std::string file =
      std::string(kHeading) + "2141000002,张三,411299201808310011,男,1,1,202409,,,\n";
  ASSERT_TRUE(Run(file).ok());
  EXPECT_EQ(reply_.problems(0).code(), "SCHOOL_DIFFERS");
  ASSERT_TRUE(Run(kHeading + Row("张三", "411299201808310011", ",男,1,1,202409,,,休学")).ok());
  EXPECT_EQ(reply_.problems(0).code(), "STATUS_NEEDS_APPROVAL");
}

TEST_F(Import, Gb18030IsDetectedAndRubbishIsRefused) {
  std::string text = kHeading;
  for (int i = 1; i <= 5; ++i) {
    text += Row("学生" + std::string(i == 1   ? "甲"
                                     : i == 2 ? "乙"
                                     : i == 3 ? "丙"
                                     : i == 4 ? "丁"
                                              : "戊"),
                "", ",男,1,1,202409,,,");
  }
  // No ID and no birth date: every row is refused, but the file is read.
  ASSERT_TRUE(Run(*base::EncodeGb18030(text)).ok());
  EXPECT_EQ(reply_.encoding(), "GB18030");
  EXPECT_EQ(reply_.rows(), 5u);
  EXPECT_EQ(Run(std::string("\x80\xFF\xFE\x01", 4) + text).refusal, "IMPORT_ENCODING");
  EXPECT_EQ(Run("姓名\n张三\n").refusal, "IMPORT_COLUMNS");
}

TEST_F(Import, WhatIsExportedImportsAgainWithoutChange) {
  auto child = rig_.Child("买买提·𠮷", "411299201808310011", class_);
  child.set_student_number("G411299201808310011");
  child.add_watch_groups("LEFT_BEHIND_BOTH");
  child.mutable_guardians(0)->set_workplace("郑州");
  rig_.Register(child);
  rig_.Register(rig_.Child("李四", "411299201802010018", class_));
  for (const char* format : {"csv", "xlsx"}) {
    v1::RequestExportRequest ask;
    ask.set_office("school:2141000001");
    ask.set_personal(true);
    ask.set_purpose("期初核对");
    v1::RequestExportReply asked;
    ASSERT_TRUE(rig_.Call("RequestExport", ask, &asked).ok());
    EXPECT_EQ(asked.children(), 2u);
    v1::ExportStudentsRequest fetch;
    fetch.set_export_id(asked.export_id());
    fetch.set_office(ask.office());
    fetch.set_format(format);
    std::string bytes;
    int children = 0;
    EXPECT_EQ(rig_.Fetch("ExportStudents", fetch, &bytes, &children, {}).refusal,
              "EXPORT_NOT_APPROVED");
    v1::ApproveExportRequest approve;
    approve.set_export_id(asked.export_id());
    approve.set_office(ask.office());
    v1::ApproveExportReply approved;
    ASSERT_TRUE(rig_.Call("ApproveExport", approve, &approved, ServiceRig::Bureau()).ok());
    EXPECT_EQ(rig_.Fetch("ExportStudents", fetch, &bytes, &children, ServiceRig::Bureau()).refusal,
              "EXPORT_OF_OTHERS");
    ASSERT_TRUE(rig_.Fetch("ExportStudents", fetch, &bytes, &children, {}).ok());
    EXPECT_EQ(children, 2);
    ASSERT_TRUE(Run(bytes).ok());
    EXPECT_EQ(reply_.rows(), 2u);
    EXPECT_EQ(reply_.unchanged(), 2u) << reply_.DebugString();
  }
}

TEST_F(Import, AnXlsxUploadGetsAnXlsxAnswer) {
  const auto file =
      WriteXlsx("名册", {{"学校标识码", "姓名", "身份证件号", "年级", "班级", "入学年月"},
                         {"2141000001", "张三", "411299201808310011", "1", "1", "2024-09"},
                         {"2141000001", "李四", "", "1", "1", "2024-09"}});
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_TRUE(Run(*file).ok());
  EXPECT_EQ(reply_.encoding(), "XLSX");
  EXPECT_EQ(reply_.created(), 1u);
  EXPECT_EQ(reply_.problems(0).code(), "BIRTH_DATE_MISSING");
  EXPECT_EQ(reply_.problems(0).row(), 3u);
  EXPECT_EQ(rig_.ImportResult(reply_).substr(0, 2), "PK");
}

}  // namespace
}  // namespace twinline::registry
