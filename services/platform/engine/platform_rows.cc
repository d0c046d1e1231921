#include "platform/engine/platform_rows.h"

namespace twinline::engine {
namespace {

std::string ProgressKey() { return base::EncodeKey(base::Space::kOwn, kProgressTable, 0); }

std::string InputPrefix() { return base::EncodeKey(base::Space::kOwn, kInputTable, 0); }
std::string RulePrefix() { return base::EncodeKey(base::Space::kOwn, kRuleTable, 0); }

template <typename Message>
std::vector<Message> ReadAll(const base::Rows& rows, const std::string& prefix) {
  std::vector<Message> messages;
  rows.Scan(prefix, {}, [&](std::string_view, std::string_view value) {
    messages.emplace_back().ParseFromArray(value.data(), static_cast<int>(value.size()));
    return true;
  });
  return messages;
}

}  // namespace

void AppendVarint(std::string* out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out->push_back(static_cast<char>(value | 0x80));
  out->push_back(static_cast<char>(value));
}

std::optional<uint64_t> TakeVarint(std::string_view* in) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64 && !in->empty(); shift += 7) {
    const auto byte = static_cast<uint8_t>(in->front());
    in->remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return value;
  }
  return std::nullopt;
}

Progress ReadProgress(const base::Rows& rows) {
  Progress progress;
  const auto bytes = rows.Get(ProgressKey());
  if (!bytes) return progress;
  std::string_view in = *bytes;
  progress.seeds = TakeVarint(&in).value_or(0);
  progress.opened = TakeVarint(&in).value_or(0) != 0;
  progress.pruned_to.us = static_cast<int64_t>(TakeVarint(&in).value_or(0));
  return progress;
}

void WriteProgress(base::Rows& rows, const Progress& progress) {
  std::string bytes;
  AppendVarint(&bytes, progress.seeds);
  AppendVarint(&bytes, progress.opened ? 1 : 0);
  AppendVarint(&bytes, static_cast<uint64_t>(progress.pruned_to.us));
  rows.Set(ProgressKey(), std::move(bytes));
}

void PutInputCursor(base::Rows& rows, const journal::v1::InputCursor& cursor) {
  std::string key = InputPrefix();
  base::AppendKeyPart(&key, cursor.journal());
  rows.Set(std::move(key), cursor.SerializeAsString());
}

std::vector<journal::v1::InputCursor> ReadInputCursors(const base::Rows& rows) {
  return ReadAll<journal::v1::InputCursor>(rows, InputPrefix());
}

void PutRuleStart(base::Rows& rows, const journal::v1::ReactorRuleStarted& started) {
  std::string key = RulePrefix();
  base::AppendKeyPart(&key, started.rule());
  rows.Set(std::move(key), started.SerializeAsString());
}

std::vector<journal::v1::ReactorRuleStarted> ReadRuleStarts(const base::Rows& rows) {
  return ReadAll<journal::v1::ReactorRuleStarted>(rows, RulePrefix());
}

void PutHostMark(base::Rows& rows, const std::string& mark) {
  rows.Set(base::EncodeKey(base::Space::kOwn, kHostTable, 0), mark);
}

std::string ReadHostMark(const base::Rows& rows) {
  return rows.Get(base::EncodeKey(base::Space::kOwn, kHostTable, 0)).value_or("");
}

}  // namespace twinline::engine
