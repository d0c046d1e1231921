// Names, telephones and ID numbers of nobody.
#pragma once

#include <string>

#include "platform/base/civil.h"
#include "tools/datagen/prng.h"

namespace twinline::datagen {

std::string FamilyName(Prng& prng);
// Sex by GB/T 2261.1; one in 4,000 has a rare character (生僻字) or a middle dot (domain.md A09).
std::string PersonName(Prng& prng, const std::string& family, uint32_t sex);
std::string Phone(Prng& prng);
// On area code 411299, unassigned (domain.md 6.2). `serial` 0 to 499 makes it unique within a birth
// date and sex.
std::string IdNumber(base::CivilDay birth, uint32_t sex, uint32_t serial);

}  // namespace twinline::datagen
