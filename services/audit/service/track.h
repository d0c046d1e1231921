// One followed journal: its reader, its growing tree and its noted heads. Private to JournalIndex.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "audit/service/index_keys.h"
#include "audit/service/journal_index.h"
#include "audit/service/tree_store.h"
#include "platform/journal/admit.h"

namespace twinline::audit {

struct JournalIndex::Track {
  Track(std::string journal_name, JournalNumber local_number,
        std::shared_ptr<journal::Journal> handle)
      : name(std::move(journal_name)),
        number(local_number),
        journal(std::move(handle)),
        reader(journal),
        tree(number) {}

  const std::string name;
  const JournalNumber number;
  const std::shared_ptr<journal::Journal> journal;
  journal::AdmittedReader reader;
  TreeWriter tree;
  Block block;  // the one that the next record falls into, unless it begins one
  NotedHead newest;
  NotedHead covered;
  bool dirty = false;
  uint64_t watch = 0;
  // Behind the last record taken. The reader is ahead of it: it hands out many records at a time.
  journal::Place taken_place;
  journal::JournalState taken;

  void Took(const journal::Admitted& record);

  // Place and tree as one stored value, and back.
  std::string Encode() const;
  absl::Status Restore(std::string_view bytes, const store::IndexStore& store);

  // Widens the block by this record; true when the record completes it.
  bool NoteInBlock(const journal::Admitted& record);
};

}  // namespace twinline::audit
