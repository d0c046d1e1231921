// Early return for absl::Status and absl::StatusOr.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define TWINLINE_RETURN_IF_ERROR(expr)                                                          \
  do {                                                                                          \
    if (::absl::Status twinline_status = (expr); !twinline_status.ok()) return twinline_status; \
  } while (false)

#define TWINLINE_CONCAT_INNER(a, b) a##b
#define TWINLINE_CONCAT(a, b) TWINLINE_CONCAT_INNER(a, b)
#define TWINLINE_ASSIGN_OR_RETURN(lhs, expr) \
  TWINLINE_ASSIGN_OR_RETURN_IMPL(TWINLINE_CONCAT(twinline_or_, __LINE__), lhs, expr)
#define TWINLINE_ASSIGN_OR_RETURN_IMPL(tmp, lhs, expr) \
  auto tmp = (expr);                                   \
  if (!tmp.ok()) return tmp.status();                  \
  lhs = std::move(tmp).value()
