// Finding the message in a command or an event by the number that it declares, once for all
// domains.
//
//   if (v1::DecideStep c; base::Parse(command, &c)) return DecideStepCommand(c, rows, context);
//   base::On<rv1::ChildPlaced>(source, [&](const auto& event) { … });
//   return base::FoldAny<v1::StepDecided, v1::BusinessRefused>(
//       event, [&](const auto& message) { return Fold(message, context, rows); });
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "platform/base/decision.h"
#include "platform/base/scratch.h"

namespace twinline::base {

// True when the command is a Command; then it is in `out`.
template <typename Command>
bool Parse(const CommandView& command, Command* out) {
  return command.type == CommandType<Command>() &&
         out->ParseFromArray(command.body.data(), static_cast<int>(command.body.size()));
}

// The timer that fired; only for a command of type kTimerFired.
inline journal::v1::TimerRef ParseTimer(const CommandView& command) {
  journal::v1::TimerRef timer;
  timer.ParseFromArray(command.body.data(), static_cast<int>(command.body.size()));
  return timer;
}

// The event as a Message, when it is one.
template <typename Message>
std::optional<Message> As(const journal::v1::Event& event) {
  if (event.type() != EventType<Message>()) return std::nullopt;
  Message message;
  if (!message.ParseFromString(event.data())) return std::nullopt;
  return message;
}

// Calls `fn` with the source event parsed as Message when it is one, and then says true.
template <typename Message, typename Fn>
bool On(const SourceEvent& source, Fn&& fn) {
  if (source.event->type() != EventType<Message>()) return false;
  Message message;
  if (message.ParseFromString(source.event->data())) std::forward<Fn>(fn)(message);
  return true;
}

// True when `event_type` is the number of one of the messages.
template <typename... Messages>
bool IsAnyOf(uint32_t event_type) {
  return ((event_type == EventType<Messages>()) || ...);
}

// Calls `fold` with the event parsed as the one of Messages that it is; nullopt: it is none of
// them. The message lives on a scratch arena, so `fold` must not keep a reference.
template <typename... Messages, typename Fn>
std::optional<absl::Status> FoldIfAny(const journal::v1::Event& event, Fn&& fold) {
  std::optional<absl::Status> status;
  const auto fold_as = [&]<typename Message>() {
    if (event.type() != EventType<Message>()) return false;
    Scratch scratch;
    auto* message = scratch.New<Message>();
    status = message->ParseFromString(event.data())
                 ? fold(std::as_const(*message))
                 : absl::DataLossError("an event does not parse as " +
                                       Message::descriptor()->full_name());
    return true;
  };
  (fold_as.template operator()<Messages>() || ...);
  return status;
}

// The same where every event of the journal must be among Messages: an unknown one is an error,
// which halts the shard.
template <typename... Messages, typename Fn>
absl::Status FoldAny(const journal::v1::Event& event, Fn&& fold) {
  if (auto status = FoldIfAny<Messages...>(event, std::forward<Fn>(fold))) {
    return *std::move(status);
  }
  return absl::DataLossError("unknown event type " + std::to_string(event.type()));
}

}  // namespace twinline::base
