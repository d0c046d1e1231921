#include "registry/service/name_index.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "platform/base/text/name_text.h"
#include "platform/base/text/pinyin.h"
#include "platform/base/thread_name.h"

namespace twinline::registry {
namespace {

std::string WithoutBlanks(std::string text) {
  std::erase(text, ' ');
  return text;
}

}  // namespace

void NameIndex::Start() {
  thread_ = std::thread([this] { Follow(); });
}

void NameIndex::Stop() {
  {
    std::lock_guard lock(wake_->mutex);
    wake_->stop = true;
  }
  wake_->changed.notify_all();
  if (thread_.joinable()) thread_.join();
}

void NameIndex::Follow() {
  base::NameThread("name index");
  base::WarmUpPinyin();
  while (true) {
    {
      std::unique_lock lock(wake_->mutex);
      wake_->changed.wait(lock, [this] { return wake_->due || wake_->stop; });
      if (wake_->stop) return;
      wake_->due = false;
    }
    const engine::ReadView view = environment_.shard->Read();
    if (view.rows == nullptr) return;
    CatchUp(view);
    // The callback outlives this object when the shard stops later, so it holds only the wake.
    environment_.shard->WhenApplied(view.next_pos, [wake = wake_] {
      std::lock_guard lock(wake->mutex);
      wake->due = true;
      wake->changed.notify_all();
    });
  }
}

void NameIndex::CatchUp(const engine::ReadView& view) {
  std::lock_guard lock(mutex_);
  if (view.next_pos <= next_pos_) return;
  using Table = base::TableOf<v1::RegistrationRow>;
  const std::string prefix = base::EncodeKey(Table::kSpace, Table::kTable, Table::kByChange);
  const std::string from =
      base::EncodeKey(Table::kSpace, Table::kTable, Table::kByChange, next_pos_);
  view.rows->Scan(prefix, from, [&](std::string_view, std::string_view key) {
    v1::RegistrationRow row;
    const auto value = view.rows->Get(key);
    if (value && row.ParseFromString(*value)) Update(row, *view.rows);
    return true;
  });
  next_pos_ = view.next_pos;
}

void NameIndex::Update(const v1::RegistrationRow& row, const base::Rows& rows) {
  const base::Id16 id = base::AsId(row.facts().child_id());
  const auto child = base::Find<v1::ChildRow>(rows, id);
  if (!child) return;
  std::vector<std::string> texts;
  const std::string name =
      child->key_destroyed() ? std::string() : Opener(environment_).Name(*child);
  if (!name.empty() && name != kDestroyedText && name != kUnreadableText) {
    const base::Pinyin pinyin = base::PinyinOf(name);
    texts = {"n" + base::NameKey(name), "p" + WithoutBlanks(pinyin.full), "i" + pinyin.initials};
    if (pinyin.initials.empty()) texts.pop_back();
  }
  const auto known = texts_.find(id);
  if (known != texts_.end() && known->second == texts) return;
  Remove(id);
  if (texts.empty()) return;
  for (const std::string& text : texts) keys_.emplace(text, id);
  texts_[id] = std::move(texts);
}

void NameIndex::Remove(const base::Id16& child) {
  const auto known = texts_.find(child);
  if (known == texts_.end()) return;
  for (const std::string& text : known->second) keys_.erase({text, child});
  texts_.erase(known);
}

void NameIndex::Search(std::string_view query, const std::string& after, const Visit& visit) const {
  const std::string name = base::NameKey(query);
  const std::string folded = base::FoldPinyinQuery(query);
  const bool latin = !folded.empty() && std::ranges::all_of(folded, [](char c) {
    return ('a' <= c && c <= 'z') || c == '\'';
  });
  std::vector<std::string> prefixes;
  if (latin) prefixes = {"i" + folded, "n" + name, "p" + folded};
  if (!latin && !name.empty()) prefixes = {"n" + name};

  std::lock_guard lock(mutex_);
  absl::flat_hash_set<base::Id16> seen;
  for (const std::string& prefix : prefixes) {
    auto at = keys_.lower_bound({prefix, base::Id16()});
    for (; at != keys_.end() && at->first.starts_with(prefix); ++at) {
      const bool fresh = seen.insert(at->second).second;
      const std::string key = at->first + '\0' + at->second.str();
      if (!fresh || (!after.empty() && key <= after)) continue;
      if (!visit(at->second, key)) return;
    }
  }
}

size_t NameIndex::size() const {
  std::lock_guard lock(mutex_);
  return texts_.size();
}

}  // namespace twinline::registry
