// Scenarios A01 to A12 and D10 of domain.md part 8, over the pure domain.
#include <gmock/gmock.h>

#include "registry/domain/rules.h"
#include "tests/unit/registry/world.h"
#include "twinline/registry/v1/registry.pb.h"

namespace twinline::registry {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

class Identity : public ::testing::Test {
 protected:
  base::Id16 Register(const v1::RegisterChildCommand& command) {
    return World::First(world_.Must(command));
  }
  World world_;
  base::Id16 class_ = world_.AddClass(World::kPrimary, 1, 1);
};

TEST_F(Identity, A01WrongCheckDigitAdmitsTheChildAndFlagsIt) {
  const base::Id16 child =
      Register(world_.Child("张三", "411299201808310010", class_, "2018-08-31"));
  const v1::ChildFacts facts = world_.Facts(child);
  EXPECT_THAT(facts.problems(), ElementsAre("ID_INVALID"));
  EXPECT_EQ(facts.status(), "ACTIVE");
  EXPECT_EQ(world_.Class(class_).pupils(), 1u);

  // Then a transfer is blocked until the bureau clears it.
  auto business = world_.Business("TRANSFER_IN_COUNTY", child);
  business.set_to_school_code(std::string(World::kPrimaryB));
  world_.Transfer<transfer::v1::BusinessOpened>(business);
  const auto events = world_.Transfer<transfer::v1::BusinessApproved>(business);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].type(), base::EventType<v1::MoveRefused>());

  v1::ClearProblemCommand clear;
  clear.set_child_id(child.str());
  clear.set_problem("ID_INVALID");
  EXPECT_EQ(world_.Code(clear), "REASON_MISSING");
  clear.set_reason("户口簿原件核对无误");
  EXPECT_EQ(world_.Code(clear), "");
  const auto again = world_.Transfer<transfer::v1::BusinessApproved>(business);
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].type(), base::EventType<v1::RegistrationMoved>());
}

TEST_F(Identity, A02LowercaseXAndFullWidthDigitsAreTheSameNumber) {
  v1::PersonInput person;
  person.set_name("李四");
  person.set_id_number("４１１２９９２０１６０３０５００５ｘ");
  const auto classified =
      std::get<ClassifiedPerson>(ClassifyPerson(person, Day("2024-09-02"), true));
  EXPECT_EQ(classified.person.id_number(), "41129920160305005X");
  EXPECT_THAT(classified.result.id_problems(), ElementsAre());
  EXPECT_EQ(classified.person.birth_date().days(), Day("2016-03-05").days);
  EXPECT_EQ(classified.person.sex(), 1u);
}

TEST_F(Identity, A03UnderAgeByOneDayIsRefusedWithTheCutOff) {
  const auto decision = world_.Do(world_.Child("王五", "411299201809010029", class_));
  const auto* refusal = std::get_if<base::Refusal>(&decision);
  ASSERT_NE(refusal, nullptr);
  EXPECT_EQ(refusal->code, "UNDER_AGE");
  EXPECT_THAT(refusal->details,
              Contains(std::pair<std::string, std::string>("cut_off", "2018-08-31")));
  EXPECT_NE(refusal->zh.find("2018-08-31"), std::string::npos);

  // And the last day of the cohort is accepted.
  EXPECT_EQ(world_.Code(world_.Child("赵六", "411299201808310011", class_)), "");
}

