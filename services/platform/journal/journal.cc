// StoredRecord: the bytes of one record with everything derived from them, computed once however
// many readers share it. Strict about the outer message: a byte that the digest of R-03 does not
// cover could be changed without any hash noticing, so bytes with such parts are no record at all.
#include "platform/journal/journal.h"

#include <mutex>
#include <utility>

#include "platform/journal/record_digest.h"

namespace twinline::journal {

struct StoredRecord::Lazy {
  std::once_flag digest_once;
  base::Digest digest{};
  std::once_flag commits_once;
  std::vector<v1::Commit> commits;
};

StoredRecord::StoredRecord() : lazy_(std::make_shared<Lazy>()) {}

std::shared_ptr<const StoredRecord> StoredRecord::Parse(std::string bytes) {
  std::shared_ptr<StoredRecord> parsed(new StoredRecord());
  if (!parsed->record_.ParseFromString(bytes)) return nullptr;
  // Unknown fields, a repeated header or padded lengths: stored, but outside the digest.
  if (parsed->record_.ByteSizeLong() != bytes.size()) return nullptr;
  if (!parsed->record_.GetReflection()->GetUnknownFields(parsed->record_).empty()) return nullptr;
  if (parsed->record_.header().empty()) return nullptr;
  if (!parsed->header_.ParseFromString(parsed->record_.header())) return nullptr;
  parsed->bytes_ = std::move(bytes);
  return parsed;
}

const base::Digest& StoredRecord::digest() const {
  std::call_once(lazy_->digest_once,
                 [this] { lazy_->digest = RecordDigest(record_.header(), record_.commit()); });
  return lazy_->digest;
}

const std::vector<v1::Commit>& StoredRecord::commits() const {
  std::call_once(lazy_->commits_once, [this] {
    std::vector<v1::Commit> commits(static_cast<size_t>(record_.commit_size()));
    for (int i = 0; i < record_.commit_size(); ++i) {
      if (!commits[static_cast<size_t>(i)].ParseFromString(record_.commit(i))) return;
    }
    lazy_->commits = std::move(commits);
  });
  return lazy_->commits;
}

}  // namespace twinline::journal
