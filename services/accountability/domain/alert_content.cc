#include "accountability/domain/alert_content.h"

#include "platform/base/civil.h"
#include "platform/base/hash.h"

namespace twinline::accountability {
namespace {

// Values are codes and dates; a quote or control character in one is a caller's mistake and is
// dropped.
void Add(std::string* json, const char* name, std::string_view value) {
  if (json->size() > 1) *json += ',';
  *json += '"';
  *json += name;
  *json += "\":\"";
  for (const char c : value) {
    if (c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20) *json += c;
  }
  *json += '"';
}

}  // namespace

std::string AlertContent(const v1::AlertOffered& alert) {
  std::string json = "{";
  Add(&json, "alert_id", base::ToHex(alert.alert_id()));
  Add(&json, "kind", alert.kind());
  Add(&json, "office", alert.office());
  Add(&json, "case_id", base::ToHex(alert.case_id()));
  Add(&json, "school", alert.school_code());
  Add(&json, "class_id", base::ToHex(alert.source_class_id()));
  Add(&json, "summary", alert.summary());
  Add(&json, "offered_at", base::ToIso8601(base::Timestamp{alert.offered_at_us()}));
  return json + "}";
}

std::string AlertContentDigest(const v1::AlertOffered& alert) {
  return std::string(base::View(base::Sha256({AlertContent(alert)})));
}

}  // namespace twinline::accountability
