// From plain input to sealed commands. Preparing classifies the plain data and needs no key;
// sealing needs the child's id and a key that is already durable in the vault.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "platform/base/refusal.h"
#include "registry/domain/classify.h"
#include "registry/service/environment.h"
#include "twinline/registry/v1/registry_events.pb.h"

namespace twinline::registry {

struct PreparedChild {
  ClassifiedPerson person;
  std::vector<v1::GuardianInput> guardians;
  std::vector<PlainNumber> numbers;
};

std::variant<PreparedChild, base::Refusal> PrepareChild(const v1::ChildInput& input,
                                                        base::CivilDay today, bool demo_realm);

class ChildSealer {
 public:
  ChildSealer(const Environment& environment, const base::Id16& child, const base::Id16& key)
      : environment_(environment), child_(child), key_(key) {}

  absl::StatusOr<v1::SealedPerson> Person(const v1::PersonInput& plain) const;
  absl::StatusOr<v1::SealedGuardian> Guardian(const v1::GuardianInput& plain) const;
  absl::StatusOr<v1::ExternalNumber> Number(const PlainNumber& plain, base::CivilDay from) const;
  // The whole registration; fields that are not personal are copied from `input`.
  absl::StatusOr<v1::RegisterChildCommand> Registration(const v1::ChildInput& input,
                                                        const PreparedChild& prepared) const;

 private:
  absl::Status Text(std::string_view message_type, int field, std::string_view plain,
                    types::v1::Sealed* out) const;

  const Environment& environment_;
  const base::Id16 child_;
  const base::Id16 key_;
};

// Tokens of the ID number under older peppers, for `Classified::older_tokens`.
void AddOlderTokens(const Environment& environment, std::string_view id_number,
                    v1::Classified* classified);

types::v1::SearchToken ToProto(const vault::SearchToken& token);
std::optional<types::v1::SearchToken> SamePersonToken(const vault::SearchTokens& tokens,
                                                      const v1::PersonInput& normalised);

}  // namespace twinline::registry
