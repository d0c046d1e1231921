// Messages of one decision or one fold on an arena whose first block is on the stack. Ids are 16
// bytes, one more than a std::string keeps inside, so that every id of every row would otherwise be
// an allocation of its own; on the hot path of a roll call these were a third of the time.
#pragma once

#include <google/protobuf/arena.h>

#include <cstddef>

namespace twinline::base {

class Scratch {
 public:
  Scratch() : arena_(Options(block_)) {}
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  // An empty message that lives as long as the scratch.
  template <typename Message>
  Message* New() {
    return google::protobuf::Arena::CreateMessage<Message>(&arena_);
  }

 private:
  static constexpr size_t kBlock = 4096;
  static google::protobuf::ArenaOptions Options(char* block) {
    google::protobuf::ArenaOptions options;
    options.initial_block = block;
    options.initial_block_size = kBlock;
    return options;
  }

  alignas(std::max_align_t) char block_[kBlock];
  google::protobuf::Arena arena_;
};

}  // namespace twinline::base
