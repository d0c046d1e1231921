// Names beside codes: "school:2141000001" is of little use to a reader, "灵宝市第一小学" is. Asked
// for when first needed, at most one call a kind, and kept for the run. Whatever cannot be found
// out stays a code: a missing name is never a reason for a command to fail.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "tools/twinline/lang.h"

namespace twinline::cli {

class Session;

class Names {
 public:
  Names(Session* session, Lang lang) : session_(session), lang_(lang) {}

  std::string School(const std::string& code);  // name, or the code
  std::string Area(const std::string& code);    // name, or the code
  std::string Office(const std::string& office);  // "灵宝市第一小学（school:2141000001）"; a class
                                                  // by its name once its school was asked for
  std::string OfficeShort(const std::string& office);  // the name alone, or the code
  std::string Person(const std::string& staff_id);     // bytes; name, or the first 8 hex digits
  std::string Class(const std::string& class_id, const std::string& school_code);  // "七年级3班"

 private:
  void LoadSchools();
  void LoadAreas(const std::string& parent);
  std::string NameOf(const std::string& office);

  Session* session_;
  const Lang lang_;
  bool schools_loaded_ = false;
  std::set<std::string> areas_loaded_;    // parents
  std::set<std::string> classes_loaded_;  // schools
  std::map<std::string, std::string> schools_, areas_, people_, classes_;
};

}  // namespace twinline::cli
