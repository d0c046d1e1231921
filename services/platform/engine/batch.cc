#include "platform/engine/batch.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "platform/base/outages.h"
#include "platform/base/status_macros.h"
#include "platform/engine/replies.h"

namespace twinline::engine {
namespace {

constexpr size_t kFraming = 8;  // tag and length of one commit in the record

}  // namespace

std::string EventIdText(const journal::v1::EventRef& ref) {
  return absl::StrCat(ref.journal(), "/", ref.epoch(), "/", ref.pos(), "/", ref.commit(), "/",
                      ref.event());
}

Batch::Batch(const ShardOptions* options, const base::ShardDomain* domain, Fold* fold,
             store::Overlay* overlay, ShardMetrics* metrics)
    : options_(options),
      domain_(domain),
      fold_(fold),
      overlay_(overlay),
      metrics_(metrics),
      service_("service:" + std::string(domain->name())) {
  context_.installation = options->installation;
  context_.demo_realm = options->realm == journal::v1::REALM_DEMO;
}

void Batch::Begin(const Place& place) {
  place_ = place;
  context_.now = place.now;
  context_.today = base::DayOf(place.now);
  record_.clear_header();
  record_.clear_commit();
  event_types_.clear();
  counts_ = {};
  saved_.reset();
  answers_.clear();
}

void Batch::PrepareContext(const base::Id16& request_id) { context_.request_id = request_id; }

absl::StatusOr<std::optional<base::Refusal>> Batch::Decide(const base::CommandView& command) {
  overlay_->Enter(store::Room::kDecide);
  base::Decision decision = domain_->Decide(command, *overlay_, context_);
  if (auto violation = overlay_->TakeViolation()) return absl::InternalError(*violation);
  if (auto* refusal = std::get_if<base::Refusal>(&decision)) return std::move(*refusal);
  for (journal::v1::Event& event : std::get<base::Events>(decision)) {
    commit_.add_events()->Swap(&event);
  }
  return std::nullopt;
}

absl::StatusOr<Batch::Added> Batch::AddCommit(std::vector<base::Id16>* entities) {
  commit_.set_request_id(context_.request_id.str());
  const size_t size = commit_.ByteSizeLong();
  if (size > kCommitMax) {
    return absl::InvalidArgumentError(absl::StrCat("COMMIT_TOO_LARGE: the command would write ",
                                                   size, " bytes, the limit is ", kCommitMax));
  }
  if (counts_.bytes + size + kFraming > kCommitsMax) return Added::kFull;
  const CommitPlace place{place_.epoch, place_.pos, static_cast<uint32_t>(record_.commit_size()),
                          place_.now};
  overlay_->Begin();
  if (absl::Status folded = fold_->ApplyCommit(commit_, place, *overlay_, entities); !folded.ok()) {
    overlay_->Undo();
    return absl::InternalError(
        absl::StrCat("the dry run of the fold failed, nothing was written: ", folded.message()));
  }
  overlay_->Keep();
  for (const journal::v1::Event& event : commit_.events()) event_types_.insert(event.type());
  commit_.SerializeToString(record_.add_commit());
  counts_.bytes += size + kFraming;
  counts_.commits.Add(commit_);
  return Added::kYes;
}

bool Batch::AnswerFromStore(Submission& submission) {
  overlay_->Enter(store::Room::kDecide);
  const ReplyKey key{SubjectOf(submission.actor), submission.command_type, submission.request_id};
  auto reply = FindReply(*overlay_, key, place_.now);
  if (!reply) return false;
  if (reply->fingerprint != submission.fingerprint) {
    answers_.push_back(
        {std::move(submission.done),
         absl::InvalidArgumentError(
             "REQUEST_ID_REUSED: this request id was used for another request body")});
    return true;
  }
  ShardMetrics::Add(metrics_->repeated);
  answers_.push_back({std::move(submission.done),
                      Accepted{reply->pos, reply->commit, reply->epoch, std::move(reply->entities),
                               /*repeated=*/true}});
  return true;
}

Batch::Added Batch::AddClient(Submission& submission, int64_t now_us, const base::Refusal* stale) {
  if (AnswerFromStore(submission)) return Added::kYes;
  if (stale != nullptr && domain_->RestsOnSources(submission.command_type)) {
    ShardMetrics::Add(metrics_->refusals);
    answers_.push_back({std::move(submission.done), *stale});
    return Added::kYes;
  }
  PrepareContext(submission.request_id);
  context_.actor.Swap(&submission.actor);
  commit_.Clear();
  auto refusal = Decide({submission.command_type, submission.body});
  std::vector<base::Id16> entities;
  absl::StatusOr<Added> added = Added::kYes;
  if (!refusal.ok()) {
    added = refusal.status();
  } else if (!*refusal) {
    commit_.set_rpc(submission.command_type);
    commit_.set_body_fingerprint(submission.fingerprint);
    commit_.mutable_actor()->Swap(&context_.actor);
    added = AddCommit(&entities);
    context_.actor.Swap(commit_.mutable_actor());
  }
  if (refusal.ok() && *refusal && (*refusal)->wait_for_sources &&
      submission.wait_until_us > now_us) {
    added = Added::kWaits;
  }
  if (added.ok() && *added != Added::kYes) {
    submission.actor.Swap(&context_.actor);
    return *added;
  }
  Answer answer = absl::OkStatus();
  if (!added.ok()) {
    answer = added.status();
  } else if (*refusal) {
    ShardMetrics::Add(metrics_->refusals);
    answer = std::move(**refusal);
  } else {
    answer = Accepted{place_.pos, static_cast<uint32_t>(record_.commit_size() - 1), place_.epoch,
                      std::move(entities), /*repeated=*/false};
  }
  answers_.push_back({std::move(submission.done), std::move(answer)});
  return Added::kYes;
}

absl::StatusOr<Batch::Added> Batch::AddOwn(const base::CommandView& command,
                                           const std::string& rule) {
  commit_.mutable_actor()->set_service(context_.actor.service());
  commit_.set_rpc(command.type);
  TWINLINE_ASSIGN_OR_RETURN(const std::optional<base::Refusal> refusal, Decide(command));
  if (commit_.events_size() == 0) {
    journal::v1::NoEffect nothing;
    nothing.set_rule(rule);
    nothing.set_reason(refusal ? refusal->code : "NO_EVENTS");
    *commit_.add_events() = base::MakeEvent(nothing, context_.today);
  }
  return AddCommit(nullptr);
}

absl::StatusOr<Batch::Added> Batch::AddTimer(const DueTimer& timer) {
  overlay_->Enter(store::Room::kDecide);
  if (!overlay_->Get(timer.RowKey())) return Added::kYes;
  commit_.Clear();
  context_.actor.Clear();
  context_.actor.set_service(service_);
  PrepareContext(
      base::DeriveId({"timer", options_->installation.bytes(), options_->journal, timer.RowKey()}));
  *commit_.mutable_timer() = timer.Ref();
  const std::string body = commit_.timer().SerializeAsString();
  auto added = AddOwn({base::kTimerFired, body}, absl::StrCat("timer/", timer.kind));
  if (added.ok() && *added == Added::kYes) ShardMetrics::Add(metrics_->timers);
  return added;
}

absl::StatusOr<Batch::Added> Batch::AddReaction(const Reaction& reaction) {
  commit_.Clear();
  context_.actor.Clear();
  context_.actor.set_service(service_);
  PrepareContext(base::DeriveId(
      {EventIdText(reaction.cause), reaction.command.rule, reaction.command.subject.bytes()}));
  *commit_.mutable_cause() = reaction.cause;
  auto added = AddOwn({reaction.command.type, reaction.command.body}, reaction.command.rule);
  if (added.ok() && *added == Added::kYes) ShardMetrics::Add(metrics_->reactions);
  return added;
}

absl::StatusOr<Batch::Added> Batch::AddSeed(const base::DerivedCommand& seed) {
  commit_.Clear();
  context_.actor.Clear();
  context_.actor.set_service(kInstallService);
  PrepareContext(base::DeriveId({"seed", options_->installation.bytes(), options_->journal,
                                 seed.rule, seed.subject.bytes()}));
  return AddOwn({seed.type, seed.body}, seed.rule);
}

absl::StatusOr<Batch::Added> Batch::AddRuleStart(const journal::v1::ReactorRuleStarted& started) {
  commit_.Clear();
  commit_.mutable_actor()->set_service(kEngineService);
  PrepareContext(base::DeriveId(
      {"rule started", options_->installation.bytes(), options_->journal, started.rule()}));
  *commit_.add_events() = base::MakeEvent(started, context_.today);
  return AddCommit(nullptr);
}

absl::StatusOr<Batch::Added> Batch::AddEngineFact(const google::protobuf::Message& fact,
                                                  const journal::v1::ClockEvidence& evidence) {
  commit_.Clear();
  *commit_.mutable_actor() = evidence.confirmed_by();
  commit_.mutable_actor()->set_service(kEngineService);
  PrepareContext(base::DeriveId({fact.GetDescriptor()->name(), options_->installation.bytes(),
                                 options_->journal, std::to_string(place_.pos)}));
  journal::v1::Event* event = commit_.add_events();
  event->set_type(fact.GetDescriptor()->options().GetExtension(types::v1::event_type));
  event->set_data(fact.SerializeAsString());
  event->set_effective_date(context_.today.days);
  return AddCommit(nullptr);
}

absl::StatusOr<Batch::Added> Batch::AddOutageWork(const journal::v1::OutageWork& work) {
  commit_.Clear();
  context_.actor.Clear();
  context_.actor.set_service(kEngineService);
  PrepareContext(base::DeriveId({"outage", options_->installation.bytes(), options_->journal,
                                 std::to_string(work.down_from_us()), work.after()}));
  TWINLINE_ASSIGN_OR_RETURN(const Added added,
                            AddOwn({base::kMoveForOutage, work.SerializeAsString()}, "outage"));
  const auto& events = commit_.events();
  if (events.rbegin()->type() != base::EventType<journal::v1::OutageWorked>()) {
    return absl::InternalError("the domain does not say how far it came with an outage");
  }
  return added;
}

void Batch::Mark() {
  overlay_->Begin();
  saved_ = Saved{record_.commit_size(), counts_, event_types_};
}

void Batch::KeepMark() {
  overlay_->Keep();
  saved_.reset();
}

void Batch::UndoMark() {
  overlay_->Undo();
  record_.mutable_commit()->DeleteSubrange(saved_->commits,
                                           record_.commit_size() - saved_->commits);
  counts_ = saved_->counts;
  event_types_ = std::move(saved_->event_types);
  saved_.reset();
}

absl::StatusOr<journal::RecordPtr> Batch::Seal(journal::v1::RecordHeader header) {
  TWINLINE_RETURN_IF_ERROR(fold_->FinishRecord(header, place_.now, counts_.commits, *overlay_));
  for (const uint32_t type : event_types_) header.add_event_types(type);
  header.set_commit_count(static_cast<uint32_t>(record_.commit_size()));
  header.SerializeToString(record_.mutable_header());
  journal::RecordPtr record = journal::StoredRecord::Parse(record_.SerializeAsString());
  if (record == nullptr) return absl::InternalError("a record that was just made is none");
  return record;
}

void Batch::Deliver() {
  for (Waiting& waiting : answers_) waiting.done(std::move(waiting.answer));
  answers_.clear();
}

void Batch::Fail(const absl::Status& error) {
  for (Waiting& waiting : answers_) waiting.done(error);
  answers_.clear();
}

}  // namespace twinline::engine
