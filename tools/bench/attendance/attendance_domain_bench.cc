// What one roll call costs in the attendance domain alone: Decide, and Evolve of what it decided,
// over an overlay as the engine uses it. Classes of 45 pupils, 1.1 exceptions a roll call, two
// sessions a day, streaks that open and close. Bytes are printed beside the times: what a roll call
// adds to the state (keys and values of all rows) and to the journal (its commit). No journal, no
// RocksDB, no RPC here.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "attendance/domain/attendance_domain.h"
#include "attendance/domain/marks.h"
#include "platform/store/overlay.h"
#include "twinline/attendance/v1/attendance_commands.pb.h"
#include "twinline/registry/v1/registry_events.pb.h"

namespace twinline::attendance {
namespace {

constexpr int kClasses = 400;
constexpr int kPupils = 45;
constexpr int kBatch = 64;  // commands of one engine batch
constexpr char kSchool[] = "2141000001";

// A small generator with a fixed seed: the same commands in every run.
class Random {
 public:
  uint32_t Below(uint32_t n) {
    state_ = state_ * 6364136223846793005ull + 1442695040888963407ull;
    return static_cast<uint32_t>((state_ >> 33) % n);
  }

 private:
  uint64_t state_ = 20260901;
};

class School {
 public:
  School() : rows_(&below_) {
    for (const auto& seed : domain_.Seed()) Run(seed.type, seed.body);
    v1::AdoptSchoolCalendar calendar;
    calendar.mutable_calendar()->set_version("bench");
    calendar.mutable_calendar()->set_weekdays(0x7f);
    calendar.mutable_calendar()->set_sessions(3);
    v1::Term* term = calendar.mutable_calendar()->add_terms();
    term->set_first_day(day_.days);
    term->set_last_day(day_.days + 240);
    Run(base::CommandType<v1::AdoptSchoolCalendar>(), calendar.SerializeAsString());
    registry::v1::SchoolRecorded school;
    school.mutable_school()->set_school_code(kSchool);
    Publish(school);
    for (int i = 0; i < kClasses; ++i) AddClass(i);
    Store();
  }

  // The next class's roll call, decided and folded.
  void TakeNext(benchmark::State& state) {
    if (next_ == 0) MakeCommands();
    const std::string& body = commands_[next_];
    next_ = (next_ + 1) % kClasses;
    rows_.Enter(store::Room::kDecide);
    base::Decision decision =
        domain_.Decide({base::CommandType<v1::TakeRollCall>(), body}, rows_, context_);
    auto* events = std::get_if<base::Events>(&decision);
    if (events == nullptr) return state.SkipWithError("a roll call was refused");
    commit_.clear_events();
    for (journal::v1::Event& event : *events) commit_.add_events()->Swap(&event);
    rows_.Begin();
    rows_.Enter(store::Room::kEvolve);
    for (const journal::v1::Event& event : commit_.events()) {
      if (!domain_.Evolve(event, event_context_, rows_).ok())
        return state.SkipWithError("a fold failed");
    }
    rows_.Keep();
    commit_bytes_ += commit_.ByteSizeLong();
    ++taken_;
  }

  // What the engine does after each batch, untimed here.
  void Store() {
    for (auto& [key, value] : rows_.Take()) {
      if (value) {
        below_.Set(key, *std::move(value));
      } else {
        below_.Remove(key);
      }
    }
  }

  double StateBytes() const {
    double bytes = 0;
    for (const auto& [key, value] : below_.map())
      bytes += static_cast<double>(key.size() + value.size());
    return bytes;
  }
  double commit_bytes() const { return static_cast<double>(commit_bytes_); }
  double taken() const { return static_cast<double>(taken_); }
  double exceptions() const { return static_cast<double>(exceptions_); }

 private:
  void Run(uint32_t type, const std::string& body) {
    SetTime();
    rows_.Enter(store::Room::kDecide);
    base::Decision decision = domain_.Decide({type, body}, rows_, context_);
    rows_.Enter(store::Room::kEvolve);
    for (const journal::v1::Event& event : std::get<base::Events>(decision)) {
      domain_.Evolve(event, event_context_, rows_).IgnoreError();
    }
  }

  template <typename Message>
  void Publish(const Message& message) {
    const journal::v1::Event event = base::MakeEvent(message, day_);
    journal::v1::RecordHeader header;
    header.set_time_unix_us(base::StartOfDay(day_).us);
    base::SourceEvent source;
    source.header = &header;
    source.event = &event;
    rows_.Enter(store::Room::kFollow);
    domain_.Follow(source, rows_);
    for (const auto& command : domain_.React(source)) Run(command.type, command.body);
  }

