// Who calls and whether they may: the token says who, the directory says which duties, the
// method's declaration says which roles over which scope. The first duty that allows gives the
// right and is recorded with whatever follows. Every "no" is a typed refusal in both languages.
//
// Two steps, because a client stream learns its messages later: Identify once per call, Allow once
// per message. Neither blocks; with a cached token the two cost well under 3 microseconds.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "google/protobuf/message.h"
#include "platform/base/refusal.h"
#include "platform/base/time.h"
#include "platform/rpc/method.h"
#include "platform/rpc/rights.h"
#include "platform/rpc/token.h"

namespace twinline::rpc {

struct Caller {
  Principal principal;
  std::shared_ptr<const Standing> standing;
  base::Id16 wanted_duty;  // from the header x-twinline-duty; empty: any
  int duty = -1;           // index into standing; -1: none was needed
  // A refusal that may come from this process's own lag: ask again once the directory is current.
  bool may_be_lag = false;

  const Duty* chosen() const {
    return duty < 0 ? nullptr : &standing->duties[static_cast<size_t>(duty)];
  }
  const Reach& reach() const {
    return duty < 0 ? NoReach() : *standing->reaches[static_cast<size_t>(duty)];
  }
};

class Authoriser {
 public:
  // Writes are refused above this lag of the directory.
  static constexpr int64_t kStaleUs = 60'000'000;

  // `record_clock` gives the day on which duties count; tokens expire by `real_clock`.
  Authoriser(TokenVerifier verifier, const Directory* directory, const base::Clock* record_clock,
             const base::Clock* real_clock)
      : verifier_(std::move(verifier)),
        directory_(directory),
        record_clock_(record_clock),
        real_clock_(real_clock) {}

  // `authorization` and `duty` are the header values, empty when absent.
  std::optional<base::Refusal> Identify(const Method& method, std::string_view authorization,
                                        std::string_view duty, Caller* caller);
  std::optional<base::Refusal> Allow(const Method& method, const google::protobuf::Message& request,
                                     Caller* caller) const;

  void ForgetTokens() { cache_.Clear(); }
  const Directory* directory() const { return directory_; }

 private:
  std::optional<base::Refusal> Verify(std::string_view authorization, Principal* principal);
  bool Covers(const Method& method, const google::protobuf::Message& request,
              const Reach& reach) const;

  TokenVerifier verifier_;
  const Directory* directory_;
  const base::Clock* record_clock_;
  const base::Clock* real_clock_;
  TokenCache cache_;
};

}  // namespace twinline::rpc
