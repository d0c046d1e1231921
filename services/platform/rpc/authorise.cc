// The rule: a role that the method names, held today, whose reach covers everything that the
// request names. An unknown child is within nobody's reach but of those who reach everything, so
// that an answer never tells a stranger whether an id exists.
#include "platform/rpc/authorise.h"

#include <string>
#include <variant>

#include "platform/base/civil.h"
#include "platform/base/keys.h"
#include "platform/rpc/access_refusals.h"

namespace twinline::rpc {
namespace {

constexpr std::string_view kBearer = "Bearer ";

}  // namespace

std::optional<base::Refusal> Authoriser::Verify(std::string_view authorization,
                                                Principal* principal) {
  if (authorization.substr(0, kBearer.size()) != kBearer ||
      authorization.size() == kBearer.size()) {
    return TokenMissing();
  }
  const std::string_view jwt = authorization.substr(kBearer.size());
  const base::Digest digest = base::Sha256({jwt});
  const base::Timestamp now = real_clock_->Now();
  std::optional<VerifiedToken> token = cache_.Find(digest, now);
  if (!token) {
    if (!verifier_) return TokenInvalid();
    const auto verified = verifier_(jwt, now);
    if (const auto* problem = std::get_if<TokenProblem>(&verified)) {
      return *problem == TokenProblem::kExpired ? TokenExpired() : TokenInvalid();
    }
    token = std::get<VerifiedToken>(verified);
    cache_.Put(digest, *token, now);
  }
  principal->subject = token->subject;
  principal->session = token->session;
  return std::nullopt;
}

std::optional<base::Refusal> Authoriser::Identify(const Method& method,
                                                  std::string_view authorization,
                                                  std::string_view duty, Caller* caller) {
  if (method.access.public_()) return std::nullopt;
  if (auto refusal = Verify(authorization, &caller->principal)) return refusal;
  if (directory_->SessionEnded(caller->principal.session)) return SessionEnded();
  if (method.access.write() && directory_->StalenessUs() > kStaleUs) return RightsStale();
  caller->standing =
      directory_->StandingOf(caller->principal.subject, base::DayOf(record_clock_->Now()));
  if (duty.empty()) return std::nullopt;
  const auto wanted = base::Id16::FromHex(duty);
  if (wanted) {
    caller->wanted_duty = *wanted;
    for (const Duty& held : caller->standing->duties) {
      if (held.duty_id == *wanted) return std::nullopt;
    }
  }
  caller->may_be_lag = true;
  return DutyUnknown();
}

bool Authoriser::Covers(const Method& method, const google::protobuf::Message& request,
                        const Reach& reach) const {
  if (reach.everything()) return true;
  const auto child = [&](std::string_view bytes) {
    const auto place = directory_->PlaceOf(base::AsId(bytes));
    return place && reach.CoversChild(*place);
  };
  return method.child.ForEach(request, child) &&
         method.class_id.ForEach(
             request,
             [&](std::string_view bytes) { return reach.CoversClass(base::AsId(bytes)); }) &&
         method.school.ForEach(request,
                               [&](std::string_view code) { return reach.CoversSchool(code); }) &&
         method.office.ForEach(request,
                               [&](std::string_view office) { return reach.CoversOffice(office); });
}

std::optional<base::Refusal> Authoriser::Allow(const Method& method,
                                               const google::protobuf::Message& request,
                                               Caller* caller) const {
  if (method.access.public_()) return std::nullopt;
  const Standing& standing = *caller->standing;
  const bool by_place = method.access.scope() == types::v1::SCOPE_DUTY;
  const Duty* out_of_reach = nullptr;
  for (size_t i = 0; i < standing.duties.size(); ++i) {
    const Duty& duty = standing.duties[i];
    if (!caller->wanted_duty.empty() && duty.duty_id != caller->wanted_duty) continue;
    if (!method.MayCall(duty.role)) continue;
    if (by_place && !Covers(method, request, *standing.reaches[i])) {
      if (out_of_reach == nullptr) out_of_reach = &duty;
      continue;
    }
    caller->duty = static_cast<int>(i);
    return std::nullopt;
  }
  // Own matters and reference data need no duty: a person between two duties can still log out.
  if (method.role_mask == 0 && !by_place) return std::nullopt;
  caller->may_be_lag = true;
  if (out_of_reach != nullptr) return OutOfScope(method, request, *out_of_reach);
  return WrongRole(method, standing);
}

}  // namespace twinline::rpc
