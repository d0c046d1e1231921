// Comparing a file with what is recorded, and recording the rest.
#include "tools/twinline/places_import.h"

#include <algorithm>

#include "fmt/format.h"
#include "tools/twinline/words.h"
#include "twinline/identity/v1/identity.pb.h"
#include "twinline/registry/v1/registry_places.pb.h"

namespace twinline::cli {
namespace {

namespace rv1 = registry::v1;

constexpr std::string_view kRegistry = "registry.v1.RegistryService.";

std::string Registry(std::string_view name) { return std::string(kRegistry) + std::string(name); }

// 411282103201 lies in 411282103, that in 411282, in 4112, in 41, in nothing.
std::string ParentOf(std::string_view code) {
  switch (code.size()) {
    case 12:
      return std::string(code.substr(0, 9));
    case 9:
      return std::string(code.substr(0, 6));
    case 6:
      return std::string(code.substr(0, 4));
    case 4:
      return std::string(code.substr(0, 2));
    default:
      return {};
  }
}

std::string ClassKey(const rv1::ClassFacts& one) {
  return fmt::format("{}/{}-{}", one.school_code(), one.grade(), one.number());
}

std::string ClassYearKey(const rv1::ClassFacts& one) {
  return fmt::format("{} {}", ClassKey(one), one.school_year());
}

bool Same(const rv1::AreaFacts& a, const rv1::AreaFacts& b) {
  return a.name() == b.name() && a.kind() == b.kind() &&
         a.acting_township() == b.acting_township() &&
         std::equal(a.aliases().begin(), a.aliases().end(), b.aliases().begin(), b.aliases().end());
}

bool Same(const rv1::SchoolFacts& a, const rv1::SchoolFacts& b) {
  return a.name() == b.name() && a.kind() == b.kind() && a.township() == b.township() &&
         a.village() == b.village() && a.boarding() == b.boarding() &&
         a.junior_school_code() == b.junior_school_code() &&
         std::equal(a.zone_villages().begin(), a.zone_villages().end(), b.zone_villages().begin(),
                    b.zone_villages().end());
}

}  // namespace

bool PlacesImport::OfSchool(std::string_view office) {
  return office.starts_with("school:") || office.starts_with("class:");
}

void PlacesImport::Others(PlannedRow* planned, types::v1::Role role) const {
  planned->plan = RowPlan::kOthers;
  planned->why = cli_.T("由", "by the ") + RoleWord(cli_.lang(), role) + cli_.T("导入", "");
}

void PlacesImport::Waits(PlannedRow* planned, std::string_view zh, std::string_view en) const {
  planned->plan = RowPlan::kWaits;
  planned->why = cli_.T(zh, en);
}

int PlacesImport::Whoami() {
  identity::v1::WhoAmIRequest request;
  identity::v1::WhoAmIReply reply;
  if (int code = cli_.Call("identity.v1.IdentityService.WhoAmI", request, &reply)) return code;
  for (const auto& duty : reply.duties()) roles_.insert(duty.role());
  return kOk;
}

int PlacesImport::LoadAreas(const std::string& parent) {
  if (!parents_.insert(parent).second) return kOk;
  rv1::ListAreasRequest request;
  request.set_parent(parent);
  rv1::ListAreasReply reply;
  if (int code = cli_.Call(Registry("ListAreas"), request, &reply)) return code;
  for (const auto& area : reply.areas()) areas_[area.code()] = area;
  return kOk;
}

int PlacesImport::LoadSchools() {
  if (std::exchange(schools_loaded_, true)) return kOk;
  rv1::ListSchoolsRequest request;
  request.set_include_closed(true);
  request.mutable_page()->set_size(200);
  for (;;) {
    rv1::ListSchoolsReply reply;
    if (int code = cli_.Call(Registry("ListSchools"), request, &reply)) return code;
    for (const auto& school : reply.schools()) schools_[school.school_code()] = school;
    if (reply.next_page_token().empty()) return kOk;
    request.mutable_page()->set_page_token(reply.next_page_token());
  }
}

int PlacesImport::LoadClasses(const std::string& school) {
  if (!classes_loaded_.insert(school).second) return kOk;
  rv1::ListClassesRequest request;
  request.set_school_code(school);
  rv1::ListClassesReply reply;
  if (int code = cli_.Call(Registry("ListClasses"), request, &reply)) return code;
  std::map<std::string, uint32_t> newest;
  for (const auto& one : reply.classes()) {
    classes_[ClassYearKey(one)] = one;
    uint32_t& year = newest[ClassKey(one)];
    if (one.school_year() < year) continue;
    year = one.school_year();
    class_ids_[ClassKey(one)] = base::Id16::FromBytes(one.class_id()).value_or(base::Id16()).hex();
  }
  return kOk;
}

int PlacesImport::LoadStaff(const std::string& office) {
  if (!staff_loaded_.insert(office).second) return kOk;
  rv1::ListStaffRequest request;
  request.set_office(office);
  request.mutable_page()->set_size(200);
  for (;;) {
    rv1::ListStaffReply reply;
    if (int code = cli_.Call(Registry("ListStaff"), request, &reply)) return code;
    for (const auto& person : reply.staff()) {
      staff_[{office, person.name()}] = person.staff_id();
    }
    if (reply.next_page_token().empty()) return kOk;
    request.mutable_page()->set_page_token(reply.next_page_token());
  }
}

int PlacesImport::PlanArea(const rv1::AreaFacts& area, PlannedRow* planned) {
  if (int code = LoadAreas(ParentOf(area.code()))) return code;
  const auto it = areas_.find(area.code());
  if (it != areas_.end() && Same(it->second, area)) return kOk;
  planned->plan = RowPlan::kRecord;
  if (!Am(types::v1::ROLE_BUREAU_OFFICIAL) && !Am(types::v1::ROLE_PROVINCE_OFFICIAL)) {
    Others(planned, types::v1::ROLE_BUREAU_OFFICIAL);
  }
  return kOk;
}

int PlacesImport::PlanSchool(const rv1::SchoolFacts& school, PlannedRow* planned) {
  if (int code = LoadSchools()) return code;
  const auto it = schools_.find(school.school_code());
  if (it != schools_.end() && Same(it->second, school)) return kOk;
  planned->plan = RowPlan::kRecord;
  if (!Am(types::v1::ROLE_BUREAU_OFFICIAL)) Others(planned, types::v1::ROLE_BUREAU_OFFICIAL);
  return kOk;
}

int PlacesImport::PlanClass(const rv1::ClassFacts& one, PlannedRow* planned) {
  planned->plan = RowPlan::kRecord;
  if (!Am(types::v1::ROLE_BUREAU_OFFICIAL) && !Am(types::v1::ROLE_REGISTRAR)) {
    Others(planned, types::v1::ROLE_BUREAU_OFFICIAL);
    return kOk;
  }
  if (int code = LoadClasses(one.school_code())) return code;
  if (classes_.contains(ClassYearKey(one))) planned->plan = RowPlan::kExists;
  return kOk;
}

std::string PlacesImport::OfficeOf(const PersonRow& person) const {
  const size_t slash = person.office.find('/');
  if (!person.office.starts_with("class:") || slash == std::string::npos) return person.office;
  const auto ref = ParseClass(person.office.substr(person.office.find(':') + 1));
  if (!ref) return {};
  const auto it =
      class_ids_.find(fmt::format("{}/{}-{}", ref->school_code, ref->grade, ref->number));
  return it == class_ids_.end() ? std::string() : "class:" + it->second;
}

int PlacesImport::PlanPerson(const PersonRow& person, PlannedRow* planned) {
  const bool of_school = OfSchool(person.home_office);
  // Who may neither record this person nor give the duty need not ask who is there.
  if (of_school && !Am(types::v1::ROLE_BUREAU_OFFICIAL)) {
    Others(planned, types::v1::ROLE_BUREAU_OFFICIAL);
    return kOk;
  }
  if (!of_school && !Am(types::v1::ROLE_SYSTEM_ADMIN) && !Am(types::v1::ROLE_SECURITY_ADMIN)) {
    Others(planned, types::v1::ROLE_SYSTEM_ADMIN);
    return kOk;
  }
  const std::string code = person.home_office.substr(person.home_office.find(':') + 1);
  if (of_school) {
    if (int failed = LoadSchools()) return failed;
    if (!schools_.contains(code)) {
      Waits(planned, "该学校尚未登记", "the school is not recorded yet");
      return kOk;
    }
  } else if (!person.home_office.starts_with("bureau:")) {
    if (int failed = LoadAreas(ParentOf(code))) return failed;
    if (!areas_.contains(code)) {
      Waits(planned, "该区划尚未登记", "the area is not recorded yet");
      return kOk;
    }
  }
  if (int failed = LoadStaff(person.home_office)) return failed;
  const auto known = staff_.find({person.home_office, person.name});
  planned->new_person = known == staff_.end();
  if (planned->new_person) {
    planned->plan = RowPlan::kRecord;
    if (!of_school && !Am(types::v1::ROLE_SYSTEM_ADMIN)) {
      Waits(planned, "该人员尚未由系统管理员登记",
            "the system administrator has not recorded the person");
    }
    return kOk;
  }
  return PlanDuty(person, known->second, planned);
}

int PlacesImport::PlanDuty(const PersonRow& person, const std::string& staff_id,
                           PlannedRow* planned) {
  if (person.role == types::v1::ROLE_UNSPECIFIED) return kOk;
  const size_t slash = person.office.find('/');
  if (person.office.starts_with("class:") && slash != std::string::npos) {
    const size_t colon = person.office.find(':') + 1;
    if (int code = LoadClasses(person.office.substr(colon, slash - colon))) return code;
  }
  const std::string office = OfficeOf(person);
  if (office.empty()) {
    Waits(planned, "该班级尚未登记", "the class is not recorded yet");
    return kOk;
  }
  rv1::ListDutiesRequest request;
  request.set_staff_id(staff_id);
  rv1::ListDutiesReply reply;
  if (int code = cli_.Call(Registry("ListDuties"), request, &reply)) return code;
  for (const auto& view : reply.duties()) {
    const auto& duty = view.duty();
    const bool over = duty.has_to() && duty.to().days() < person.from.days;
    if (duty.role() == static_cast<uint32_t>(person.role) && duty.office() == office && !over) {
      return kOk;
    }
  }
  planned->plan = RowPlan::kRecord;
  if (!OfSchool(office) && !Am(types::v1::ROLE_SECURITY_ADMIN)) {
    Others(planned, types::v1::ROLE_SECURITY_ADMIN);
  }
  return kOk;
}

int PlacesImport::Plan(const PlacesFile& file, std::vector<PlannedRow>* plan) {
  if (int code = Whoami()) return code;
  for (const PlacesRow& row : file.rows) plan->push_back({&row, RowPlan::kExists, false, {}});
  // A county before its townships; a junior school before the primary schools that name it.
  std::stable_sort(plan->begin(), plan->end(), [](const PlannedRow& a, const PlannedRow& b) {
    const auto* area_a = std::get_if<rv1::AreaFacts>(&a.row->what);
    const auto* area_b = std::get_if<rv1::AreaFacts>(&b.row->what);
    if (area_a != nullptr && area_b != nullptr) {
      return area_a->code().size() < area_b->code().size();
    }
    const auto* school_a = std::get_if<rv1::SchoolFacts>(&a.row->what);
    const auto* school_b = std::get_if<rv1::SchoolFacts>(&b.row->what);
    return school_a != nullptr && school_b != nullptr && school_a->junior_school_code().empty() &&
           !school_b->junior_school_code().empty();
  });
  for (PlannedRow& planned : *plan) {
    int code = kOk;
    if (const auto* area = std::get_if<rv1::AreaFacts>(&planned.row->what)) {
      code = PlanArea(*area, &planned);
    } else if (const auto* school = std::get_if<rv1::SchoolFacts>(&planned.row->what)) {
      code = PlanSchool(*school, &planned);
    } else if (const auto* one = std::get_if<rv1::ClassFacts>(&planned.row->what)) {
      code = PlanClass(*one, &planned);
    } else {
      code = PlanPerson(std::get<PersonRow>(planned.row->what), &planned);
    }
    if (code != kOk) return code;
  }
  return kOk;
}

rpc::CallResult PlacesImport::Apply(const PlannedRow& planned) {
  int code = kOk;
  Session& session = *cli_.session(&code);
  rv1::RecordedReply reply;
  if (const auto* area = std::get_if<rv1::AreaFacts>(&planned.row->what)) {
    rv1::RecordAreaRequest request;
    *request.mutable_area() = *area;
    return session.Call(Registry("RecordArea"), request, &reply);
  }
  if (const auto* school = std::get_if<rv1::SchoolFacts>(&planned.row->what)) {
    rv1::RecordSchoolRequest request;
    *request.mutable_school() = *school;
    return session.Call(Registry("RecordSchool"), request, &reply);
  }
  if (const auto* one = std::get_if<rv1::ClassFacts>(&planned.row->what)) {
    rv1::RecordClassRequest request;
    request.set_school_code(one->school_code());
    *request.mutable_class_facts() = *one;
    return session.Call(Registry("RecordClass"), request, &reply);
  }
  const auto& person = std::get<PersonRow>(planned.row->what);
  std::string& staff_id = staff_[{person.home_office, person.name}];
  if (staff_id.empty()) {
    rv1::RecordStaffRequest request;
    request.set_name(person.name);
    request.set_phone(person.phone);
    request.set_office(person.home_office);
    const rpc::CallResult result = session.Call(Registry("RecordStaff"), request, &reply);
    if (!result.ok()) return result;
    staff_id = reply.id();
  }
  // Of a new person the duty was not looked at yet.
  PlannedRow duty = planned;
  if (planned.new_person) {
    duty.plan = RowPlan::kExists;
    if (PlanDuty(person, staff_id, &duty) != kOk) return {absl::AbortedError(""), std::nullopt, 0};
  }
  if (duty.plan != RowPlan::kRecord) return {absl::OkStatus(), std::nullopt, 0};
  rv1::StartDutyRequest request;
  request.set_staff_id(staff_id);
  request.set_role(person.role);
  request.set_office(OfficeOf(person));
  request.mutable_from()->set_days(person.from.days);
  if (person.to) request.mutable_to()->set_days(person.to->days);
  request.set_deputy(person.deputy);
  return session.Call(Registry("StartDuty"), request, &reply);
}

}  // namespace twinline::cli
