#include "tests/simulation/officers.h"

#include "platform/base/civil.h"

namespace twinline::simulation {
namespace {

// Replies live for 31 days; nobody asks again after that.
constexpr int64_t kLetterLifeUs = 25 * base::kDayUs;

}  // namespace

Officers::Officers(journal::SimPrng* prng, const Published* published, RequestBook* requests)
    : prng_(prng), published_(published), requests_(requests), truancy_(prng->Next()) {
  const auto draw = [this](uint32_t usual) {
    static constexpr uint32_t kTimes[] = {0, 1, 2, 2, 3, 4};  // halves of the usual
    return usual * kTimes[prng_->Below(6)] / 2;
  };
  busy_ = {600 + static_cast<uint32_t>(prng->Below(400)),
           draw(150),
           draw(80),
           draw(500),
           draw(120),
           draw(120),
           draw(60),
           draw(400),
           draw(50),
           draw(12)};
}

Request* Officers::Ask(const Order& order, const Duty* person) {
  if (person == nullptr) return nullptr;  // the office is vacant: nobody does it
  journal::v1::Actor actor;
  actor.set_subject(person->staff_id());
  actor.set_duty(person->duty_id());
  actor.set_office(person->office());
  actor.set_line(person->line());
  std::string random;
  while (random.size() < 10) random.push_back(static_cast<char>(prng_->Next()));
  Request& request = requests_->New(order.shard, order.type, order.body, actor, now_, random);
  requests_->Send(request);
  return &request;
}

const registry::v1::DutyFacts* Officers::Holder(const std::string& office,
                                                std::initializer_list<types::v1::Role> roles) {
  return published_->Holder(office, roles, today_, prng_->Below(8));
}

void Officers::Work(base::Timestamp now) {
  now_ = now;
  today_ = base::DayOf(now);
  TakeRollCalls();
  if (Chance(60)) CorrectMarks();
  if (Chance(50)) RegisterChild();
  if (Chance(busy_.places)) ChangePlaces();
  if (Chance(busy_.places)) ResolveDuplicate();
  if (Chance(busy_.duties)) ChangeDuties();
  if (Chance(busy_.transfers)) OpenTransfer();
  if (Chance(busy_.status)) OpenStatusChange();
  if (Chance(busy_.decide)) DecideStep();
  if (Chance(busy_.decide)) DecideStep();
  if (Chance(busy_.end)) EndBusiness();
  const bool planned = AnyOf(published_->class_runs,
                             [](const auto& run) { return run.state() == "PLANNED"; }) != nullptr;
  if (Chance(planned ? 600 : 120)) RunClasses();
  if (Chance(busy_.cases)) WorkOnCase();
  if (Chance(busy_.cases)) WorkOnCase();
  if (Chance(100)) CompleteTask();
  if (Chance(60)) AnswerAlert();
  Retry(now, false);
}

void Officers::Retry(base::Timestamp now, bool all) {
  std::deque<Request>& letters = requests_->all();
  for (Request& letter : letters) {
    if (letter.waiting || letter.told != Told::kUnknown) continue;
    if (now.us - letter.made.us > kLetterLifeUs) continue;
    if (all || Chance(250)) requests_->Send(letter);
  }
  if (all || letters.empty()) return;
  // An answer that got lost on the way: the client asks again for what is done, or reuses its id.
  Request& old = letters[prng_->Below(letters.size())];
  if (old.waiting || now.us - old.made.us > kLetterLifeUs) return;
  if (Chance(150)) {
    requests_->Send(old);
  } else if (old.told == Told::kAccepted && Chance(50)) {
    requests_->SendOtherBody(old);
  }
}

}  // namespace twinline::simulation
