// What stays of an imported file: who sent which file with which outcome, and the rows that were
// not taken as they were typed. The rows that were taken are commands of their own.
#include "registry/domain/decide.h"
#include "registry/domain/lookup.h"

namespace twinline::registry {
namespace {

constexpr int kLogRowsMax = 200;

base::Refusal TooLong() {
  return No("IMPORT_LOG_TOO_LONG", "导入日志分段超过二百行。", "A part of the log is too long.");
}

}  // namespace

base::Decision Decide(const v1::LogImportRowsCommand& command, const base::Rows&,
                      const base::Context& context) {
  if (command.part().log_size() > kLogRowsMax) return TooLong();
  return base::Events{base::MakeEvent(command.part(), context.today)};
}

base::Decision Decide(const v1::FinishImportCommand& command, const base::Rows&,
                      const base::Context& context) {
  if (command.import().log_size() > kLogRowsMax) return TooLong();
  return base::Events{base::MakeEvent(command.import(), context.today)};
}

}  // namespace twinline::registry
