// The one mapping between our errors and gRPC's. A refusal travels as a gRPC status whose text is
// the English sentence and whose details carry code, both languages and facts (twinline.types.v1
// .RefusalDetail in grpc-status-details-bin); clients get back what the server said.
#pragma once

#include <optional>

#include "absl/status/status.h"
#include "grpcpp/support/status.h"
#include "platform/base/refusal.h"

namespace twinline::rpc {

// By the code: TOKEN_, SESSION_, UNAUTHENTICATED_ -> UNAUTHENTICATED; PERMISSION_, DUTY_ ->
// PERMISSION_DENIED; FIELD_, REQUEST_ -> INVALID_ARGUMENT; ..._NOT_FOUND -> NOT_FOUND; BUSY_ ->
// RESOURCE_EXHAUSTED; UNAVAILABLE_ and ROSTER_NEWER_THAN_KNOWN -> UNAVAILABLE; everything else ->
// FAILED_PRECONDITION.
grpc::StatusCode CodeOf(const base::Refusal& refusal);

grpc::Status ToGrpc(const base::Refusal& refusal);

// Equal codes. A message that begins with a code ("REQUEST_ID_REUSED: ...") keeps it in the
// details; others get a general code with a general sentence in Chinese. What went wrong inside
// (INTERNAL, DATA_LOSS, UNKNOWN) is for the log, not for callers.
grpc::Status ToGrpc(const absl::Status& status);

// The engine has no words for people: its "no" to a request id that was used for another body comes
// as a status. As a refusal it is spoken in both languages and recorded as every other. Absent: the
// status is an operating error.
std::optional<base::Refusal> RefusalIn(const absl::Status& status);

// What a client sees: the status, and the refusal when the details hold one.
absl::Status FromGrpc(const grpc::Status& status);
std::optional<base::Refusal> RefusalOf(const grpc::Status& status);

}  // namespace twinline::rpc
