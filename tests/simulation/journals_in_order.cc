#include "tests/simulation/journals_in_order.h"

#include <algorithm>
#include <utility>

namespace twinline::simulation {

JournalsInOrder::JournalsInOrder(const std::vector<std::shared_ptr<journal::Journal>>& journals) {
  for (const auto& journal : journals) {
    sources_.push_back({journal->name(), journal::AdmittedReader(journal), {}, 0});
  }
}

bool JournalsInOrder::MayTell(const journal::v1::RecordHeader& header) const {
  const auto here = [this](const auto& position) {
    return std::all_of(sources_.begin(), sources_.end(), [&](const Source& source) {
      return source.name != position.journal() || source.told >= position.next_pos();
    });
  };
  return std::all_of(header.scans().begin(), header.scans().end(), here) &&
         std::all_of(header.inputs().begin(), header.inputs().end(), here);
}

absl::Status JournalsInOrder::Read(std::vector<SeenRecord>* into) {
  for (Source& source : sources_) {
    auto read = source.reader.Next(1024);
    if (!read.ok()) return read.status();
    for (journal::Admitted& record : *read) source.ahead.push_back(std::move(record));
  }
  for (bool moved = true; moved;) {
    moved = false;
    for (size_t i = 0; i < sources_.size(); ++i) {
      Source& source = sources_[i];
      while (!source.ahead.empty() && MayTell(source.ahead.front().record->header())) {
        into->push_back({i, std::move(source.ahead.front())});
        source.ahead.pop_front();
        ++source.told;
        moved = true;
      }
    }
  }
  return absl::OkStatus();
}

size_t JournalsInOrder::waiting() const {
  size_t count = 0;
  for (const Source& source : sources_) count += source.ahead.size();
  return count;
}

}  // namespace twinline::simulation
