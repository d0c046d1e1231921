// What every command has at hand: the global options, both output streams, the session (opened at
// the first call) and the names of places. A command is a function from Cli to an exit code; CLI11
// only fills in options and picks one.
#pragma once

#include <functional>
#include <istream>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "platform/base/civil.h"
#include "platform/rpc/client.h"
#include "tools/twinline/exit_code.h"
#include "tools/twinline/lang.h"
#include "tools/twinline/names.h"
#include "tools/twinline/parse.h"
#include "tools/twinline/session.h"

namespace twinline::cli {

struct Globals {
  std::string server = "127.0.0.1:50051";
  std::string ca_file;
  std::string certificate_file;
  std::string key_file;
  std::string as_file;    // --as: another token file
  std::string duty;       // --duty: duty id, role or office
  std::string lang_name;  // as typed; `lang` was settled before the options were declared
  Lang lang = Lang::kZh;
  bool json = false;
  bool yes = false;
};

// Whether `text` names this duty: by its id, its office, or its role in any of the three spellings.
bool DutyNamed(const identity::v1::DutyLine& duty, std::string_view text);

class Cli {
 public:
  Cli(std::ostream& out, std::ostream& err, std::istream& in) : out_(out), err_(err), in_(in) {}

  Globals globals;
  std::function<int()> action;  // the chosen command

  std::ostream& out() { return out_; }
  std::ostream& err() { return err_; }
  std::istream& in() { return in_; }
  Lang lang() const { return globals.lang; }
  std::string T(std::string_view zh, std::string_view en) const {
    return Text{zh, en}.In(globals.lang);
  }

  // Calls as the logged-in person; an error is printed. Returns an exit code, kOk when `reply` is
  // filled.
  int Call(std::string_view method, google::protobuf::Message& request,
           google::protobuf::Message* reply);
  // The session, connected and with the chosen duty; null when that failed, which was printed and
  // is in `*code`.
  Session* session(int* code);
  Names& names();

  // Resolves "today" by the server's clock.
  int Resolve(const DayArg& day, base::CivilDay* resolved);

  // Prints an error and returns its exit code.
  int Fail(const rpc::CallResult& result);
  int Fail(ExitCode code, std::string_view refusal_code, std::string_view zh, std::string_view en);
  int Fail(const absl::Status& status);  // of something on this machine

  // With --json prints the reply and returns true: the command is done.
  bool PrintedJson(const google::protobuf::Message& reply);
  // One line of a stream.
  void PrintJsonLine(const google::protobuf::Message& message);

  // Asks before something that cannot be undone; --yes answers it. Without a terminal to answer:
  // no.
  bool Confirm(std::string_view zh, std::string_view en);
  int NotConfirmed();
  // "没有……" on stdout with what to try; an empty result is an answer, not an error.
  void Nothing(std::string_view zh, std::string_view en);
  // A line to stderr.
  void Note(std::string_view zh, std::string_view en);

 private:
  int Report(const base::Refusal& refusal, ExitCode code);
  bool ChooseDuty(int* code);
  void Banner();

  std::ostream& out_;
  std::ostream& err_;
  std::istream& in_;
  std::optional<Session> session_;
  std::unique_ptr<Names> names_;
};

}  // namespace twinline::cli
