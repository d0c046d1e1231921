// One function per command family; each is pure (design.md part 1.2). RegistryDomain dispatches to
// them.
#pragma once

#include "platform/base/decision.h"
#include "twinline/registry/v1/registry_commands.pb.h"

namespace twinline::registry {

#define TWINLINE_REGISTRY_DECIDE(Command)                                   \
  base::Decision Decide(const v1::Command& command, const base::Rows& rows, \
                        const base::Context& context)

// decide_place.cc
TWINLINE_REGISTRY_DECIDE(RecordAreaCommand);
TWINLINE_REGISTRY_DECIDE(RecordSchoolCommand);
TWINLINE_REGISTRY_DECIDE(RecordClassCommand);
// decide_staff.cc
TWINLINE_REGISTRY_DECIDE(RecordStaffCommand);
TWINLINE_REGISTRY_DECIDE(StartDutyCommand);
TWINLINE_REGISTRY_DECIDE(EndDutyCommand);
// decide_register.cc, decide_correct.cc
TWINLINE_REGISTRY_DECIDE(RegisterChildCommand);
TWINLINE_REGISTRY_DECIDE(CorrectChildCommand);
// decide_child.cc
TWINLINE_REGISTRY_DECIDE(PlaceChildCommand);
TWINLINE_REGISTRY_DECIDE(SetWatchGroupsCommand);
TWINLINE_REGISTRY_DECIDE(ClearProblemCommand);
TWINLINE_REGISTRY_DECIDE(AlarmUnlawfulCodeCommand);
// decide_sanction.cc
TWINLINE_REGISTRY_DECIDE(RecordSanctionCommand);
// decide_import.cc
TWINLINE_REGISTRY_DECIDE(LogImportRowsCommand);
TWINLINE_REGISTRY_DECIDE(FinishImportCommand);
// decide_duplicate.cc
TWINLINE_REGISTRY_DECIDE(ResolveDuplicateCommand);
// decide_business.cc: never refuse, they are reactions
TWINLINE_REGISTRY_DECIDE(NoteBusinessCommand);
TWINLINE_REGISTRY_DECIDE(ApplyBusinessCommand);
// decide_class.cc: never refuse either
TWINLINE_REGISTRY_DECIDE(ApplyClassBusinessCommand);
TWINLINE_REGISTRY_DECIDE(CloseMergedSchoolCommand);
// decide_export.cc
TWINLINE_REGISTRY_DECIDE(RequestExportCommand);
TWINLINE_REGISTRY_DECIDE(ApproveExportCommand);
// decide_erasure.cc
TWINLINE_REGISTRY_DECIDE(RequestErasureCommand);
TWINLINE_REGISTRY_DECIDE(OrderErasureCommand);
TWINLINE_REGISTRY_DECIDE(DeclineErasureCommand);
TWINLINE_REGISTRY_DECIDE(NoteKeyDestroyedCommand);
TWINLINE_REGISTRY_DECIDE(StartTokenRenewalCommand);
TWINLINE_REGISTRY_DECIDE(RenewTokensCommand);
TWINLINE_REGISTRY_DECIDE(CompleteErasuresCommand);
TWINLINE_REGISTRY_DECIDE(NoteKekRotatedCommand);

#undef TWINLINE_REGISTRY_DECIDE

}  // namespace twinline::registry
