#include "identity/domain/password_policy.h"

#include <algorithm>
#include <array>
#include <string>

#include "platform/base/utf8.h"

namespace twinline::identity {
namespace {

constexpr size_t kMinPersonalBytes = 4;

// Words that carry a password when only digits and signs are put around them, from the lists of
// leaked passwords and from what a school office would choose first. Lower case, letters only,
// sorted.
constexpr auto kCommonWords = std::to_array<std::string_view>({
    "a",        "aa",         "aaa",     "aabb",     "abc",        "abcabc",     "abcd",
    "abcde",    "abcdef",     "abcdefg", "abcdefgh", "abcdefghij", "admin",      "administrator",
    "asd",      "asdasd",     "asdf",    "asdfgh",   "asdfghjkl",  "banzhuren",  "beijing",
    "changeme", "default",    "dragon",  "football", "guanliyuan", "guest",      "henan",
    "huanying", "iloveyou",   "jiaoshi", "jiaoyu",   "jiaoyuju",   "laoshi",     "letmein",
    "lingbao",  "lingbaoshi", "login",   "master",   "mima",       "monkey",     "pass",
    "passwd",   "password",   "q",       "qaz",      "qazwsx",     "qazwsxedc",  "qwe",
    "qweasd",   "qweasdzxc",  "qwer",    "qwert",    "qwerty",     "qwertyuiop", "root",
    "school",   "student",    "teacher", "test",     "twinline",   "user",       "welcome",
    "woaini",   "xueji",      "xuexiao",
});
static_assert(std::is_sorted(kCommonWords.begin(), kCommonWords.end()));

// Rows and columns of the keyboard and the plain orders; a password that is a run of one of them,
// forwards or backwards, once or over again, is on every attacker's list.
constexpr auto kRuns = std::to_array<std::string_view>({
    "01234567890123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1q2w3e4r5t6y7u8i9o0p",
    "qazwsxedcrfvtgbyhnujmikolp",
});

std::string ToLower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool IsLetter(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// "p@ssw0rd" -> "password". `sign` is what an exclamation mark stands for: an i, or just itself.
std::string WithoutDisguise(std::string_view lower, char sign) {
  constexpr std::string_view kDisguise = "@4013$5!";
  const std::string plain = std::string("aaoiess") + sign;
  std::string out(lower);
  for (char& c : out) {
    if (const size_t at = kDisguise.find(c); at != std::string_view::npos) c = plain[at];
  }
  return out;
}

bool IsCommonWord(std::string_view word) {
  return std::binary_search(kCommonWords.begin(), kCommonWords.end(), word);
}

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0; });
}

// What is left without digits and signs is a well-known word.
bool IsWordWithTrimmings(std::string_view lower) {
  if (!IsAscii(lower)) return false;
  for (const std::string& form :
       {std::string(lower), WithoutDisguise(lower, 'i'), WithoutDisguise(lower, '!')}) {
    std::string letters;
    std::copy_if(form.begin(), form.end(), std::back_inserter(letters), IsLetter);
    if (IsCommonWord(letters)) return true;
  }
  return false;
}

// A block of at most six bytes over and over: "121212121212", "abcabcabcabc".
bool IsRepetition(std::string_view text) {
  for (size_t period = 1; period <= 6 && period * 2 <= text.size(); ++period) {
    if (std::equal(text.begin() + static_cast<long>(period), text.end(), text.begin())) return true;
  }
  return false;
}

bool IsRun(std::string_view lower) {
  const std::string backwards(lower.rbegin(), lower.rend());
  return std::any_of(kRuns.begin(), kRuns.end(), [&](std::string_view run) {
    return run.find(lower) != std::string_view::npos ||
           run.find(backwards) != std::string_view::npos;
  });
}

// Lower case, upper case, digits, everything else.
int KindsOfCharacters(std::string_view password) {
  bool lower = false, upper = false, digit = false, other = false;
  for (char c : password) {
    if (IsLetter(c)) {
      lower = true;
    } else if (c >= 'A' && c <= 'Z') {
      upper = true;
    } else if (IsDigit(c)) {
      digit = true;
    } else {
      other = true;
    }
  }
  return lower + upper + digit + other;
}

bool HasControlCharacter(std::u32string_view points) {
  return std::any_of(points.begin(), points.end(), [](char32_t c) {
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || (c >= 0x2028 && c <= 0x2029);
  });
}

base::Refusal TooShort() {
  return {"PASSWORD_TOO_SHORT",
          "密码至少需要 10 个字符，请改用更长的密码，例如几个不相关的词语连在一起。",
          "A password needs at least 10 characters; several unrelated words in a row are good.",
          {{"min_length", std::to_string(kMinPasswordLength)}}};
}

base::Refusal TooLong() {
  return {"PASSWORD_TOO_LONG",
          "密码最多 128 个字符，请缩短后重试。",
          "A password may have at most 128 characters.",
          {{"max_length", std::to_string(kMaxPasswordLength)}}};
}

base::Refusal Malformed() {
  return {"PASSWORD_MALFORMED",
          "密码中含有控制字符或无法识别的编码，请用键盘直接输入密码。",
          "The password has control characters or is not valid UTF-8; type it on the keyboard.",
          {}};
}

base::Refusal Common() {
  return {"PASSWORD_COMMON",
          "该密码属于常见密码，极易被猜中，请换一个与常用词、键盘顺序、重复字符无关的密码。",
          "This password is on every list of common ones; avoid known words, keyboard runs and "
          "repetitions.",
          {}};
}

base::Refusal Personal() {
  return {"PASSWORD_PERSONAL",
          "密码不得包含本人的登录名、姓名、电话或证件号码，请更换密码。",
          "A password may not contain your login name, name, telephone or ID number.",
          {}};
}

base::Refusal TooSimple() {
  return {
      "PASSWORD_TOO_SIMPLE",
      "密码应至少包含大写字母、小写字母、数字、其他字符中的两类；达到 16 个字符的长密码不受此限。",
      "Use at least two of capitals, small letters, digits and other characters, or at least "
      "16 characters.",
      {{"long_length", std::to_string(kLongPasswordLength)}}};
}

}  // namespace

std::optional<base::Refusal> CheckNewPassword(std::string_view password,
                                              std::span<const std::string_view> personal) {
  // Before anything that costs time in proportion to the length.
  if (password.size() > kMaxPasswordLength * 4) return TooLong();
  if (!base::IsValidUtf8(password)) return Malformed();
  const std::u32string points = base::ToCodePoints(password);
  if (HasControlCharacter(points)) return Malformed();
  if (points.size() < kMinPasswordLength) return TooShort();
  if (points.size() > kMaxPasswordLength) return TooLong();
  const std::string lower = ToLower(password);
  if (IsRepetition(lower) || IsRun(lower) || IsWordWithTrimmings(lower)) return Common();
  for (std::string_view part : personal) {
    if (part.size() >= kMinPersonalBytes && lower.find(ToLower(part)) != std::string::npos) {
      return Personal();
    }
  }
  if (points.size() < kLongPasswordLength && KindsOfCharacters(password) < 2) return TooSimple();
  return std::nullopt;
}

}  // namespace twinline::identity
