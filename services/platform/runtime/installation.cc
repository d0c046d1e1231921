// Reading, writing and guarding installation.textproto.
#include "platform/runtime/installation.h"

#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <set>
#include <system_error>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "platform/base/hash.h"
#include "platform/base/status_macros.h"
#include "platform/runtime/vault_medium.h"
#include "platform/vault/files.h"
#include "twinline/config/v1/installation.pb.h"

namespace twinline::runtime {
namespace {

constexpr size_t kFileLimit = size_t{64} << 10;
constexpr unsigned kFileMode = 0640;
constexpr char kDivided[] = "attendance";  // the one service that may have several shards

std::filesystem::path FileOf(const Places& places) {
  return places.data / "installation.textproto";
}

absl::StatusOr<config::v1::Installation> ReadFile(const Places& places) {
  const std::filesystem::path path = FileOf(places);
  TWINLINE_ASSIGN_OR_RETURN(const std::optional<std::string> text,
                            vault::ReadFile(path, kFileLimit));
  if (!text) {
    return absl::NotFoundError(absl::StrCat(path.string(),
                                            " does not exist; make an installation with "
                                            "`twinlined --data ",
                                            places.data.string(), " --init demo|real`"));
  }
  config::v1::Installation file;
  if (!google::protobuf::TextFormat::ParseFromString(*text, &file)) {
    return absl::DataLossError(absl::StrCat(path.string(), " cannot be read"));
  }
  return file;
}

absl::Status WriteFile(const Places& places, const config::v1::Installation& file) {
  std::string text;
  google::protobuf::TextFormat::PrintToString(file, &text);
  return vault::WriteFileDurably(
      FileOf(places), absl::StrCat("# What this installation is, for ever. Do not edit.\n", text),
      kFileMode);
}

bool IsCountyCode(std::string_view code) {
  return code.size() == 6 &&
         std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
}

absl::Status MakeDirectory(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error) ::chmod(path.c_str(), 0750);
  if (!error) return absl::OkStatus();
  return absl::PermissionDeniedError(
      absl::StrCat("cannot make the directory ", path.string(), ": ", error.message()));
}

// Empty when the machine has no mark (a container): nothing can be compared then.
std::string MarkOf(const std::string& host_mark_file, const std::string& installation_id) {
  const auto text = vault::ReadFile(host_mark_file, kFileLimit);
  if (!text.ok() || !*text || (*text)->empty()) return {};
  return base::ToHex(base::View(base::Sha256({**text, installation_id})));
}

}  // namespace

Places PlacesOf(const std::filesystem::path& data, const config::v1::Config& config) {
  const auto or_default = [&](const std::string& configured, const char* name) {
    return configured.empty() ? data / name : std::filesystem::path(configured);
  };
  Places places;
  places.data = data;
  places.log = data / "log";
  places.state = data / "state";
  places.vault = data / "vault";
  places.kek_file = or_default(config.places().kek_file(), "keys/kek");
  places.blobs = or_default(config.places().blobs(), "blobs");
  places.second_place = or_default(config.places().second_place(), "second-place");
  return places;
}

