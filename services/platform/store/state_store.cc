// What both implementations share: the meta rows, the rules of a batch, and the state hash.
#include "platform/store/state_store.h"

#include <openssl/evp.h>

#include <charconv>

#include "platform/base/check.h"
#include "platform/base/hash.h"
#include "platform/store/meta_rows.h"

namespace twinline::store {
namespace {

constexpr size_t kCursorFixed = 1 + 2 * 8;
constexpr char kCursorVersion = 1;

uint64_t ReadBigEndian(std::string_view bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < 8; ++i) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return value;
}

class RunningSha256 {
 public:
  RunningSha256() : context_(EVP_MD_CTX_new()) {
    TWINLINE_CHECK(context_ != nullptr && EVP_DigestInit_ex(context_, EVP_sha256(), nullptr) == 1,
                   "SHA-256 is not available");
  }
  ~RunningSha256() { EVP_MD_CTX_free(context_); }
  RunningSha256(const RunningSha256&) = delete;
  RunningSha256& operator=(const RunningSha256&) = delete;

  void AddPrefixed(std::string_view bytes) {
    std::string length;
    base::AppendKeyPart(&length, static_cast<uint64_t>(bytes.size()));
    Add(length);
    Add(bytes);
  }
  std::string Hex() {
    base::Digest digest{};
    TWINLINE_CHECK(EVP_DigestFinal_ex(context_, digest.data(), nullptr) == 1, "SHA-256 failed");
    return base::ToHex(base::View(digest));
  }

 private:
  void Add(std::string_view bytes) {
    TWINLINE_CHECK(EVP_DigestUpdate(context_, bytes.data(), bytes.size()) == 1, "SHA-256 failed");
  }
  EVP_MD_CTX* context_;
};

}  // namespace

std::string ScanKey(std::string_view journal) { return "mscan/" + std::string(journal); }

std::string EncodeCursor(const Cursor& cursor) {
  std::string out(1, kCursorVersion);
  base::AppendKeyPart(&out, cursor.next_pos);
  base::AppendKeyPart(&out, static_cast<uint64_t>(cursor.last_time_us));
  return out + cursor.reader;
}

std::optional<Cursor> DecodeCursor(std::string_view bytes) {
  if (bytes.size() < kCursorFixed || bytes[0] != kCursorVersion) return std::nullopt;
  Cursor cursor;
  cursor.next_pos = ReadBigEndian(bytes.substr(1));
  cursor.last_time_us = static_cast<int64_t>(ReadBigEndian(bytes.substr(9)));
  cursor.reader = bytes.substr(kCursorFixed);
  return cursor;
}

void CheckBatch(const StateBatch& batch) {
  constexpr char kOwn = static_cast<char>(base::Space::kOwn);
  constexpr char kForeign = static_cast<char>(base::Space::kForeign);
  // Writes are ordered, so the ends tell: "f..." < "m..." < "o...".
  const WriteSet& writes = batch.writes();
  const auto meta = writes.lower_bound("g");
  TWINLINE_CHECK(meta == writes.end() || meta->first[0] == kOwn,
                 "a row in the space of local meta");
  TWINLINE_CHECK(writes.empty() || writes.begin()->first[0] == kForeign || meta == writes.begin(),
                 "a row outside the known spaces");
  TWINLINE_CHECK(meta == writes.end() || batch.own().has_value(),
                 "own rows without the own cursor");
}

std::optional<Cursor> StateStore::OwnCursor() const {
  const auto bytes = Latest().Get(kCursorKey);
  return bytes ? DecodeCursor(*bytes) : std::nullopt;
}

std::optional<std::string> StateStore::ScanCursor(std::string_view journal) const {
  return Latest().Get(ScanKey(journal));
}

std::optional<uint32_t> StateStore::EvolveVersion() const {
  const auto text = Latest().Get(kEvolveVersionKey);
  uint32_t version = 0;
  if (!text ||
      std::from_chars(text->data(), text->data() + text->size(), version).ec != std::errc()) {
    return std::nullopt;
  }
  return version;
}

std::optional<base::Timestamp> StateStore::AliveMark() const {
  const auto text = Latest().Get(kAliveKey);
  base::Timestamp mark;
  if (!text ||
      std::from_chars(text->data(), text->data() + text->size(), mark.us).ec != std::errc()) {
    return std::nullopt;
  }
  return mark;
}

std::string StateHash(const base::Rows& rows) {
  RunningSha256 sha;
  const char own = static_cast<char>(base::Space::kOwn);
  rows.Scan(std::string_view(&own, 1), {}, [&](std::string_view key, std::string_view value) {
    sha.AddPrefixed(key);
    sha.AddPrefixed(value);
    return true;
  });
  return sha.Hex();
}

}  // namespace twinline::store