TEST_F(Identity, A04TwoIdNumbersOneChildFlagsBothAndMergesAndUnmerges) {
  const base::Id16 class_b = world_.AddClass(World::kPrimaryB, 1, 1);
  auto first = world_.Child("孙七", "411299201503050116", class_);
  auto second = world_.Child("孙七", "411299201503050212", class_b, "", World::kPrimaryB);
  // Different sequence digits give different sexes to some pairs: these are both male twins'
  // numbers.
  for (auto* command : {&first, &second}) {
    auto* guardian = command->add_guardians();
    *guardian->mutable_id_token() = World::Token("guardian-id");
    guardian->set_relation("母亲");
  }
  const base::Id16 a = Register(first);
  world_.today = Day("2024-09-05");
  const base::Id16 b = Register(second);
  ASSERT_EQ(world_.Tasks().size(), 1u);
  EXPECT_EQ(world_.Tasks()[0].ground(), "SAME_PERSON");
  EXPECT_THAT(world_.Facts(a).problems(), Contains("DUPLICATE_WITHOUT_ID"));
  EXPECT_THAT(world_.Facts(b).problems(), Contains("DUPLICATE_WITHOUT_ID"));
  // Neither is deleted, both stay on their class lists.
  EXPECT_EQ(world_.Class(class_).pupils(), 1u);
  EXPECT_EQ(world_.Class(class_b).pupils(), 1u);

  v1::ResolveDuplicateCommand merge;
  merge.set_task_id(world_.Tasks()[0].task_id());
  merge.set_outcome("MERGED");
  merge.set_reason("公安机关更正身份证号");
  world_.Must(merge);
  EXPECT_EQ(world_.Facts(b).alias_of(), a.bytes());
  EXPECT_EQ(ResolveAlias(world_.rows(), b), a);
  EXPECT_EQ(world_.Class(class_b).pupils(), 0u);
  EXPECT_EQ(world_.Pupils(World::kPrimaryB, 1, "ACTIVE"), 0);
  EXPECT_THAT(world_.Facts(a).problems(), ElementsAre());
  EXPECT_GE(world_.HistoryLines(b), 3u);
  EXPECT_EQ(world_.Code(merge), "TASK_RESOLVED");

  v1::ResolveDuplicateCommand undo = merge;
  undo.set_outcome("UNMERGED");
  world_.Must(undo);
  EXPECT_EQ(world_.Facts(b).alias_of(), "");
  EXPECT_EQ(world_.Facts(b).class_id(), class_b.bytes());
  EXPECT_EQ(world_.Class(class_b).pupils(), 1u);
  EXPECT_EQ(world_.Pupils(World::kPrimaryB, 1, "ACTIVE"), 1);
}

TEST_F(Identity, A04SameIdNumberIsAcceptedAndFlagged) {
  const base::Id16 a = Register(world_.Child("周八", "411299201808310011", class_));
  const base::Id16 b = Register(world_.Child("周八八", "411299201808310011", class_));
  EXPECT_THAT(world_.Facts(a).problems(), ElementsAre("ID_DUPLICATE"));
  EXPECT_THAT(world_.Facts(b).problems(), ElementsAre("ID_DUPLICATE"));
  EXPECT_EQ(world_.Facts(a).open_duplicate_task(), world_.Facts(b).open_duplicate_task());

  v1::ClearProblemCommand clear;
  clear.set_child_id(a.str());
  clear.set_problem("ID_DUPLICATE");
  clear.set_reason("证明");
  EXPECT_EQ(world_.Code(clear), "DUPLICATE_TASK_OPEN");

  v1::ResolveDuplicateCommand different;
  different.set_task_id(world_.Facts(a).open_duplicate_task());
  different.set_outcome("DIFFERENT_CHILDREN");
  different.set_reason("两名学生，其中一人证件号录入有误");
  world_.Must(different);
  EXPECT_THAT(world_.Facts(a).problems(), ElementsAre());
  EXPECT_EQ(world_.Facts(b).open_duplicate_task(), "");
}

TEST_F(Identity, A04TwinsWithOwnNumbersAreNotDuplicates) {
  Register(world_.Child("吴一", "411299201503050116", class_));
  Register(world_.Child("吴二", "411299201503050212", class_));
  EXPECT_TRUE(world_.Tasks().empty());
}

TEST_F(Identity, A07TemporaryNumberBecomesFormalForTheSameChild) {
  auto command = world_.Child("郑九", "411299201808310011", class_);
  *command.add_numbers() = World::Number("L", "L411282201808310001");
  const base::Id16 child = Register(command);
  v1::CorrectChildCommand correct;
  correct.set_child_id(child.str());
  *correct.add_new_numbers() = World::Number("G", "G411299201808310011");
  correct.add_changed("student_number");
  correct.set_reason("全国学籍系统下发正式学籍号");
  world_.Must(correct);
  const auto subject = FindSubject(world_.rows(), child.bytes());
  ASSERT_EQ(subject->child.numbers_size(), 2);
  EXPECT_EQ(subject->child.numbers(0).kind(), "L");
  EXPECT_EQ(subject->child.numbers(1).kind(), "G");
  EXPECT_TRUE(world_.Tasks().empty());
}

