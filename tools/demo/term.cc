#include "tools/demo/term.h"

#include <algorithm>

#include "tools/demo/progress.h"
#include "twinline/attendance/v1/attendance.pb.h"
#include "twinline/demo/v1/demo_clock.pb.h"
#include "twinline/registry/v1/registry.pb.h"

namespace twinline::demo {

namespace av1 = attendance::v1;
using base::CivilDay;
using base::Timestamp;

namespace {

constexpr std::string_view kAttendance = "twinline.attendance.v1.AttendanceService.";

Timestamp AtHour(CivilDay day, int hour, int minute = 0) {
  return {base::StartOfDay(day).us + (int64_t{hour} * 60 + minute) * 60'000'000};
}

}  // namespace

Term::Term(Api& api, const datagen::County& county, Loaded& loaded, std::vector<CivilDay> days,
           uint64_t seed)
    : api_(api),
      county_(county),
      loaded_(loaded),
      days_(std::move(days)),
      plan_(county, seed, static_cast<int>(days_.size())),
      transfers_(api, county, loaded, seed, static_cast<int>(days_.size())),
      cases_(api, county, loaded, plan_, transfers_),
      alerts_(api, county, loaded),
      followed_(county.pupils.size(), false) {
  for (const datagen::Class& school_class : county.classes) rosters_.push_back(school_class.pupils);
}

void Term::AdvanceTo(Api& api, Timestamp to) {
  demo::v1::AdvanceToRequest request;
  request.set_to_unix_us(to.us);
  demo::v1::AdvanceToReply reply;
  rpc::CallOptions options;
  options.deadline_us = 600'000'000;
  const rpc::CallResult result =
      api.client().Call("twinline.demo.v1.DemoClock.AdvanceTo", request, &reply, options);
  if (!result.ok()) Stop("AdvanceTo: " + result.status.ToString());
  api.SetNow(reply.now_unix_us());
}

TermResult Term::Play() {
  alerts_.Start();
  {
    Progress progress("学期 school days", days_.size());
    for (int day = 0; day < static_cast<int>(days_.size()); ++day) {
      PlayDay(day);
      progress.Add();
    }
  }
  TermResult result;
  result.roll_calls = roll_calls_;
  const CaseCounts counts = cases_.Count();
  result.cases_opened = counts.opened;
  result.cases_closed = counts.closed;
  result.transfers_completed = transfers_.completed();
  result.alerts_delivered = alerts_.Stop();
  if (refused_ > 0) Progress::Say("被拒绝的点名 refused roll calls: " + std::to_string(refused_));
  return result;
}

void Term::PlayDay(int day) {
  AdvanceTo(api_, AtHour(days_[static_cast<size_t>(day)], 8, 5));
  TakeRollCalls(day, 1);
  AdvanceTo(api_, AtHour(days_[static_cast<size_t>(day)], 14, 35));
  TakeRollCalls(day, 2);
  AdvanceTo(api_, AtHour(days_[static_cast<size_t>(day)], 16, 30));
  CorrectMistakes(day);
  cases_.Play(day, days_[static_cast<size_t>(day)]);
  transfers_.Play(day);
  FollowMoves();
  // Day close: classes that nobody marked are named.
  AdvanceTo(api_, AtHour(days_[static_cast<size_t>(day)], 18, 30));
}

void Term::TakeRollCalls(int day, uint32_t session) {
  for (size_t c = 0; c < county_.classes.size(); ++c) {
    if (plan_.Unmarked(c, day) || rosters_[c].empty()) continue;
    av1::SubmitRollCallRequest request;
    request.set_class_id(loaded_.classes[c].str());
    request.mutable_day()->set_days(days_[static_cast<size_t>(day)].days);
    request.set_session(static_cast<types::v1::Session>(session));
    request.set_roster_version(loaded_.roster_version[c]);
    for (const size_t pupil : rosters_[c]) {
      const uint32_t code = plan_.Mark(pupil, day, session);
      if (code == 0) continue;
      av1::MarkedException* exception = request.add_exceptions();
      exception->set_registration_id(loaded_.registrations[pupil].str());
      exception->set_code(code);
    }
    for (const datagen::TwoSchools& two : plan_.two_schools()) {
      if (two.other_class != c || two.day != day) continue;
      av1::MarkedException* guest = request.add_exceptions();
      guest->set_registration_id(loaded_.registrations[two.pupil].str());
      guest->set_code(6);
    }
    auto reply = std::make_shared<av1::SubmitRollCallReply>();
    api_.CallAsync(std::string(kAttendance) + "SubmitRollCall", request, reply,
                   loaded_.staff[county_.classes[c].teacher],
                   [this](const rpc::CallResult& result) {
                     if (result.ok()) {
                       ++roll_calls_;
                     } else if (refused_++ == 0) {
                       Progress::Say("点名被拒 roll call refused: " + result.code());
                     }
                   });
  }
  api_.WaitAll();
}

// A child that moved sits in another class from now on.
void Term::FollowMoves() {
  for (size_t pupil = 0; pupil < followed_.size(); ++pupil) {
    if (followed_[pupil] || !transfers_.Moved(pupil)) continue;
    followed_[pupil] = true;
    registry::v1::GetChildRequest request;
    request.set_child_id(loaded_.children[pupil].str());
    registry::v1::ChildReply reply;
    api_.Must("twinline.registry.v1.RegistryService.GetChild", request, &reply,
              loaded_.bureau_official);
    for (size_t c = 0; c < rosters_.size(); ++c) std::erase(rosters_[c], pupil);
    for (size_t c = 0; c < rosters_.size(); ++c) {
      if (loaded_.classes[c].bytes() == reply.child().facts().class_id())
        rosters_[c].push_back(pupil);
    }
  }
}

// The teacher was wrong on the third day of a streak: reason and principal's signature a week later
// (D03).
void Term::CorrectMistakes(int day) {
  for (const datagen::Truant& truant : plan_.truants()) {
    if (!truant.corrected || day != truant.first_day + 7) continue;
    const size_t c = county_.pupils[truant.pupil].school_class;
    for (const uint32_t session : {1u, 2u}) {
      av1::ProposeCorrectionRequest propose;
      propose.set_class_id(loaded_.classes[c].str());
      propose.mutable_day()->set_days(days_[static_cast<size_t>(truant.first_day + 2)].days);
      propose.set_session(static_cast<types::v1::Session>(session));
      propose.set_registration_id(loaded_.registrations[truant.pupil].str());
      propose.set_code_after(0);
      propose.set_reason("当日在校参加比赛，点名时漏记");
      av1::ProposeCorrectionReply proposed;
      if (!api_.Call(std::string(kAttendance) + "ProposeCorrection", propose, &proposed,
                     loaded_.staff[county_.classes[c].teacher])
               .ok()) {
        continue;
      }
      av1::SignCorrectionRequest sign;
      sign.set_class_id(propose.class_id());
      sign.set_correction_id(proposed.correction_id());
      av1::SignCorrectionReply signed_reply;
      api_.Call(std::string(kAttendance) + "SignCorrection", sign, &signed_reply,
                loaded_.principal.at("school:" + county_.schools[county_.classes[c].school].code));
    }
  }
}

}  // namespace twinline::demo
