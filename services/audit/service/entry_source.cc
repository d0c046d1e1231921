#include "audit/service/entry_source.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "audit/domain/prove.h"
#include "platform/base/status_macros.h"

namespace twinline::audit {
namespace {

bool IsLeaf(const base::NodeStore& tree, uint64_t pos, const journal::RecordPtr& record) {
  const auto leaf = tree.Get(0, pos);
  return leaf && record != nullptr && *leaf == base::LeafHash(base::View(record->digest()));
}

absl::Status Changed(const JournalView& journal, uint64_t pos) {
  return absl::DataLossError(absl::StrCat("journal ", journal.name, ": record ", pos,
                                          " is not the one under the tree; run fsck"));
}

class ListSource final : public EntrySource {
 public:
  ListSource(const store::IndexStore& store, std::string prefix, const Stretch& stretch,
             std::optional<std::pair<uint32_t, uint32_t>> versions)
      : cursor_(store.MakeCursor()),
        prefix_(std::move(prefix)),
        stretch_(stretch),
        versions_(versions) {
    std::string start = prefix_;
    const int64_t edge = stretch_.newest_first ? stretch_.high() : stretch_.low();
    AppendBig(&start, static_cast<uint64_t>(std::max<int64_t>(edge, 0)), 8);
    if (stretch_.newest_first) {
      cursor_.SeekBack(start);
    } else {
      cursor_.Seek(start);
    }
    Find();
  }

  const Candidate* Now() const override { return now_ ? &*now_ : nullptr; }
  void Next() override {
    Step();
    Find();
  }
  absl::Status status() const override { return cursor_.status(); }

 private:
  void Step() {
    if (stretch_.newest_first) {
      cursor_.Prev();
    } else {
      cursor_.Next();
    }
  }

  void Find() {
    now_.reset();
    for (; cursor_.valid() && cursor_.key().starts_with(prefix_); Step()) {
      const auto place = PlaceOfKey(cursor_.key(), prefix_.size());
      if (!place) continue;
      // Times are in key order: beyond the far edge there is nothing more.
      const bool beyond = stretch_.newest_first ? place->time_us < stretch_.from_us
                                                : place->time_us >= stretch_.to_us;
      if (beyond) return;
      if (!stretch_.Within(place->time_us) || !stretch_.Behind(*place)) continue;
      auto value = DecodeListValue(place->pos, cursor_.value());
      if (!value || !Keep(&value->commits)) continue;
      now_ = Candidate{*place, value->place, std::move(value->commits), nullptr};
      return;
    }
  }

  bool Keep(std::vector<ListedCommit>* commits) const {
    if (!versions_) return true;
    std::erase_if(*commits, [this](const ListedCommit& commit) {
      return std::none_of(commit.detail.begin(), commit.detail.end(), [this](uint32_t version) {
        return version >= versions_->first && version < versions_->second;
      });
    });
    return !commits->empty();
  }

  store::IndexCursor cursor_;
  const std::string prefix_;
  const Stretch stretch_;
  const std::optional<std::pair<uint32_t, uint32_t>> versions_;
  std::optional<Candidate> now_;
};

// Reads block by block; the records of a block are those whose hashes are the leaves of the tree.
class JournalSource final : public EntrySource {
 public:
  JournalSource(const store::IndexStore& store, JournalView journal, const Stretch& stretch)
      : store_(store),
        journal_(std::move(journal)),
        stretch_(stretch),
        tree_(&store, journal_.number),
        blocks_((journal_.indexed + kBlockRecords - 1) / kBlockRecords) {
    Fill();
  }

  const Candidate* Now() const override { return at_ < found_.size() ? &found_[at_] : nullptr; }
  void Next() override {
    if (++at_ >= found_.size()) Fill();
  }
  absl::Status status() const override { return status_; }

 private:
  void Fill() {
    found_.clear();
    at_ = 0;
    while (found_.empty() && status_.ok() && done_ < blocks_) {
      const uint64_t block = stretch_.newest_first ? blocks_ - 1 - done_ : done_;
      ++done_;
      const auto stored = store_.Get(BlockKey(journal_.number, block));
      const auto known = stored.ok() && *stored ? DecodeBlock(**stored) : std::nullopt;
      if (!known) {
        status_ = stored.ok() ? absl::DataLossError("the audit's index is damaged: delete it")
                              : stored.status();
      } else if (known->to_us >= stretch_.low() && known->from_us < stretch_.high()) {
        status_ = ReadBlock(block, *known);
      }
    }
  }

