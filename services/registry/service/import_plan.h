// What one row of an import means against the registry as it is: register, correct, place, alarm,
// or nothing. The same plan serves the dry run, where its commands are decided and thrown away.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "registry/domain/lookup.h"
#include "registry/service/environment.h"
#include "registry/service/form.h"
#include "registry/service/seal.h"

namespace twinline::registry {

struct PlannedCommand {
  uint32_t type = 0;
  std::string body;
  base::Id16 request_id;
};

struct PlannedRow {
  // kAlarm: the row is refused like kRefused, and says so, but its command goes all the same.
  enum class Kind { kRefused, kUnchanged, kCreate, kChange, kAlarm };
  Kind kind = Kind::kRefused;
  // In this order; a command waits for the one before it, and a refusal ends the row. The command
  // that records the row's digest is the last, so that a row half done is tried again.
  std::vector<PlannedCommand> commands;
  // For kCreate: sealed once the keys of the whole chunk are made.
  std::optional<PreparedChild> prepared;
  base::Id16 child;
  std::string digest;
};

struct ImportScope {
  journal::v1::Actor actor;
  base::Id16 request_id;
  std::string office;  // rows of other schools than those of this office are refused
  std::string source;  // file name, for alarms
  int school_year = 0;
};

class ImportPlanner {
 public:
  ImportPlanner(const Environment& environment, const ImportScope& scope)
      : environment_(environment), scope_(scope) {}

  // Adds what is wrong to row->problems.
  PlannedRow Plan(const base::Rows& rows, FormRow* row);
  // Seals a planned registration. `key` empty: a dry run, nothing is sealed.
  absl::Status SealCreate(const FormRow& row, const base::Id16& key, PlannedRow* planned) const;

 private:
  std::optional<base::Refusal> FindSchoolOf(const base::Rows& rows, const FormRow& row) const;
  std::optional<base::Refusal> FindPlace(const base::Rows& rows, FormRow* row) const;
  std::optional<Subject> FindExisting(const base::Rows& rows, const PreparedChild& plain,
                                      const v1::ChildInput& input, FormRow* row) const;
  void PlanChange(const Subject& subject, FormRow* row, PlannedRow* planned) const;
  std::optional<base::Id16> ChildMeant(const base::Rows& rows, const FormRow& row) const;
  void PlanAlarm(const base::Rows& rows, FormRow* row, PlannedRow* planned) const;
  base::Id16 CommandId(const FormRow& row, const PlannedRow& planned) const;
  template <typename Command>
  void Add(const Command& command, const FormRow& row, PlannedRow* planned) const;

  const Environment& environment_;
  const ImportScope& scope_;
  std::map<std::string, unsigned> seen_;  // natural key -> row number in this file
};

void AddProblem(FormRow* row, const base::Refusal& refusal, bool warning = false);

}  // namespace twinline::registry
