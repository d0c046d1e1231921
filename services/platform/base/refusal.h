// A refusal is a business "no" with a typed code, not an error: it tells the caller in Chinese and
// English which rule said no and what to do next. Codes are part of the contract and never change
// their meaning (docs/refusals.md lists them).
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace twinline::base {

struct Refusal {
  std::string code;  // UPPER_SNAKE, for example TRANSFER_FROZEN_SUMMER
  std::string zh;    // full sentence that names the rule and the next step
  std::string en;
  // Machine-readable facts behind the refusal, for example {"until", "2026-08-15"}.
  std::vector<std::pair<std::string, std::string>> details;
  // The command names what a followed journal will bring: the engine decides it again when one
  // moved, until the caller's deadline.
  bool wait_for_sources = false;
};

}  // namespace twinline::base
