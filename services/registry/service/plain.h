// The plain data of one child, opened for the few who need it: a correction compares, an export
// writes, RevealPersonal shows.
#pragma once

#include <string>
#include <vector>

#include "registry/service/open.h"

namespace twinline::registry {

struct PlainChild {
  v1::PersonInput person;
  std::vector<v1::GuardianInput> guardians;
  std::vector<v1::NumberReveal> numbers;  // history in order of arrival
  std::vector<std::string> destroyed;     // field names
  std::vector<std::string> unreadable;

  bool complete() const { return destroyed.empty() && unreadable.empty(); }
  // The latest number of the national system ("" when there is none), or of kind SECONDARY.
  std::string Number(bool secondary) const;
};

PlainChild OpenChild(const Opener& opener, const v1::ChildRow& child);

}  // namespace twinline::registry
