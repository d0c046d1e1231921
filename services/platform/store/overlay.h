// Rows that are not stored yet, over rows that are. Decide sees state plus overlay, Evolve writes
// into the overlay, and the overlay becomes the StateBatch: what was decided on is what is stored
// (P-5). Savepoints nest, so that one command, or one reaction, can be undone without the others.
//
// Rooms keep each caller to the rows it may touch. Evolve that could read a foreign row would fold
// differently in a rebuild, where foreign rows do not exist yet; such an access is not served and
// is reported by TakeViolation, which the engine treats as an error of the fold.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/rows.h"
#include "platform/store/state_batch.h"

namespace twinline::store {

enum class Room {
  kDecide,  // reads own and foreign rows, writes none
  kEvolve,  // own rows only
  kFollow,  // foreign rows only
};

class Overlay final : public base::Rows {
 public:
  // `below` outlives the overlay and does not change while it holds writes.
  explicit Overlay(const base::Rows* below) : below_(below) {}

  std::optional<std::string> Get(std::string_view key) const override;
  void Set(std::string key, std::string value) override;
  void Remove(std::string_view key) override;
  // Rows written or removed while a scan runs are seen or not seen according to their current state
  // when the scan comes to their place.
  void Scan(std::string_view prefix, std::string_view from, const Visit& visit) const override;

  void Enter(Room room) { room_ = room; }
  // The first forbidden access since the last call, as one sentence.
  std::optional<std::string> TakeViolation();

  // Nested savepoints. Every Begin is ended by exactly one Keep or Undo, innermost first.
  void Begin() { marks_.push_back(undo_.size()); }
  void Keep();
  void Undo();
  size_t depth() const { return marks_.size(); }

  const WriteSet& writes() const { return writes_; }
  // Hands over the writes and is empty afterwards. No savepoint may be open.
  WriteSet Take();
  // Drops everything, savepoints included.
  void Clear();
  // Lies over other rows from now on. The overlay must be empty.
  void Rebase(const base::Rows* below);

 private:
  struct Before {
    std::string key;
    bool present;
    std::optional<std::string> value;
  };

  bool MayRead(std::string_view key) const;
  bool MayWrite(std::string_view key);
  void Write(std::string key, std::optional<std::string> value);
  void Report(const char* what, std::string_view key) const;

  const base::Rows* below_;
  Room room_ = Room::kDecide;
  mutable std::optional<std::string> violation_;
  WriteSet writes_;
  uint64_t changes_ = 0;  // tells a running scan that its place in writes_ is stale
  std::vector<Before> undo_;
  std::vector<size_t> marks_;
};

}  // namespace twinline::store
