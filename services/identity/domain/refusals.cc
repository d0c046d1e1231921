#include "identity/domain/refusals.h"

#include <string>

#include "platform/base/civil.h"

namespace twinline::identity {

using base::Refusal;

Refusal LoginFailed() {
  return {"LOGIN_FAILED",
          "账号或密码不正确。连续输错五次将锁定十五分钟；忘记密码请联系本单位安全管理员重置。",
          "The login or the password is wrong. Five wrong attempts lock it for fifteen minutes; a "
          "forgotten password is reset by the security administrator.",
          {}};
}

Refusal AddressLocked(int64_t until_us) {
  const std::string until = base::ToIso8601(base::Timestamp{until_us});
  return {"ADDRESS_LOCKED",
          "本网络地址登录失败次数过多，请于 " + until + " 之后再试；如系误锁，请联系安全管理员。",
          "Too many failed log-ins from this network address: try again after " + until +
              ", or tell the security administrator.",
          {{"until", until}, {"until_us", std::to_string(until_us)}}};
}

Refusal AccountLocked(int64_t until_us) {
  if (until_us == 0) {
    return {"ACCOUNT_LOCKED",
            "该账号已被停用，请联系安全管理员。",
            "The account is locked; ask the security administrator.",
            {}};
  }
  const std::string until = base::ToIso8601(base::Timestamp{until_us});
  return {"ACCOUNT_LOCKED",
          "密码连续输错，登录已暂时锁定，请于 " + until + " 之后再试，或请安全管理员解锁。",
          "Too many wrong passwords: log-in is locked until " + until +
              ". Wait, or ask the security administrator to unlock it.",
          {{"until", until}, {"until_us", std::to_string(until_us)}}};
}

Refusal PasswordMustChange() {
  return {"PASSWORD_MUST_CHANGE",
          "首次登录或密码被重置后须修改密码：请在登录时一并填写新密码。",
          "The password was set by somebody else and must be changed: log in again with a new "
          "password in the same request.",
          {}};
}

Refusal PasswordSame() {
  return {"PASSWORD_SAME",
          "新密码不能与原密码相同。",
          "The new password must differ from the old one.",
          {}};
}

Refusal OldPasswordWrong() {
  return {"OLD_PASSWORD_WRONG",
          "原密码不正确，密码未修改。",
          "The old password is wrong; nothing was changed.",
          {}};
}

Refusal LoginTaken(std::string_view login) {
  return {"LOGIN_TAKEN",
          "登录名“" + std::string(login) + "”已被使用，请换一个。",
          "The login \"" + std::string(login) + "\" is taken; choose another.",
          {{"login", std::string(login)}}};
}

Refusal LoginInvalid() {
  return {
      "LOGIN_INVALID",
      "登录名须为3至64位，由小写字母、数字及 . _ - @ 组成，并以字母或数字开头。",
      "A login has 3 to 64 of a-z, 0-9, dot, underscore, hyphen and @, and begins with a letter "
      "or digit.",
      {}};
}

Refusal LoginPersonal() {
  return {"LOGIN_INVALID",
          "登录名将永久留存，不得使用身份证号或手机号，请使用工号等编码。",
          "A login is kept for ever and must not be an ID or telephone number; use a staff code.",
          {}};
}

Refusal StaffIdInvalid() {
  return {"STAFF_ID_INVALID",
          "人员标识无效，请从人员名单中选择。",
          "Not a staff id; choose the person from the list.",
          {}};
}

Refusal AccountExists(std::string_view login) {
  return {"ACCOUNT_EXISTS",
          "该人员已有账号（" + std::string(login) + "），一人一号。",
          "The person already has an account (" + std::string(login) + "); one each.",
          {{"login", std::string(login)}}};
}

Refusal AccountUnknown() {
  return {"ACCOUNT_UNKNOWN",
          "没有找到该账号。请先由系统管理员为该人员开通账号。",
          "There is no such account; the system administrator creates it first.",
          {}};
}

Refusal AccountNotLocked() {
  return {"ACCOUNT_NOT_LOCKED", "该账号未被锁定，无需解锁。", "The account is not locked.", {}};
}

Refusal AccountAlreadyLocked() {
  return {"ACCOUNT_ALREADY_LOCKED", "该账号已经停用。", "The account is locked already.", {}};
}

Refusal OwnAccount() {
  return {"ACCOUNT_IS_OWN",
          "不能停用自己的账号，请由另一名安全管理员办理。",
          "You cannot lock your own account; another security administrator does it.",
          {}};
}

Refusal OwnPasswordReset() {
  return {"ACCOUNT_IS_OWN",
          "不能重置自己的密码，请使用“修改密码”。",
          "You cannot reset your own password; change it with the old one.",
          {}};
}

Refusal LockReasonInvalid() {
  return {"LOCK_REASON_INVALID", "锁定原因无效。", "Not a reason for locking.", {}};
}

Refusal SessionUnknown() {
  return {"SESSION_UNKNOWN",
          "该登录会话不存在或已结束。",
          "There is no such session, or it has ended.",
          {}};
}

Refusal SessionInvalid() {
  return {"SESSION_INVALID",
          "登录会话的时限或方式无效。",
          "The time or the kind of the session is invalid.",
          {}};
}

Refusal RefreshInvalid() {
  return {"REFRESH_INVALID",
          "登录已失效，请重新登录。",
          "The refresh token is not valid (any more); log in again.",
          {}};
}

Refusal IssuerUnknown() {
  return {
      "ISSUER_UNKNOWN",
      "本系统未信任该认证机构，请用本系统账号登录或联系安全管理员。",
      "This installation does not trust that issuer; log in with a password, or ask the security "
      "administrator.",
      {}};
}

Refusal IssuerInvalid(std::string_view field) {
  return {"ISSUER_INVALID",
          "认证机构信息不符合要求（" + std::string(field) +
              "）：地址须以 https:// 开头，"
              "受众和账号字段不能为空。",
          "The issuer is not acceptable (" + std::string(field) +
              "): its address begins with https://, audience and subject claim are named.",
          {{"field", std::string(field)}}};
}

Refusal IssuerKeysInvalid(std::string_view why) {
  return {"ISSUER_KEYS_INVALID",
          "认证机构公钥（JWKS）无法使用，请重新获取后提交。",
          "The issuer's key set cannot be used: " + std::string(why),
          {}};
}

Refusal OidcTokenInvalid() {
  return {
      "OIDC_TOKEN_INVALID",
      "统一认证凭据无效、已过期或已使用过，请重新从统一认证平台登录。",
      "The token of the outside issuer is not valid, has expired or was used already; log in there "
      "again.",
      {}};
}

Refusal DemoOnly() {
  return {"DEMO_ONLY", "此功能仅在演示系统中提供。", "Only a demonstration has this.", {}};
}

Refusal MinutesInvalid(uint32_t most) {
  return {"FIELD_MINUTES",
          "有效时长须为1至" + std::to_string(most) + "分钟。",
          "minutes must be 1 to " + std::to_string(most),
          {}};
}

Refusal SigningKeysExist() {
  return {"SIGNING_KEYS_EXIST",
          "签名密钥已存在，请使用密钥轮换。",
          "There are signing keys already; rotate them.",
          {}};
}

Refusal SigningKeyInvalid() {
  return {"SIGNING_KEY_INVALID", "签名密钥信息不完整。", "The signing key is incomplete.", {}};
}

Refusal SigningKeysMissing() {
  return {"SIGNING_KEYS_MISSING",
          "系统尚无签名密钥，请稍后重试。",
          "There are no signing keys yet; try again shortly.",
          {}};
}

Refusal AlreadyInitialised() {
  return {"ALREADY_INITIALISED",
          "系统已初始化，首批管理员账号只能建立一次。",
          "The installation has accounts already; the first ones are made once.",
          {}};
}

Refusal NothingExpired() {
  return {"NOTHING_EXPIRED", "没有到期的会话。", "No session has expired.", {}};
}

}  // namespace twinline::identity