  void AddClass(int index) {
    class_ids_.push_back(base::DeriveId({"class", std::to_string(index)}).str());
    registry::v1::ClassFacts facts;
    facts.set_class_id(class_ids_.back());
    facts.set_school_code(kSchool);
    facts.set_grade(7);
    facts.set_number(static_cast<uint32_t>(index + 1));
    for (int pupil = 0; pupil < kPupils; ++pupil) {
      facts.set_roster_version(static_cast<uint32_t>(pupil + 1));
      facts.set_pupils(static_cast<uint32_t>(pupil + 1));
      pupils_.push_back(base::DeriveId({"pupil", class_ids_.back(), std::to_string(pupil)}).str());
      registry::v1::ChildRegistered event;
      *event.mutable_class_after() = facts;
      event.mutable_facts()->set_registration_id(pupils_.back());
      event.mutable_facts()->set_child_id(base::DeriveId({"child", pupils_.back()}).str());
      event.mutable_facts()->set_class_id(class_ids_.back());
      event.mutable_facts()->set_school_code(kSchool);
      event.mutable_facts()->set_status("ACTIVE");
      Publish(event);
    }
  }

  // One session of all classes: mornings and afternoons in turn, day after day.
  void MakeCommands() {
    if (++half_days_ % 2 == 1) day_ = day_ + (half_days_ > 1 ? 1 : 0);
    SetTime();
    commands_.clear();
    for (int i = 0; i < kClasses; ++i) {
      v1::TakeRollCall command;
      command.set_class_id(class_ids_[i]);
      command.set_day(day_.days);
      command.set_session(half_days_ % 2 == 1 ? kMorning : kAfternoon);
      command.set_roster_version(kPupils);
      // 0 to 3 exceptions, 1.1 on average: 37, 30, 19, 14 of a hundred.
      const uint32_t draw = random_.Below(100);
      const int absent = draw < 37 ? 0 : draw < 67 ? 1 : draw < 86 ? 2 : 3;
      const uint32_t from = random_.Below(kPupils);
      for (int e = 0; e < absent; ++e) {
        v1::Exception* exception = command.add_exceptions();
        exception->set_registration_id(
            pupils_[i * kPupils + (from + static_cast<uint32_t>(e) * 7) % kPupils]);
        constexpr uint32_t kCodes[] = {kSickLeave, kSickLeave, kPersonalLeave,
                                       kLate,      kLate,      kUnexplained};
        exception->set_code(kCodes[random_.Below(6)]);
      }
      exceptions_ += static_cast<uint64_t>(absent);
      commands_.push_back(command.SerializeAsString());
    }
  }

  void SetTime() {
    context_.now = {base::StartOfDay(day_).us + 9 * 3'600'000'000ll};
    context_.today = day_;
    const std::string teacher = base::DeriveId({"teacher"}).str();
    context_.actor.set_subject(teacher);
    context_.actor.set_session(0x1234567890abcdef);
    context_.actor.set_duty(teacher);
    context_.actor.set_office("class:0123456789abcdef0123456789abcdef");
    context_.actor.set_line(2);
    event_context_.recorded = context_.now;
    event_context_.actor = &context_.actor;
    commit_.set_request_id(teacher);
    commit_.set_rpc(base::CommandType<v1::TakeRollCall>());
    commit_.set_body_fingerprint(teacher);
    *commit_.mutable_actor() = context_.actor;
  }

  const AttendanceDomain domain_;
  base::MapRows below_;
  store::Overlay rows_;
  Random random_;
  base::CivilDay day_ = base::CivilDay::FromYmd(2026, 9, 1);
  base::Context context_;
  base::EventContext event_context_;
  journal::v1::Commit commit_;
  std::vector<std::string> class_ids_, pupils_, commands_;
  int next_ = 0;
  int half_days_ = 0;
  uint64_t taken_ = 0, exceptions_ = 0, commit_bytes_ = 0;
};

void TakeRollCalls(benchmark::State& state) {
  School school;
  const double before = school.StateBytes();
  int in_batch = 0;
  for (auto _ : state) {
    school.TakeNext(state);
    if (++in_batch == kBatch) {
      state.PauseTiming();
      school.Store();
      in_batch = 0;
      state.ResumeTiming();
    }
  }
  school.Store();
  state.counters["exceptions"] = school.exceptions() / school.taken();
  state.counters["state_bytes"] = (school.StateBytes() - before) / school.taken();
  state.counters["commit_bytes"] = school.commit_bytes() / school.taken();
  state.counters["bytes_per_mark"] =
      ((school.StateBytes() - before) + school.commit_bytes()) / school.taken() / kPupils;
}
// 50 school days of two sessions; a fixed number, so that bytes compare between runs.
BENCHMARK(TakeRollCalls)->Iterations(kClasses * 100)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace twinline::attendance

BENCHMARK_MAIN();
