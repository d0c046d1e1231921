// Given, when, then over identity/0: commands are decided and folded at once, as the engine does
// it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "identity/domain/decide.h"
#include "identity/domain/identity_domain.h"
#include "identity/domain/session_id.h"
#include "identity/tables/tables.h"
#include "twinline/identity/v1/identity_commands.pb.h"
#include "twinline/identity/v1/identity_events.pb.h"

namespace twinline::identity {

inline std::string Id(std::string_view name) { return base::DeriveId({name}).str(); }

class DomainFixture : public testing::Test {
 protected:
  static constexpr int64_t kSecond = 1'000'000;
  static constexpr int64_t kMinute = 60 * kSecond;

  DomainFixture() {
    context_.installation = base::DeriveId({"installation"});
    context_.demo_realm = true;
  }

  // Who acts from now on; "service:..." is a service.
  void As(const std::string& who, uint64_t session = 0) {
    context_.actor.Clear();
    if (who.starts_with("service:")) {
      context_.actor.set_service(who);
    } else {
      context_.actor.set_subject(Id(who));
      context_.actor.set_session(session);
    }
  }

  // The refusal's code, or "" and the events are folded.
  template <typename Command>
  std::string Do(const Command& command) {
    context_.request_id = base::DeriveId({"request", std::to_string(++requests_)});
    context_.now = base::Timestamp{now_};
    context_.today = base::DayOf(context_.now);
    const std::string body = command.SerializeAsString();
    base::Decision decision = domain_.Decide({base::CommandType<Command>(), body}, rows_, context_);
    commit_.Clear();
    if (const auto* no = std::get_if<base::Refusal>(&decision)) {
      EXPECT_FALSE(no->zh.empty());
      EXPECT_FALSE(no->en.empty());
      return no->code;
    }
    base::EventContext place;
    place.recorded = context_.now;
    place.ref.set_pos(++pos_);
    for (const journal::v1::Event& event : std::get<base::Events>(decision)) {
      *commit_.add_events() = event;
      const absl::Status folded = domain_.Evolve(event, place, rows_);
      EXPECT_TRUE(folded.ok()) << folded;
    }
    return "";
  }

  // Events of one type in the newest commit.
  template <typename Event>
  std::vector<Event> Seen() const {
    std::vector<Event> found;
    for (const journal::v1::Event& event : commit_.events()) {
      Event message;
      if (event.type() == base::EventType<Event>() && message.ParseFromString(event.data())) {
        found.push_back(message);
      }
    }
    return found;
  }
  std::vector<base::Id16> Outcome() const { return domain_.Outcome(commit_); }

  std::string Create(const std::string& who, const std::string& login = "") {
    v1::CreateAccountCommand command;
    command.set_subject(Id(who));
    command.set_login(login.empty() ? "t." + who : login);
    command.set_password_entry(Id(who + " first"));
    return Do(command);
  }

  v1::StartSessionCommand StartOf(const std::string& who, const std::string& verified) const {
    v1::StartSessionCommand command;
    command.set_subject(Id(who));
    command.set_assurance("PASSWORD");
    command.set_factors(1);
    command.set_real_time_us(now_);
    command.set_expires_us(now_ + 12 * 60 * kMinute);
    command.set_refresh_entry(Id(who + " refresh " + std::to_string(requests_)));
    command.set_verified_entry(Id(verified));
    return command;
  }
  std::string LogIn(const std::string& who, const std::string& verified,
                    const std::string& changed = "") {
    As(who);
    v1::StartSessionCommand command = StartOf(who, verified);
    if (!changed.empty()) command.set_new_password_entry(Id(changed));
    return Do(command);
  }
  // An account whose first password has been changed; returns its session.
  uint64_t Ready(const std::string& who) {
    As("admin");
    EXPECT_EQ(Create(who), "");
    EXPECT_EQ(LogIn(who, who + " first", who + " own"), "");
    return NewSession();
  }
  uint64_t NewSession() const {
    const auto started = Seen<v1::SessionStarted>();
    return started.empty() ? 0 : started.front().session();
  }
  std::string Refresh(uint64_t session, uint32_t generation) {
    v1::RefreshSessionCommand command;
    command.set_session(session);
    command.set_generation(generation);
    command.set_real_time_us(now_);
    return Do(command);
  }
  std::string Lock(const std::string& who, const std::string& reason, int64_t until = 0) {
    v1::LockAccountCommand command;
    command.set_subject(Id(who));
    command.set_reason(reason);
    command.set_until_us(until);
    return Do(command);
  }
  // "session:reason" of what ended, in order.
  std::vector<std::string> Ended() const {
    std::vector<std::string> out;
    for (const auto& e : Seen<v1::SessionEnded>()) {
      out.push_back(std::to_string(e.session()) + ":" + e.reason());
    }
    return out;
  }
  size_t Running(const std::string& who) const { return SessionsOf(rows_, Id(who)).size(); }
  v1::AccountRow Account(const std::string& who) const {
    return base::Find<v1::AccountRow>(rows_, base::AsId(Id(who))).value_or(v1::AccountRow());
  }

  int64_t now_ = base::StartOfDay(base::CivilDay::FromYmd(2026, 9, 1)).us;
  base::MapRows rows_;

 private:
  IdentityDomain domain_;
  base::Context context_;
  journal::v1::Commit commit_;
  uint64_t requests_ = 0;
  uint64_t pos_ = 0;

 protected:
  base::Context& context() { return context_; }
};

}  // namespace twinline::identity
