// The media that must all behave as journal.h says. A medium gives a provider; one that keeps its
// records can also be restarted. To add a medium: write its class here and name it in JournalMedia
// and, when it outlives a process, in DurableMedia.
#pragma once

#include <memory>

#include <gtest/gtest.h>

#include "platform/base/check.h"
#include "platform/journal/embedded_journal.h"
#include "platform/journal/journal.h"
#include "platform/journal/sim_journal.h"
#include "tests/support/temp_dir.h"

namespace twinline::journal_test {

// In memory, with gaps and small reads: what is lawful but unlike the embedded log.
class SimMedium {
 public:
  journal::JournalProvider& provider() { return provider_; }

 private:
  static journal::SimFaults Lawful() {
    journal::SimFaults faults;
    faults.place_gap = 300;
    faults.read_in_pieces = 300;
    return faults;
  }
  journal::SimJournalProvider provider_{20260901, Lawful()};
};

// On disk. `kMemory` is how much each journal keeps in memory.
template <size_t kMemory>
class EmbeddedMedium {
 public:
  EmbeddedMedium() { Restart(); }
  journal::JournalProvider& provider() { return *log_; }
  void Restart() {
    log_.reset();
    journal::EmbeddedLogOptions options;
    options.memory_per_journal_bytes = kMemory;
    auto log = journal::EmbeddedLog::Open(dir_ / "log", options);
    TWINLINE_CHECK(log.ok(), log.status().ToString().c_str());
    log_ = std::move(log).value();
  }

 private:
  test_support::TempDir dir_;
  std::unique_ptr<journal::EmbeddedLog> log_;
};

// The second has room for about two records, so that nearly every read goes to the files.
using JournalMedia =
    testing::Types<SimMedium, EmbeddedMedium<size_t{8} << 20>, EmbeddedMedium<256>>;
using DurableMedia = testing::Types<EmbeddedMedium<size_t{8} << 20>, EmbeddedMedium<256>>;

}  // namespace twinline::journal_test
