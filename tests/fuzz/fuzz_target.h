// One parser of hostile bytes and what it promises, for two drivers: libFuzzer (`tools/dev fuzz`,
// guided by coverage, runs as long as asked) and a plain loop of mutants that every gate runs under
// the address and undefined behaviour sanitizers (mutants_test.cc).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace twinline::fuzz {

// Well-formed inputs from which a search starts.
std::vector<std::string> Seeds();

// Hands the bytes to the parser. Ends the process when a promise is broken; refusing is not
// breaking.
void OneInput(std::string_view input);

// A deterministic mutant of a well-formed input: bits, bytes, cuts, repeats, splices. `number`
// chooses it.
std::string Mutant(const std::vector<std::string>& seeds, uint64_t number);

}  // namespace twinline::fuzz
