#include "tools/demo/loader.h"

#include <algorithm>
#include <set>
#include <thread>

#include "platform/base/keys.h"
#include "platform/calendar/school_days.h"
#include "platform/calendar/state_council.h"
#include "platform/calendar/working_days.h"
#include "tools/demo/progress.h"
#include "twinline/attendance/v1/attendance.pb.h"
#include "twinline/registry/v1/registry.pb.h"

namespace twinline::demo {

using base::AsId;
using base::CivilDay;
using base::Id16;
namespace rv1 = registry::v1;

namespace {

constexpr std::string_view kRegistry = "twinline.registry.v1.RegistryService.";
std::string Registry(std::string_view name) { return std::string(kRegistry) + std::string(name); }

class Loader {
 public:
  Loader(Api& api, const datagen::County& county, CivilDay term_start, const Admins& admins)
      : api_(api), county_(county), term_start_(term_start), admins_(admins) {
    loaded_.staff.resize(county.staff.size());
    loaded_.classes.resize(county.classes.size());
    loaded_.roster_version.resize(county.classes.size());
    loaded_.children.resize(county.pupils.size());
    loaded_.registrations.resize(county.pupils.size());
  }

  Loaded Run() {
    BureauFirst();
    Areas();
    Schools();
    Classes();
    People();
    Children();
    Rosters();
    return std::move(loaded_);
  }

 private:
  void StartDuty(const datagen::Duty& duty, const Id16& by) {
    rv1::StartDutyRequest request;
    request.set_staff_id(loaded_.staff[duty.staff].str());
    types::v1::Role role;
    if (!types::v1::Role_Parse("ROLE_" + duty.role, &role)) Stop("unknown role " + duty.role);
    request.set_role(role);
    request.set_office(duty.school_class == SIZE_MAX
                           ? duty.office
                           : "class:" + loaded_.classes[duty.school_class].hex());
    request.mutable_from()->set_days(term_start_.days - 30);
    rv1::RecordedReply reply;
    api_.Must(Registry("StartDuty"), request, &reply, by);
    const Id16& staff = loaded_.staff[duty.staff];
    if (duty.role == "BUREAU_DIRECTOR") loaded_.bureau_director = staff;
    if (duty.role == "BUREAU_OFFICIAL")
      (loaded_.bureau_official.empty() ? loaded_.bureau_official : loaded_.bureau_second) = staff;
    if (duty.role == "AUDITOR") loaded_.auditor = staff;
    if (duty.role == "PRINCIPAL") loaded_.principal[duty.office] = staff;
    if (duty.role == "REGISTRAR") loaded_.registrar[duty.office] = staff;
    if (duty.role == "TOWNSHIP_OFFICIAL") loaded_.township_official[duty.office] = staff;
    if (duty.role == "TOWNSHIP_HEAD") loaded_.township_head[duty.office] = staff;
  }

  // The county itself must exist before an office in it can have duties.
  void BureauFirst() {
    for (size_t d = 0; d < county_.duties.size(); ++d) {
      const datagen::Duty& duty = county_.duties[d];
      if (!duty.office.starts_with("bureau:")) continue;
      rv1::RecordStaffRequest request;
      request.set_name(county_.staff[duty.staff].name);
      request.set_phone(county_.staff[duty.staff].phone);
      request.set_office(duty.office);
      rv1::RecordedReply reply;
      api_.Must(Registry("RecordStaff"), request, &reply, admins_.system);
      loaded_.staff[duty.staff] = AsId(reply.id());
      StartDuty(duty, admins_.security);
    }
    if (loaded_.bureau_official.empty()) Stop("the county has no bureau official");
  }

  void Area(const std::string& code, const std::string& name, const std::string& kind) {
    rv1::RecordAreaRequest request;
    request.mutable_area()->set_code(code);
    request.mutable_area()->set_name(name);
    request.mutable_area()->set_kind(kind);
    if (code == "411282204")
      request.mutable_area()->add_aliases("西闫乡");  // as the report writes it
    rv1::RecordedReply reply;
    api_.Must(Registry("RecordArea"), request, &reply, loaded_.bureau_official);
  }

  void Areas() {
    Area("41", "河南省", "PROVINCE");
    Area("4112", "三门峡市", "CITY");
    Area(county_.code, county_.name, "COUNTY");
    for (const auto& township : county_.townships) Area(township.code, township.name, "TOWNSHIP");
    Progress progress("村庄 villages", county_.villages.size());
    for (const auto& village : county_.villages) {
      Area(village.code, village.name, "VILLAGE");
      progress.Add();
    }
  }

