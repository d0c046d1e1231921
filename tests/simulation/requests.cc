#include "tests/simulation/requests.h"

#include "absl/strings/str_cat.h"
#include "platform/base/hash.h"

namespace twinline::simulation {
namespace {

std::string Name(const Request& request) {
  return absl::StrCat("request ", request.id.hex(), " of type ", request.type);
}

}  // namespace

Request& RequestBook::New(size_t shard, uint32_t type, std::string body,
                          const journal::v1::Actor& actor, base::Timestamp now,
                          std::string_view random10) {
  Request& request = requests_.emplace_back();
  request.shard = shard;
  request.type = type;
  request.body = std::move(body);
  request.actor = actor;
  request.made = now;
  request.id = base::MakeUuidV7(now, random10);
  by_id_[request.id] = &request;
  return request;
}

engine::Submission RequestBook::SubmissionOf(const Request& request, std::string body) {
  engine::Submission submission;
  submission.command_type = request.type;
  submission.fingerprint = std::string(base::View(base::Sha256({body})).substr(0, 16));
  submission.body = std::move(body);
  submission.request_id = request.id;
  submission.actor = request.actor;
  return submission;
}

void RequestBook::Send(Request& request) {
  engine::Submission submission = SubmissionOf(request, request.body);
  request.waiting = true;
  submission.done = [this, &request](engine::Answer answer) {
    Answered(request, std::move(answer));
  };
  submit_(request.shard, std::move(submission));
}

void RequestBook::SendOtherBody(Request& request) {
  engine::Submission submission = SubmissionOf(request, request.body + "\x50\x01");
  submission.done = [this](engine::Answer answer) { AnsweredReuse(answer); };
  submit_(request.shard, std::move(submission));
}

void RequestBook::AnsweredReuse(const engine::Answer& answer) {
  const auto* error = std::get_if<absl::Status>(&answer);
  if (error == nullptr || !(absl::IsInvalidArgument(*error) || absl::IsUnavailable(*error))) {
    findings_->Add("I3: an accepted id was answered although it came with another body");
  }
}

void RequestBook::Answered(Request& request, engine::Answer answer) {
  if (!request.waiting) findings_->Add(Name(request) + " was answered twice");
  request.waiting = false;
  if (auto* accepted = std::get_if<engine::Accepted>(&answer)) {
    NoteAccepted(request, std::move(*accepted));
    return;
  }
  if (const auto* refusal = std::get_if<base::Refusal>(&answer)) {
    if (request.told == Told::kAccepted) {
      findings_->Add("I3: " + Name(request) + " was accepted and later refused: " + refusal->code);
    }
    if (refusal->zh.empty() || refusal->en.empty()) {
      findings_->Add("refusal " + refusal->code + " has no text");
    }
    request.told = Told::kRefused;
    request.refusal = refusal->code;
    ++refusals_[refusal->code];
    return;
  }
  const absl::Status& error = std::get<absl::Status>(answer);
  if (absl::IsResourceExhausted(error)) return;  // was not even queued
  if (!absl::IsUnavailable(error)) {
    findings_->Add(Name(request) + " was answered " + error.ToString());
  }
  ++unknown_;
  if (request.told != Told::kAccepted) request.told = Told::kUnknown;
}

void RequestBook::NoteAccepted(Request& request, engine::Accepted reply) {
  if (request.told != Told::kAccepted) {
    if (reply.repeated && request.told != Told::kUnknown) {
      findings_->Add("I3: " + Name(request) + " got a stored reply, but none had been given");
    }
    request.told = Told::kAccepted;
    request.reply = std::move(reply);
    ++accepted_;
    return;
  }
  const engine::Accepted& first = request.reply;
  if (!reply.repeated || reply.pos != first.pos || reply.commit != first.commit ||
      reply.epoch != first.epoch || reply.entities != first.entities) {
    findings_->Add(absl::StrCat("I3: ", Name(request), " was first accepted at ", first.pos, "/",
                                first.commit, ", then at ", reply.pos, "/", reply.commit));
  }
}

void RequestBook::SawCommit(size_t shard, const journal::v1::Commit& commit, uint64_t pos,
                            uint32_t index) {
  const auto id = base::Id16::FromBytes(commit.request_id());
  const auto found = id ? by_id_.find(*id) : by_id_.end();
  if (found == by_id_.end()) {
    findings_->Add(absl::StrCat("I2: a commit at ", pos, "/", index, " that nobody asked for"));
    return;
  }
  Request& request = *found->second;
  const base::Digest digest = base::Sha256({request.body});
  if (request.shard != shard || request.type != commit.rpc() ||
      request.actor.subject() != commit.actor().subject() ||
      commit.body_fingerprint() != base::View(digest).substr(0, 16)) {
    findings_->Add("I2: the commit of " + Name(request) + " is not what was asked for");
  }
  if (request.committed) {
    findings_->Add(absl::StrCat("I1: ", Name(request), " was carried out twice, at ",
                                request.committed->first, " and ", pos));
  }
  request.committed = {pos, index};
}

void RequestBook::Judge(const std::vector<uint64_t>& told) {
  for (const Request& request : requests_) {
    if (request.told == Told::kAccepted && request.reply.pos < told[request.shard]) {
      const std::pair at{request.reply.pos, request.reply.commit};
      if (!request.committed || *request.committed != at) {
        findings_->Add(absl::StrCat("I1: ", Name(request), " was accepted at ", at.first, "/",
                                    at.second, ", where the journal does not have it"));
      }
    }
    const bool none = request.told == Told::kRefused || request.told == Told::kNothing;
    if (none && !request.waiting && request.committed) {
      findings_->Add(absl::StrCat("I2: ", Name(request), " was refused (", request.refusal,
                                  ") and yet it is in the journal at ", request.committed->first));
    }
  }
}

}  // namespace twinline::simulation
