// Looking names up, quietly.
#include "tools/twinline/names.h"

#include <utility>

#include "fmt/format.h"
#include "platform/base/keys.h"
#include "tools/twinline/render.h"
#include "tools/twinline/session.h"
#include "tools/twinline/words.h"
#include "twinline/registry/v1/registry_places.pb.h"

namespace twinline::cli {
namespace {

constexpr size_t kCountyDigits = 6;
constexpr size_t kTownshipDigits = 9;
constexpr size_t kVillageDigits = 12;

// The area whose direct children contain `code`.
std::string ParentOf(const std::string& code) {
  switch (code.size()) {
    case kVillageDigits:
      return code.substr(0, kTownshipDigits);
    case kTownshipDigits:
      return code.substr(0, kCountyDigits);
    case kCountyDigits:
      return code.substr(0, 4);
    case 4:
      return code.substr(0, 2);
    default:
      return {};
  }
}

}  // namespace

void Names::LoadSchools() {
  if (std::exchange(schools_loaded_, true) || session_ == nullptr) return;
  registry::v1::ListSchoolsRequest request;
  request.set_include_closed(true);
  request.mutable_page()->set_size(200);
  for (;;) {
    registry::v1::ListSchoolsReply reply;
    if (!session_->Call("registry.v1.RegistryService.ListSchools", request, &reply).ok()) return;
    for (const auto& school : reply.schools()) schools_[school.school_code()] = school.name();
    if (reply.next_page_token().empty()) return;
    request.mutable_page()->set_page_token(reply.next_page_token());
  }
}

void Names::LoadAreas(const std::string& parent) {
  if (session_ == nullptr || !areas_loaded_.insert(parent).second) return;
  registry::v1::ListAreasRequest request;
  request.set_parent(parent);
  registry::v1::ListAreasReply reply;
  if (!session_->Call("registry.v1.RegistryService.ListAreas", request, &reply).ok()) return;
  for (const auto& area : reply.areas()) areas_[area.code()] = area.name();
}

std::string Names::School(const std::string& code) {
  if (code.empty()) return {};
  LoadSchools();
  const auto it = schools_.find(code);
  return it == schools_.end() ? code : it->second;
}

std::string Names::Area(const std::string& code) {
  if (code.empty()) return {};
  if (!areas_.contains(code)) LoadAreas(ParentOf(code));
  const auto it = areas_.find(code);
  return it == areas_.end() ? code : it->second;
}

std::string Names::Class(const std::string& class_id, const std::string& school_code) {
  if (class_id.empty()) return {};
  if (session_ != nullptr && !school_code.empty() && classes_loaded_.insert(school_code).second) {
    registry::v1::ListClassesRequest request;
    request.set_school_code(school_code);
    request.set_include_closed(true);
    registry::v1::ListClassesReply reply;
    if (session_->Call("registry.v1.RegistryService.ListClasses", request, &reply).ok()) {
      for (const auto& one : reply.classes()) {
        classes_[one.class_id()] = ClassWord(lang_, one.grade(), one.number());
      }
    }
  }
  const auto it = classes_.find(class_id);
  return it == classes_.end() ? ShortId(class_id) : it->second;
}

std::string Names::NameOf(const std::string& office) {
  const size_t colon = office.find(':');
  if (colon == std::string::npos) return {};
  const std::string kind = office.substr(0, colon);
  const std::string code = office.substr(colon + 1);
  if (kind == "school") return School(code) == code ? std::string() : School(code);
  if (kind == "class") {
    // Known only once the classes of its school were asked for: nothing says which school that is.
    const auto it = classes_.find(base::Id16::FromHex(code).value_or(base::Id16()).str());
    return it == classes_.end() ? std::string() : it->second;
  }
  const std::string name = Area(code);
  if (name == code) return {};
  if (kind == "bureau") return name + (lang_ == Lang::kZh ? "教体局" : " bureau");
  if (kind == "county") return name + (lang_ == Lang::kZh ? "政府" : " government");
  if (kind == "auditor") return name + (lang_ == Lang::kZh ? "审计" : " audit");
  return name;
}

std::string Names::Office(const std::string& office) {
  const std::string name = NameOf(office);
  if (name.empty()) return office;
  return lang_ == Lang::kZh ? fmt::format("{}（{}）", name, office)
                            : fmt::format("{} ({})", name, office);
}

std::string Names::OfficeShort(const std::string& office) {
  const std::string name = NameOf(office);
  return name.empty() ? office : name;
}

std::string Names::Person(const std::string& staff_id) {
  if (staff_id.empty()) return {};
  if (const auto it = people_.find(staff_id); it != people_.end()) return it->second;
  std::string name = ShortId(staff_id);
  if (session_ != nullptr) {
    registry::v1::ListDutiesRequest request;
    request.set_staff_id(staff_id);
    registry::v1::ListDutiesReply reply;
    if (session_->Call("registry.v1.RegistryService.ListDuties", request, &reply).ok() &&
        reply.duties_size() > 0 && !reply.duties(0).staff_name().empty()) {
      name = reply.duties(0).staff_name();
    }
  }
  return people_[staff_id] = name;
}

}  // namespace twinline::cli
