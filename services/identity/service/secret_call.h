// A write whose request holds a password. The fingerprint of an idempotent write is taken over the
// received body and stands in the journal for ever: a fast keyed hash over a password is not what
// Argon2 was chosen for. So this call shows the write path a body without it, and tells how it
// ended, since a vault entry made for a refused command must go.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "platform/rpc/server.h"

namespace twinline::identity {

class SecretCall final : public rpc::Call {
 public:
  // `body`: the request without its secrets. `refused` runs before a refusal is sent; not for an
  // error, whose outcome is unknown.
  SecretCall(rpc::CallPtr call, std::string body, std::function<void()> refused)
      : call_(std::move(call)), body_(std::move(body)), refused_(std::move(refused)) {}

  const google::protobuf::Message& request() const override { return call_->request(); }
  google::protobuf::Message& reply() override { return call_->reply(); }
  const rpc::Principal& principal() const override { return call_->principal(); }
  const rpc::Duty* duty() const override { return call_->duty(); }
  journal::v1::Actor actor() const override { return call_->actor(); }
  const rpc::Reach& reach() const override { return call_->reach(); }
  void Shows(const base::Id16& child) override { call_->Shows(child); }
  void Finish() override { call_->Finish(); }
  void Finish(const base::Refusal& refusal) override {
    if (refused_) refused_();
    call_->Finish(refusal);
  }
  void Finish(const absl::Status& status) override { call_->Finish(status); }
  bool cancelled() const override { return call_->cancelled(); }
  int64_t deadline_monotonic_us() const override { return call_->deadline_monotonic_us(); }
  std::string_view received_body() const override { return body_; }
  std::string_view method_name() const override { return call_->method_name(); }
  const rpc::WriteEnvironment* environment() const override { return call_->environment(); }

 private:
  const rpc::CallPtr call_;
  const std::string body_;
  const std::function<void()> refused_;
};

}  // namespace twinline::identity
