#include "tools/fsck/named.h"

#include <google/protobuf/descriptor.h>
#include <stdlib.h>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "audit/domain/event_catalog.h"
#include "audit/domain/field_plan.h"
#include "platform/base/hash.h"
#include "platform/base/status_macros.h"
#include "platform/vault/blob_store.h"
#include "platform/vault/embedded_vault.h"
#include "twinline/types/v1/types.pb.h"

namespace twinline::fsck {
namespace {

namespace fs = std::filesystem;
using google::protobuf::FieldDescriptor;

constexpr uint8_t kKey = 1;
constexpr uint8_t kBlob = 2;
constexpr size_t kProblemsMax = 20;

std::optional<uint8_t> KindOf(const FieldDescriptor& field) {
  if (field.type() != FieldDescriptor::TYPE_BYTES) return std::nullopt;
  const std::string& name = field.name();
  // Sealed.key_id, KeyDestroyed.key_id, secrets of webhooks; entries of passwords and private keys.
  if (name == "key_id" || (name.size() > 6 && name.substr(name.size() - 6) == "_entry")) {
    return kKey;
  }
  const bool of_evidence = field.containing_type()->name() == "Evidence" && name == "digest";
  if (of_evidence || name == "evidence") return kBlob;
  return std::nullopt;
}

class Plans {
 public:
  Plans() : plan_(&KindOf) {
    for (const auto& [number, type] : audit::EventTypes()) roots_[number] = plan_.Add(type);
  }
  template <typename Visitor>
  void Walk(uint32_t type, std::string_view data, Visitor& visitor) const {
    const auto root = roots_.find(type);
    if (root != roots_.end()) (void)plan_.Walk(root->second, data, visitor);
  }

 private:
  audit::FieldPlan plan_;
  std::map<uint32_t, int> roots_;
};

template <typename Found>
struct Collector {
  Found found;
  void Enter() {}
  void Leave() {}
  void Field(uint8_t kind, std::string_view bytes) { found(kind, bytes); }
};

// Opening a vault completes what a crash interrupted, and fsck changes nothing: a copy is opened.
absl::StatusOr<std::unique_ptr<vault::EmbeddedVault>> OpenCopy(const Options& options,
                                                               const fs::path& copy) {
  std::error_code code;
  fs::copy(options.vault, copy / "vault", fs::copy_options::recursive, code);
  if (!code) fs::copy_file(options.kek_file, copy / "kek", code);
  if (code) return absl::UnavailableError(code.message());
  const fs::path destroyed = options.second_place / "destroyed-keys";
  if (!options.second_place.empty() && fs::exists(destroyed, code)) {
    fs::copy_file(destroyed, copy / "destroyed-keys", code);
  }
  vault::EmbeddedVaultOptions opened;
  opened.directory = copy / "vault";
  opened.kek_file = copy / "kek";
  opened.second_place = copy / "destroyed-keys";
  return vault::EmbeddedVault::Open(opened);
}

}  // namespace

void Named::Take(uint32_t event_type, std::string_view data, const std::string& where) {
  static const auto* plans = new Plans();
  const auto found = [&](uint8_t kind, std::string_view bytes) {
    if (kind == kKey) {
      const auto id = base::Id16::FromBytes(bytes);
      if (id && !id->empty()) keys_.emplace(*id, where);
    } else if (bytes.size() == sizeof(base::Digest)) {
      blobs_.emplace(std::string(bytes), where);
    }
  };
  Collector<decltype(found)> collector{found};
  plans->Walk(event_type, data, collector);
}

void Named::CheckKeys(const Options& options, Report* report) const {
  report->keys_named = keys_.size();
  if (options.vault.empty()) return;
  std::error_code code;
  if (!fs::is_directory(options.vault, code)) {
    report->problems.push_back("the vault is missing: no personal data can be read");
    return;
  }
  std::string copy = (fs::temp_directory_path(code) / "twinline-fsck-XXXXXX").string();
  if (mkdtemp(copy.data()) == nullptr) {
    report->notes.push_back("keys were not checked: no temporary directory");
    return;
  }
  const auto remove = absl::MakeCleanup([&copy] {
    std::error_code ignored;
    fs::remove_all(copy, ignored);
  });
  const auto vault = OpenCopy(options, copy);
  if (absl::IsDataLoss(vault.status())) {
    report->problems.push_back(
        absl::StrCat("the vault is damaged: ", std::string(vault.status().message())));
    return;
  }
  if (!vault.ok()) {
    report->notes.push_back(
        absl::StrCat("keys were not checked: ", std::string(vault.status().message())));
    return;
  }
  size_t missing = 0;
  for (const auto& [id, where] : keys_) {
    const auto secret = (*vault)->Get(id);
    if (secret.ok() && secret->state == vault::KeyState::kPresent) continue;
    if (secret.ok() && secret->state == vault::KeyState::kDestroyed) {
      ++report->keys_destroyed;
    } else if (++missing <= kProblemsMax) {
      report->problems.push_back(absl::StrCat(
          "key ", id.hex(), ", named by ", where, ", ",
          secret.ok() ? std::string("is neither in the vault nor destroyed")
                      : absl::StrCat("cannot be read: ", std::string(secret.status().message()))));
    }
  }
  if (missing > kProblemsMax) {
    report->problems.push_back(absl::StrCat("and ", missing - kProblemsMax, " more keys"));
  }
}

void Named::CheckBlobs(const fs::path& blobs, Report* report) const {
  report->blobs_named = blobs_.size();
  if (blobs.empty()) return;
  std::map<std::string, std::string> missing = blobs_;
  std::error_code code;
  if (fs::is_directory(blobs, code)) {
    const auto store = vault::DirectoryBlobStore::Open(blobs);
    if (!store.ok()) {
      report->problems.push_back(std::string(store.status().message()));
      return;
    }
    const absl::Status listed = (*store)->List([&](const vault::BlobInfo& info) {
      ++report->blobs;
      missing.erase(std::string(base::View(info.digest)));
      if (const auto content = (*store)->Get(info.digest); !content.ok()) {
        report->problems.push_back(absl::StrCat("evidence ", base::ToHex(base::View(info.digest)),
                                                ": ", std::string(content.status().message())));
      }
    });
    if (!listed.ok()) report->problems.push_back(std::string(listed.message()));
  }
  for (const auto& [digest, where] : missing) {
    report->problems.push_back(
        absl::StrCat("evidence ", base::ToHex(digest), ", named by ", where, ", is missing"));
  }
}

}  // namespace twinline::fsck
