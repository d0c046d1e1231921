#include "platform/journal/read_ahead.h"

#include <utility>

namespace twinline::journal {

absl::StatusOr<std::vector<Entry>> ReadAhead::Read(Place from, size_t max) {
  Entries entries = ahead_.valid() ? ahead_.get() : Entries(std::vector<Entry>());
  // Nothing, or an error, is only believed of this moment.
  const bool foreseen = entries.ok() && !entries->empty() && from == from_ && max == max_;
  if (!foreseen) entries = journal_->Read(from, max);
  if (!entries.ok() || entries->empty()) return entries;
  from_ = Place{entries->back().place.value + 1};
  max_ = max;
  ahead_ = std::async(std::launch::async, [journal = journal_, from = from_, max] {
    Entries next = journal->Read(from, max);
    if (!next.ok()) return next;
    for (const Entry& entry : *next) {
      if (entry.record == nullptr) continue;
      entry.record->digest();
      entry.record->commits();
    }
    return next;
  });
  return entries;
}

}  // namespace twinline::journal
