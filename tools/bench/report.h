// The figures of a run: a table for people and build/bench/results.json for programs. Each figure
// stands beside its baseline taken in the same run, interleaved, median of the rounds.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace twinline::bench {

struct Figure {
  std::string name;
  double value = 0;
  std::string unit;
  std::optional<double> baseline;
  std::string baseline_name;
  int runs = 0;
  std::string note;
  // For rates value/baseline, for latencies the same; what is better is the reader's business.
  std::optional<double> ratio() const;
};

double Median(std::vector<double> values);

class Report {
 public:
  void Add(Figure figure);
  // A line that is printed only.
  void Say(const std::string& line);
  // Prints the table and writes the file.
  void Finish(const std::string& file) const;

 private:
  std::vector<Figure> figures_;
};

}  // namespace twinline::bench
