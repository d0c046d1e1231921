// What each kind of office reaches. Codes of areas are hierarchical by their digits: a village's
// code begins with its township's, that with its county's; a school's code is not, its place comes
// from the registry's facts.
#include <optional>
#include <string>
#include <utility>

#include "platform/rpc/directory.h"

namespace twinline::rpc {
namespace {

enum class Kind { kNone, kClass, kSchool, kVillage, kTownship, kCounty, kCity, kEverything };

struct Office {
  Kind kind = Kind::kNone;
  std::string_view code;
};

Office ParseOffice(std::string_view office) {
  const size_t colon = office.find(':');
  if (colon == std::string_view::npos) return {};
  const std::string_view name = office.substr(0, colon);
  const std::string_view code = office.substr(colon + 1);
  if (code.empty()) return {};
  if (name == "class") return {Kind::kClass, code};
  if (name == "school") return {Kind::kSchool, code};
  if (name == "village") return {Kind::kVillage, code};
  if (name == "township") return {Kind::kTownship, code};
  if (name == "bureau" || name == "county") return {Kind::kCounty, code};
  if (name == "city") return {Kind::kCity, code};
  if (name == "province" || name == "auditor") return {Kind::kEverything, code};
  return {};
}

class OfficeReach final : public Reach {
 public:
  OfficeReach(const MemoryDirectory* directory, Duty duty)
      : directory_(directory), duty_(std::move(duty)), office_(ParseOffice(duty_.office)) {
    if (office_.kind == Kind::kClass) {
      class_id_ = base::Id16::FromHex(office_.code).value_or(base::Id16());
      if (class_id_.empty()) office_.kind = Kind::kNone;
    }
  }

  const Duty& duty() const override { return duty_; }

  bool everything() const override {
    return office_.kind == Kind::kEverything ||
           (office_.kind == Kind::kCounty && directory_->IsOnlyCounty(office_.code));
  }

  bool CoversChild(const ChildPlace& place) const override {
    const std::string_view code = office_.code;
    switch (office_.kind) {
      case Kind::kClass:
        return place.class_id == class_id_;
      case Kind::kSchool:
        return place.school_code == code || place.pending_school_code == code;
      case Kind::kVillage:
        return place.hukou_village == code || place.residence_village == code;
      case Kind::kTownship:
        return place.hukou_township == code || place.residence_township == code ||
               CoversSchool(place.school_code);
      case Kind::kCounty:
      case Kind::kCity:
        return place.hukou_township.starts_with(code) ||
               place.residence_township.starts_with(code) || CoversSchool(place.school_code) ||
               CoversSchool(place.pending_school_code);
      case Kind::kEverything:
        return true;
      case Kind::kNone:
        return false;
    }
    return false;
  }

  bool CoversSchool(std::string_view school_code) const override {
    if (school_code.empty()) return false;
    if (office_.kind == Kind::kSchool) return school_code == office_.code;
    if (everything()) return true;
    if (office_.kind != Kind::kTownship && !IsWide()) return false;
    const auto place = directory_->SchoolOf(school_code);
    if (!place) return false;
    return IsWide() ? place->county.starts_with(office_.code) : place->township == office_.code;
  }

  bool CoversClass(const base::Id16& class_id) const override {
    if (office_.kind == Kind::kClass) return class_id == class_id_;
    if (everything()) return true;
    return CoversSchool(directory_->SchoolOfClass(class_id));
  }

  bool CoversOffice(std::string_view other) const override {
    if (everything() || other == duty_.office) return true;
    const Office office = ParseOffice(other);
    switch (office.kind) {
      case Kind::kClass: {
        const auto id = base::Id16::FromHex(office.code);
        return id && CoversClass(*id);
      }
      case Kind::kSchool:
        return CoversSchool(office.code);
      case Kind::kVillage:
      case Kind::kTownship:
      case Kind::kCounty:
        return (IsWide() || office_.kind == Kind::kTownship) &&
               office.code.starts_with(office_.code) && office.code.size() >= office_.code.size();
      default:
        return false;
    }
  }

 private:
  bool IsWide() const { return office_.kind == Kind::kCounty || office_.kind == Kind::kCity; }

  const MemoryDirectory* const directory_;
  const Duty duty_;
  Office office_;  // points into duty_.office
  base::Id16 class_id_;
};

}  // namespace

std::unique_ptr<Reach> MemoryDirectory::ReachOf(const Duty& duty) const {
  return std::make_unique<OfficeReach>(this, duty);
}

}  // namespace twinline::rpc