  void Schools() {
    // Junior schools first: a primary school names its paired one.
    std::vector<size_t> order(county_.schools.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_partition(order.begin(), order.end(),
                          [&](size_t s) { return county_.schools[s].paired_junior == SIZE_MAX; });
    for (const size_t s : order) {
      const datagen::School& school = county_.schools[s];
      rv1::RecordSchoolRequest request;
      rv1::SchoolFacts* facts = request.mutable_school();
      facts->set_school_code(school.code);
      facts->set_kind(KindName(school.kind));
      facts->set_name(school.name);
      facts->set_township(county_.townships[school.township].code);
      facts->set_county(county_.code);
      facts->set_boarding(school.boarding);
      for (const size_t v : school.zone_villages)
        facts->add_zone_villages(county_.villages[v].code);
      if (school.paired_junior != SIZE_MAX)
        facts->set_junior_school_code(county_.schools[school.paired_junior].code);
      rv1::RecordedReply reply;
      api_.Must(Registry("RecordSchool"), request, &reply, loaded_.bureau_official);
    }
  }

  void Classes() {
    Progress progress("班级 classes", county_.classes.size());
    for (size_t c = 0; c < county_.classes.size(); ++c) {
      const datagen::Class& school_class = county_.classes[c];
      rv1::RecordClassRequest request;
      request.set_school_code(county_.schools[school_class.school].code);
      rv1::ClassFacts* facts = request.mutable_class_facts();
      facts->set_school_code(request.school_code());
      facts->set_grade(school_class.grade);
      facts->set_number(school_class.number);
      facts->set_school_year(static_cast<uint32_t>(base::SchoolYearOf(term_start_)));
      auto reply = std::make_shared<rv1::RecordedReply>();
      api_.CallAsync(Registry("RecordClass"), request, reply, loaded_.bureau_official,
                     [this, c, reply, &progress](const rpc::CallResult& result) {
                       if (!result.ok()) Stop("RecordClass: " + result.status.ToString());
                       loaded_.classes[c] = AsId(reply->id());
                       progress.Add();
                     });
    }
    api_.WaitAll();
  }

  void People() {
    Progress progress("教师和干部 people", county_.staff.size());
    for (size_t s = 0; s < county_.staff.size(); ++s) {
      if (!loaded_.staff[s].empty()) continue;
      rv1::RecordStaffRequest request;
      request.set_name(county_.staff[s].name);
      request.set_phone(county_.staff[s].phone);
      request.set_office(county_.staff[s].home_office);
      auto reply = std::make_shared<rv1::RecordedReply>();
      // The bureau keeps school rosters, the system administrator all others.
      const Id16& by = county_.staff[s].home_office.starts_with("school:") ? loaded_.bureau_official
                                                                           : admins_.system;
      api_.CallAsync(Registry("RecordStaff"), request, reply, by,
                     [this, s, reply, &progress](const rpc::CallResult& result) {
                       if (!result.ok()) Stop("RecordStaff: " + result.status.ToString());
                       loaded_.staff[s] = AsId(reply->id());
                       progress.Add();
                     });
    }
    api_.WaitAll();
    for (const datagen::Duty& duty : county_.duties) {
      if (duty.office.starts_with("bureau:")) continue;
      const bool of_school = duty.office.starts_with("school:") || duty.school_class != SIZE_MAX;
      StartDuty(duty, of_school ? loaded_.bureau_official : admins_.security);
    }
  }

  rv1::ChildInput Input(const datagen::Pupil& pupil) const {
    const datagen::Class& school_class = county_.classes[pupil.school_class];
    rv1::ChildInput child;
    child.mutable_person()->set_name(pupil.name);
    child.mutable_person()->set_id_kind("RESIDENT_ID");
    child.mutable_person()->set_id_number(pupil.id_number);
    child.mutable_person()->mutable_birth_date()->set_days(pupil.birth.days);
    child.mutable_person()->set_sex(pupil.sex);
    child.mutable_person()->set_ethnicity("01");
    for (const datagen::Guardian& guardian : pupil.guardians) {
      rv1::GuardianInput* input = child.add_guardians();
      input->set_name(guardian.name);
      input->set_phone(guardian.phone);
      input->set_relation(guardian.relation);
      input->set_legal_guardian(true);
    }
    child.set_student_number(pupil.student_number);
    child.set_school_code(county_.schools[school_class.school].code);
    child.set_class_id(loaded_.classes[pupil.school_class].str());
    child.set_grade(school_class.grade);
    const datagen::Village& hukou = county_.villages[pupil.hukou_village];
    const datagen::Village& home = county_.villages[pupil.residence_village];
    child.set_hukou_village(hukou.code);
    child.set_hukou_township(county_.townships[hukou.township].code);
    child.set_residence_village(home.code);
    child.set_residence_township(county_.townships[home.township].code);
    for (const std::string& group : pupil.watch_groups) child.add_watch_groups(group);
    child.set_boarding(pupil.boarding);
    child.set_special_education(county_.schools[school_class.school].kind ==
                                datagen::SchoolKind::kSpecial);
    child.mutable_entered_on()->set_days(
        CivilDay::FromYmd(
            base::SchoolYearOf(term_start_) - static_cast<int>(school_class.grade) + 1, 9, 1)
            .days);
    child.set_entry_kind("NORMAL");
    return child;
  }

  void Children() {
    constexpr size_t kPerCall = 200;
    Progress progress("学生 pupils", county_.pupils.size());
    for (size_t from = 0; from < county_.pupils.size(); from += kPerCall) {
      const size_t to = std::min(county_.pupils.size(), from + kPerCall);
      rv1::RegisterChildrenRequest request;
      request.set_office("bureau:" + county_.code);
      for (size_t p = from; p < to; ++p) *request.add_children() = Input(county_.pupils[p]);
      auto reply = std::make_shared<rv1::RegisterChildrenReply>();
      // A few calls at a time: each is 200 commands.
      while (bulk_ >= 4) std::this_thread::yield();
      ++bulk_;
      api_.CallAsync(Registry("RegisterChildren"), request, reply, loaded_.bureau_official,
                     [this, from, reply, &progress](const rpc::CallResult& result) {
                       if (!result.ok()) Stop("RegisterChildren: " + result.status.ToString());
                       for (int i = 0; i < reply->items_size(); ++i) {
                         const rv1::RegisteredItem& item = reply->items(i);
                         if (item.has_refusal())
                           Stop("a pupil was refused: " + item.refusal().message_zh());
                         loaded_.children[from + static_cast<size_t>(i)] = AsId(item.child_id());
                         loaded_.registrations[from + static_cast<size_t>(i)] =
                             AsId(item.registration_id());
                       }
                       progress.Add(static_cast<size_t>(reply->items_size()));
                       --bulk_;
                     });
    }
    api_.WaitAll();
  }

  // The roster version each teacher would see.
  void Rosters() {
    for (const datagen::School& school : county_.schools) {
      rv1::ListClassesRequest request;
      request.set_school_code(school.code);
      rv1::ListClassesReply reply;
      api_.Must(Registry("ListClasses"), request, &reply, loaded_.bureau_official);
      for (const rv1::ClassFacts& facts : reply.classes()) {
        for (const size_t c : school.classes) {
          if (loaded_.classes[c] == AsId(facts.class_id()))
            loaded_.roster_version[c] = facts.roster_version();
        }
      }
    }
  }

  Api& api_;
  const datagen::County& county_;
  const CivilDay term_start_;
  const Admins admins_;
  Loaded loaded_;
  std::atomic<int> bulk_{0};
};

}  // namespace

Loaded LoadCounty(Api& api, const datagen::County& county, CivilDay term_start,
                  const Admins& admins) {
  return Loader(api, county, term_start, admins).Run();
}

std::vector<CivilDay> AdoptTerm(Api& api, const Loaded& loaded, CivilDay first, CivilDay last) {
  attendance::v1::AdoptSchoolCalendarRequest request;
  attendance::v1::SchoolCalendar* calendar = request.mutable_calendar();
  calendar->set_version("term-" + first.ToString());
  attendance::v1::Term* term = calendar->add_terms();
  term->set_first_day(first.days);
  term->set_last_day(last.days);
  calendar->set_weekdays(0x1f);  // Monday to Friday
  calendar->set_sessions(3);
  calendar::WorkingCalendar working;
  for (const calendar::HolidayCalendar& year : calendar::SeedHolidayCalendars())
    working.Adopt(year);
  std::vector<CivilDay> days;
  for (CivilDay day = first; day <= last; day = day + 1) {
    const bool weekday = day.weekday() <= 5;
    const bool working_day = working.IsWorkingDay(day);
    if (weekday && !working_day) {
      attendance::v1::ClosedDay* closed = calendar->add_closures();
      closed->set_day(day.days);
      closed->set_reason("法定节假日");
    }
    if (!weekday && working_day) calendar->add_make_up_days(day.days);  // 调休上课
    if (working_day) days.push_back(day);
  }
  attendance::v1::AdoptReply reply;
  api.Must("twinline.attendance.v1.AttendanceService.AdoptSchoolCalendar", request, &reply,
           loaded.bureau_director);
  return days;
}

}  // namespace twinline::demo
