// Folds of erasure and of the renewal of search tokens.
#include <algorithm>

#include "registry/domain/erasure.h"
#include "registry/domain/evolve.h"

namespace twinline::registry {
namespace {

using base::EventContext;
using journal::v1::Event;

std::string ActorOf(const EventContext& context) {
  return context.actor == nullptr ? std::string() : context.actor->subject();
}

void PutHistory(const std::string& child_id, const std::string& reason, const Event& raw,
                const EventContext& context, base::Rows& rows) {
  v1::HistoryRow history = HistoryOf(child_id, {nullptr, &raw, &context});
  history.set_reason(reason);
  base::Put(rows, history);
}

// What finds a child by its numbers leaves the row with the key; the tokens in old events die with
// their pepper.
void ForgetTokens(v1::ChildRow* child) {
  child->mutable_person()->clear_id_token();
  child->mutable_person()->clear_same_person_token();
  for (auto& guardian : *child->mutable_guardians()) guardian.clear_id_token();
  for (auto& number : *child->mutable_numbers()) number.clear_token();
}

template <typename Holder>
void SetToken(const types::v1::SearchToken& token, Holder* holder) {
  holder->clear_id_token();
  if (!token.token().empty()) *holder->mutable_id_token() = token;
}

}  // namespace

absl::Status EvolveErasure(const v1::ErasureRequested& event, const Event& raw,
                           const EventContext& context, base::Rows& rows) {
  v1::ErasureRow row;
  row.set_child_id(event.child_id());
  row.set_state(kErasureRequested);
  row.set_ground(event.ground());
  row.set_document(event.document());
  row.set_requested_by(event.requested_by());
  row.set_requested_us(context.recorded.us);
  base::Put(rows, row);
  PutHistory(event.child_id(), event.ground(), raw, context, rows);
  return absl::OkStatus();
}

absl::Status EvolveErasure(const v1::ErasureDeclined& event, const Event& raw,
                           const EventContext& context, base::Rows& rows) {
  auto row = base::Find<v1::ErasureRow>(rows, base::AsId(event.child_id()));
  if (!row) return absl::DataLossError("a declined erasure was never requested");
  row->set_state(kErasureDeclined);
  row->set_decided_by(ActorOf(context));
  row->set_decided_us(context.recorded.us);
  base::Put(rows, *row);
  PutHistory(event.child_id(), event.reason(), raw, context, rows);
  return absl::OkStatus();
}

absl::Status EvolveErasure(const v1::ErasureOrdered& event, const Event& raw,
                           const EventContext& context, base::Rows& rows) {
  auto row = base::Find<v1::ErasureRow>(rows, base::AsId(event.child_id()));
  if (!row) return absl::DataLossError("an ordered erasure was never requested");
  row->set_state(kErasureOrdered);
  row->set_decided_by(ActorOf(context));
  row->set_decided_us(context.recorded.us);
  *row->mutable_merged() = event.merged();
  base::Put(rows, *row);
  std::vector<std::string> records(event.merged().begin(), event.merged().end());
  records.push_back(event.child_id());
  for (const std::string& id : records) {
    auto child = base::Find<v1::ChildRow>(rows, base::AsId(id));
    if (!child) return absl::DataLossError("an erasure names a child that was never recorded");
    child->set_erasure_ground(event.ground());
    base::Put(rows, *child);
    PutHistory(id, event.ground(), raw, context, rows);
  }
  return absl::OkStatus();
}

absl::Status EvolveErasure(const v1::KeyDestroyed& event, const Event& raw,
                           const EventContext& context, base::Rows& rows) {
  auto child = base::Find<v1::ChildRow>(rows, base::AsId(event.child_id()));
  if (!child) return absl::DataLossError("a destroyed key names a child that was never recorded");
  child->set_key_destroyed(true);
  ForgetTokens(&*child);
  base::Put(rows, *child);
  // Readers that hold names in memory see the change and forget them.
  auto registration = base::Find<v1::RegistrationRow>(rows, base::AsId(child->registration_id()));
  if (registration) {
    registration->set_changed_pos(context.ref.pos());
    base::Put(rows, *registration);
  }
  PutHistory(event.child_id(), event.ground(), raw, context, rows);
  auto row = FindOrder(rows, event.child_id());
  if (!row) return absl::DataLossError("a key was destroyed without an order");
  if (std::ranges::count(row->destroyed(), event.child_id()) == 0) {
    row->add_destroyed(event.child_id());
  }
  for (const std::string& key : event.key_id()) {
    if (std::ranges::count(row->key_id(), key) == 0) row->add_key_id(key);
  }
  if (row->destroyed_size() == row->merged_size() + 1 && row->state() == kErasureOrdered) {
    row->set_state(kErasureDestroyed);
    row->set_destroyed_us(context.recorded.us);
  }
  base::Put(rows, *row);
  return absl::OkStatus();
}

absl::Status EvolveErasure(const v1::TokenRenewalStarted& event, const Event&,
                           const EventContext& context, base::Rows& rows) {
  v1::RenewalRow row = base::Find<v1::RenewalRow>(rows).value_or(v1::RenewalRow());
  row.set_renewing_to(event.pepper_version());
  row.set_started_us(context.recorded.us);
  base::Put(rows, row);
  return absl::OkStatus();
}

absl::Status EvolveErasure(const v1::TokensRenewed& event, const Event&, const EventContext&,
                           base::Rows& rows) {
  for (const v1::RenewedTokens& tokens : event.children()) {
    auto child = base::Find<v1::ChildRow>(rows, base::AsId(tokens.child_id()));
    if (!child || child->guardians_size() != tokens.guardians_size() ||
        child->numbers_size() != tokens.numbers_size()) {
      return absl::DataLossError("renewed tokens do not fit the child");
    }
    v1::SealedPerson& person = *child->mutable_person();
    SetToken(tokens.id_token(), &person);
    person.clear_same_person_token();
    if (!tokens.same_person_token().token().empty()) {
      *person.mutable_same_person_token() = tokens.same_person_token();
    }
    for (int i = 0; i < tokens.guardians_size(); ++i) {
      SetToken(tokens.guardians(i), child->mutable_guardians(i));
    }
    for (int i = 0; i < tokens.numbers_size(); ++i) {
      v1::ExternalNumber& number = *child->mutable_numbers(i);
      number.clear_token();
      if (!tokens.numbers(i).token().empty()) *number.mutable_token() = tokens.numbers(i);
    }
    base::Put(rows, *child);
  }
  return absl::OkStatus();
}

absl::Status EvolveErasure(const v1::ErasureCompleted& event, const Event& raw,
                           const EventContext& context, base::Rows& rows) {
  for (const std::string& id : event.child_id()) {
    auto row = base::Find<v1::ErasureRow>(rows, base::AsId(id));
    if (!row) return absl::DataLossError("a completed erasure was never requested");
    row->set_state(kErasureCompleted);
    row->set_completed_us(context.recorded.us);
    base::Put(rows, *row);
    PutHistory(id, row->ground(), raw, context, rows);
  }
  v1::RenewalRow renewal = base::Find<v1::RenewalRow>(rows).value_or(v1::RenewalRow());
  renewal.set_renewing_to(0);
  renewal.set_pepper_version(event.pepper_version());
  renewal.set_finished_us(context.recorded.us);
  base::Put(rows, renewal);
  return absl::OkStatus();
}

}  // namespace twinline::registry
