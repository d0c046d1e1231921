// Notes the heads of journals that grew, and signs what audit/0 then holds. At most once a
// second, and every ten seconds when nobody waits: each head and each note is in a journal that is
// kept for ever. It never waits: what it submits comes back through the journal, and the next step
// goes on from there. So after a crash at any point it just begins again; a head or a checkpoint
// that was recorded meanwhile is refused as not newer, and signing the same tree gives the same
// note.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "audit/domain/signed_note.h"
#include "audit/service/journal_index.h"
#include "platform/base/time.h"
#include "platform/engine/shard.h"

namespace twinline::audit {

struct NotaryOptions {
  int64_t interval_us = 10'000'000;
  int64_t interval_min_us = 1'000'000;  // when somebody waits
};

class Notary {
 public:
  // `clock` gives record time. `wake` is called from the engine's thread after each answer. Shard,
  // signer and clock outlive the notary.
  Notary(engine::Shard* shard, const NoteSigner* signer, const base::Clock* clock,
         NotaryOptions options, std::function<void()> wake);
  ~Notary();

  // One step; `urgent` when somebody waits for a checkpoint. `now_us` is monotonic. An error is a
  // contradiction that halts the audit.
  absl::Status Step(JournalIndex& index, int64_t now_us, bool urgent);

  // When, as of the last step, there is something to do although nothing wakes it; monotonic.
  int64_t due_us() const { return due_us_; }

 private:
  // Answers come on the engine's thread and may come after this notary is gone.
  struct Shared {
    std::atomic<int> in_flight = 0;
    std::atomic<uint64_t> landed = 0;  // records of audit/0 that must be indexed before going on
    std::atomic<bool> contradiction = false;
    std::mutex mutex;
    std::function<void()> wake;  // null once the notary is gone
  };

  void Submit(uint32_t command_type, std::string body);
  bool PublishKey();
  bool NoteHeads(JournalIndex& index, int64_t now_us, bool urgent);
  absl::Status Sign(JournalIndex& index, int64_t now_us);

  engine::Shard* const shard_;
  const NoteSigner* const signer_;
  const base::Clock* const clock_;
  const NotaryOptions options_;
  const std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
  bool key_published_ = false;
  int64_t last_us_ = INT64_MIN / 2;  // of the newest round of heads
  int64_t signed_us_ = INT64_MIN / 2;
  int64_t due_us_ = INT64_MAX;
};

}  // namespace twinline::audit
