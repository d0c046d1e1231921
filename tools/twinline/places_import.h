// What is to be done with the rows of a places file, by whom, and doing it. The three
// administrators (三员) and the bureau each have their part: a person of an office outside the
// schools is recorded by the system administrator and given duties by the security administrator;
// areas, schools, classes and the people of schools are the bureau's. The same file is imported by
// each of them in turn; whatever exists already is left alone, so a file may be imported as often
// as one likes.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tools/twinline/cli.h"
#include "tools/twinline/places_file.h"

namespace twinline::cli {

enum class RowPlan {
  kExists,  // as the file says; nothing to do
  kRecord,  // this caller may do it
  kOthers,  // somebody else's part
  kWaits,   // something that it rests on is not recorded yet
};

struct PlannedRow {
  const PlacesRow* row = nullptr;
  RowPlan plan = RowPlan::kExists;
  bool new_person = false;  // the person, too
  std::string why;          // for kOthers and kWaits, in the chosen language
};

class PlacesImport {
 public:
  explicit PlacesImport(Cli& cli) : cli_(cli) {}

  // Exit codes. Rows keep the order of the file, except that what others rest on comes first.
  int Plan(const PlacesFile& file, std::vector<PlannedRow>* plan);
  // One row; a refusal is returned with its row, not printed.
  rpc::CallResult Apply(const PlannedRow& planned);

 private:
  int Whoami();
  int LoadAreas(const std::string& parent);
  int LoadSchools();
  int LoadClasses(const std::string& school);
  int LoadStaff(const std::string& office);
  int PlanArea(const registry::v1::AreaFacts& area, PlannedRow* planned);
  int PlanSchool(const registry::v1::SchoolFacts& school, PlannedRow* planned);
  int PlanClass(const registry::v1::ClassFacts& one, PlannedRow* planned);
  int PlanPerson(const PersonRow& person, PlannedRow* planned);
  int PlanDuty(const PersonRow& person, const std::string& staff_id, PlannedRow* planned);
  void Others(PlannedRow* planned, types::v1::Role role) const;
  void Waits(PlannedRow* planned, std::string_view zh, std::string_view en) const;
  bool Am(types::v1::Role role) const { return roles_.contains(role); }
  // "class:<32 hex>" for "class:<school>/7-3"; empty while there is no such class.
  std::string OfficeOf(const PersonRow& person) const;
  static bool OfSchool(std::string_view office);

  Cli& cli_;
  std::set<int> roles_;
  std::map<std::string, registry::v1::AreaFacts> areas_;
  std::set<std::string> parents_;  // of areas that were asked for
  bool schools_loaded_ = false;
  std::map<std::string, registry::v1::SchoolFacts> schools_;
  std::set<std::string> classes_loaded_;
  std::map<std::string, registry::v1::ClassFacts> classes_;  // "2141000001/7-3 2026"
  std::map<std::string, std::string> class_ids_;             // "2141000001/7-3", of the newest year
  std::set<std::string> staff_loaded_;
  std::map<std::pair<std::string, std::string>, std::string> staff_;  // office, name: id
};

}  // namespace twinline::cli
