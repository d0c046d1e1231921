#include "audit/service/journal_index.h"

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "audit/domain/prove.h"
#include "audit/service/track.h"
#include "platform/base/decision.h"
#include "platform/base/hash.h"
#include "platform/base/status_macros.h"

namespace twinline::audit {
namespace {

constexpr size_t kReadRecords = 1'024;
constexpr size_t kBatchBytes = size_t{1} << 20;
constexpr std::string_view kRegistry = "registry/";

}  // namespace

const JournalView* IndexView::Find(std::string_view name) const {
  for (const JournalView& view : journals) {
    if (view.name == name) return &view;
  }
  return nullptr;
}

const JournalView* IndexView::Find(JournalNumber number) const {
  for (const JournalView& view : journals) {
    if (view.number == number) return &view;
  }
  return nullptr;
}

JournalIndex::JournalIndex(journal::JournalProvider* journals,
                           std::unique_ptr<store::IndexStore> store, const base::Id16& installation,
                           std::function<void()> wake)
    : journals_(journals),
      store_(std::move(store)),
      installation_(installation),
      wake_(std::move(wake)),
      records_(store_.get()),
      view_(std::make_shared<IndexView>()) {}

JournalIndex::~JournalIndex() {
  for (const auto& [name, track] : tracks_) track->journal->Unwatch(track->watch);
}

absl::StatusOr<std::unique_ptr<store::IndexStore>> JournalIndex::OpenStore(
    const std::string& directory, const store::IndexStoreOptions& options) {
  std::string format;
  AppendBig(&format, kIndexFormat, 4);
  for (int attempt = 0;; ++attempt) {
    TWINLINE_ASSIGN_OR_RETURN(auto store, store::IndexStore::Open(directory, options));
    TWINLINE_ASSIGN_OR_RETURN(const std::optional<std::string> found, store->Get(VersionKey()));
    if (found == format) return store;
    if (found && attempt == 0) {
      store.reset();
      TWINLINE_RETURN_IF_ERROR(store::IndexStore::Destroy(directory));
      continue;
    }
    store::IndexBatch batch;
    batch.Put(VersionKey(), format);
    TWINLINE_RETURN_IF_ERROR(store->Write(batch));
    return store;
  }
}

absl::Status JournalIndex::Load() {
  TWINLINE_ASSIGN_OR_RETURN(const std::optional<std::string> stored, store_->Get(CheckpointKey()));
  if (stored) checkpoint_ = DecodeCheckpoint(*stored).value_or(NotedCheckpoint());
  TWINLINE_ASSIGN_OR_RETURN(const std::vector<std::string> names, journals_->List());
  const std::string prefix = JournalKey("");
  store::IndexCursor cursor = store_->MakeCursor();
  for (cursor.Seek(prefix); cursor.valid() && cursor.key().starts_with(prefix); cursor.Next()) {
    const std::string name(cursor.key().substr(prefix.size()));
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      return absl::DataLossError(absl::StrCat("journal ", name, " has vanished"));
    }
    const auto number = static_cast<JournalNumber>(ReadBig(cursor.value(), 0, 2));
    last_number_ = std::max(last_number_, number);
    TWINLINE_ASSIGN_OR_RETURN(Track * track, OpenTrack(name, number));
    TWINLINE_RETURN_IF_ERROR(LoadTrack(track));
    TWINLINE_RETURN_IF_ERROR(CheckStoredHead(*track));
  }
  TWINLINE_RETURN_IF_ERROR(cursor.status());
  // Whatever follows the newest checkpoint in audit/0 is evidence that it does not cover; one
  // checkpoint too many after a restart does no harm.
  if (audit_size() > checkpoint_.pos + 1) evidence_end_ = audit_size();
  Publish();
  return absl::OkStatus();
}

absl::StatusOr<JournalIndex::Track*> JournalIndex::OpenTrack(const std::string& name,
                                                             JournalNumber number) {
  TWINLINE_ASSIGN_OR_RETURN(std::shared_ptr<journal::Journal> journal, journals_->Open(name));
  auto track = std::make_unique<Track>(name, number, std::move(journal));
  track->watch = track->journal->Watch(wake_);
  Track* raw = track.get();
  tracks_[name] = std::move(track);
  return raw;
}

