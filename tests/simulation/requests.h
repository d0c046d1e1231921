// The clients' side of a simulation: what each asked for, under which id, and what it was told; and
// the judgement of I1 to I3 (docs/testing.md) over it: an accepted request has exactly one commit,
// where the answer said; a refused one has none; the same id always gets the same answer.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platform/base/ids.h"
#include "platform/engine/shard.h"
#include "tests/simulation/findings.h"

namespace twinline::simulation {

// What a client knows after its last answer. "Unknown" is an answer too: retry with the same id.
enum class Told { kNothing, kUnknown, kRefused, kAccepted };

struct Request {
  size_t shard = 0;
  uint32_t type = 0;
  std::string body;
  base::Id16 id;
  journal::v1::Actor actor;
  base::Timestamp made;
  Told told = Told::kNothing;
  bool waiting = false;
  std::string refusal;     // code of the last one
  engine::Accepted reply;  // when accepted
  std::optional<std::pair<uint64_t, uint32_t>>
      committed;  // position and index, as the journal says
};

class RequestBook {
 public:
  using Submit = std::function<void(size_t shard, engine::Submission submission)>;
  RequestBook(Submit submit, Findings* findings)
      : submit_(std::move(submit)), findings_(findings) {}

  // A new request, not yet sent. The reference stays good.
  Request& New(size_t shard, uint32_t type, std::string body, const journal::v1::Actor& actor,
               base::Timestamp now, std::string_view random10);
  // Sends it, again if need be. Not while it waits for an answer.
  void Send(Request& request);
  // Sends another body under an id that was accepted: must be refused as a reuse and change
  // nothing.
  void SendOtherBody(Request& request);

  std::deque<Request>& all() { return requests_; }
  const std::deque<Request>& all() const { return requests_; }
  size_t accepted() const { return accepted_; }
  size_t unknown() const { return unknown_; }
  const std::map<std::string, size_t>& refusals() const { return refusals_; }

  // A commit of a client, as read from a journal.
  void SawCommit(size_t shard, const journal::v1::Commit& commit, uint64_t pos, uint32_t index);
  // What the journals hold up to `told` (records per shard) against what clients were told.
  void Judge(const std::vector<uint64_t>& told);

 private:
  void Answered(Request& request, engine::Answer answer);
  void AnsweredReuse(const engine::Answer& answer);
  void NoteAccepted(Request& request, engine::Accepted reply);
  engine::Submission SubmissionOf(const Request& request, std::string body);

  Submit submit_;
  Findings* findings_;
  std::deque<Request> requests_;
  std::map<base::Id16, Request*> by_id_;
  std::map<std::string, size_t> refusals_;
  size_t accepted_ = 0;
  size_t unknown_ = 0;
};

}  // namespace twinline::simulation
