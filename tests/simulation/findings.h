// What an auditor of a simulation has against it. A run with a finding has failed; the first ones
// say most, so no more are kept than a person reads.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace twinline::simulation {

class Findings {
 public:
  void Add(std::string what) {
    if (list_.size() < 10) list_.push_back(std::move(what));
  }
  bool empty() const { return list_.empty(); }
  std::string Text() const {
    std::string text;
    for (const std::string& finding : list_) text += "\n  - " + finding;
    return text;
  }

 private:
  std::vector<std::string> list_;
};

}  // namespace twinline::simulation
