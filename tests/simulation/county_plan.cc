#include "tests/simulation/county_plan.h"

#include "absl/strings/str_cat.h"
#include "platform/base/absl_view.h"
#include "platform/base/hash.h"
#include "twinline/attendance/v1/attendance_commands.pb.h"

namespace twinline::simulation {

namespace rv1 = registry::v1;
namespace av1 = attendance::v1;
using namespace types::v1;  // role names

namespace {

constexpr uint32_t kSchoolYear = 2026;

Order Area(std::string_view code, std::string_view name, std::string_view kind) {
  rv1::RecordAreaCommand command;
  command.mutable_area()->set_code(std::string(code));
  command.mutable_area()->set_name(std::string(name));
  command.mutable_area()->set_kind(std::string(kind));
  return MakeOrder(kRegistry, command);
}

Order School(std::string_view code, std::string_view kind, std::string_view name,
             std::string_view township) {
  rv1::RecordSchoolCommand command;
  rv1::SchoolFacts& school = *command.mutable_school();
  school.set_school_code(std::string(code));
  school.set_kind(std::string(kind));
  school.set_name(std::string(name));
  school.set_township(std::string(township));
  school.set_county(std::string(township.substr(0, 6)));
  if (kind == "PRIMARY" && code != kPrimaryFar) {
    school.set_junior_school_code(std::string(kJunior));
  }
  if (code == kPrimary) school.add_zone_villages(std::string(kVillage));
  if (code == kPrimaryB) school.add_zone_villages(std::string(kOtherVillage));
  return MakeOrder(kRegistry, command);
}

Order SchoolCalendar() {
  av1::AdoptSchoolCalendar command;
  av1::SchoolCalendar& calendar = *command.mutable_calendar();
  calendar.set_version("2026-1");
  av1::Term* term = calendar.add_terms();
  term->set_first_day(base::CivilDay::FromYmd(2026, 9, 1).days);
  term->set_last_day(base::CivilDay::FromYmd(2027, 1, 22).days);
  for (int day = 1; day <= 7; ++day) {
    av1::ClosedDay* closed = calendar.add_closures();
    closed->set_day(base::CivilDay::FromYmd(2026, 10, day).days);
    closed->set_reason("国庆节");
  }
  calendar.set_weekdays(0x1f);
  calendar.set_sessions(3);
  return MakeOrder(kAttendance, command);
}

class Roster {
 public:
  // Somebody new with one duty, or a further duty of the last one.
  void Add(Role role, const std::string& office, bool same_person = false, bool deputy = false) {
    if (!same_person) {
      staff_ = base::DeriveId({"staff", std::to_string(++count_)}).str();
      rv1::RecordStaffCommand person;
      person.set_staff_id(staff_);
      *person.mutable_name() = SealedText("姓名");
      person.set_home_office(office);
      orders_.push_back(MakeOrder(kRegistry, person));
    }
    rv1::StartDutyCommand duty;
    duty.set_staff_id(staff_);
    duty.set_role(role);
    duty.set_office(office);
    duty.mutable_from()->set_days(base::CivilDay::FromYmd(2026, 8, 1).days);
    duty.set_deputy(deputy);
    orders_.push_back(MakeOrder(kRegistry, duty));
  }
  std::vector<Order> Take() { return std::move(orders_); }

