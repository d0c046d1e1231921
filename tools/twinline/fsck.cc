#include "tools/twinline/fsck.h"

namespace twinline::cli {

absl::StatusOr<FsckReport> Fsck(const DataDirectory& directory,
                                const std::function<void(const std::string&)>& progress) {
  fsck::Options options;
  options.log = directory.places.log;
  options.vault = directory.places.vault;
  options.kek_file = directory.places.kek_file;
  options.blobs = directory.places.blobs;
  options.second_place = directory.places.second_place;
  options.audit_files = directory.places.state / "audit-0.d";
  options.installation = directory.installation.id;
  options.progress = progress;
  return fsck::Check(options);
}

}  // namespace twinline::cli
