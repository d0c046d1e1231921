// Reading what Decide needs, with the words of the registry: a child and its registration, a class
// with room, an area that exists.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "platform/base/decision.h"
#include "registry/tables/tables.h"
#include "twinline/registry/v1/registry_rows.pb.h"

namespace twinline::registry {

// A child together with its registration; two ids, two rows.
struct Subject {
  v1::ChildRow child;
  v1::RegistrationRow registration;
  const v1::ChildFacts& facts() const { return registration.facts(); }
};

std::optional<Subject> FindSubject(const base::Rows& rows, std::string_view child_id);
// The child that an id means today: a merged one leads to its survivor (A04).
base::Id16 ResolveAlias(const base::Rows& rows, const base::Id16& child_id);

std::optional<v1::SchoolFacts> FindSchool(const base::Rows& rows, std::string_view code);
std::optional<v1::ClassFacts> FindClass(const base::Rows& rows, std::string_view class_id);
std::optional<v1::AreaFacts> FindArea(const base::Rows& rows, std::string_view code);

// The facts with which the next event about this registration starts: one version later.
v1::ChildFacts NextFacts(const v1::RegistrationRow& row);
// The class after one pupil joined (+1) or left (-1): a new roster version.
v1::ClassFacts RosterChanged(v1::ClassFacts facts, int pupils);
// Adds or removes a code; repeated fields of codes are kept sorted so that equal sets are equal
// bytes.
template <typename Repeated>
bool AddCode(Repeated* codes, std::string_view code);
template <typename Repeated>
bool RemoveCode(Repeated* codes, std::string_view code);

base::Refusal No(std::string_view code, std::string zh, std::string en,
                 std::vector<std::pair<std::string, std::string>> details = {});

// Refusal when a township or village code is malformed, does not fit together, or is missing from a
// county whose areas the registry knows. Codes of other counties are taken as they are: a hukou may
// be anywhere, and its code may be historic (domain.md 3.2).
std::optional<base::Refusal> CheckPlace(const base::Rows& rows, std::string_view township,
                                        std::string_view village, std::string_view what_zh,
                                        std::string_view what_en);

// --- templates

template <typename Repeated>
bool AddCode(Repeated* codes, std::string_view code) {
  int at = 0;
  while (at < codes->size() && codes->Get(at) < code) ++at;
  if (at < codes->size() && codes->Get(at) == code) return false;
  codes->Add(std::string(code));
  for (int i = codes->size() - 1; i > at; --i) codes->SwapElements(i, i - 1);
  return true;
}

template <typename Repeated>
bool RemoveCode(Repeated* codes, std::string_view code) {
  for (int i = 0; i < codes->size(); ++i) {
    if (codes->Get(i) == code) {
      codes->DeleteSubrange(i, 1);
      return true;
    }
  }
  return false;
}

}  // namespace twinline::registry
