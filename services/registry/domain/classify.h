// What can be said about a person only while the data is plain: is the ID number right, does it fit
// the birth date and sex, from which autumn on may the child go to school. The service calls
// this before it seals; the results travel in the command, so that Decide and Evolve need no
// personal data.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "platform/base/civil.h"
#include "platform/base/refusal.h"
#include "twinline/registry/v1/registry_children.pb.h"
#include "twinline/registry/v1/registry_commands.pb.h"

namespace twinline::registry {

struct ClassifiedPerson {
  v1::PersonInput person;  // normalised: names cleaned, numbers folded, birth date and sex filled
  v1::Classified result;   // without tokens
  std::vector<v1::Notice> warnings;  // accepted, but somebody should look
};

// Refuses only what makes a record impossible: no name, no birth date at all, an unknown code, and
// in a demonstration realm an ID number that may belong to a real person. A wrong ID number
// is a problem flag (A01), no ID number is a kind of its own (A08).
std::variant<ClassifiedPerson, base::Refusal> ClassifyPerson(const v1::PersonInput& input,
                                                             base::CivilDay today, bool demo_realm);

// Guardians keep what they were given; telephones and numbers are spelled one way.
std::variant<v1::GuardianInput, base::Refusal> ClassifyGuardian(const v1::GuardianInput& input);

struct PlainNumber {
  std::string kind;  // L G J SECONDARY
  std::string number;
};
// Numbers of the national system are taken as they come and never minted; a badly written
// one is refused, because leaving it empty is always possible.
std::variant<std::vector<PlainNumber>, base::Refusal> ClassifyNumbers(
    std::string_view student_number, std::string_view secondary_number);

// Equal for two records of one child entered with two ID numbers (A04): name, birth date and sex.
std::string SamePersonKey(const v1::PersonInput& normalised);

}  // namespace twinline::registry
