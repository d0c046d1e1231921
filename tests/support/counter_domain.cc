#include "tests/support/counter_domain.h"

#include <sstream>

#include "platform/base/outages.h"

namespace twinline::engine_test {
namespace {

using base::Space;

struct Text {
  std::string name;
  int64_t number = 0;
};

Text Parse(std::string_view body) {
  Text text;
  std::istringstream in{std::string(body)};
  in >> text.name >> text.number;
  return text;
}

std::string TotalKey(Space space, const std::string& name) {
  return base::EncodeKey(space, 10, 0, name);
}

std::string AlarmKey(const base::Id16& entity) {
  return base::EncodeKey(Space::kOwn, 11, 0, entity);
}

std::optional<int64_t> ReadTotal(const base::Rows& rows, Space space, const std::string& name) {
  const auto value = rows.Get(TotalKey(space, name));
  if (!value) return std::nullopt;
  return std::stoll(*value);
}

void AddTo(base::Rows& rows, Space space, const std::string& name, int64_t delta) {
  const int64_t before = ReadTotal(rows, space, name).value_or(0);
  rows.Set(TotalKey(space, name), std::to_string(before + delta));
}

base::Id16 AlarmId(const std::string& name) { return base::DeriveId({"alarm", name}); }

base::Timer AlarmTimer(const Text& text) {
  return {base::Timestamp{text.number}, /*kind=*/1, AlarmId(text.name), /*generation=*/0};
}

std::string TimerRow(const Text& text) {
  const base::Timer timer = AlarmTimer(text);
  return base::EncodeKey(Space::kOwn, 0, 0, timer.due, timer.kind, timer.entity, timer.generation);
}

base::Decision One(uint32_t type, std::string data, const base::Context& context) {
  journal::v1::Event event;
  event.set_type(type);
  event.set_data(std::move(data));
  event.set_effective_date(context.today.days);
  return base::Events{event};
}

journal::v1::Event Make(uint32_t type, std::string data, const base::Context& context) {
  journal::v1::Event event;
  event.set_type(type);
  event.set_data(std::move(data));
  event.set_effective_date(context.today.days);
  return event;
}

// Each alarm that overlaps the outage rings later by its length, two alarms in a commit.
base::Decision MoveAlarms(std::string_view body, const base::Rows& rows,
                          const base::Context& context) {
  journal::v1::OutageWork work;
  work.ParseFromArray(body.data(), static_cast<int>(body.size()));
  journal::v1::OutageWorked worked;
  worked.set_down_from_us(work.down_from_us());
  base::Events events;
  const std::string prefix = base::EncodeKey(Space::kOwn, 11, 0);
  rows.Scan(prefix, work.after().empty() ? "" : work.after() + '\0',
            [&](std::string_view key, std::string_view value) {
              worked.set_more(worked.moved() == 2);
              if (worked.more()) return false;
              worked.set_after(std::string(key));
              const Text alarm = Parse(value);
              if (alarm.number <= work.down_from_us() || !rows.Get(TimerRow(alarm))) return true;
              const int64_t due = alarm.number + work.down_to_us() - work.down_from_us();
              events.push_back(Make(kSilenced, std::string(value), context));
              events.push_back(Make(kAlarmSet, alarm.name + " " + std::to_string(due), context));
              worked.set_moved(worked.moved() + 1);
              return true;
            });
  events.push_back(base::MakeEvent(worked, context.today));
  return events;
}

base::Decision No(const char* code) { return base::Refusal{code, "不行", "no", {}}; }

}  // namespace

std::optional<int64_t> Total(const base::Rows& rows, const std::string& name) {
  return ReadTotal(rows, Space::kOwn, name);
}

std::optional<int64_t> ForeignTotal(const base::Rows& rows, const std::string& name) {
  return ReadTotal(rows, Space::kForeign, name);
}

int64_t Rings(const base::Rows& rows, const std::string& name) {
  return Total(rows, "rings/" + name).value_or(0);
}

base::Decision CounterDomain::Decide(const base::CommandView& command, const base::Rows& rows,
                                     const base::Context& context) const {
  const Text text = Parse(command.body);
  const std::string body(command.body);
  switch (command.type) {
    case kAdd:
      if (Total(rows, text.name).value_or(0) + text.number < 0) return No("BELOW_ZERO");
      return One(kAdded, body, context);
    case kAlarm:
      return One(kAlarmSet, body, context);
    case kSilence:
      return One(kSilenced, body, context);
    case kGreet:
      return One(kGreeted, body, context);
    case kCopy:
      if (!ForeignTotal(rows, text.name)) {
        return base::Refusal{"UNKNOWN_NAME", "不行", "no", {}, /*wait_for_sources=*/true};
      }
      return One(kCopied, body, context);
    case kPoison:
      return One(kPoisoned, body, context);
    case kPeek:
      return One(kPeeked, body, context);
    case kBig:
      return One(kBigDone, std::string(static_cast<size_t>(text.number), 'b'), context);
    case base::kTimerFired: {
      journal::v1::TimerRef ref;
      ref.ParseFromString(body);
      const std::string name =
          Parse(rows.Get(AlarmKey(base::AsId(ref.entity()))).value_or("?")).name;
      fired.emplace_back(context.now.us, name);
      if (name.rfind("quiet", 0) == 0) return No("QUIET");
      return One(kRang, name + " 1", context);
    }
    case base::kMoveForOutage:
      return MoveAlarms(command.body, rows, context);
    default:
      return No("UNKNOWN_COMMAND");
  }
}

absl::Status CounterDomain::Evolve(const journal::v1::Event& event, const base::EventContext&,
                                   base::Rows& rows) const {
  const Text text = Parse(event.data());
  ++calls_;
  switch (event.type()) {
    case kAdded:
      AddTo(rows, Space::kOwn, text.name, setup_.drifts ? calls_ : text.number);
      return absl::OkStatus();
    case kAlarmSet:
      rows.Set(AlarmKey(AlarmId(text.name)), std::string(event.data()));
      base::SetTimer(rows, AlarmTimer(text));
      return absl::OkStatus();
    case kSilenced:
      base::CancelTimer(rows, AlarmTimer(text));
      return absl::OkStatus();
    case kCopied:
      AddTo(rows, Space::kOwn, "copy/" + text.name, text.number);
      return absl::OkStatus();
    case kRang:
      AddTo(rows, Space::kOwn, "rings/" + text.name, 1);
      return absl::OkStatus();
    case kPoisoned:
      AddTo(rows, Space::kOwn, "poisoned", 1);
      return absl::InternalError("poison");
    case kPeeked:
      (void)ForeignTotal(rows, "peeked");
      return absl::OkStatus();
    case kGreeted:
    case kBigDone:
      return absl::OkStatus();
    default:
      return absl::InternalError("an event of an unknown type");
  }
}

void CounterDomain::Follow(const base::SourceEvent& source, base::Rows& rows) const {
  const Text text = Parse(source.event->data());
  if (source.event->type() == kAdded) AddTo(rows, Space::kForeign, text.name, text.number);
}

std::vector<base::DerivedCommand> CounterDomain::React(const base::SourceEvent& source) const {
  const Text text = Parse(source.event->data());
  const base::Id16 subject = base::DeriveId({text.name});
  if (source.event->type() == kGreeted) return {{"greet", subject, kCopy, text.name + " 1"}};
  if (text.number >= setup_.flood) {
    std::vector<base::DerivedCommand> commands;
    for (int64_t i = 0; i < text.number; ++i) {
      commands.push_back({"flood", base::DeriveId({std::to_string(i)}), kBig, "x 100000"});
    }
    return commands;
  }
  if (text.number < 10 || !setup_.copies) return {};
  return {{"copy", subject, kCopy, std::string(source.event->data())}};
}

std::vector<base::Id16> CounterDomain::Outcome(const journal::v1::Commit& commit) const {
  std::vector<base::Id16> ids;
  for (const auto& event : commit.events()) {
    if (event.type() == kAdded) ids.push_back(base::DeriveId({Parse(event.data()).name}));
  }
  return ids;
}

}  // namespace twinline::engine_test
