// Who the first administrators are, their first passwords, and the sheet that hands these over.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "platform/runtime/service_module.h"
#include "twinline/types/v1/options.pb.h"

namespace twinline::identity {

struct Administrator {
  types::v1::Role role = types::v1::ROLE_UNSPECIFIED;
  const char* login = "";
  const char* title_zh = "";
  const char* title_en = "";
};

inline constexpr Administrator kAdministrators[] = {
    {types::v1::ROLE_SYSTEM_ADMIN, "sysadmin", "系统管理员", "system administrator"},
    {types::v1::ROLE_SECURITY_ADMIN, "secadmin", "安全管理员", "security administrator"},
    {types::v1::ROLE_AUDIT_ADMIN, "auditadmin", "审计管理员", "audit administrator"},
};

struct FirstPassword {
  const Administrator* administrator = nullptr;
  std::string password;  // must be changed at the first log-in
};
std::vector<FirstPassword> DrawFirstPasswords();

std::string PasswordSheet(const std::vector<FirstPassword>& passwords,
                          const runtime::Installation& installation);

// A new file of mode 0600, on disk when it returns. FAILED_PRECONDITION when it exists.
absl::Status WriteSheet(const std::filesystem::path& file, const std::string& sheet);
void RemoveSheet(const std::filesystem::path& file);

}  // namespace twinline::identity
