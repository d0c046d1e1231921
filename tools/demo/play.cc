#include "tools/demo/play.h"

#include <cstdio>
#include <sstream>
#include <utility>

#include "platform/base/hash.h"
#include "platform/base/time.h"
#include "tools/demo/term.h"
#include "twinline/audit/v1/audit.pb.h"

namespace twinline::demo {
namespace {

// How much the trees hold once audit has caught up with every journal, and the root that signs them
// all.
std::pair<uint64_t, std::string> AuditHead(Api& api, const base::Id16& auditor) {
  audit::v1::GetStatusRequest wait;
  wait.set_wait(true);
  audit::v1::GetStatusReply status;
  api.Must("twinline.audit.v1.AuditService.GetStatus", wait, &status, auditor);
  uint64_t leaves = 0;
  for (const audit::v1::JournalStatus& journal : status.journals()) leaves += journal.indexed();
  audit::v1::GetCheckpointRequest request;
  audit::v1::GetCheckpointReply reply;
  api.Must("twinline.audit.v1.AuditService.GetCheckpoint", request, &reply, auditor);
  // A checkpoint is origin, size, root (base64), a line each.
  std::istringstream lines(reply.note());
  std::string line;
  for (int i = 0; i < 3; ++i) std::getline(lines, line);
  return {leaves, base::ToHex(base::FromBase64(line).value_or(std::string()))};
}

}  // namespace

base::CivilDay Script::last() const {
  if (weeks > 0) return first + weeks * 7 - 1;
  return small ? first + 3 * 7 - 1 : base::CivilDay::FromYmd(2027, 1, 22);
}

datagen::County Script::County() const {
  datagen::Options options;
  options.seed = seed;
  options.small = small;
  options.term_start = first;
  return datagen::MakeCounty(options);
}

Played Play(Api& api, const Script& script, const datagen::County& county, const Admins& admins) {
  std::fprintf(stderr, "%s：%zu 所学校，%zu 个班，%zu 名学生 / schools, classes, pupils\n",
               county.name.c_str(), county.schools.size(), county.classes.size(),
               county.pupils.size());
  Played played;
  const base::CivilDay first = script.first;
  Term::AdvanceTo(api, {base::StartOfDay(first - 12).us + 9LL * 3600 * 1'000'000});
  played.loaded = LoadCounty(api, county, first, admins);
  const std::vector<base::CivilDay> days = AdoptTerm(api, played.loaded, first, script.last());
  const TermResult result = Term(api, county, played.loaded, days, script.seed).Play();
  const auto [leaves, root] = AuditHead(api, played.loaded.auditor);
  played.line["pupils"] = county.pupils.size();
  played.line["roll_calls"] = result.roll_calls;
  played.line["cases_opened"] = result.cases_opened;
  played.line["cases_closed"] = result.cases_closed;
  played.line["transfers_completed"] = result.transfers_completed;
  played.line["alerts_delivered"] = result.alerts_delivered;
  played.line["audit_leaves"] = leaves;
  played.line["root"] = root;
  return played;
}

}  // namespace twinline::demo