 private:
  int count_ = 0;
  std::string staff_;
  std::vector<Order> orders_;
};

}  // namespace

Sealed SealedText(std::string_view text) {
  Sealed sealed;
  sealed.set_ciphertext(std::string(text));
  return sealed;
}

std::vector<Order> AreasAndSchools() {
  return {Area("41", "河南省", "PROVINCE"),
          Area("4112", "三门峡市", "CITY"),
          Area("411282", "灵宝市", "COUNTY"),
          Area("411281", "义马市", "COUNTY"),
          Area(kTown, "阳平镇", "TOWNSHIP"),
          Area(kOtherTown, "故县镇", "TOWNSHIP"),
          Area("411281101", "东区", "TOWNSHIP"),
          Area(kVillage, "阳平村", "VILLAGE"),
          Area(kOtherVillage, "故县村", "VILLAGE"),
          School(kJunior, "JUNIOR", "阳平镇初级中学", kTown),
          School(kPrimary, "PRIMARY", "阳平镇中心小学", kTown),
          School(kPrimaryB, "PRIMARY", "故县镇中心小学", kOtherTown),
          School(kPrimaryFar, "PRIMARY", "东区第一小学", "411281101"),
          SchoolCalendar()};
}

std::vector<Order> Classes() {
  std::vector<Order> orders;
  for (const auto& [school, grade, number] :
       {std::tuple(kPrimary, 4u, 1u), std::tuple(kPrimary, 4u, 2u), std::tuple(kPrimaryB, 4u, 1u),
        std::tuple(kPrimaryB, 6u, 1u), std::tuple(kPrimaryFar, 4u, 1u), std::tuple(kJunior, 7u, 1u),
        std::tuple(kJunior, 9u, 1u)}) {
    rv1::RecordClassCommand command;
    command.mutable_class_facts()->set_school_code(std::string(school));
    command.mutable_class_facts()->set_grade(grade);
    command.mutable_class_facts()->set_number(number);
    command.mutable_class_facts()->set_school_year(kSchoolYear);
    orders.push_back(MakeOrder(kRegistry, command));
  }
  return orders;
}

std::vector<Order> Staff(const Published& county) {
  Roster roster;
  for (const std::string_view school : {kPrimary, kPrimaryB, kJunior, kPrimaryFar}) {
    const std::string office = absl::StrCat("school:", base::ToAbsl(school));
    roster.Add(ROLE_REGISTRAR, office);
    // In a small school one person enters and signs; the rules must not let it be the same
    // business.
    if (school == kPrimaryB) {
      roster.Add(ROLE_PRINCIPAL, office, /*same_person=*/true);
      roster.Add(ROLE_PRINCIPAL, office, /*same_person=*/false, /*deputy=*/true);
    } else {
      roster.Add(ROLE_PRINCIPAL, office);
    }
  }
  for (const auto& [id, facts] : county.classes) {
    roster.Add(ROLE_CLASS_TEACHER, "class:" + base::ToHex(id));
  }
  for (const std::string_view village : {kVillage, kOtherVillage}) {
    roster.Add(ROLE_VILLAGE_OFFICIAL, absl::StrCat("village:", base::ToAbsl(village)));
  }
  for (const std::string_view town : {kTown, kOtherTown}) {
    roster.Add(ROLE_TOWNSHIP_OFFICIAL, absl::StrCat("township:", base::ToAbsl(town)));
    roster.Add(ROLE_TOWNSHIP_HEAD, absl::StrCat("township:", base::ToAbsl(town)));
  }
  for (const char* area : {"411282", "411281"}) {
    roster.Add(ROLE_BUREAU_OFFICIAL, absl::StrCat("bureau:", area));
    roster.Add(ROLE_BUREAU_OFFICIAL, absl::StrCat("bureau:", area));
    roster.Add(ROLE_BUREAU_DIRECTOR, absl::StrCat("bureau:", area));
    roster.Add(ROLE_COUNTY_HEAD, absl::StrCat("county:", area));
  }
  return roster.Take();
}

rv1::RegisterChildCommand Pupil(const rv1::ClassFacts& place, uint64_t person) {
  rv1::RegisterChildCommand command;
  rv1::SealedPerson& data = *command.mutable_person();
  *data.mutable_name() = SealedText("姓名");
  data.set_id_kind("RESIDENT_ID");
  *data.mutable_id_number() = SealedText("身份证件号");
  const std::string token = base::DeriveId({"id number", std::to_string(person)}).str();
  data.mutable_id_token()->set_pepper_version(1);
  data.mutable_id_token()->set_token(token);
  data.mutable_same_person_token()->set_pepper_version(1);
  data.mutable_same_person_token()->set_token(base::DeriveId({"same person", token}).str());
  command.mutable_classified()->set_entry_cohort(kSchoolYear + 1 - place.grade());
  command.mutable_classified()->set_sex(1 + static_cast<uint32_t>(person % 2));
  command.set_school_code(place.school_code());
  command.set_class_id(place.class_id());
  const bool other = person % 3 == 0;
  command.set_hukou_township(std::string(other ? kOtherTown : kTown));
  command.set_hukou_village(std::string(other ? kOtherVillage : kVillage));
  command.set_residence_township(std::string(person % 4 == 0 ? kOtherTown : kTown));
  command.set_entry_kind("NORMAL");
  command.mutable_entered_on()->set_days(base::CivilDay::FromYmd(2025, 9, 1).days);
  return command;
}

std::vector<Order> Pupils(const Published& county, size_t per_class) {
  std::vector<Order> orders;
  for (const auto& [id, facts] : county.classes) {
    for (size_t i = 0; i < per_class; ++i) {
      orders.push_back(MakeOrder(kRegistry, Pupil(facts, orders.size() + 1)));
    }
  }
  return orders;
}

}  // namespace twinline::simulation
