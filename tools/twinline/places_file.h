// A file of areas, schools, classes or people, as the set-up of a county needs them: CSV (UTF-8 or
// GB18030) or XLSX, one kind a file, told by its heading. Reading finds everything that is wrong
// with the rows at once; nothing here asks a server.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "platform/base/civil.h"
#include "platform/base/refusal.h"
#include "tools/twinline/lang.h"
#include "twinline/registry/v1/registry_facts.pb.h"
#include "twinline/types/v1/options.pb.h"

namespace twinline::cli {

enum class PlacesKind { kAreas, kSchools, kClasses, kPeople };

// A person and, unless `role` is unset, one duty. A person with two duties has two rows with the
// same name and home office, which is also how a person is recognised again.
struct PersonRow {
  std::string name;
  std::string phone;
  std::string home_office;  // "school:2141000001"
  types::v1::Role role = types::v1::ROLE_UNSPECIFIED;
  std::string office;  // of the duty; "class:2141000001/7-3" until the class is looked up
  base::CivilDay from;
  std::optional<base::CivilDay> to;
  bool deputy = false;
};

struct PlacesRow {
  unsigned number = 0;  // as a spreadsheet shows it
  std::variant<registry::v1::AreaFacts, registry::v1::SchoolFacts, registry::v1::ClassFacts,
               PersonRow>
      what;
};

struct RowFault {
  unsigned number = 0;
  std::string column;
  std::string zh, en;
};

struct PlacesFile {
  PlacesKind kind = PlacesKind::kAreas;
  std::vector<PlacesRow> rows;
  std::vector<RowFault> faults;  // rows with one are not in `rows`
};

std::variant<PlacesFile, base::Refusal> ReadPlaces(std::string_view bytes);

// The headings of a kind, and one row that shows how to fill them in.
std::span<const std::string_view> PlacesHeadings(PlacesKind kind);
std::span<const std::string_view> PlacesExample(PlacesKind kind);
Text PlacesWord(PlacesKind kind);
// "areas", "schools", "classes", "people", as `places template` is asked for them.
std::vector<std::string> PlacesNames();
std::optional<PlacesKind> PlacesNamed(std::string_view name);

// 乡镇, TOWNSHIP, township: a code by itself or by its word in either language.
std::optional<std::string> CodeOfWord(std::string_view text,
                                      std::span<const std::string_view> codes);
std::optional<types::v1::Role> RoleOfWord(std::string_view text);
std::span<const std::string_view> AreaKinds();
std::span<const std::string_view> SchoolKinds();

}  // namespace twinline::cli