absl::Status JournalIndex::LoadTrack(Track* track) {
  for (const bool covered : {false, true}) {
    TWINLINE_ASSIGN_OR_RETURN(const auto head, store_->Get(HeadKey(track->number, covered)));
    if (head) (covered ? track->covered : track->newest) = DecodeHead(*head).value_or(NotedHead());
  }
  TWINLINE_ASSIGN_OR_RETURN(const auto follow, store_->Get(FollowKey(track->number)));
  if (!follow) return absl::OkStatus();
  TWINLINE_RETURN_IF_ERROR(track->Restore(*follow, *store_));
  if (track->tree.size() % kBlockRecords == 0) return absl::OkStatus();
  TWINLINE_ASSIGN_OR_RETURN(
      const auto block, store_->Get(BlockKey(track->number, track->tree.size() / kBlockRecords)));
  if (block) track->block = DecodeBlock(*block).value_or(Block());
  return absl::OkStatus();
}

absl::Status JournalIndex::CheckStoredHead(const Track& track) {
  if (track.newest.size == 0) return absl::OkStatus();
  const auto root = base::Root(StoredTree(store_.get(), track.number), track.newest.size);
  if (root.ok() && *root == track.newest.root) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("the stored tree of ", track.name, " does not have the head noted at size ",
                   track.newest.size, ": delete the index, it is built anew from the journals"));
}

absl::Status JournalIndex::Discover() {
  TWINLINE_ASSIGN_OR_RETURN(const std::vector<std::string> names, journals_->List());
  for (const std::string& name : names) {
    if (tracks_.contains(name)) continue;
    const auto number = static_cast<JournalNumber>(last_number_ + 1);
    if (number == 0) return absl::ResourceExhaustedError("more than 65,535 journals");
    last_number_ = number;
    TWINLINE_RETURN_IF_ERROR(OpenTrack(name, number).status());
    std::string value;
    AppendBig(&value, number, 2);
    batch_.Put(JournalKey(name), value);
  }
  return absl::OkStatus();
}

absl::Status JournalIndex::Pump() {
  TWINLINE_RETURN_IF_ERROR(Discover());
  std::vector<std::pair<Track*, journal::Place>> rest;
  std::pair<Track*, journal::Place> audit = {nullptr, {}};
  for (const auto& [name, track] : tracks_) {
    TWINLINE_ASSIGN_OR_RETURN(const journal::Place end, track->journal->End());
    if (name == kAuditJournal) {
      audit = {track.get(), end};
    } else if (!name.starts_with(kRegistry)) {
      rest.emplace_back(track.get(), end);
    }
  }
  for (const auto& [name, track] : tracks_) {
    if (!name.starts_with(kRegistry)) continue;
    TWINLINE_ASSIGN_OR_RETURN(const journal::Place end, track->journal->End());
    TWINLINE_RETURN_IF_ERROR(ReadToEnd(track.get(), end));
  }
  if (audit.first != nullptr) TWINLINE_RETURN_IF_ERROR(ReadToEnd(audit.first, audit.second));
  for (const auto& [track, end] : rest) TWINLINE_RETURN_IF_ERROR(ReadToEnd(track, end));
  return WriteBatch();
}

absl::Status JournalIndex::ReadToEnd(Track* track, journal::Place end) {
  while (track->reader.next_place() < end) {
    const uint64_t left = end.value - track->reader.next_place().value;
    TWINLINE_ASSIGN_OR_RETURN(const std::vector<journal::Admitted> records,
                              track->reader.Next(std::min<uint64_t>(kReadRecords, left)));
    if (records.empty()) break;
    for (const journal::Admitted& record : records) {
      TWINLINE_RETURN_IF_ERROR(Take(track, record));
    }
  }
  return absl::OkStatus();
}

