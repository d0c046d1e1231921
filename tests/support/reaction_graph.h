// Which event makes which service emit which events: source event -> rule -> what the
// rule's command may append. Reviewed by hand; the build test compares causes and rules with the
// code, the simulation compares effects with every record it makes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace twinline::test {

struct Reaction {
  std::string service;  // that reacts, and in whose journal the effects are
  std::string rule;
  std::vector<uint32_t> causes;   // event types
  std::vector<uint32_t> effects;  // event types; NoEffect is always possible and not listed
};

const std::vector<Reaction>& Reactions();

}  // namespace twinline::test
