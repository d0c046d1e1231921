// The pure core of every shard. A command is decided over rows and a context; the result is events
// or a refusal. Evolve folds an event into rows and returns an error value when it cannot;
// both must be deterministic: no clock, no I/O, no randomness. The engine calls them through
// ShardDomain.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "platform/base/civil.h"
#include "platform/base/ids.h"
#include "platform/base/refusal.h"
#include "platform/base/rows.h"
#include "platform/base/time.h"
#include "twinline/journal/v1/record.pb.h"
#include "twinline/types/v1/options.pb.h"

namespace twinline::base {

// Number declared beside the message by option (event_type) / (command_type).
template <typename Message>
uint32_t EventType() {
  static const uint32_t number =
      Message::descriptor()->options().GetExtension(types::v1::event_type);
  return number;
}
template <typename Message>
uint32_t CommandType() {
  static const uint32_t number =
      Message::descriptor()->options().GetExtension(types::v1::command_type);
  return number;
}

template <typename Message>
journal::v1::Event MakeEvent(const Message& message, CivilDay effective) {
  journal::v1::Event event;
  event.set_type(EventType<Message>());
  event.set_data(message.SerializeAsString());
  event.set_effective_date(effective.days);
  return event;
}

using Events = std::vector<journal::v1::Event>;
using Decision = std::variant<Events, Refusal>;

// Everything about a command that is not its body.
struct Context {
  Timestamp now;   // record time: the leader's clock, or the driven clock of a demonstration
  CivilDay today;  // civil day of `now`
  journal::v1::Actor actor;
  Id16 installation;
  Id16 request_id;
  bool demo_realm = false;

  // the id of the `ordinal`-th entity of `kind` that this command creates.
  Id16 NewId(std::string_view kind, uint32_t ordinal = 0) const {
    return DeriveId(
        {installation.bytes(), kind, actor.subject(), request_id.bytes(), std::to_string(ordinal)});
  }
};

struct CommandView {
  uint32_t type = 0;      // (command_type) of the message in `body`
  std::string_view body;  // serialised command message, personal data already sealed
};

// Where an event stands; equal in the live path and in replay.
struct EventContext {
  Timestamp recorded;
  journal::v1::EventRef ref;
  const journal::v1::Actor* actor = nullptr;
};

// A timer is a row of the shard. When due, the engine turns it into a command (TimerFired) with a
// derived id; it fires once, never early, and is erased by the same commit.
struct Timer {
  Timestamp due;
  uint32_t kind = 0;  // meaning is the service's; frozen once released
  Id16 entity;
  uint32_t generation = 0;  // a moved deadline is a new generation; the old timer is cancelled
};
void SetTimer(Rows& rows, const Timer& timer);
void CancelTimer(Rows& rows, const Timer& timer);
// Command type of a fired timer; body is a twinline.journal.v1.TimerRef.
inline constexpr uint32_t kTimerFired = 9001;

// An admitted event of a followed journal.
struct SourceEvent {
  const journal::v1::RecordHeader* header = nullptr;
  const journal::v1::Commit* commit = nullptr;
  const journal::v1::Event* event = nullptr;
  journal::v1::EventRef ref;
};

// A command that a reaction submits. Its id is derived from (source event, rule, subject); rule ids
// are frozen.
struct DerivedCommand {
  std::string rule;  // for example "accountability.open_on_crossed"
  Id16 subject;      // distinguishes several commands of one rule for one event
  uint32_t type = 0;
  std::string body;
};

class ShardDomain {
 public:
  virtual ~ShardDomain() = default;

  // "registry": the journal is "<name>/<shard number>".
  virtual std::string_view name() const = 0;
  // Raised whenever Evolve or Follow folds differently; forces a rebuild of the state.
  virtual uint32_t evolve_version() const = 0;

  virtual Decision Decide(const CommandView& command, const Rows& rows,
                          const Context& context) const = 0;
  virtual absl::Status Evolve(const journal::v1::Event& event, const EventContext& context,
                              Rows& rows) const = 0;

  // Event types this domain can fold; an unknown type in its own journal halts the shard.
  // Followed services by name ("registry", "attendance"), all their shards.
  virtual std::vector<std::string> Sources() const { return {}; }
  // True when Follow or React look at events of this type; others are skipped unparsed.
  virtual bool Wants(uint32_t event_type) const { return false; }
  // Copies facts of a source event into foreign rows.
  virtual void Follow(const SourceEvent& source, Rows& rows) const {}
  // A pure filter on the source event's type and own fields (R-10 i): which commands follow from
  // it.
  virtual std::vector<DerivedCommand> React(const SourceEvent& source) const { return {}; }
  // Rules of React whose start is recorded in the own journal: a listed rule is offered only
  // what comes after its start, which for a new journal is the beginning of every source. List
  // every rule; one that is not listed reacts to all input, also to input that older builds have
  // passed.
  virtual std::vector<std::string> Rules() const { return {}; }

  // True: rows hold deadlines of offices. After an outage the engine then submits
  // kMoveForOutage (base/outages.h) until the answer says that there is no more; no timer fires
  // before.
  virtual bool HasDeadlines() const { return false; }

  // False: the command stands on what it names itself (a roll call, on its roster version), so it
  // is decided however far the followed journals have been read.
  virtual bool RestsOnSources(uint32_t command_type) const { return true; }

  // Ids of the entities that a commit created or changed, kept with the stored reply.
  virtual std::vector<Id16> Outcome(const journal::v1::Commit& commit) const { return {}; }

  // Commands that a new, empty journal begins with (calendars, rule sets), as `service:install`.
  virtual std::vector<DerivedCommand> Seed() const { return {}; }
};

}  // namespace twinline::base
