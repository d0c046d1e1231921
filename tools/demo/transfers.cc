#include "tools/demo/transfers.h"

#include <algorithm>
#include <set>

#include "platform/base/keys.h"
#include "tools/datagen/prng.h"
#include "tools/demo/progress.h"
#include "twinline/registry/v1/registry.pb.h"
#include "twinline/transfer/v1/transfer.pb.h"

namespace twinline::demo {

namespace tv1 = transfer::v1;

Transfers::Transfers(Api& api, const datagen::County& county, Loaded& loaded, uint64_t seed,
                     int school_days)
    : api_(api), county_(county), loaded_(loaded) {
  // Most families move in the two months after opening (domain.md 7).
  datagen::Prng prng = datagen::StreamOf(seed, 20);
  const size_t count = std::max<size_t>(4, county.pupils.size() / 1'200);
  std::set<size_t> used;
  while (stories_.size() < count) {
    TransferStory story;
    story.pupil = prng.Below(county.pupils.size());
    if (!used.insert(story.pupil).second) continue;
    story.day =
        static_cast<int>(1 + prng.Below(static_cast<uint64_t>(std::max(1, school_days * 6 / 10))));
    story.refused = stories_.size() % 9 == 4;
    story.silent = stories_.size() % 13 == 7;
    if (PickTarget(&story)) stories_.push_back(story);
  }
}

bool Transfers::PickTarget(TransferStory* story) const {
  const datagen::Class& from = county_.classes[county_.pupils[story->pupil].school_class];
  for (size_t i = 0; i < county_.classes.size(); ++i) {
    const size_t c = (county_.pupils[story->pupil].school_class + 37 + i) % county_.classes.size();
    if (county_.classes[c].grade != from.grade || county_.classes[c].school == from.school)
      continue;
    if (county_.schools[county_.classes[c].school].kind == datagen::SchoolKind::kSpecial) continue;
    story->to_class = c;
    story->to_school = county_.classes[c].school;
    return true;
  }
  return false;
}

void Transfers::Apply(TransferStory& story) {
  const datagen::School& to = county_.schools[story.to_school];
  tv1::StartTransferRequest request;
  request.set_child_id(loaded_.children[story.pupil].str());
  request.set_registration_id(loaded_.registrations[story.pupil].str());
  request.set_to_school_code(to.code);
  request.set_to_class_id(loaded_.classes[story.to_class].str());
  request.set_grade(county_.classes[story.to_class].grade);
  request.set_ground("RESIDENCE_MOVED");
  request.set_applicant(county_.pupils[story.pupil].guardians.front().name);
  tv1::BusinessReply reply;
  const rpc::CallResult result =
      api_.Call("twinline.transfer.v1.TransferService.StartTransfer", request, &reply,
                loaded_.registrar.at("school:" + to.code));
  if (!result.ok()) {
    // A rule said no (an open business, a problem record): that is life, and it is in the audit
    // trail.
    story.done = true;
    return;
  }
  story.business = base::AsId(reply.business().business_id());
}

void Transfers::Decide(TransferStory& story) {
  tv1::GetBusinessRequest get;
  get.set_business_id(story.business.str());
  tv1::GetBusinessReply business;
  api_.Must("twinline.transfer.v1.ApprovalService.GetBusiness", get, &business,
            loaded_.bureau_official);
  const tv1::BusinessFacts& facts = business.business();
  if (facts.state() == "COMPLETED") {
    story.done = true;
    ++completed_;
    return;
  }
  if (facts.state() != "OPEN") {
    story.done = facts.state() != "APPROVED";
    return;
  }
  const tv1::Step& step = facts.steps(static_cast<int>(facts.step()));
  if (step.kind() == "SENDING_SCHOOL" && story.silent) return;
  base::Id16 who = loaded_.bureau_official;
  if (step.office().starts_with("school:")) who = loaded_.principal.at(step.office());
  tv1::DecideStepRequest request;
  request.set_business_id(story.business.str());
  request.set_step(facts.step());
  request.set_approve(!(story.refused && facts.step() == 0));
  if (!request.approve()) request.set_reason_code("NO_SEAT");
  tv1::BusinessReply reply;
  api_.Must("twinline.transfer.v1.ApprovalService.DecideStep", request, &reply, who);
}

void Transfers::Play(int day) {
  for (TransferStory& story : stories_) {
    if (story.done || day < story.day) continue;
    if (story.business.empty()) {
      Apply(story);
    } else if ((day - story.day) % 2 == 0) {
      Decide(story);  // each office takes its time
    }
  }
}

bool Transfers::Start(size_t pupil, int day) {
  if (std::any_of(stories_.begin(), stories_.end(),
                  [&](const auto& s) { return s.pupil == pupil; }))
    return false;
  TransferStory story;
  story.pupil = pupil;
  story.day = day;
  if (!PickTarget(&story)) return false;
  stories_.push_back(story);
  Apply(stories_.back());
  return true;
}

bool Transfers::Moved(size_t pupil) const {
  return std::any_of(stories_.begin(), stories_.end(), [&](const auto& s) {
    return s.pupil == pupil && s.done && !s.refused && !s.business.empty();
  });
}

}  // namespace twinline::demo
