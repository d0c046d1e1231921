// The small county in which a simulation takes place, as the commands that record it: two counties'
// areas, four schools, five classes, somebody on every duty, and the first pupils. Sealing is
// played: domain code never looks inside a sealed value.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/base/decision.h"
#include "tests/simulation/published.h"
#include "twinline/registry/v1/registry_commands.pb.h"

namespace twinline::simulation {

inline constexpr std::string_view kTown = "411282103";
inline constexpr std::string_view kOtherTown = "411282102";
inline constexpr std::string_view kVillage = "411282103201";
inline constexpr std::string_view kOtherVillage = "411282102201";
inline constexpr std::string_view kPrimary = "2141000001";
inline constexpr std::string_view kPrimaryB = "2141000002";
inline constexpr std::string_view kJunior = "3141000001";
inline constexpr std::string_view kPrimaryFar = "2141000011";  // in the neighbouring county

// A command as it is queued.
struct Order {
  size_t shard = 0;
  uint32_t type = 0;
  std::string body;
};

template <typename Command>
Order MakeOrder(size_t shard, const Command& command) {
  return {shard, base::CommandType<Command>(), command.SerializeAsString()};
}

types::v1::Sealed SealedText(std::string_view text);

// In order; each stage needs what the stage before recorded.
std::vector<Order> AreasAndSchools();
std::vector<Order> Classes();
std::vector<Order> Staff(const Published& county);
std::vector<Order> Pupils(const Published& county, size_t per_class);

// `person` numbers a child; equal numbers are one child entered twice.
registry::v1::RegisterChildCommand Pupil(const registry::v1::ClassFacts& place, uint64_t person);

}  // namespace twinline::simulation
