#include "identity/service/first_passwords.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "identity/domain/password_policy.h"
#include "identity/service/bootstrap.h"
#include "platform/base/hash.h"

namespace twinline::identity {
namespace {

// Without characters that are mistaken for each other on paper: 0 O 1 l I.
constexpr std::string_view kAlphabet = "23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ";
constexpr size_t kGroups = 4;
constexpr size_t kGroupSize = 4;

char DrawCharacter() {
  // Rejected above the largest multiple, so that no character is likelier than another.
  constexpr size_t kFair = 256 / kAlphabet.size() * kAlphabet.size();
  for (;;) {
    const auto byte = static_cast<uint8_t>(base::RandomBytes(1).front());
    if (byte < kFair) return kAlphabet[byte % kAlphabet.size()];
  }
}

// Sixteen characters of 55, 92 bits.
std::string DrawPassword() {
  for (;;) {
    std::string password;
    for (size_t i = 0; i < kGroups * kGroupSize; ++i) {
      if (i > 0 && i % kGroupSize == 0) password += '-';
      password += DrawCharacter();
    }
    if (!CheckNewPassword(password, {})) return password;
  }
}

absl::Status FileError(const std::filesystem::path& file, const char* what) {
  const std::string text = absl::StrCat(what, " ", file.string(), ": ", std::strerror(errno));
  if (errno == EEXIST) {
    return absl::FailedPreconditionError(absl::StrCat(
        text, "; it may hold passwords of an earlier run: look at it and move it away"));
  }
  return absl::UnavailableError(text);
}

}  // namespace

std::vector<FirstPassword> DrawFirstPasswords() {
  std::vector<FirstPassword> passwords;
  for (const Administrator& administrator : kAdministrators) {
    passwords.push_back({&administrator, DrawPassword()});
  }
  return passwords;
}

std::string PasswordSheet(const std::vector<FirstPassword>& passwords,
                          const runtime::Installation& installation) {
  std::string sheet = absl::StrCat(
      "Twinline 双线: 首批管理员账号 / first accounts of installation ", installation.id.hex(),
      "\n三名管理员须由三人分别担任，首次登录时必须修改密码。请分别交付后销毁本页。\n"
      "Three persons, one account each; each password must be changed at the first log-in. Hand "
      "them "
      "over one by one and destroy this sheet.\n\n");
  for (const FirstPassword& one : passwords) {
    absl::StrAppend(&sheet, one.administrator->login, "\t", one.password, "\t",
                    one.administrator->title_zh, " / ", one.administrator->title_en, "\n");
  }
  if (installation.demo()) {
    absl::StrAppend(
        &sheet,
        "\n演示系统 DEMO: 无需密码即可扮演任何人员 / play anybody without a password:\n"
        "  twinline.identity.v1.IdentityService.IssueDemoToken{subject, minutes}\n"
        "subject 为人员标识（16字节），minutes 为1至1440。仅驱动时钟的演示系统提供此功能。\n"
        "subject: a staff id (16 bytes); minutes: 1 to 1440. Served only where the "
        "demonstration has a driven clock.\n");
    for (const FirstPassword& one : passwords) {
      absl::StrAppend(&sheet, "  ", one.administrator->login, " subject ",
                      FirstAdministrator(installation.id, one.administrator->role).hex(), "\n");
    }
  }
  return sheet;
}

absl::Status WriteSheet(const std::filesystem::path& file, const std::string& sheet) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return FileError(file, "cannot create");
  size_t written = 0;
  while (written < sheet.size()) {
    const ssize_t count = ::write(fd, sheet.data() + written, sheet.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    written += static_cast<size_t>(count);
  }
  const bool durable = written == sheet.size() && ::fsync(fd) == 0;
  const absl::Status failed = durable ? absl::OkStatus() : FileError(file, "cannot write");
  ::close(fd);
  if (!durable) RemoveSheet(file);
  return failed;
}

void RemoveSheet(const std::filesystem::path& file) {
  if (!file.empty()) ::unlink(file.c_str());
}

}  // namespace twinline::identity
