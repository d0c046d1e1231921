#include "tools/bench/report.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tools/bench/aims.h"

namespace twinline::bench {

std::optional<double> Figure::ratio() const {
  if (!baseline || *baseline == 0) return std::nullopt;
  return value / *baseline;
}

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

void Report::Add(Figure figure) {
  std::printf("  %-24s %12.2f %s\n", figure.name.c_str(), figure.value, figure.unit.c_str());
  std::fflush(stdout);
  figures_.push_back(std::move(figure));
}

void Report::Say(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

void Report::Finish(const std::string& file) const {
  std::printf("\n%-24s %12s %-12s %12s %8s %5s  %s\n", "name", "value", "unit", "baseline", "ratio",
              "runs", "note");
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Figure& figure : figures_) {
    char baseline[32] = "-", ratio[32] = "-";
    if (figure.baseline) std::snprintf(baseline, sizeof baseline, "%.2f", *figure.baseline);
    if (figure.ratio()) std::snprintf(ratio, sizeof ratio, "%.2f", *figure.ratio());
    std::printf("%-24s %12.2f %-12s %12s %8s %5d  %s\n", figure.name.c_str(), figure.value,
                figure.unit.c_str(), baseline, ratio, figure.runs,
                (figure.baseline_name.empty() ? figure.note
                                              : "vs " + figure.baseline_name + "  " + figure.note)
                    .c_str());
    nlohmann::ordered_json line{
        {"name", figure.name}, {"value", figure.value}, {"unit", figure.unit}};
    line["baseline"] =
        figure.baseline ? nlohmann::ordered_json(*figure.baseline) : nlohmann::ordered_json();
    line["ratio"] =
        figure.ratio() ? nlohmann::ordered_json(*figure.ratio()) : nlohmann::ordered_json();
    line["runs"] = figure.runs;
    if (!figure.note.empty()) line["note"] = figure.note;
    list.push_back(std::move(line));
  }
  for (const Figure& figure : figures_) {
    if (const auto missed = MissedAim(figure)) std::printf("\n%s\n", missed->c_str());
  }
  std::filesystem::create_directories(std::filesystem::path(file).parent_path());
  std::ofstream(file) << list.dump(2) << "\n";
  std::printf("\nwritten: %s\n", file.c_str());
}

}  // namespace twinline::bench
