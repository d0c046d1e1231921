// What the index keeps of a record beyond its place in the tree: under which child and which actor
// it is found again, which class lists it showed, from where a session worked, and what later
// records need to know (whose registration it is, who was on a list). One packed value per key and
// record (decisions.md P-3): a record of 256 commits by 256 teachers costs 256 keys, not 1,500.
#pragma once

#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "audit/domain/commit_scan.h"
#include "audit/domain/subjects.h"
#include "audit/service/index_keys.h"
#include "platform/journal/admit.h"
#include "platform/store/index_store.h"

namespace twinline::audit {

class RecordIndexer {
 public:
  explicit RecordIndexer(const store::IndexStore* store) : store_(store) {}

  // Records of the registry must come before those that name its registrations.
  absl::Status Add(JournalNumber number, const journal::Admitted& record, store::IndexBatch* batch);
  // After the batch was written: what it held need no longer be remembered.
  void Written();

  // The child that a registration, case or alert leads to; no id when none was learned.
  absl::StatusOr<base::Id16> ChildOf(const base::Id16& link);

 private:
  // One place under which a commit is found.
  struct Hit {
    List list;
    base::Id16 id;
    uint32_t commit;
    uint32_t detail;  // event type or roster version
    auto operator<=>(const Hit&) const = default;
  };

  absl::Status AddEvent(const ListPlace& place, uint64_t record_place, uint32_t commit,
                        const ScannedEvent& event, store::IndexBatch* batch);
  void AddSession(const ListPlace& place, uint64_t record_place, uint32_t commit,
                  std::string_view data, store::IndexBatch* batch);
  void AddClassLists(uint32_t commit, std::string_view data);
  absl::Status Learn(const base::Id16& link, const base::Id16& child, store::IndexBatch* batch);
  void PutHits(const ListPlace& place, uint64_t record_place, store::IndexBatch* batch);

  const store::IndexStore* store_;
  // A cache over the store, complete for what the open batch holds.
  absl::flat_hash_map<base::Id16, base::Id16> links_;
  // Reused from record to record.
  std::vector<Hit> hits_;
  Subjects subjects_;
  ScannedCommit commit_;
};

}  // namespace twinline::audit
