#include "identity/service/submit.h"

#include <future>
#include <memory>
#include <utility>

#include "identity/service/work_pool.h"
#include "platform/base/hash.h"

namespace twinline::identity {

engine::Answer SubmitAndWait(engine::Shard& shard, engine::Submission submission) {
  auto promise = std::make_shared<std::promise<engine::Answer>>();
  std::future<engine::Answer> answer = promise->get_future();
  submission.done = [promise](engine::Answer given) { promise->set_value(std::move(given)); };
  shard.Submit(std::move(submission));
  return answer.get();
}

base::Id16 NewServerId(const Environment& environment) {
  return base::MakeUuidV7(environment.clock->Now(), base::RandomBytes(10));
}

void Later(const rpc::CallPtr& call, std::function<void()> work) {
  const rpc::WriteEnvironment* here = call->environment();
  if (here == nullptr || !here->later) return work();
  here->later(std::move(work));
}

void Discard(const Environment& environment, std::vector<base::Id16> entries) {
  if (entries.empty()) return;
  environment.pool->PostAnyway([vault = environment.vault, entries = std::move(entries)] {
    // A failure leaves what the next start destroys.
    vault->Destroy(entries).IgnoreError();
  });
}

bool FinishIfRefused(const rpc::CallPtr& call, const engine::Answer& answer) {
  if (const auto* refusal = std::get_if<base::Refusal>(&answer)) {
    call->Finish(*refusal);
    return true;
  }
  if (const auto* status = std::get_if<absl::Status>(&answer)) {
    call->Finish(*status);
    return true;
  }
  return false;
}

}  // namespace twinline::identity
