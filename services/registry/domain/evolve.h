// Folding registry events into rows. Events carry complete facts, so folding is copying, plus what
// is derived from the difference between the row before and after: class memberships and head
// counts. An event that does not fit its rows is an error value, which halts the shard instead of
// guessing.
#pragma once

#include "absl/status/status.h"
#include "platform/base/decision.h"
#include "twinline/registry/v1/registry_rows.pb.h"

namespace twinline::registry {

absl::Status EvolveEvent(const journal::v1::Event& event, const base::EventContext& context,
                         base::Rows& rows);

// evolve_registration.cc: the registration row with its memberships, counts and history line.
struct FactsChange {
  const v1::ChildFacts* after = nullptr;
  const journal::v1::Event* event = nullptr;
  const base::EventContext* context = nullptr;
};
absl::Status PutNewRegistration(const v1::ChildRegistered& registered, const FactsChange& change,
                                base::Rows& rows);
absl::Status PutFacts(const FactsChange& change, base::Rows& rows);
void PutClass(const v1::ClassFacts& facts, const base::EventContext& context, base::Rows& rows);

// The line in the child's history; the caller adds what is special about its event.
v1::HistoryRow HistoryOf(std::string_view child_id, const FactsChange& change);

// evolve_duplicate.cc
absl::Status EvolveReported(const v1::DuplicateReported& event, const journal::v1::Event& raw,
                            const base::EventContext& context, base::Rows& rows);
absl::Status EvolveResolved(const v1::DuplicateResolved& event, const journal::v1::Event& raw,
                            const base::EventContext& context, base::Rows& rows);

// evolve_erasure.cc
#define TWINLINE_REGISTRY_ERASURE(Name)                                            \
  absl::Status EvolveErasure(const v1::Name& event, const journal::v1::Event& raw, \
                             const base::EventContext& context, base::Rows& rows)
TWINLINE_REGISTRY_ERASURE(ErasureRequested);
TWINLINE_REGISTRY_ERASURE(ErasureDeclined);
TWINLINE_REGISTRY_ERASURE(ErasureOrdered);
TWINLINE_REGISTRY_ERASURE(KeyDestroyed);
TWINLINE_REGISTRY_ERASURE(TokenRenewalStarted);
TWINLINE_REGISTRY_ERASURE(TokensRenewed);
TWINLINE_REGISTRY_ERASURE(ErasureCompleted);
#undef TWINLINE_REGISTRY_ERASURE

}  // namespace twinline::registry
