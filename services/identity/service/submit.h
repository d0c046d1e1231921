// Ways to the shard that are not a client's idempotent write: log-in and its kin, whose secrets a
// client may not store and send again, and what the service does by itself. Ids are the server's
// own.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "identity/service/environment.h"
#include "platform/base/decision.h"
#include "platform/engine/shard.h"
#include "platform/rpc/server.h"

namespace twinline::identity {

template <typename Command>
engine::Submission ServiceSubmission(std::string_view service, const base::Id16& id,
                                     const Command& command) {
  engine::Submission submission;
  submission.command_type = base::CommandType<Command>();
  submission.body = command.SerializeAsString();
  submission.request_id = id;
  submission.actor.set_service(std::string(service));
  return submission;
}

// Blocks until answered; never on a thread that serves calls or decides.
engine::Answer SubmitAndWait(engine::Shard& shard, engine::Submission submission);

// A fresh UUIDv7 of record time.
base::Id16 NewServerId(const Environment& environment);

// As `service:identity`, with nobody waiting for it. `then` may be null.
template <typename Command>
void SubmitOwn(const Environment& environment, const Command& command,
               std::function<void(const engine::Answer&)> then = nullptr) {
  engine::Submission submission =
      ServiceSubmission("service:identity", NewServerId(environment), command);
  submission.done = [then = std::move(then)](engine::Answer answer) {
    if (then) then(answer);
  };
  environment.shard->Submit(std::move(submission));
}

// As the person `subject`, who has just proved to be one, in `session` (0: none yet). `done` runs
// where replies are made, not on the engine thread.
template <typename Command>
void SubmitFor(const rpc::CallPtr& call, const Environment& environment, const base::Id16& subject,
               uint64_t session, const Command& command,
               std::function<void(const engine::Answer&)> done);

// Runs `work` where replies of this call are made.
void Later(const rpc::CallPtr& call, std::function<void()> work);

// Destroys vault entries that nothing uses any more, in the background. What a crash leaves is
// destroyed at the next start.
void Discard(const Environment& environment, std::vector<base::Id16> entries);

// Status or refusal to the caller; false when the answer is an acceptance.
bool FinishIfRefused(const rpc::CallPtr& call, const engine::Answer& answer);

// --- templates

template <typename Command>
void SubmitFor(const rpc::CallPtr& call, const Environment& environment, const base::Id16& subject,
               uint64_t session, const Command& command,
               std::function<void(const engine::Answer&)> done) {
  engine::Submission submission = ServiceSubmission("", NewServerId(environment), command);
  submission.actor.set_subject(subject.str());
  submission.actor.set_session(session);
  submission.done = [call, done = std::move(done)](engine::Answer answer) {
    Later(call, [done, answer = std::move(answer)] { done(answer); });
  };
  environment.shard->Submit(std::move(submission));
}

}  // namespace twinline::identity