  absl::Status ReadBlock(uint64_t block, const Block& known) {
    uint64_t pos = block * kBlockRecords;
    const uint64_t end = std::min(pos + kBlockRecords, journal_.indexed);
    journal::Place next{known.first_place};
    while (pos < end) {
      TWINLINE_ASSIGN_OR_RETURN(const std::vector<journal::Entry> entries,
                                journal_.journal->Read(next, end - pos));
      if (entries.empty()) return Changed(journal_, pos);
      for (const journal::Entry& entry : entries) {
        next = {entry.place.value + 1};
        if (pos >= end || !IsLeaf(tree_, pos, entry.record)) continue;  // late or repeated
        const ListPlace place{entry.record->header().time_unix_us(), journal_.number, pos};
        ++pos;
        if (entry.record->record().commit_size() == 0) continue;
        if (!stretch_.Within(place.time_us) || !stretch_.Behind(place)) continue;
        found_.push_back({place, entry.place.value, {}, entry.record});
      }
    }
    std::sort(found_.begin(), found_.end(), [this](const Candidate& a, const Candidate& b) {
      return stretch_.newest_first ? a.place > b.place : a.place < b.place;
    });
    return absl::OkStatus();
  }

  const store::IndexStore& store_;
  const JournalView journal_;
  const Stretch stretch_;
  const StoredTree tree_;
  const uint64_t blocks_;
  uint64_t done_ = 0;
  std::vector<Candidate> found_;
  size_t at_ = 0;
  absl::Status status_;
};

}  // namespace

std::unique_ptr<EntrySource> MakeListSource(const store::IndexStore& store, List list,
                                            std::string_view id, const Stretch& stretch,
                                            std::optional<std::pair<uint32_t, uint32_t>> versions) {
  return std::make_unique<ListSource>(store, ListPrefix(list, id), stretch, versions);
}

std::unique_ptr<EntrySource> MakeJournalSource(const store::IndexStore& store, JournalView journal,
                                               const Stretch& stretch) {
  return std::make_unique<JournalSource>(store, std::move(journal), stretch);
}

absl::StatusOr<journal::RecordPtr> ReadIndexed(const store::IndexStore& store,
                                               const JournalView& journal, uint64_t pos,
                                               std::optional<uint64_t> record_place) {
  if (pos >= journal.indexed) {
    return absl::NotFoundError(absl::StrCat(journal.name, " has no record ", pos, " yet"));
  }
  const StoredTree tree(&store, journal.number);
  if (record_place) {
    TWINLINE_ASSIGN_OR_RETURN(const std::vector<journal::Entry> entries,
                              journal.journal->Read({*record_place}, 1));
    if (!entries.empty() && entries.front().place.value == *record_place &&
        IsLeaf(tree, pos, entries.front().record)) {
      return entries.front().record;
    }
    return Changed(journal, pos);
  }
  TWINLINE_ASSIGN_OR_RETURN(const auto stored,
                            store.Get(BlockKey(journal.number, pos / kBlockRecords)));
  const auto block = stored ? DecodeBlock(*stored) : std::nullopt;
  if (!block) return absl::DataLossError("the audit's index is damaged: delete it");
  // Places count at least one for each record; between them lies what was passed over as late,
  // however much that is: a leader that was paused may have left thousands. The search ends where
  // the next block begins.
  TWINLINE_ASSIGN_OR_RETURN(const auto following,
                            store.Get(BlockKey(journal.number, pos / kBlockRecords + 1)));
  const auto next_block = following ? DecodeBlock(*following) : std::nullopt;
  const journal::Place end =
      next_block ? journal::Place{next_block->first_place} : journal.next_place;
  journal::Place next{block->first_place + pos % kBlockRecords};
  while (next < end) {
    TWINLINE_ASSIGN_OR_RETURN(
        const std::vector<journal::Entry> entries,
        journal.journal->Read(next, std::min<uint64_t>(end.value - next.value, 64)));
    if (entries.empty()) break;
    for (const journal::Entry& entry : entries) {
      if (IsLeaf(tree, pos, entry.record)) return entry.record;
      next = {entry.place.value + 1};
    }
  }
  return Changed(journal, pos);
}

}  // namespace twinline::audit
