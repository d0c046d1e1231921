#include <future>

#include "absl/strings/str_cat.h"
#include "audit/service/handlers.h"

namespace twinline::audit {

void RunOn(WorkQueue* queue, const rpc::CallPtr& call, const Environment& environment,
           std::function<void()> work) {
  if (const absl::Status health = environment.thread->Health(); !health.ok()) {
    return call->Finish(absl::UnavailableError(
        absl::StrCat("the audit cannot answer: ", std::string(health.message()))));
  }
  if (!queue->Add(std::move(work))) {
    call->Finish(absl::ResourceExhaustedError("the audit has too much to do, retry in a moment"));
  }
}

bool WaitCovered(AuditThread& thread, const std::string& journal, uint64_t pos,
                 int64_t timeout_us) {
  const auto covered = std::make_shared<std::promise<bool>>();
  thread.WhenCovered(journal, pos, timeout_us, [covered](bool ok) { covered->set_value(ok); });
  return covered->get_future().get();
}

bool WaitCaughtUp(AuditThread& thread) {
  const auto reached = std::make_shared<std::promise<bool>>();
  thread.WhenCaughtUp([reached](bool ok) { reached->set_value(ok); });
  return reached->get_future().get();
}

}  // namespace twinline::audit
