// Webhooks: registering, rotating, removing; what was sent, and sending it again.
#include <algorithm>

#include "accountability/domain/refusals.h"
#include "accountability/service/handlers.h"
#include "platform/base/hash.h"
#include "platform/vault/key_vault.h"
#include "twinline/accountability/v1/accountability_commands.pb.h"

namespace twinline::accountability {
namespace {

using runtime::Deps;

constexpr size_t kSecretMin = 32;

// Stores the secret in the vault; its id goes into the event. False: the call is finished.
bool StoreSecret(const rpc::CallPtr& call, const Deps& deps, const std::string& office,
                 const std::string& base64, std::string* key_id) {
  const auto secret = base::FromBase64(base64);
  if (!secret || secret->size() < kSecretMin) {
    call->Finish(WebhookInvalid("密钥须为 base64，且不少于 32 字节",
                                "the secret must be base64 of at least 32 bytes"));
    return false;
  }
  const auto id = deps.vault->Put(base::DeriveId({"webhook", office}),
                                  vault::SecretKind::kWebhookSecret, office, *secret);
  if (!id.ok()) {
    call->Finish(id.status());
    return false;
  }
  *key_id = id->str();
  return true;
}

rpc::Fill FillWebhook(const rpc::CallPtr& call) {
  return [call](const engine::Accepted& accepted, const engine::ReadView&) {
    if (!accepted.entities.empty()) {
      rpc::Out<v1::WebhookReply>(*call).set_webhook_id(accepted.entities[0].str());
    }
  };
}

// After a change, secrets that are no longer valid are destroyed.
rpc::Fill DestroyOldSecrets(const rpc::CallPtr& call, const Deps& deps, v1::WebhookFacts before) {
  return [call, &deps, before = std::move(before)](const engine::Accepted& accepted,
                                                   const engine::ReadView& view) {
    FillWebhook(call)(accepted, view);
    const auto now = base::Find<v1::WebhookRow>(*view.rows, base::AsId(before.webhook_id()));
    if (!now) return;
    const auto& valid = now->facts().key_id();
    for (const std::string& id : before.key_id()) {
      const bool kept =
          now->facts().active() && std::find(valid.begin(), valid.end(), id) != valid.end();
      if (!kept) deps.vault->Destroy(base::AsId(id)).IgnoreError();  // an orphan is harmless
    }
  };
}

void Register(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::RegisterWebhookRequest>(*call);
  v1::ChangeWebhookCommand command;
  command.set_action("REGISTERED");
  command.set_office(OfficeOf(*call, request.office()));
  command.set_url(request.url());
  if (!StoreSecret(call, deps, command.office(), request.secret(), command.mutable_key_id()))
    return;
  Write(call, deps, command, FillWebhook(call));
}

std::optional<v1::WebhookFacts> FindWebhook(const Deps& deps, const std::string& id,
                                            const std::string& office) {
  const auto row = base::Find<v1::WebhookRow>(*deps.shard->Read().rows, base::AsId(id));
  if (!row || row->facts().office() != office) return std::nullopt;
  return row->facts();
}

void Rotate(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::RotateWebhookSecretRequest>(*call);
  v1::ChangeWebhookCommand command;
  command.set_action("ROTATED");
  command.set_office(OfficeOf(*call, request.office()));
  command.set_webhook_id(request.webhook_id());
  const auto before = FindWebhook(deps, request.webhook_id(), command.office());
  if (!before) return call->Finish(WebhookUnknown());
  if (!StoreSecret(call, deps, command.office(), request.secret(), command.mutable_key_id()))
    return;
  Write(call, deps, command, DestroyOldSecrets(call, deps, *before));
}

void Remove(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::RemoveWebhookRequest>(*call);
  v1::ChangeWebhookCommand command;
  command.set_action("REMOVED");
  command.set_office(OfficeOf(*call, request.office()));
  command.set_webhook_id(request.webhook_id());
  const auto before = FindWebhook(deps, request.webhook_id(), command.office());
  if (!before) return call->Finish(WebhookUnknown());
  Write(call, deps, command, DestroyOldSecrets(call, deps, *before));
}

void ListWebhooks(const rpc::CallPtr& call, const Deps& deps) {
  rpc::WithView(call, *deps.shard, [call](const engine::ReadView& view) {
    auto& reply = rpc::Out<v1::ListWebhooksReply>(*call);
    base::ScanIndex<v1::WebhookRow>(
        *view.rows, base::TableOf<v1::WebhookRow>::kByOffice, 50,
        [&](const v1::WebhookRow& row) {
          *reply.add_webhooks() = row.facts();
          reply.mutable_webhooks()->rbegin()->clear_key_id();
          return true;
        },
        OfficeOf(*call, rpc::In<v1::ListWebhooksRequest>(*call).office()));
    call->Finish();
  });
}

void ListDeliveries(const rpc::CallPtr& call, const Deps& deps) {
  rpc::WithView(call, *deps.shard, [call](const engine::ReadView& view) {
    const auto& request = rpc::In<v1::ListDeliveriesRequest>(*call);
    const auto webhook = base::Find<v1::WebhookRow>(*view.rows, base::AsId(request.webhook_id()));
    if (!webhook || webhook->facts().office() != OfficeOf(*call, request.office())) {
      return call->Finish(WebhookUnknown());
    }
    const auto page = base::ScanPage<v1::DeliveryRow>(
        *view.rows,
        base::IndexPrefix<v1::DeliveryRow>(base::TableOf<v1::DeliveryRow>::kByWebhook,
                                           base::AsId(request.webhook_id())),
        true, PageOf(request.page()));
    auto& reply = rpc::Out<v1::ListDeliveriesReply>(*call);
    for (const v1::DeliveryRow& row : page.rows) {
      v1::DeliveryView* shown = reply.add_deliveries();
      shown->set_alert_id(row.alert_id());
      if (const auto alert = base::Find<v1::AlertRow>(*view.rows, base::AsId(row.alert_id()))) {
        shown->set_kind(alert->kind());
      }
      shown->set_state(row.state());
      shown->set_attempts(row.attempts());
      shown->set_last_error(row.last_error());
      shown->set_changed_at_us(row.changed_at_us());
      shown->set_requested(row.requested());
    }
    reply.set_next_page_token(NextToken(page.next_key));
    call->Finish();
  });
}

void Resend(const rpc::CallPtr& call, const Deps& deps) {
  const auto& request = rpc::In<v1::ResendDeliveryRequest>(*call);
  if (!FindWebhook(deps, request.webhook_id(), OfficeOf(*call, request.office())))
    return call->Finish(WebhookUnknown());
  v1::ResendDeliveryCommand command;
  command.set_alert_id(request.alert_id());
  command.set_webhook_id(request.webhook_id());
  Write(call, deps, command);
}

}  // namespace

void RegisterWebhookHandlers(rpc::ServiceRegistry& registry, const Deps& deps) {
  Serve(registry, deps, "RegisterWebhook", &Register);
  Serve(registry, deps, "RotateWebhookSecret", &Rotate);
  Serve(registry, deps, "RemoveWebhook", &Remove);
  Serve(registry, deps, "ListWebhooks", &ListWebhooks);
  Serve(registry, deps, "ListDeliveries", &ListDeliveries);
  Serve(registry, deps, "ResendDelivery", &Resend);
}

}  // namespace twinline::accountability