absl::Status CheckInstallation(const Installation& installation) {
  if (installation.id.empty()) return absl::InvalidArgumentError("the installation has no id");
  if (installation.driven() && !installation.demo()) {
    return absl::InvalidArgumentError("a driven clock is legal only in a demonstration (R-05)");
  }
  if (!IsCountyCode(installation.county_code)) {
    return absl::InvalidArgumentError("the county code has six digits (GB/T 2260)");
  }
  std::set<std::string> divided;
  for (const std::vector<std::string>& counties : installation.attendance_shards) {
    if (counties.empty()) {
      return absl::InvalidArgumentError("a further shard of attendance names its counties");
    }
    for (const std::string& county : counties) {
      if (!IsCountyCode(county) || !divided.insert(county).second) {
        return absl::InvalidArgumentError(
            absl::StrCat("attendance shards: ", county,
                         " is not a county code of six digits, or has two shards (R-58)"));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status InitInstallation(const Places& places, const Installation& installation,
                              bool over_kafka) {
  TWINLINE_RETURN_IF_ERROR(CheckInstallation(installation));
  std::error_code ignored;
  if (std::filesystem::exists(FileOf(places), ignored)) {
    return absl::AlreadyExistsError(absl::StrCat(FileOf(places).string(), " exists already"));
  }
  for (const auto& directory : {places.data, places.state, places.kek_file.parent_path(),
                                places.blobs, places.second_place}) {
    TWINLINE_RETURN_IF_ERROR(MakeDirectory(directory));
  }
  TWINLINE_RETURN_IF_ERROR(InitVault(places, over_kafka));
  config::v1::Installation file;
  file.set_installation_id(installation.id.hex());
  file.set_realm(installation.demo() ? "DEMO" : "REAL");
  file.set_clock(installation.driven() ? "DRIVEN" : "WALL");
  file.set_county_code(installation.county_code);
  file.set_clock_start_unix_us(installation.clock_start.us);
  for (const std::vector<std::string>& counties : installation.attendance_shards) {
    config::v1::FurtherShard* shard = file.add_further_shards();
    shard->set_service(kDivided);
    shard->mutable_counties()->Assign(counties.begin(), counties.end());
  }
  return WriteFile(places, file);
}

absl::StatusOr<Installation> LoadInstallation(const Places& places) {
  TWINLINE_ASSIGN_OR_RETURN(const config::v1::Installation file, ReadFile(places));
  Installation installation;
  installation.id = base::Id16::FromHex(file.installation_id()).value_or(base::Id16());
  if ((file.realm() != "REAL" && file.realm() != "DEMO") ||
      (file.clock() != "WALL" && file.clock() != "DRIVEN")) {
    return absl::DataLossError(
        absl::StrCat(FileOf(places).string(), ": realm is REAL or DEMO, clock is WALL or DRIVEN"));
  }
  installation.realm = file.realm() == "DEMO" ? journal::v1::REALM_DEMO : journal::v1::REALM_REAL;
  installation.clock =
      file.clock() == "DRIVEN" ? journal::v1::CLOCK_KIND_DRIVEN : journal::v1::CLOCK_KIND_WALL;
  installation.county_code = file.county_code();
  installation.clock_start.us = file.clock_start_unix_us();
  for (const config::v1::FurtherShard& shard : file.further_shards()) {
    if (shard.service() != kDivided) {
      return absl::DataLossError(absl::StrCat(FileOf(places).string(), ": ", shard.service(),
                                              " cannot be divided, only attendance can (R-58)"));
    }
    installation.attendance_shards.emplace_back(shard.counties().begin(), shard.counties().end());
  }
  TWINLINE_RETURN_IF_ERROR(CheckInstallation(installation));
  return installation;
}

absl::StatusOr<HostMarks> ReadHostMarks(const Places& places, const std::string& host_mark_file) {
  TWINLINE_ASSIGN_OR_RETURN(const config::v1::Installation file, ReadFile(places));
  HostMarks marks;
  marks.own = absl::HexStringToBytes(MarkOf(host_mark_file, file.installation_id()));
  for (const std::string& mark : file.moved_from()) {
    marks.moved_from.push_back(absl::HexStringToBytes(mark));
  }
  return marks;
}

absl::Status CheckHostMark(const Places& places, const std::string& host_mark_file,
                           OnAnotherHost mode) {
  TWINLINE_ASSIGN_OR_RETURN(config::v1::Installation file, ReadFile(places));
  const std::string mark = MarkOf(host_mark_file, file.installation_id());
  if (mark.empty() || mark == file.host_mark()) return absl::OkStatus();
  if (file.host_mark().empty() || mode == OnAnotherHost::kAdopt) {
    if (!file.host_mark().empty()) file.add_moved_from(file.host_mark());
    file.set_host_mark(mark);
    return WriteFile(places, file);
  }
  if (mode == OnAnotherHost::kDrill) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(places.data.string(),
                   " belongs to another machine. If that one is gone for good, start with "
                   "--adopt-move; to try out a backup, start with --drill: it reads only and acts "
                   "on nothing (R-69)"));
}

}  // namespace twinline::runtime
