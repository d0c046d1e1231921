#include "platform/vault/blob_store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "platform/base/status_macros.h"
#include "platform/vault/concat.h"
#include "platform/vault/files.h"

namespace twinline::vault {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kMode = 0600;
// A file cannot be larger than what some build once allowed; reading is bounded all the same.
constexpr size_t kReadLimit = size_t{64} << 20;

absl::Status Failed(std::string_view what, const fs::path& path) {
  return absl::ErrnoToStatus(errno, Concat({"blobs: ", what, " ", path.string()}));
}

base::Timestamp ModifiedAt(const struct stat& info) {
  return {info.st_mtim.tv_sec * 1'000'000 + info.st_mtim.tv_nsec / 1000};
}

}  // namespace

absl::StatusOr<std::unique_ptr<DirectoryBlobStore>> DirectoryBlobStore::Open(const fs::path& root,
                                                                             size_t limit) {
  std::unique_ptr<DirectoryBlobStore> store(new DirectoryBlobStore(fs::absolute(root), limit));
  TWINLINE_RETURN_IF_ERROR(MakeDirectories(store->UnfinishedDirectory()));
  return store;
}

fs::path DirectoryBlobStore::PathOf(const base::Digest& digest) const {
  const std::string name = base::ToHex(base::View(digest));
  return root_ / name.substr(0, 2) / name.substr(2, 2) / name;
}

absl::StatusOr<base::Digest> DirectoryBlobStore::Put(std::string_view bytes) {
  if (bytes.empty() || bytes.size() > limit_) {
    return absl::InvalidArgumentError(Concat(
        {"blobs: ", std::to_string(bytes.size()), " bytes, want 1 to ", std::to_string(limit_)}));
  }
  const base::Digest digest = base::Sha256({bytes});
  const fs::path path = PathOf(digest);
  // A copy that is there and intact is kept; a damaged one is healed by writing it again. The
  // directory is synced in both cases: another thread may be between its rename and its sync.
  if (Get(digest).ok()) {
    TWINLINE_RETURN_IF_ERROR(SyncDirectory(path.parent_path()));
    return digest;
  }
  TWINLINE_RETURN_IF_ERROR(MakeDirectories(path.parent_path()));
  TWINLINE_RETURN_IF_ERROR(WriteFileDurably(path, bytes, kMode, UnfinishedDirectory()));
  return digest;
}

absl::StatusOr<std::string> DirectoryBlobStore::Get(const base::Digest& digest) const {
  const fs::path path = PathOf(digest);
  TWINLINE_ASSIGN_OR_RETURN(std::optional<std::string> content, ReadFile(path, kReadLimit));
  const std::string name = path.filename().string();
  if (!content) return absl::NotFoundError(Concat({"blobs: no blob ", name}));
  if (base::Sha256({*content}) != digest) {
    return absl::DataLossError(Concat({"blobs: content of ", name, " is damaged"}));
  }
  return *std::move(content);
}

absl::StatusOr<bool> DirectoryBlobStore::Exists(const base::Digest& digest) const {
  const fs::path path = PathOf(digest);
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0) return S_ISREG(info.st_mode);
  if (errno == ENOENT || errno == ENOTDIR) return false;
  return Failed("stat", path);
}

absl::Status DirectoryBlobStore::List(const std::function<void(const BlobInfo&)>& visit) const {
  std::error_code error;
  for (fs::recursive_directory_iterator at(root_, error), end; at != end && !error;
       at.increment(error)) {
    if (at.depth() != 2) continue;
    const std::optional<std::string> name = base::FromHex(at->path().filename().string());
    const std::optional<base::Digest> digest = base::DigestFromBytes(name.value_or(""));
    // Anything else under the root is not a blob and is left alone.
    if (!digest || PathOf(*digest) != at->path()) continue;
    struct stat info {};
    if (::stat(at->path().c_str(), &info) != 0) {
      if (errno == ENOENT) continue;
      return Failed("stat", at->path());
    }
    visit({*digest, static_cast<uint64_t>(info.st_size), ModifiedAt(info)});
  }
  if (error) return absl::UnavailableError(Concat({"blobs: list: ", error.message()}));
  return absl::OkStatus();
}

absl::Status DirectoryBlobStore::Remove(const base::Digest& digest) {
  const fs::path path = PathOf(digest);
  if (::unlink(path.c_str()) == 0) return SyncDirectory(path.parent_path());
  return errno == ENOENT ? absl::OkStatus() : Failed("unlink", path);
}

absl::Status DirectoryBlobStore::RemoveUnfinished(base::Timestamp before) {
  std::error_code error;
  for (fs::directory_iterator at(UnfinishedDirectory(), error), end; at != end && !error;
       at.increment(error)) {
    struct stat info {};
    if (::stat(at->path().c_str(), &info) != 0 || ModifiedAt(info) >= before) continue;
    if (::unlink(at->path().c_str()) != 0 && errno != ENOENT) return Failed("unlink", at->path());
  }
  if (error) return absl::UnavailableError(Concat({"blobs: list: ", error.message()}));
  return absl::OkStatus();
}

}  // namespace twinline::vault
