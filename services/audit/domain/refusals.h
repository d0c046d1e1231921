// What the audit says no to. Codes are contract (docs/refusals.md).
#pragma once

#include <string>
#include <string_view>

#include "platform/base/refusal.h"

namespace twinline::audit {

// Heads and checkpoints.
base::Refusal OnlyTheAuditService();
base::Refusal HeadNotNewer(std::string_view journal);
base::Refusal HeadContradicts(std::string_view journal);
base::Refusal CheckpointNotNewer();
base::Refusal CheckpointMalformed();
base::Refusal KeyKnown();

// Trails leaving the house.
base::Refusal ExportUnknown();
base::Refusal ExportSamePerson();
base::Refusal ExportApprovedAlready();
base::Refusal ExportNotApproved();
base::Refusal ExportOfOthers();
base::Refusal ExportExpired();
base::Refusal ExportSubjectMissing();
base::Refusal TrailTooLong(size_t limit);

// Queries.
base::Refusal QueryEmpty();
base::Refusal QueryOutOfScope();
base::Refusal ActionUnknown(std::string_view action);
base::Refusal PageTokenInvalid();
base::Refusal EntryUnknown();
base::Refusal CheckpointSizeUnknown(uint64_t newest);
base::Refusal CommandUnknown();

}  // namespace twinline::audit
