#include "identity/domain/login.h"

#include <algorithm>

#include "identity/domain/refusals.h"

namespace twinline::identity {
namespace {

constexpr size_t kPhoneDigits = 11;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetterOrDigit(char c) { return (c >= 'a' && c <= 'z') || IsDigit(c); }
bool IsLoginCharacter(char c) {
  return IsLetterOrDigit(c) || c == '.' || c == '_' || c == '-' || c == '@';
}

}  // namespace

std::string NormaliseLogin(std::string_view text) {
  const size_t begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return "";
  std::string login(text.substr(begin, text.find_last_not_of(' ') - begin + 1));
  for (char& c : login) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return login;
}

std::optional<base::Refusal> CheckLogin(std::string_view login) {
  if (login.size() < kMinLogin || login.size() > kMaxLogin || !IsLetterOrDigit(login.front()) ||
      !std::all_of(login.begin(), login.end(), IsLoginCharacter)) {
    return LoginInvalid();
  }
  const auto digits = static_cast<size_t>(std::count_if(login.begin(), login.end(), IsDigit));
  if (digits >= kPhoneDigits && digits + 1 >= login.size()) return LoginPersonal();
  return std::nullopt;
}

}  // namespace twinline::identity
