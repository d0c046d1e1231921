// Erasure: asked for, ordered by another person, carried out by ErasureWorker.
#include "absl/strings/str_cat.h"
#include "registry/domain/erasure.h"
#include "registry/service/erasure_worker.h"
#include "registry/service/handlers.h"
#include "spdlog/spdlog.h"
#include "twinline/registry/v1/registry_erasure.pb.h"

namespace twinline::registry {
namespace {

v1::ErasureView ViewOf(const v1::ErasureRow& row) {
  v1::ErasureView view;
  view.set_child_id(row.child_id());
  view.set_state(row.state());
  view.set_ground(row.ground());
  view.set_document(row.document());
  view.set_requested_by(row.requested_by());
  view.set_decided_by(row.decided_by());
  view.set_requested_us(row.requested_us());
  view.set_decided_us(row.decided_us());
  view.set_destroyed_us(row.destroyed_us());
  view.set_completed_us(row.completed_us());
  view.set_keys(static_cast<uint32_t>(row.key_id_size()));
  *view.mutable_merged() = row.merged();
  return view;
}

rpc::Fill FillErasure(const rpc::CallPtr& call) {
  return [call](const engine::Accepted& accepted, const engine::ReadView& view) {
    if (accepted.entities.empty()) return;
    const auto row = base::Find<v1::ErasureRow>(*view.rows, accepted.entities.front());
    if (row) *rpc::Out<v1::ErasureReply>(*call).mutable_erasure() = ViewOf(*row);
  };
}

void RequestErasure(const rpc::CallPtr& call, const Environment& environment) {
  const auto& request = rpc::In<v1::RequestErasureRequest>(*call);
  v1::RequestErasureCommand command;
  command.set_child_id(request.child_id());
  command.set_ground(request.ground());
  command.set_document(request.document());
  Write(call, environment, command, FillErasure(call));
}

// The order is in the journal: from here on the worker would destroy the keys by itself, but who
// ordered it is to hear that they are gone.
rpc::Fill DestroyAndFill(const rpc::CallPtr& call, const Environment& environment) {
  return [call, &environment](const engine::Accepted& accepted, const engine::ReadView& view) {
    if (accepted.entities.empty()) return;
    const auto row = base::Find<v1::ErasureRow>(*view.rows, accepted.entities.front());
    if (!row) return;
    v1::ErasureView& shown = *rpc::Out<v1::ErasureReply>(*call).mutable_erasure();
    shown = ViewOf(*row);
    std::vector<std::string> records(row->merged().begin(), row->merged().end());
    records.push_back(row->child_id());
    uint32_t keys = 0;
    for (const std::string& record : records) {
      const auto destroyed = DestroyRecord(*environment.vault, base::AsId(record));
      if (!destroyed.ok()) {
        spdlog::error("erasure: {} (tried again)", destroyed.status().ToString());
        return;
      }
      keys += static_cast<uint32_t>(destroyed->size());
    }
    shown.set_state(kErasureDestroyed);
    shown.set_keys(keys);
  };
}

void OrderErasure(const rpc::CallPtr& call, const Environment& environment) {
  v1::OrderErasureCommand command;
  command.set_child_id(rpc::In<v1::OrderErasureRequest>(*call).child_id());
  Write(call, environment, command, DestroyAndFill(call, environment));
}

void DeclineErasure(const rpc::CallPtr& call, const Environment& environment) {
  const auto& request = rpc::In<v1::DeclineErasureRequest>(*call);
  v1::DeclineErasureCommand command;
  command.set_child_id(request.child_id());
  command.set_reason(request.reason());
  Write(call, environment, command, FillErasure(call));
}

void ListErasures(const rpc::CallPtr& call, const Environment& environment,
                  const engine::ReadView& view) {
  const auto& request = rpc::In<v1::ListErasuresRequest>(*call);
  base::PageRequest page;
  if (!ReadPage(call, request.page(), &page)) return;
  auto& reply = rpc::Out<v1::ListErasuresReply>(*call);
  using Table = base::TableOf<v1::ErasureRow>;
  const std::string prefix =
      request.state().empty() ? base::IndexPrefix<v1::ErasureRow>(Table::kByTime)
                              : base::IndexPrefix<v1::ErasureRow>(Table::kByState, request.state());
  const auto found = base::ScanPage<v1::ErasureRow>(*view.rows, prefix, /*is_index=*/true, page);
  for (const v1::ErasureRow& row : found.rows) *reply.add_erasures() = ViewOf(row);
  reply.set_next_page_token(base::ToHex(found.next_key));
  if (const auto renewal = base::Find<v1::RenewalRow>(*view.rows)) {
    reply.set_renewing_to(renewal->renewing_to());
    reply.set_renewed_us(renewal->finished_us());
  }
  reply.set_pepper_version(environment.tokens->current_version());
  call->Finish();
}

void CompleteErasures(const rpc::CallPtr& call, const Environment& environment,
                      const engine::ReadView& view) {
  const auto renewal = base::Find<v1::RenewalRow>(*view.rows);
  v1::StartTokenRenewalCommand command;
  // While one runs the shard says so; a pepper must not be made for nothing.
  if (renewal && renewal->renewing_to() != 0) {
    command.set_pepper_version(renewal->renewing_to());
  } else {
    const auto version = environment.erasures->PreparePepper();
    if (!version.ok()) return call->Finish(version.status());
    command.set_pepper_version(*version);
  }
  Write(
      call, environment, command,
      [call, version = command.pepper_version()](const engine::Accepted&, const engine::ReadView&) {
        rpc::Out<v1::CompleteErasuresReply>(*call).set_pepper_version(version);
      });
}

void RotateKeyEncryptionKey(const rpc::CallPtr& call, const Environment& environment) {
  const auto entries = environment.vault->RotateKek();
  if (!entries.ok()) return call->Finish(entries.status());
  v1::NoteKekRotatedCommand command;
  command.set_kek_id(environment.vault->current_kek().str());
  command.set_entries(static_cast<uint32_t>(*entries));
  Write(call, environment, command,
        [call, entries = command.entries()](const engine::Accepted&, const engine::ReadView&) {
          rpc::Out<v1::RotateKeyEncryptionKeyReply>(*call).set_entries(entries);
        });
}

}  // namespace

void RegisterErasureHandlers(rpc::ServiceRegistry& registry, const Environment& environment) {
  const auto method = [](std::string_view name) {
    return absl::StrCat("twinline.registry.v1.ErasureService.", std::string(name));
  };
  const auto write = [&](std::string_view name, auto* handler) {
    registry.Unary(method(name),
                   [&environment, handler](rpc::CallPtr call) { handler(call, environment); });
  };
  const auto read = [&](std::string_view name, auto* handler) {
    registry.Unary(method(name), [&environment, handler](rpc::CallPtr call) {
      rpc::WithView(call, *environment.shard,
                    [call, handler, &environment](const engine::ReadView& view) {
                      handler(call, environment, view);
                    });
    });
  };
  write("RequestErasure", &RequestErasure);
  write("OrderErasure", &OrderErasure);
  write("DeclineErasure", &DeclineErasure);
  read("ListErasures", &ListErasures);
  read("CompleteErasures", &CompleteErasures);
  write("RotateKeyEncryptionKey", &RotateKeyEncryptionKey);
}

}  // namespace twinline::registry
