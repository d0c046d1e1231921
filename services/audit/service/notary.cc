#include "audit/service/notary.h"

#include <algorithm>
#include <variant>

#include "audit/domain/audit_domain.h"
#include "audit/domain/checkpoint.h"
#include "audit/domain/refusals.h"
#include "audit/tables/tables.h"
#include "platform/base/decision.h"
#include "platform/base/hash.h"
#include "platform/base/status_macros.h"
#include "twinline/audit/v1/audit_commands.pb.h"

namespace twinline::audit {

Notary::Notary(engine::Shard* shard, const NoteSigner* signer, const base::Clock* clock,
               NotaryOptions options, std::function<void()> wake)
    : shard_(shard), signer_(signer), clock_(clock), options_(options) {
  shared_->wake = std::move(wake);
}

Notary::~Notary() {
  const std::lock_guard lock(shared_->mutex);
  shared_->wake = nullptr;
}

void Notary::Submit(uint32_t command_type, std::string body) {
  engine::Submission submission;
  submission.command_type = command_type;
  submission.body = std::move(body);
  submission.request_id = base::MakeUuidV7(clock_->Now(), base::RandomBytes(10));
  submission.actor.set_service(std::string(kAuditService));
  submission.done = [shared = shared_](engine::Answer answer) {
    if (const auto* accepted = std::get_if<engine::Accepted>(&answer)) {
      uint64_t seen = shared->landed.load();
      while (seen < accepted->pos + 1 &&
             !shared->landed.compare_exchange_weak(seen, accepted->pos + 1)) {
      }
    } else if (const auto* refusal = std::get_if<base::Refusal>(&answer)) {
      if (refusal->code == HeadContradicts("").code) shared->contradiction.store(true);
    }
    // An error says nothing: the next step looks at what the journal holds.
    shared->in_flight.fetch_sub(1);
    const std::lock_guard lock(shared->mutex);
    if (shared->wake) shared->wake();
  };
  shared_->in_flight.fetch_add(1);
  shard_->Submit(std::move(submission));
}

// True when it had to be submitted.
bool Notary::PublishKey() {
  if (key_published_) return false;
  key_published_ = true;
  const std::string key = signer_->verifier_key();
  if (base::Find<v1::CheckpointKeyRow>(*shard_->Read().rows, key)) return false;
  v1::PublishKeyCommand command;
  command.set_verifier_key(key);
  Submit(base::CommandType<v1::PublishKeyCommand>(), command.SerializeAsString());
  return true;
}

// True when heads were submitted.
bool Notary::NoteHeads(JournalIndex& index, int64_t now_us, bool urgent) {
  const std::vector<GrownHead> grown = index.Grown();
  if (grown.empty()) return false;
  const int64_t due_us = last_us_ + (urgent ? options_.interval_min_us : options_.interval_us);
  if (now_us < due_us) {
    due_us_ = due_us;
    return false;
  }
  last_us_ = now_us;
  for (const GrownHead& head : grown) {
    v1::NoteHeadsCommand command;
    command.set_journal(head.journal);
    command.set_size(head.size);
    command.set_root(std::string(base::View(head.root)));
    index.Expect(head);
    Submit(base::CommandType<v1::NoteHeadsCommand>(), command.SerializeAsString());
  }
  return true;
}

absl::Status Notary::Sign(JournalIndex& index, int64_t now_us) {
  if (index.evidence_end() <= index.checkpoint().size) return absl::OkStatus();
  const int64_t due_us = signed_us_ + options_.interval_min_us;
  if (now_us < due_us) {
    due_us_ = std::min(due_us_, due_us);
    return absl::OkStatus();
  }
  TWINLINE_ASSIGN_OR_RETURN(const std::string note,
                            SignCheckpoint(*signer_, index.audit_size(), index.audit_root()));
  signed_us_ = now_us;
  v1::SignedCheckpointCommand command;
  command.set_note(note);
  Submit(base::CommandType<v1::SignedCheckpointCommand>(), command.SerializeAsString());
  return absl::OkStatus();
}

absl::Status Notary::Step(JournalIndex& index, int64_t now_us, bool urgent) {
  due_us_ = INT64_MAX;
  if (shared_->contradiction.load()) {
    return absl::DataLossError(
        "audit/0 holds another head of the same size than the trees have: history was changed");
  }
  // What was submitted comes back first; its arrival wakes us.
  if (shared_->in_flight.load() > 0 || index.audit_size() < shared_->landed.load()) {
    return absl::OkStatus();
  }
  if (!shard_->Status().serving) return absl::OkStatus();
  if (PublishKey() || NoteHeads(index, now_us, urgent)) return absl::OkStatus();
  return Sign(index, now_us);
}

}  // namespace twinline::audit
