#include "registry/service/request_ids.h"

#include "platform/base/civil.h"

namespace twinline::registry {

base::Id16 ItemId(const base::Id16& request_id, std::string_view purpose, uint32_t index) {
  const base::Id16 derived =
      base::DeriveId({"item", request_id.bytes(), purpose, std::to_string(index)});
  const auto time = base::TimeOfUuidV7(request_id);
  return time ? base::MakeUuidV7(*time, derived.bytes().substr(0, 10)) : derived;
}

std::optional<base::Refusal> CheckRequestId(const base::Id16& request_id, base::Timestamp now) {
  const auto minted = base::TimeOfUuidV7(request_id);
  if (!minted) {
    return base::Refusal{"REQUEST_ID_MISSING",
                         "缺少请求编号（UUID第7版，16字节）。",
                         "The request id is missing: a UUID version 7 of 16 bytes.",
                         {}};
  }
  const int64_t age = now.us - minted->us;
  if (age <= 30 * base::kDayUs && age >= -int64_t{600'000'000}) return std::nullopt;
  return base::Refusal{
      "REQUEST_ID_EXPIRED",
      "请求编号已过期，请按服务器时间重新生成后提交，本次未执行任何操作。",
      "The request id has expired: make a new one from the server's time; nothing was done.",
      {{"server_time_us", std::to_string(now.us)}}};
}

}  // namespace twinline::registry
