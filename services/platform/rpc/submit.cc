// The write path and the read path that every handler takes. What can be wrong with a request id is
// decided here once: missing, not a version 7 id, too old or from the future. Nothing
// was executed when such an id is refused, so the client mints a new one from the server's time and
// sends again.
#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "fmt/format.h"
#include "google/protobuf/descriptor.h"
#include "platform/base/civil.h"
#include "platform/base/hash.h"
#include "platform/rpc/method.h"
#include "platform/rpc/server.h"
#include "twinline/types/v1/types.pb.h"

namespace twinline::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int64_t kOldestUs = 30 * base::kDayUs;
// A command that waits for a followed journal is answered so long before its deadline, for the
// answer has to travel.
constexpr int64_t kAnswerWithinUs = 200'000;
// Records that a read waits for at most.
constexpr uint64_t kFarAhead = 1'000'000;
constexpr int64_t kAheadUs = int64_t{10} * 60 * 1'000'000;

base::Refusal IdMissing() {
  return {"REQUEST_ID_MISSING",
          "缺少请求编号。每次办理都须由客户端先生成请求编号（UUID 第 7 版，16 "
          "字节），收到答复前保持不变。",
          "the request id is missing: every write carries a client-made UUID version 7 of 16 "
          "bytes, kept until "
          "it is answered",
          {}};
}

std::optional<base::Refusal> CheckWindow(const base::Id16& id, base::Timestamp now) {
  const auto minted = base::TimeOfUuidV7(id);
  if (!minted) return IdMissing();
  if (now.us - minted->us <= kOldestUs && minted->us - now.us <= kAheadUs) return std::nullopt;
  return base::Refusal{
      "REQUEST_ID_EXPIRED",
      fmt::format("请求编号的时间（{}）不在有效期内，本次没有办理任何事项。请按服务器时间 {} "
                  "重新生成编号后再次提交。",
                  base::ToIso8601(*minted), base::ToIso8601(now)),
      fmt::format("the request id was made at {}, outside the window of 30 days back and 10 "
                  "minutes ahead; nothing "
                  "was executed, make a new id from the server's time {} and send again",
                  base::ToIso8601(*minted), base::ToIso8601(now)),
      {{"server_time_us", std::to_string(now.us)}, {"server_time", base::ToIso8601(now)}}};
}

absl::Status StateNotReady(const engine::Shard& shard) {
  return absl::UnavailableError(fmt::format("{} cannot be read at the moment: {}",
                                            shard.journal_name(), shard.Status().reason));
}

base::Refusal TokenAhead() {
  return {"FIELD_READ_TOKEN",
          "读取凭据超出本系统已有的记录。请重新查询，不带读取凭据。",
          "the read token names a position this journal does not have; ask again without it",
          {}};
}

base::Id16 RequestIdOf(const Message& request) {
  const FieldDescriptor* field = WriteField(request.GetDescriptor());
  if (field == nullptr) return {};
  const auto& options = static_cast<const types::v1::WriteOptions&>(
      request.GetReflection()->GetMessage(request, field));
  return base::Id16::FromBytes(options.request_id()).value_or(base::Id16());
}

void SetReadToken(Message& reply, const std::string& journal, uint64_t pos) {
  const FieldDescriptor* field = ReadTokenField(reply.GetDescriptor());
  if (field == nullptr) return;
  auto* token =
      static_cast<types::v1::ReadToken*>(reply.GetReflection()->MutableMessage(&reply, field));
  token->set_journal(journal);
  token->set_pos(pos);
}

absl::StatusOr<std::string> Fingerprint(const Call& call, const base::Id16& id,
                                        std::string_view body) {
  const WriteEnvironment* environment = call.environment();
  if (environment != nullptr && environment->fingerprint) {
    return environment->fingerprint(id, call.method_name(), body);
  }
  const base::Digest digest = base::Sha256({call.method_name(), body});
  return std::string(base::View(digest).substr(0, 16));
}

