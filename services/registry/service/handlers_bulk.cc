// Registering many children in one call: one command and one commit each, in the bulk lane,
// so that people at the counter do not wait behind it.
#include <atomic>
#include <memory>

#include "platform/base/hash.h"
#include "registry/service/handlers.h"
#include "registry/service/request_ids.h"
#include "registry/service/seal.h"

namespace twinline::registry {
namespace {

constexpr int kChildrenMax = 200;

void SetRefusal(const base::Refusal& refusal, types::v1::RefusalDetail* out) {
  out->set_code(refusal.code);
  out->set_message_zh(refusal.zh);
  out->set_message_en(refusal.en);
  for (const auto& [key, value] : refusal.details) {
    types::v1::KeyValue* fact = out->add_facts();
    fact->set_key(key);
    fact->set_value(value);
  }
}

// Collects the answers of one call; the last one finishes it.
class Gathering : public std::enable_shared_from_this<Gathering> {
 public:
  Gathering(rpc::CallPtr call, const Environment& environment, size_t items)
      : call_(std::move(call)), environment_(environment), answers_(items), open_(items) {}

  void Answer(size_t item, engine::Answer answer) {
    answers_[item] = std::move(answer);
    if (open_.fetch_sub(1) != 1) return;
    const rpc::WriteEnvironment* here = call_->environment();
    if (here != nullptr && here->later) {
      here->later([self = shared_from_this()] { self->Finish(); });
    } else {
      Finish();
    }
  }

 private:
  void Finish() {
    auto& reply = rpc::Out<v1::RegisterChildrenReply>(*call_);
    const auto rows = environment_.shard->Read().rows;
    uint64_t pos = 0;
    for (const engine::Answer& answer : answers_) {
      // "Outcome unknown" of one item is that of the call: the same request again finds what was
      // done.
      if (const auto* status = std::get_if<absl::Status>(&answer)) return call_->Finish(*status);
      v1::RegisteredItem* item = reply.add_items();
      if (const auto* refusal = std::get_if<base::Refusal>(&answer)) {
        SetRefusal(*refusal, item->mutable_refusal());
        reply.set_refused(reply.refused() + 1);
        continue;
      }
      const auto& accepted = std::get<engine::Accepted>(answer);
      reply.set_registered(reply.registered() + 1);
      pos = std::max(pos, accepted.pos);
      if (accepted.entities.size() < 2) continue;
      item->set_child_id(accepted.entities[0].str());
      item->set_registration_id(accepted.entities[1].str());
      const auto subject = FindSubject(*rows, item->child_id());
      if (subject) *item->mutable_problems() = subject->facts().problems();
    }
    if (reply.registered() > 0) {
      reply.mutable_read_token()->set_journal(environment_.shard->journal_name());
      reply.mutable_read_token()->set_pos(pos);
    }
    call_->Finish();
  }

  const rpc::CallPtr call_;
  const Environment& environment_;
  std::vector<engine::Answer> answers_;
  std::atomic<size_t> open_;
};

struct Item {
  size_t index = 0;
  base::Id16 request_id;
  base::Id16 child;
  PreparedChild plain;
};

absl::StatusOr<std::string> FingerprintOf(const rpc::Call& call, const base::Id16& request_id,
                                          const v1::ChildInput& input) {
  const std::string body = input.SerializeAsString();
  const rpc::WriteEnvironment* here = call.environment();
  if (here != nullptr && here->fingerprint) {
    return here->fingerprint(request_id, call.method_name(), body);
  }
  return std::string(base::View(base::Sha256({body})).substr(0, 16));
}

void RegisterChildren(const rpc::CallPtr& call, const Environment& environment) {
  const auto& request = rpc::In<v1::RegisterChildrenRequest>(*call);
  const base::Id16 request_id = base::AsId(request.write().request_id());
  if (auto no = CheckRequestId(request_id, environment.clock->Now())) return call->Finish(*no);
  if (request.children().empty() || request.children_size() > kChildrenMax) {
    return call->Finish(
        No("TOO_MANY_CHILDREN", "每次登记1至200名学生。", "One call registers 1 to 200 children."));
  }
  const auto gathering = std::make_shared<Gathering>(call, environment, request.children_size());
  std::vector<Item> items;
  std::vector<base::Id16> owners;
  for (int i = 0; i < request.children_size(); ++i) {
    const v1::ChildInput& input = request.children(i);
    const auto index = static_cast<size_t>(i);
    if (!call->reach().CoversSchool(input.school_code())) {
      gathering->Answer(index, No("OUT_OF_SCOPE", "该校不在您的管理范围内。",
                                  "The school is outside your reach."));
      continue;
    }
    auto prepared = PrepareChild(input, environment.Today(), environment.demo_realm);
    if (auto* no = std::get_if<base::Refusal>(&prepared)) {
      gathering->Answer(index, std::move(*no));
      continue;
    }
    const base::Id16 item_id = ItemId(request_id, "child", static_cast<uint32_t>(i));
    items.push_back({index, item_id, environment.IdOf("child", call->actor(), item_id),
                     std::move(std::get<PreparedChild>(prepared))});
    owners.push_back(items.back().child);
  }
  if (items.empty()) return;
  const auto keys = environment.vault->CreateMany(owners, "child");
  for (size_t i = 0; i < items.size(); ++i) {
    const Item& item = items[i];
    const v1::ChildInput& input = request.children(static_cast<int>(item.index));
    absl::StatusOr<v1::RegisterChildCommand> command = absl::InternalError("no key");
    if (keys.ok()) {
      command = ChildSealer(environment, item.child, (*keys)[i]).Registration(input, item.plain);
    } else {
      command = keys.status();
    }
    const auto fingerprint = FingerprintOf(*call, item.request_id, input);
    if (!command.ok() || !fingerprint.ok()) {
      gathering->Answer(item.index, command.ok() ? fingerprint.status() : command.status());
      continue;
    }
    engine::Submission submission;
    submission.command_type = base::CommandType<v1::RegisterChildCommand>();
    submission.body = command->SerializeAsString();
    submission.request_id = item.request_id;
    submission.fingerprint = *fingerprint;
    submission.actor = call->actor();
    submission.lane = engine::Lane::kBulk;
    submission.done = [gathering, index = item.index](engine::Answer answer) {
      gathering->Answer(index, std::move(answer));
    };
    environment.shard->Submit(std::move(submission));
  }
}

}  // namespace

void RegisterBulkHandlers(rpc::ServiceRegistry& registry, const Environment& environment) {
  Serve(registry, "RegisterChildren",
        [&environment](rpc::CallPtr call) { RegisterChildren(call, environment); });
}

}  // namespace twinline::registry
