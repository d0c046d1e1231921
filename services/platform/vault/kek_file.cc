#include "platform/vault/kek_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "platform/base/hash.h"
#include "platform/base/status_macros.h"
#include "platform/vault/aead.h"
#include "platform/vault/concat.h"
#include "platform/vault/files.h"

namespace twinline::vault {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFirstLine = "twinline-kek 1";
constexpr size_t kMaxFileSize = 4096;
constexpr unsigned kMode = 0600;

absl::Status Malformed(const fs::path& path) {
  return absl::FailedPreconditionError(Concat({"not a key-encryption key file: ", path.string()}));
}

// The parts between newlines, the part after the last one included.
std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  for (size_t end; (end = text.find('\n')) != std::string_view::npos;) {
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  lines.push_back(text);
  return lines;
}

std::optional<Kek> ParseLine(std::string_view line) {
  const size_t blank = line.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const std::optional<base::Id16> id = base::Id16::FromHex(line.substr(0, blank));
  std::optional<std::string> key = base::FromHex(line.substr(blank + 1));
  if (!id || !key || key->size() != kKeySize) return std::nullopt;
  Kek kek{*id, SecretBytes(*key)};
  OPENSSL_cleanse(key->data(), key->size());
  return kek;
}

Kek NewKek(RandomSource& random) {
  const base::Id16 id = RandomId(random);
  return Kek{id, MakeKey(random)};
}

}  // namespace

absl::StatusOr<KekFile> KekFile::Load(const fs::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0 && (info.st_mode & 077) != 0) {
    return absl::FailedPreconditionError(
        Concat({"key-encryption key file is open to others, want mode 0600: ", path.string()}));
  }
  TWINLINE_ASSIGN_OR_RETURN(std::optional<std::string> content, ReadFile(path, kMaxFileSize));
  if (!content) {
    return absl::FailedPreconditionError(
        Concat({"key-encryption key file is missing: ", path.string()}));
  }
  const SecretBytes guarded(*content);
  OPENSSL_cleanse(content->data(), content->size());
  const std::vector<std::string_view> lines = Lines(guarded.view());
  // The last line ends with a newline: a file cut short is recognised.
  if (lines.size() < 3 || lines.front() != kFirstLine || !lines.back().empty()) {
    return Malformed(path);
  }
  KekFile file(path);
  for (size_t i = 1; i + 1 < lines.size(); ++i) {
    std::optional<Kek> kek = ParseLine(lines[i]);
    if (!kek || file.Find(kek->id) != nullptr) return Malformed(path);
    file.keys_.push_back(std::move(*kek));
  }
  return file;
}

absl::StatusOr<KekFile> KekFile::CreateNew(const fs::path& path, RandomSource& random) {
  std::error_code error;
  if (fs::exists(path, error) || error) {
    return absl::FailedPreconditionError(
        Concat({"will not replace a key-encryption key file: ", path.string()}));
  }
  KekFile file(path);
  file.keys_.push_back(NewKek(random));
  TWINLINE_RETURN_IF_ERROR(file.Save());
  return file;
}

const Kek* KekFile::Find(const base::Id16& id) const {
  for (const Kek& kek : keys_) {
    if (kek.id == id) return &kek;
  }
  return nullptr;
}

absl::Status KekFile::AddNewest(RandomSource& random) {
  keys_.insert(keys_.begin(), NewKek(random));
  absl::Status status = Save();
  // The file is the truth: a key that did not reach it must not wrap anything.
  if (!status.ok()) keys_.erase(keys_.begin());
  return status;
}

absl::Status KekFile::DropOld() {
  // A crash in an earlier call may have left the old content behind.
  TWINLINE_RETURN_IF_ERROR(RemoveOldFile());
  if (keys_.size() == 1) return absl::OkStatus();
  // Through a hard link the old content stays reachable after the new file has taken its name, and
  // a crash in between leaves a valid file under the real name at every moment.
  if (::link(path_.c_str(), OldPath().c_str()) != 0) {
    return absl::ErrnoToStatus(errno, Concat({"link ", OldPath().string()}));
  }
  keys_.erase(keys_.begin() + 1, keys_.end());
  TWINLINE_RETURN_IF_ERROR(Save());
  return RemoveOldFile();
}

absl::Status KekFile::RemoveOldFile() {
  const fs::path old = OldPath();
  std::error_code error;
  if (!fs::exists(old, error)) return absl::OkStatus();
  // Still the live file under a second name (crash before the rename): only the name may go.
  if (!fs::equivalent(old, path_, error)) TWINLINE_RETURN_IF_ERROR(Overwrite(old));
  if (::unlink(old.c_str()) != 0) {
    return absl::ErrnoToStatus(errno, Concat({"unlink ", old.string()}));
  }
  return SyncDirectory(path_.parent_path());
}

fs::path KekFile::OldPath() const { return Concat({path_.string(), ".old"}); }

absl::Status KekFile::Save() {
  std::string text = Concat({kFirstLine, "\n"});
  for (const Kek& kek : keys_) {
    text += Concat({kek.id.hex(), " ", base::ToHex(kek.key.view()), "\n"});
  }
  absl::Status status = WriteFileDurably(path_, text, kMode);
  OPENSSL_cleanse(text.data(), text.size());
  return status;
}

}  // namespace twinline::vault