// The id's window and the body's fingerprint; the answer when one of them says no.
std::optional<engine::Answer> Prepare(const Call& call, const base::Id16& id,
                                      std::string_view received, engine::Submission* submission) {
  if (id.empty()) return IdMissing();
  const WriteEnvironment* environment = call.environment();
  if (environment != nullptr && environment->clock != nullptr) {
    if (const auto refusal = CheckWindow(id, environment->clock->Now())) return *refusal;
  }
  absl::StatusOr<std::string> fingerprint = Fingerprint(call, id, received);
  if (!fingerprint.ok()) return fingerprint.status();
  submission->request_id = id;
  submission->fingerprint = *std::move(fingerprint);
  submission->actor = call.actor();
  submission->wait_until_us = call.deadline_monotonic_us() - kAnswerWithinUs;
  return std::nullopt;
}

}  // namespace

void SubmitMessage(const CallPtr& call, engine::Shard& shard, const Message& message,
                   uint32_t command_type, std::string body,
                   std::function<void(engine::Answer)> done) {
  engine::Submission submission;
  if (auto no = Prepare(*call, RequestIdOf(message), message.SerializeAsString(), &submission)) {
    return done(*std::move(no));
  }
  submission.command_type = command_type;
  submission.body = std::move(body);
  submission.done = std::move(done);
  shard.Submit(std::move(submission));
}

void AnswerWrite(const CallPtr& call, engine::Shard& shard, const Fill& fill,
                 const engine::Answer& answer) {
  if (const auto* accepted = std::get_if<engine::Accepted>(&answer)) {
    SetReadToken(call->reply(), shard.journal_name(), accepted->pos);
    if (fill) fill(*accepted, shard.Read());
    call->Finish();
  } else if (const auto* refusal = std::get_if<base::Refusal>(&answer)) {
    call->Finish(*refusal);
  } else {
    call->Finish(std::get<absl::Status>(answer));
  }
}

void SubmitCall(const CallPtr& call, engine::Shard& shard, uint32_t command_type, std::string body,
                std::function<void(engine::Answer)> done, engine::Lane lane) {
  engine::Submission submission;
  if (auto no = Prepare(*call, RequestIdOf(call->request()), call->received_body(), &submission)) {
    return done(*std::move(no));
  }
  submission.command_type = command_type;
  submission.body = std::move(body);
  submission.lane = lane;
  submission.done = [call, done = std::move(done)](engine::Answer answer) mutable {
    const WriteEnvironment* here = call->environment();
    if (here == nullptr || !here->later) return done(std::move(answer));
    // The engine thread keeps nothing of the call.
    here->later([call = std::move(call), done = std::move(done),
                 answer = std::move(answer)]() mutable { done(std::move(answer)); });
  };
  shard.Submit(std::move(submission));
}

void SubmitWrite(const CallPtr& call, engine::Shard& shard, uint32_t command_type, std::string body,
                 Fill fill, engine::Lane lane) {
  SubmitCall(
      call, shard, command_type, std::move(body),
      [call, &shard, fill = std::move(fill)](const engine::Answer& answer) {
        AnswerWrite(call, shard, fill, answer);
      },
      lane);
}

void WithView(const CallPtr& call, engine::Shard& shard,
              std::function<void(const engine::ReadView&)> read) {
  const Message& request = call->request();
  engine::ReadView view = shard.Read();
  const FieldDescriptor* field = ReadTokenField(request.GetDescriptor());
  uint64_t wanted = 0;  // records that the view must contain
  if (field != nullptr && request.GetReflection()->HasField(request, field)) {
    const auto& token = static_cast<const types::v1::ReadToken&>(
        request.GetReflection()->GetMessage(request, field));
    // A token of another shard says nothing about this one.
    if (token.journal() == shard.journal_name()) wanted = token.pos() + 1;
  }
  // A journal that was ever led has at least its genesis record; before that there is nothing to
  // show.
  if (view.next_pos == 0) return call->Finish(StateNotReady(shard));
  if (wanted <= view.next_pos) return read(view);
  // A token far beyond what exists is not a wait but a mistake, or a journal that was cut.
  if (wanted > view.next_pos + kFarAhead) return call->Finish(TokenAhead());
  shard.WhenApplied(wanted - 1, [call, &shard, wanted, read = std::move(read)] {
    if (call->cancelled()) return;
    const engine::ReadView now = shard.Read();
    if (now.next_pos < wanted) return call->Finish(StateNotReady(shard));
    read(now);
  });
}

}  // namespace twinline::rpc