absl::Status JournalIndex::ReadToSize(Track* track, uint64_t size) {
  while (track->tree.size() < size) {
    TWINLINE_ASSIGN_OR_RETURN(
        const std::vector<journal::Admitted> records,
        track->reader.Next(std::min<uint64_t>(kReadRecords, size - track->tree.size())));
    if (records.empty()) {
      return absl::DataLossError(absl::StrCat("journal ", track->name, " ends at record ",
                                              track->tree.size(), ", but audit/0 notes ", size));
    }
    for (const journal::Admitted& record : records) {
      TWINLINE_RETURN_IF_ERROR(Take(track, record));
    }
  }
  return absl::OkStatus();
}

absl::Status JournalIndex::Take(Track* track, const journal::Admitted& record) {
  if (record.pos != track->tree.size()) {
    return absl::DataLossError(absl::StrCat("journal ", track->name, ": record ", record.pos,
                                            " after a tree of ", track->tree.size()));
  }
  if (record.pos == 0) TWINLINE_RETURN_IF_ERROR(CheckGenesis(*track));
  if (track->name == kAuditJournal) TWINLINE_RETURN_IF_ERROR(TakeAudit(record));
  track->tree.Append(base::LeafHash(base::View(record.record->digest())));
  track->Took(record);
  if (track->NoteInBlock(record)) {
    batch_.Put(BlockKey(track->number, record.pos / kBlockRecords), EncodeBlock(track->block));
  }
  TWINLINE_RETURN_IF_ERROR(records_.Add(track->number, record, &batch_));
  return batch_.bytes() < kBatchBytes ? absl::OkStatus() : WriteBatch();
}

absl::Status JournalIndex::CheckGenesis(const Track& track) const {
  const auto& genesis = track.reader.state().genesis;
  if (genesis && genesis->installation_id() == installation_.bytes()) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("journal ", track.name, " belongs to another installation"));
}

void JournalIndex::SaveTrack(Track* track) {
  if (!track->dirty) return;
  track->dirty = false;
  track->tree.Save(&batch_);
  batch_.Put(FollowKey(track->number), track->Encode());
  if (track->tree.size() % kBlockRecords != 0) {
    batch_.Put(BlockKey(track->number, track->tree.size() / kBlockRecords),
               EncodeBlock(track->block));
  }
}

absl::Status JournalIndex::WriteBatch() {
  for (const auto& [name, track] : tracks_) SaveTrack(track.get());
  if (batch_.empty()) return absl::OkStatus();
  if (const absl::Status written = store_->Write(batch_); !written.ok()) {
    // Not to be tried again: the readers have already gone on.
    return absl::AbortedError(std::string(written.message()));
  }
  batch_.Clear();
  records_.Written();
  Publish();
  return absl::OkStatus();
}

void JournalIndex::Publish() {
  auto view = std::make_shared<IndexView>();
  view->checkpoint = checkpoint_;
  for (const auto& [name, track] : tracks_) {
    view->journals.push_back({name, track->number, track->journal, track->tree.size(),
                              track->taken_place, track->newest, track->covered});
  }
  const std::lock_guard lock(mutex_);
  view_ = std::move(view);
}

std::shared_ptr<const IndexView> JournalIndex::View() const {
  const std::lock_guard lock(mutex_);
  return view_;
}

std::vector<GrownHead> JournalIndex::Grown() const {
  std::vector<GrownHead> grown;
  for (const auto& [name, track] : tracks_) {
    if (name == kAuditJournal || track->tree.size() <= track->newest.size) continue;
    grown.push_back({name, track->tree.size(), track->tree.Root()});
  }
  return grown;
}

uint64_t JournalIndex::audit_size() const {
  const auto it = tracks_.find(std::string(kAuditJournal));
  return it == tracks_.end() ? 0 : it->second->tree.size();
}

base::Digest JournalIndex::audit_root() const {
  const auto it = tracks_.find(std::string(kAuditJournal));
  return it == tracks_.end() ? base::EmptyRoot() : it->second->tree.Root();
}

}  // namespace twinline::audit
