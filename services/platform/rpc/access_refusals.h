// What a caller is told when the door stays closed: which roles may, whose child it is not, what to
// do next. Never where a child outside the caller's reach is.
#pragma once

#include "google/protobuf/message.h"
#include "platform/base/refusal.h"
#include "platform/rpc/method.h"
#include "platform/rpc/rights.h"

namespace twinline::rpc {

base::Refusal TokenMissing();  // UNAUTHENTICATED_TOKEN_MISSING
base::Refusal TokenInvalid();  // TOKEN_INVALID
base::Refusal TokenExpired();  // TOKEN_EXPIRED
base::Refusal SessionEnded();  // SESSION_ENDED
base::Refusal RightsStale();   // UNAVAILABLE_RIGHTS_STALE
base::Refusal DutyUnknown();   // DUTY_NOT_HELD
base::Refusal WrongRole(const Method& method, const Standing& standing);  // PERMISSION_ROLE
base::Refusal OutOfScope(const Method& method, const google::protobuf::Message& request,
                         const Duty& duty);   // PERMISSION_SCOPE
base::Refusal ServerBusy();                   // BUSY_TRY_LATER
base::Refusal RequestTooLarge(size_t limit);  // REQUEST_TOO_LARGE
base::Refusal RequestUnreadable();            // REQUEST_UNREADABLE
base::Refusal AccessNotRecorded();            // UNAVAILABLE_ACCESS_RECORD

// 班主任 / class teacher.
std::string_view RoleNameZh(int role);
std::string_view RoleNameEn(int role);

}  // namespace twinline::rpc
