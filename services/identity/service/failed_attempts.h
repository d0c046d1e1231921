// Counts wrong passwords by login name: five within fifteen minutes lock log-in for fifteen
// minutes. A second one counts them by network address, sixty, since a school behind one address
// mistypes more often than a person, and a stranger who tries one password under many names is
// counted nowhere else. The count is kept in memory, so that whoever types nonsense cannot grow a
// journal; the lock of a known account is an event. Unknown logins are counted and locked in
// the same way, or the lock would tell who has an account.
//
// An attempt counts while it is being verified: a hundred guesses sent at once are no more than
// five.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace twinline::identity {

class FailedAttempts {
 public:
  static constexpr size_t kLimit = 5;
  static constexpr size_t kAddressLimit = 60;
  static constexpr int64_t kWindowUs = int64_t{15} * 60 * 1'000'000;
  static constexpr int64_t kLockUs = kWindowUs;
  static constexpr size_t kMostLogins = 65'536;

  explicit FailedAttempts(size_t limit = kLimit) : limit_(limit) {}

  // One attempt, ended by at most one verdict. Without one it is forgotten.
  class Attempt {
   public:
    Attempt(FailedAttempts* owner, std::string login) : owner_(owner), login_(std::move(login)) {}
    ~Attempt();
    Attempt(const Attempt&) = delete;
    Attempt& operator=(const Attempt&) = delete;

    void Succeeded();
    // Real time until which log-in is locked, when this failure was one too many.
    std::optional<int64_t> Failed(int64_t now_us);

   private:
    FailedAttempts* owner_;
    std::string login_;
    bool verdict_ = false;
  };

  // Counts a failure of an attempt that nobody had to begin: where many may be verified at once.
  std::optional<int64_t> NoteFailure(const std::string& key, int64_t now_us);
  // Real time until which `key` is locked.
  std::optional<int64_t> LockedUntil(std::string_view key, int64_t now_us) const;

  struct Admission {
    std::shared_ptr<Attempt> attempt;        // null: not now
    std::optional<int64_t> locked_until_us;  // neither: as many as are allowed are being verified
  };
  Admission Begin(const std::string& login, int64_t now_us);
  // An administrator unlocked it.
  void Forget(std::string_view login);

  size_t size() const;

 private:
  struct Entry {
    std::vector<int64_t> failures_us;  // within the window, oldest first
    size_t pending = 0;
    int64_t locked_until_us = 0;

    bool IsIdle(int64_t now_us) const;
  };
  void End(const std::string& login);  // with the lock held
  void MakeRoom(int64_t now_us);

  std::optional<int64_t> Count(Entry& entry, int64_t now_us);  // with the lock held

  const size_t limit_;
  mutable std::mutex mutex_;
  absl::flat_hash_map<std::string, Entry> entries_;
};

}  // namespace twinline::identity
