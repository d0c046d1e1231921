// The token file as JSON.
#include "tools/twinline/token_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "platform/base/status_macros.h"
#include "platform/vault/files.h"

namespace twinline::cli {
namespace {

constexpr size_t kLimit = 64 * 1024;
constexpr unsigned kOwnerOnly = 0600;

}  // namespace

std::filesystem::path TokenStore::DefaultFile(const std::string& server) {
  std::string name;
  for (const char c : server) name += c == '/' ? '_' : c;
  const char* config = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  std::filesystem::path base =
      config != nullptr && *config != 0
          ? std::filesystem::path(config)
          : std::filesystem::path(home != nullptr ? home : ".") / ".config";
  return base / "twinline" / (name + ".token");
}

absl::StatusOr<std::optional<StoredToken>> TokenStore::Load() const {
  TWINLINE_ASSIGN_OR_RETURN(const std::optional<std::string> text, vault::ReadFile(file_, kLimit));
  if (!text) return std::optional<StoredToken>();
  struct stat info = {};
  if (::stat(file_.c_str(), &info) == 0 && (info.st_mode & 077) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(file_.string(), " may be read by others; chmod 600 it, or log in again"));
  }
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  if (!json.is_object() || !json.contains("token")) {
    return absl::DataLossError(absl::StrCat(file_.string(), " is not a token file; log in again"));
  }
  StoredToken token;
  const auto text_of = [&](const char* name) {
    const auto it = json.find(name);
    return it != json.end() && it->is_string() ? it->get<std::string>() : std::string();
  };
  token.server = text_of("server");
  token.token = text_of("token");
  token.refresh_token = text_of("refresh_token");
  token.subject = text_of("subject");
  token.login = text_of("login");
  token.banner = text_of("banner");
  if (const auto it = json.find("expires_us"); it != json.end() && it->is_number_integer()) {
    token.expires_us = it->get<int64_t>();
  }
  if (const auto it = json.find("demo"); it != json.end() && it->is_boolean()) {
    token.demo = it->get<bool>();
  }
  return std::optional<StoredToken>(std::move(token));
}

absl::Status TokenStore::Save(const StoredToken& token) const {
  if (file_.has_parent_path()) {
    TWINLINE_RETURN_IF_ERROR(vault::MakeDirectories(file_.parent_path()));
  }
  nlohmann::ordered_json json;
  json["server"] = token.server;
  json["login"] = token.login;
  json["subject"] = token.subject;
  json["demo"] = token.demo;
  json["banner"] = token.banner;
  json["expires_us"] = token.expires_us;
  json["token"] = token.token;
  json["refresh_token"] = token.refresh_token;
  const std::string text =
      json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  return vault::WriteFileDurably(file_, text, kOwnerOnly);
}

absl::Status TokenStore::Forget() const {
  std::error_code error;
  std::filesystem::remove(file_, error);
  std::filesystem::remove(file_.string() + ".lock", error);
  return absl::OkStatus();
}

TokenStore::Lock::~Lock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

absl::StatusOr<TokenStore::Lock> TokenStore::LockFile() const {
  if (file_.has_parent_path()) {
    TWINLINE_RETURN_IF_ERROR(vault::MakeDirectories(file_.parent_path()));
  }
  const std::string path = file_.string() + ".lock";
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerOnly);
  if (descriptor < 0) return absl::PermissionDeniedError(absl::StrCat("cannot open ", path));
  if (::flock(descriptor, LOCK_EX) != 0) {
    ::close(descriptor);
    return absl::UnavailableError(absl::StrCat("cannot lock ", path));
  }
  return Lock(descriptor);
}

}  // namespace twinline::cli
