// Which attendance shard keeps a class: by the county of its school, which the directory knows. One
// shard is the rule; a second only where a county was given its own at birth.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "platform/base/ids.h"
#include "platform/engine/shard.h"
#include "platform/rpc/directory.h"
#include "twinline/types/v1/types.pb.h"

namespace twinline::attendance {

class Shards {
 public:
  Shards() = default;
  Shards(std::vector<engine::Shard*> shards, std::map<std::string, size_t> by_county,
         const rpc::MemoryDirectory* directory)
      : shards_(std::move(shards)), by_county_(std::move(by_county)), directory_(directory) {}

  engine::Shard& OfClass(std::string_view class_id) const {
    if (shards_.size() == 1) return *shards_.front();
    return OfSchool(
        directory_->SchoolOfClass(base::Id16::FromBytes(class_id).value_or(base::Id16())));
  }
  engine::Shard& OfSchool(const std::string& school_code) const {
    if (shards_.size() == 1) return *shards_.front();
    const auto place = directory_->SchoolOf(school_code);
    const auto shard = by_county_.find(place ? place->county : std::string());
    return *shards_[shard == by_county_.end() ? 0 : shard->second];
  }
  const std::vector<engine::Shard*>& all() const { return shards_; }
  // The shard that a read token speaks of; the first when it speaks of none of them.
  engine::Shard& OfToken(const types::v1::ReadToken& token) const {
    for (engine::Shard* shard : shards_) {
      if (shard->journal_name() == token.journal()) return *shard;
    }
    return *shards_.front();
  }

 private:
  std::vector<engine::Shard*> shards_;
  std::map<std::string, size_t> by_county_;
  const rpc::MemoryDirectory* directory_ = nullptr;
};

}  // namespace twinline::attendance
