#include "tests/support/reaction_graph.h"

#include "platform/base/decision.h"
#include "twinline/accountability/v1/accountability_events.pb.h"
#include "twinline/attendance/v1/attendance_events.pb.h"
#include "twinline/registry/v1/registry_events.pb.h"
#include "twinline/transfer/v1/transfer_class_events.pb.h"
#include "twinline/transfer/v1/transfer_events.pb.h"

namespace twinline::test {
namespace {

using namespace registry::v1;
using namespace transfer::v1;
using namespace attendance::v1;
namespace cv1 = accountability::v1;

template <typename... Messages>
std::vector<uint32_t> Types() {
  return {base::EventType<Messages>()...};
}

// What any change of a case may say, whatever the cause.
std::vector<uint32_t> OfCases() {
  return Types<cv1::CaseOpened, cv1::CaseReopened, cv1::CaseChanged, cv1::CaseClosed,
               cv1::CaseReassigned, cv1::FalseAlarmProposed, cv1::ProbationStarted,
               cv1::ProbationEnded, cv1::OwnerVacant, cv1::AlertOffered, cv1::DeliveryRequested,
               cv1::TaskOpened, cv1::TaskEnded, cv1::SuspensionWatched, cv1::ArrivalWatched,
               cv1::WatchEnded, cv1::OfficeReviewPlanned>();
}

}  // namespace

const std::vector<Reaction>& Reactions() {
  static const auto* reactions = new std::vector<Reaction>{
      {"registry", "registry.note_opened",
       Types<BusinessOpened, RefusalOverridden, BusinessReassigned>(), Types<BusinessNoted>()},
      {"registry", "registry.note_closed",
       Types<BusinessRefused, BusinessWithdrawn, BusinessCompleted>(), Types<BusinessNoted>()},
      {"registry", "registry.apply_approved", Types<BusinessApproved>(),
       Types<RegistrationMoved, RegistrationStatusChanged, MoveRefused>()},
      {"registry", "registry.apply_class", Types<ClassBusinessApproved>(), Types<ClassPromoted>()},
      {"registry", "registry.close_merged", Types<ClassRunFinished>(), Types<SchoolRecorded>()},

      {"transfer", "transfer.confirm",
       Types<RegistrationMoved, RegistrationStatusChanged, MoveRefused>(),
       Types<BusinessCompleted, BusinessNeedsAttention>()},
      {"transfer", "transfer.confirm_class", Types<ClassPromoted>(),
       Types<ClassBusinessCompleted, ClassRunFinished>()},
      {"transfer", "transfer.reassign", Types<SchoolRecorded>(),
       Types<BusinessReassigned, BusinessWithdrawn>()},

      {"attendance", "attendance.start_school_days", Types<SchoolRecorded>(),
       Types<SchoolDaysStarted>()},
      {"attendance", "attendance.move_tracked",
       Types<ChildPlaced, RegistrationMoved, RegistrationStatusChanged, DuplicateResolved>(),
       Types<TrackedMoved, Untracked>()},
      {"attendance", "attendance.move_tracked_class", Types<ClassPromoted>(),
       Types<TrackedMoved, Untracked>()},
      {"attendance", "attendance.set_watch",
       Types<cv1::ProbationStarted, cv1::ProbationEnded, cv1::CaseClosed>(),
       Types<Tracked, Untracked>()},

      {"accountability", "accountability.verdicts", Types<RollCallTaken, DayJudged>(), OfCases()},
      {"accountability", "accountability.crossed", Types<StreakCrossed>(), OfCases()},
      {"accountability", "accountability.recounted", Types<StreakRecomputed>(), OfCases()},
      {"accountability", "accountability.streak_ended", Types<StreakEnded>(), OfCases()},
      {"accountability", "accountability.unmarked", Types<ClassUnmarked>(), OfCases()},
      {"accountability", "accountability.two_schools", Types<PresentAtTwoSchools>(), OfCases()},
      {"accountability", "accountability.placement",
       Types<RegistrationMoved, ChildPlaced, ChildCorrected, RegistrationStatusChanged>(),
       OfCases()},
      {"accountability", "accountability.class_moved", Types<ClassPromoted>(), OfCases()},
      {"accountability", "accountability.status", Types<RegistrationStatusChanged>(), OfCases()},
      {"accountability", "accountability.merge", Types<DuplicateResolved>(), OfCases()},
      {"accountability", "accountability.duty", Types<DutyStarted, DutyEnded>(), OfCases()},
      {"accountability", "accountability.unlawful_code", Types<UnlawfulCodeAlarmed>(),
       Types<cv1::AlertOffered>()},
      {"accountability", "accountability.transfer_done", Types<BusinessCompleted>(), OfCases()},
      {"accountability", "accountability.transfer_overdue", Types<BusinessLongOverdue>(),
       OfCases()},
  };
  return *reactions;
}

}  // namespace twinline::test
