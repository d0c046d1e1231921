// Overlay over a store against MapRows: after any sequence of writes, savepoints and commits both
// answer the same, and the state hash says the same whichever implementation keeps the rows.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <filesystem>

#include "platform/store/overlay.h"
#include "platform/store/state_store.h"

namespace twinline::store {
namespace {

using Listing = std::vector<std::pair<std::string, std::string>>;

Listing All(const base::Rows& rows, std::string_view from) {
  Listing out;
  rows.Scan("o", from, [&](std::string_view key, std::string_view value) {
    out.emplace_back(key, value);
    return true;
  });
  return out;
}

// One step: 0-3 write, 4 remove, 5 begin, 6 keep, 7 undo, 8 commit.
struct Step {
  int kind;
  std::string key;
  std::string value;
};

// Few keys, so that steps meet; bytes at the edges of what keys may hold.
std::string KeyOf(uint8_t a, uint8_t b) {
  static constexpr char kBytes[] = {'\0', '\x01', 'a', 'b', '\x7f', '\xfe', '\xff'};
  return std::string("o") + kBytes[a % 7] + kBytes[b % 7];
}

class Model {
 public:
  explicit Model(StateStore* store) : store_(store), overlay_(&store->Latest()) {
    overlay_.Enter(Room::kEvolve);
    levels_.emplace_back();
  }

  void Do(const Step& step) {
    if (step.kind <= 3) {
      overlay_.Set(step.key, step.value);
      levels_.back().Set(step.key, step.value);
    } else if (step.kind == 4) {
      overlay_.Remove(step.key);
      levels_.back().Remove(step.key);
    } else if (step.kind == 5) {
      overlay_.Begin();
      levels_.push_back(levels_.back());
    } else if (step.kind == 6 && levels_.size() > 1) {
      overlay_.Keep();
      levels_[levels_.size() - 2] = levels_.back();
      levels_.pop_back();
    } else if (step.kind == 7 && levels_.size() > 1) {
      overlay_.Undo();
      levels_.pop_back();
    } else if (step.kind == 8 && levels_.size() == 1) {
      StateBatch batch = StateBatch::At({++next_pos_, 0, "reader"});
      batch.SetWrites(overlay_.Take());
      RC_ASSERT(store_->Commit(batch).ok());
      RC_ASSERT(store_->View().next_pos == next_pos_);
    }
  }

  void Compare(const Step& step) const {
    RC_ASSERT(overlay_.Get(step.key) == levels_.back().Get(step.key));
    RC_ASSERT(All(overlay_, {}) == All(levels_.back(), {}));
    RC_ASSERT(All(overlay_, step.key) == All(levels_.back(), step.key));
  }

  void Finish() {
    while (levels_.size() > 1) Do({6, {}, {}});
    Do({8, {}, {}});
    RC_ASSERT(StateHash(*store_->View().rows) == StateHash(levels_.back()));
  }

 private:
  StateStore* store_;
  Overlay overlay_;
  std::vector<base::MapRows> levels_;
  uint64_t next_pos_ = 0;
};

std::vector<Step> AnySteps() {
  const auto raw = *rc::gen::container<std::vector<std::tuple<uint8_t, uint8_t, uint8_t, uint8_t>>>(
      rc::gen::tuple(rc::gen::inRange<uint8_t>(0, 9), rc::gen::inRange<uint8_t>(0, 7),
                     rc::gen::inRange<uint8_t>(0, 7), rc::gen::arbitrary<uint8_t>()));
  std::vector<Step> steps;
  for (const auto& [kind, a, b, value] : raw) {
    steps.push_back({kind, KeyOf(a, b), std::string(1, static_cast<char>(value))});
  }
  return steps;
}

void Run(StateStore* store) {
  Model model(store);
  for (const Step& step : AnySteps()) {
    model.Do(step);
    model.Compare(step);
  }
  model.Finish();
}

RC_GTEST_PROP(OverlayProperty, AgreesWithAPlainMapOverMemory, ()) {
  Run(MakeMemoryStateStore().get());
}

RC_GTEST_PROP(OverlayProperty, AgreesWithAPlainMapOverRocksDb, ()) {
  const std::string directory = ::testing::TempDir() + "overlay_property";
  std::filesystem::remove_all(directory);
  auto store = StateStore::Open(directory, {.memtable_bytes = size_t{1} << 20});
  RC_ASSERT(store.ok());
  Run(store->get());
}

}  // namespace
}  // namespace twinline::store
