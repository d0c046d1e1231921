// Trees and trail of all journals, kept in step with them by one thread.
//
// Order of a round, and why: first the ends of all journals are sampled, then the registry is read
// to its end, then audit/0, then the others, each up to the sampled end. Whatever a record in a
// sampled stretch knows of the registry was durable before that record, so it has been read by then
// and a registration is never met before the event that says whose it is. The index comes out equal
// whenever and however often it is built.
//
// Heads are checked where audit/0 notes them: the journal is read exactly up to the noted size and
// the roots must agree. A difference, a journal that is shorter than its noted head, or one that
// has vanished halts the audit for good: history is not what it was.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "audit/service/index_keys.h"
#include "audit/service/record_indexer.h"
#include "audit/service/tree_store.h"
#include "platform/journal/admit.h"
#include "platform/journal/journal.h"
#include "platform/store/index_store.h"

namespace twinline::audit {

// One journal as others may see it, as of the last written batch.
struct JournalView {
  std::string name;
  JournalNumber number = 0;
  std::shared_ptr<journal::Journal> journal;
  uint64_t indexed = 0;       // admitted records in the tree
  journal::Place next_place;  // where the next entry is read
  NotedHead newest;           // size 0: none noted yet
  NotedHead covered;          // the newest one under the newest checkpoint
};

struct IndexView {
  std::vector<JournalView> journals;  // by name
  NotedCheckpoint checkpoint;

  const JournalView* Find(std::string_view name) const;
  const JournalView* Find(JournalNumber number) const;
};

struct GrownHead {
  std::string journal;
  uint64_t size = 0;
  base::Digest root{};
};

class JournalIndex {
 public:
  // `wake` is called from any thread when a followed journal has news.
  JournalIndex(journal::JournalProvider* journals, std::unique_ptr<store::IndexStore> store,
               const base::Id16& installation, std::function<void()> wake);
  ~JournalIndex();

  // Opens the store in `directory`; one of another format is removed first and so built anew.
  static absl::StatusOr<std::unique_ptr<store::IndexStore>> OpenStore(
      const std::string& directory, const store::IndexStoreOptions& options = {});

  // What was stored, and that the newest noted heads are those of the trees.
  absl::Status Load();
  // Reads everything that is durable now. An error is final.
  absl::Status Pump();
  // Everything indexed so far survives a crash.
  absl::Status Flush() { return store_->Flush(); }

  // For the notary, on the thread that pumps.
  std::vector<GrownHead> Grown() const;  // by name, without audit/0
  // What the notary is about to note, so that it need not be computed again when it is read back.
  void Expect(const GrownHead& head) { expected_[head.journal] = head; }
  uint64_t audit_size() const;
  base::Digest audit_root() const;
  // audit/0 holds something below this size that the newest checkpoint does not cover yet.
  uint64_t evidence_end() const { return evidence_end_; }
  const NotedCheckpoint& checkpoint() const { return checkpoint_; }
  // The newest note that was read since the last call.
  std::optional<std::string> TakeNote() { return std::exchange(new_note_, std::nullopt); }

  // Any thread.
  std::shared_ptr<const IndexView> View() const;
  const store::IndexStore& store() const { return *store_; }

 private:
  struct Track;
  using TrackPtr = std::unique_ptr<Track>;

  absl::Status Discover();
  absl::StatusOr<Track*> OpenTrack(const std::string& name, JournalNumber number);
  absl::Status LoadTrack(Track* track);
  absl::Status CheckStoredHead(const Track& track);
  absl::Status ReadToEnd(Track* track, journal::Place end);
  absl::Status ReadToSize(Track* track, uint64_t size);
  absl::Status Take(Track* track, const journal::Admitted& record);
  absl::Status TakeAudit(const journal::Admitted& record);
  absl::Status TakeHead(const NotedHead& head, const std::string& name);
  absl::Status TakeCheckpoint(const std::string& note, const NotedCheckpoint& place);
  absl::Status CheckRoot(Track* track, uint64_t size, const base::Digest& root,
                         const std::string& who);
  absl::Status CheckGenesis(const Track& track) const;
  void SaveTrack(Track* track);
  absl::Status WriteBatch();
  void Publish();

  journal::JournalProvider* const journals_;
  const std::unique_ptr<store::IndexStore> store_;
  const base::Id16 installation_;
  const std::function<void()> wake_;

  store::IndexBatch batch_;
  RecordIndexer records_;
  std::map<std::string, TrackPtr> tracks_;
  JournalNumber last_number_ = 0;
  std::map<std::string, GrownHead> expected_;
  NotedCheckpoint checkpoint_;
  uint64_t evidence_end_ = 0;
  std::optional<std::string> new_note_;

  mutable std::mutex mutex_;
  std::shared_ptr<const IndexView> view_;
};

}  // namespace twinline::audit
