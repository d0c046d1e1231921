// Texts of the refusals that the RPC layer itself speaks.
#include "platform/rpc/access_refusals.h"

#include <array>
#include <string>

#include "fmt/format.h"
#include "platform/base/hash.h"

namespace twinline::rpc {
namespace {

struct RoleName {
  const char* zh;
  const char* en;
};

constexpr std::array<RoleName, 15> kRoles = {{
    {"未指定", "unspecified"},
    {"班主任", "class teacher"},
    {"学籍管理员", "registrar"},
    {"校长", "principal"},
    {"村干部", "village official"},
    {"乡镇干部", "township official"},
    {"乡镇长", "township head"},
    {"教体局经办", "bureau official"},
    {"教体局局长", "bureau director"},
    {"县（市）长", "county head"},
    {"省级人员", "province official"},
    {"审计员", "auditor"},
    {"系统管理员", "system administrator"},
    {"安全管理员", "security administrator"},
    {"审计管理员", "audit administrator"},
}};

void AppendTo(std::string* list, std::string_view separator, std::string_view item) {
  if (!list->empty()) list->append(separator);
  list->append(item);
}

// What the request names, in both languages, with the fact for machines.
struct Named {
  std::string zh = "该事项";
  std::string en = "what the request is about";
  std::vector<std::pair<std::string, std::string>> facts;
};

Named WhatIsNamed(const Method& method, const google::protobuf::Message& request) {
  Named named;
  const auto first = [&](const FieldPath& path, const char* zh, const char* en, const char* key,
                         bool binary) {
    path.ForEach(request, [&](std::string_view value) {
      const std::string text = binary ? base::ToHex(value) : std::string(value);
      named.zh = binary ? std::string(zh) : fmt::format("{} {}", zh, text);
      named.en = binary ? std::string(en) : fmt::format("{} {}", en, text);
      named.facts.emplace_back(key, text);
      return false;
    });
  };
  first(method.office, "机构", "the office", "office", false);
  first(method.school, "学校", "the school", "school_code", false);
  first(method.class_id, "该班级", "the class", "class_id", true);
  first(method.child, "该学生", "the child", "child_id", true);
  return named;
}

}  // namespace

std::string_view RoleNameZh(int role) {
  return kRoles[role > 0 && role < static_cast<int>(kRoles.size()) ? static_cast<size_t>(role) : 0]
      .zh;
}
std::string_view RoleNameEn(int role) {
  return kRoles[role > 0 && role < static_cast<int>(kRoles.size()) ? static_cast<size_t>(role) : 0]
      .en;
}

base::Refusal TokenMissing() {
  return {"UNAUTHENTICATED_TOKEN_MISSING",
          "您尚未登录，请先登录。",
          "no token: log in and send it as `authorization: Bearer <token>`",
          {}};
}
base::Refusal TokenInvalid() {
  return {"TOKEN_INVALID",
          "登录凭据无效，请重新登录。",
          "the token is not one of this installation; log in again",
          {}};
}
base::Refusal TokenExpired() {
  return {"TOKEN_EXPIRED",
          "登录凭据已过期，请刷新凭据或重新登录。",
          "the token has expired; refresh it or log in again",
          {}};
}
base::Refusal SessionEnded() {
  return {"SESSION_ENDED",
          "本次登录已结束（已退出、被停用或在别处注销），请重新登录。",
          "the session has ended (logged out, locked or revoked); log in again",
          {}};
}
base::Refusal RightsStale() {
  return {"UNAVAILABLE_RIGHTS_STALE",
          "本机的任职信息超过一分钟未能更新，暂停办理，请稍后重试。查询不受影响。",
          "this server has not been able to update its knowledge of duties for more than a minute; "
          "writes are "
          "refused until it has, reads go on",
          {}};
}
base::Refusal DutyUnknown() {
  return {"DUTY_NOT_HELD",
          "所选任职不属于您，或今天不在任期内。请重新选择任职。",
          "the chosen duty is not yours or not in force today; choose another",
          {}};
}

base::Refusal WrongRole(const Method& method, const Standing& standing) {
  std::string zh, en, codes;
  for (const int role : method.access.roles()) {
    AppendTo(&zh, "、", RoleNameZh(role));
    AppendTo(&en, ", ", RoleNameEn(role));
    AppendTo(&codes, ",", types::v1::Role_Name(role));
  }
  if (zh.empty()) {
    zh = "在任人员";
    en = "people with a duty";
  }
  std::string held_zh, held_en;
  for (const Duty& duty : standing.duties) {
    AppendTo(&held_zh, "、", RoleNameZh(duty.role));
    AppendTo(&held_en, ", ", RoleNameEn(duty.role));
  }
  return {"PERMISSION_ROLE",
          fmt::format("此操作限{}办理；您今天的任职：{}。请由有权人员办理。", zh,
                      held_zh.empty() ? "无" : held_zh),
          fmt::format("only {} may do this; your duties today: {}", en,
                      held_en.empty() ? "none" : held_en),
          {{"roles", codes}}};
}

base::Refusal OutOfScope(const Method& method, const google::protobuf::Message& request,
                         const Duty& duty) {
  Named named = WhatIsNamed(method, request);
  named.facts.emplace_back("your_office", duty.office);
  named.facts.emplace_back("your_role", types::v1::Role_Name(duty.role));
  return {
      "PERMISSION_SCOPE",
      fmt::format("{}不在您的职责范围内（您的任职：{}，{}）。请由其所在学校或主管单位办理。",
                  named.zh, RoleNameZh(duty.role), duty.office),
      fmt::format(
          "{} is not within the reach of your duty ({}, {}); its own school or office can do this",
          named.en, RoleNameEn(duty.role), duty.office),
      std::move(named.facts)};
}

base::Refusal ServerBusy() {
  return {"BUSY_TRY_LATER",
          "系统繁忙，请稍后用同一请求编号重试。",
          "too many calls at work; try again shortly with the same request id",
          {}};
}
base::Refusal RequestTooLarge(size_t limit) {
  return {"REQUEST_TOO_LARGE",
          fmt::format("请求超过 {} MB 上限，请拆分后提交。", limit >> 20),
          fmt::format("the request is larger than {} MiB; split it", limit >> 20),
          {{"limit_bytes", std::to_string(limit)}}};
}
base::Refusal RequestUnreadable() {
  return {"REQUEST_UNREADABLE",
          "请求格式无法识别，请更新客户端。",
          "the request bytes are not the message that this method takes",
          {}};
}
base::Refusal AccessNotRecorded() {
  return {"UNAVAILABLE_ACCESS_RECORD",
          "查阅记录未能保存，依规定不得显示个人信息。请稍后重试。",
          "the access record could not be made durable, and without it no personal data is shown; "
          "try again",
          {}};
}

}  // namespace twinline::rpc
