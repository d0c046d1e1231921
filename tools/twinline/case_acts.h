// What the case commands share: filling the common part of an act, and the closing outcome that
// belongs to a state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/twinline/cli.h"
#include "tools/twinline/parse.h"
#include "twinline/accountability/v1/accountability_cases.pb.h"

namespace twinline::cli {

struct ActOptions {
  ChildRef child;
  std::string note;
  std::optional<DayArg> day;
  std::vector<std::string> evidence;  // files
  std::string code;                   // method, kind, outcome, ground, by command
  std::string result;
  std::string place;
  std::string met;
  std::string said;
  std::string township;
  std::vector<std::string> sensitive;
  bool proved = false;
  bool agree = false;
  bool reject = false;
};

// Uploads files and appends their digests. All return exit codes.
int UploadCaseEvidence(Cli& cli, const std::string& child_id, const std::vector<std::string>& files,
                       google::protobuf::RepeatedPtrField<std::string>* digests);
// By child, or by the id of the case itself, which lists and alerts show too.
int GetCase(Cli& cli, const ChildRef& ref, accountability::v1::GetCaseReply* reply);
// Looks the case up and fills child, case, note, day and evidence.
int FillAct(Cli& cli, const ActOptions& options, accountability::v1::CaseActRequest* act,
            accountability::v1::GetCaseReply* seen);

// CLOSED_RETURN for RETURNED and so on; empty for a state that cannot be closed yet.
std::string_view ClosingOutcome(std::string_view state);

void PrintCase(Cli& cli, const accountability::v1::CaseFacts& facts);

}  // namespace twinline::cli
