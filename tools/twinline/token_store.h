// Who is logged in where: one file a server, readable by its owner only. It holds the token, the
// refresh token that renews it, and what a demonstration needs to ask for another one. A refresh
// token is good for one use, so whoever renews holds a lock on the file: two commands at once must
// not end the session.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace twinline::cli {

struct StoredToken {
  std::string server;
  std::string token;
  std::string refresh_token;  // empty: cannot be renewed by itself
  int64_t expires_us = 0;     // real clock
  std::string subject;        // 32 hex digits
  std::string login;
  std::string banner;  // "演示系统 DEMO" in a demonstration realm
  bool demo = false;   // renewed by asking for another demonstration token
};

class TokenStore {
 public:
  explicit TokenStore(std::filesystem::path file) : file_(std::move(file)) {}

  // $XDG_CONFIG_HOME/twinline/<server>.token, or ~/.config/twinline/...
  static std::filesystem::path DefaultFile(const std::string& server);

  const std::filesystem::path& file() const { return file_; }

  // nullopt when there is none. FAILED_PRECONDITION when others may read the file, DATA_LOSS when
  // it is no token file.
  absl::StatusOr<std::optional<StoredToken>> Load() const;
  // Mode 0600, replaced as a whole.
  absl::Status Save(const StoredToken& token) const;
  // No file: ok.
  absl::Status Forget() const;

  // Held while a token is renewed; released when it goes.
  class Lock {
   public:
    explicit Lock(int descriptor) : descriptor_(descriptor) {}
    Lock(Lock&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
    Lock& operator=(Lock&&) = delete;
    ~Lock();

   private:
    int descriptor_;
  };
  absl::StatusOr<Lock> LockFile() const;

 private:
  std::filesystem::path file_;
};

}  // namespace twinline::cli