TEST_F(Identity, A08NoIdNumberIsAllowedAndListed) {
  const base::Id16 child = Register(world_.Child("冯十", "", class_, "2018-03-01"));
  EXPECT_THAT(world_.Facts(child).problems(), ElementsAre("NO_ID"));
  EXPECT_EQ(FindSubject(world_.rows(), child.bytes())->child.person().id_kind(), "NONE");
  size_t listed = 0;
  base::ScanIndex<v1::RegistrationRow>(
      world_.rows(), base::TableOf<v1::RegistrationRow>::kByProblem, 10,
      [&listed](const auto&) {
        ++listed;
        return true;
      },
      "NO_ID", World::kPrimary);
  EXPECT_EQ(listed, 1u);
}

TEST_F(Identity, A09RareCharactersSurvive) {
  v1::PersonInput person;
  person.set_name("买买提 · 𠮷");
  person.set_id_number("411299201808310011");
  const auto classified =
      std::get<ClassifiedPerson>(ClassifyPerson(person, Day("2024-09-02"), true));
  EXPECT_EQ(classified.person.name(), "买买提·𠮷");
}

TEST_F(Identity, A12UnlawfulCodeBecomesAnAlarmAndTheChildStays) {
  const base::Id16 child = Register(world_.Child("陈一", "411299201808310011", class_));
  v1::AlarmUnlawfulCodeCommand alarm;
  alarm.set_child_id(child.str());
  alarm.set_code("14");
  alarm.set_school_code(std::string(World::kPrimary));
  alarm.set_source_row("digest");
  world_.Must(alarm);
  EXPECT_EQ(world_.Facts(child).status(), "ACTIVE");
  EXPECT_EQ(world_.Class(class_).pupils(), 1u);
  EXPECT_EQ(world_.Code(alarm), "ROW_APPLIED_BEFORE");
  for (const auto& status : Statuses()) {
    EXPECT_THAT((std::vector<std::string_view>{"退学", "停学", "肄业", "开除"}),
                Not(Contains(status.zh)));
  }
}

TEST_F(Identity, T10NoSanctionForARecordThatHasEnded) {
  const base::Id16 child = Register(world_.Child("褚二", "411299201808310011", class_));
  auto business = world_.Business("DEATH", child);
  world_.Transfer<transfer::v1::BusinessOpened>(business);
  world_.Transfer<transfer::v1::BusinessApproved>(business);
  ASSERT_EQ(world_.Facts(child).status(), "DECEASED");
  v1::RecordSanctionCommand sanction;
  sanction.set_child_id(child.str());
  sanction.set_document("灵一小处〔2026〕3号");
  EXPECT_EQ(world_.Code(sanction), "STATUS_ENDED");
}

TEST_F(Identity, A02ALogOfAnImportComesInPartsThatFitIntoARecord) {
  v1::LogImportRowsCommand part;
  for (int i = 0; i < 201; ++i) part.mutable_part()->add_log()->set_row(i + 2);
  EXPECT_EQ(world_.Code(part), "IMPORT_LOG_TOO_LONG");
  part.mutable_part()->mutable_log()->RemoveLast();
  world_.Must(part);
}

TEST_F(Identity, D10NothingTakesAChildOffTheListOrDeletesTheRecord) {
  const base::Id16 child = Register(world_.Child("褚二", "411299201808310011", class_));
  auto business = world_.Business("DROPOUT_KEPT", child);
  world_.Transfer<transfer::v1::BusinessOpened>(business);
  world_.Transfer<transfer::v1::BusinessApproved>(business);
  EXPECT_EQ(world_.Facts(child).status(), "DROPOUT");
  EXPECT_EQ(world_.Facts(child).class_id(), class_.bytes());

  v1::PlaceChildCommand remove;
  remove.set_child_id(child.str());
  EXPECT_EQ(world_.Code(remove), "CANNOT_LEAVE_CLASS");
  v1::RecordClassCommand close;
  *close.mutable_class_facts() = world_.Class(class_);
  close.mutable_class_facts()->set_closed(true);
  EXPECT_EQ(world_.Code(close), "CLASS_NOT_EMPTY");

  // The contract has no RPC by which a record could vanish or change status.
  const auto* service =
      v1::GetChildRequest::descriptor()->file()->FindServiceByName("RegistryService");
  ASSERT_NE(service, nullptr);
  for (int i = 0; i < service->method_count(); ++i) {
    const std::string& name = service->method(i)->name();
    for (const char* verb : {"Delete", "Remove", "SetStatus", "ChangeStatus", "Move", "Graduate"}) {
      EXPECT_EQ(name.find(verb), std::string::npos) << name;
    }
  }
}

}  // namespace
}  // namespace twinline::registry
