// The data directory and what it says it is:
//
//   <data>/installation.textproto   what this installation is, for ever; written once
//   <data>/log                      all journals
//   <data>/state/<service>-0        state of each shard; may be deleted, is rebuilt
//   <data>/vault                    keys and secrets, wrapped
//   <data>/keys/kek                 key-encryption keys; a real installation keeps them elsewhere
//   <data>/blobs                    evidence files, sealed
//   <data>/second-place             only when no better place is configured
//
// Another machine's copy of a data directory must not act on the world as if it were the first
// the mark of the machine is kept beside the installation and compared at every start.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "platform/runtime/service_module.h"
#include "twinline/config/v1/config.pb.h"

namespace twinline::runtime {

struct Places {
  std::filesystem::path data, log, state, vault, kek_file, blobs, second_place;
};
Places PlacesOf(const std::filesystem::path& data, const config::v1::Config& config);

// INVALID_ARGUMENT for a driven clock outside a demonstration or a county code that is not six
// digits.
absl::Status CheckInstallation(const Installation& installation);

// Makes the directories, the vault with its key, and the installation file. ALREADY_EXISTS when
// there is one.
// `over_kafka`: keys lie in a topic, only the key-encryption key is made here.
absl::Status InitInstallation(const Places& places, const Installation& installation,
                              bool over_kafka = false);
// NOT_FOUND with what to do when the directory was never initialised.
absl::StatusOr<Installation> LoadInstallation(const Places& places);

// What an installation that was copied to this machine may do.
enum class OnAnotherHost {
  kRefuse,
  kAdopt,  // the old machine is gone: from now on this is the place
  kDrill,  // reads only: no epoch, no timers, nothing sent, nothing signed
};
// What each EpochStarted is bound to, and where journals may come from.
struct HostMarks {
  std::string own;  // 32 bytes; empty when the machine has none
  std::vector<std::string> moved_from;
};
absl::StatusOr<HostMarks> ReadHostMarks(const Places& places, const std::string& host_mark_file);
// OK when this is the known machine, or the first. FAILED_PRECONDITION on another one with kRefuse.
// kAdopt rewrites the mark, kDrill leaves it.
absl::Status CheckHostMark(const Places& places, const std::string& host_mark_file,
                           OnAnotherHost mode);

}  // namespace twinline::runtime
