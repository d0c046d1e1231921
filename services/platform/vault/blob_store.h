// Evidence files: pictures of papers and visits. They are too large for a record, so a journal
// names them by digest, size and type, and the bytes lie here, sealed, under the SHA-256 of the
// sealed bytes. The name is the content: a blob is never changed, putting it twice is
// once, and a damaged one is noticed when it is read.
//
// A blob is durable when Put returns, so before the event that names it. A blob that no event names
// after 30 days is swept; fsck reports the opposite, a named blob that is missing.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/base/hash.h"
#include "platform/base/time.h"

namespace twinline::vault {

struct BlobInfo {
  base::Digest digest;
  uint64_t size = 0;
  base::Timestamp stored;  // by the clock of the file system
};

class BlobStore {
 public:
  virtual ~BlobStore() = default;

  // INVALID_ARGUMENT when empty or above the store's limit.
  virtual absl::StatusOr<base::Digest> Put(std::string_view bytes) = 0;
  // NOT_FOUND; DATA_LOSS when the stored bytes no longer have this digest.
  virtual absl::StatusOr<std::string> Get(const base::Digest& digest) const = 0;
  // Whether there is such a blob; its content is not read.
  virtual absl::StatusOr<bool> Exists(const base::Digest& digest) const = 0;
  // Calls `visit` for each blob, in no particular order.
  virtual absl::Status List(const std::function<void(const BlobInfo&)>& visit) const = 0;
  // For the sweep of orphans only. Missing: ok.
  virtual absl::Status Remove(const base::Digest& digest) = 0;
};

// Files `<root>/<2 hex>/<2 hex>/<64 hex>`, mode 0600; the root may be a mounted shared store, used
// by several processes at once. Safe to use from any thread.
class DirectoryBlobStore : public BlobStore {
 public:
  // The largest evidence file (evidence.h) with its sealing.
  static constexpr size_t kDefaultLimit = (size_t{2} << 20) + 256;

  // Makes the directory when needed.
  static absl::StatusOr<std::unique_ptr<DirectoryBlobStore>> Open(const std::filesystem::path& root,
                                                                  size_t limit = kDefaultLimit);

  absl::StatusOr<base::Digest> Put(std::string_view bytes) override;
  absl::StatusOr<std::string> Get(const base::Digest& digest) const override;
  absl::StatusOr<bool> Exists(const base::Digest& digest) const override;
  absl::Status List(const std::function<void(const BlobInfo&)>& visit) const override;
  absl::Status Remove(const base::Digest& digest) override;

  // Removes what interrupted Puts left behind, if last written before `before`.
  absl::Status RemoveUnfinished(base::Timestamp before);

  std::filesystem::path PathOf(const base::Digest& digest) const;

 private:
  DirectoryBlobStore(std::filesystem::path root, size_t limit)
      : root_(std::move(root)), limit_(limit) {}
  std::filesystem::path UnfinishedDirectory() const { return root_ / "unfinished"; }

  const std::filesystem::path root_;
  const size_t limit_;
};

}  // namespace twinline::vault
