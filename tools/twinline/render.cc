// Formatting of values, and the names of event numbers from the linked protos.
#include "tools/twinline/render.h"

#include <unordered_map>

#include "fmt/format.h"
#include "google/protobuf/util/json_util.h"
#include "platform/base/civil.h"
#include "platform/base/hash.h"
#include "platform/base/time.h"
#include "twinline/accountability/v1/accountability_events.pb.h"
#include "twinline/attendance/v1/attendance_events.pb.h"
#include "twinline/audit/v1/access_events.pb.h"
#include "twinline/audit/v1/audit_events.pb.h"
#include "twinline/demo/v1/demo_events.pb.h"
#include "twinline/identity/v1/identity_events.pb.h"
#include "twinline/journal/v1/record.pb.h"
#include "twinline/registry/v1/registry_events.pb.h"
#include "twinline/transfer/v1/transfer_class_events.pb.h"
#include "twinline/transfer/v1/transfer_events.pb.h"
#include "twinline/types/v1/options.pb.h"

namespace twinline::cli {
namespace {

constexpr size_t kShortHex = 8;

using EventTypes = std::unordered_map<uint32_t, const google::protobuf::Descriptor*>;

EventTypes AllEvents() {
  EventTypes types;
  for (const auto* one : {
           accountability::v1::CaseOpened::descriptor()->file(),
           attendance::v1::RollCallTaken::descriptor()->file(),
           audit::v1::AccessNoted::descriptor()->file(),
           audit::v1::HeadsNoted::descriptor()->file(),
           demo::v1::TimeAdvanced::descriptor()->file(),
           identity::v1::AccountCreated::descriptor()->file(),
           journal::v1::Record::descriptor()->file(),
           registry::v1::ChildRegistered::descriptor()->file(),
           transfer::v1::BusinessOpened::descriptor()->file(),
           transfer::v1::ClassRunPlanned::descriptor()->file(),
       }) {
    for (int i = 0; i < one->message_type_count(); ++i) {
      const uint32_t number = one->message_type(i)->options().GetExtension(types::v1::event_type);
      if (number != 0) types[number] = one->message_type(i);
    }
  }
  return types;
}

}  // namespace

std::string Hex(std::string_view bytes) { return base::ToHex(bytes); }

std::string ShortId(std::string_view bytes) { return base::ToHex(bytes).substr(0, kShortHex); }

std::string Days(int32_t days) {
  return days == 0 ? std::string() : base::CivilDay{days}.ToString();
}

std::string Day(const types::v1::Date& date) { return Days(date.days()); }

std::string Moment(int64_t unix_us) {
  // "No end" travels as the largest number; a year with five digits is no date that anybody meant.
  if (unix_us == 0 || unix_us >= base::StartOfDay(base::CivilDay::FromYmd(10'000, 1, 1)).us)
    return {};
  // ToIso8601 always writes the offset of China Standard Time; a table needs no repetition of it.
  std::string text = base::ToIso8601(base::Timestamp{unix_us}).substr(0, 19);
  text[10] = ' ';
  return text;
}

std::string MomentShort(int64_t unix_us) { return Moment(unix_us).substr(0, 16); }

std::string DeadlineText(Lang lang, const types::v1::Deadline& deadline) {
  if (deadline.due().days() == 0) return {};
  std::string text =
      lang == Lang::kZh
          ? fmt::format("{}（{} 个工作日）", Day(deadline.due()), deadline.working_days())
          : fmt::format("{} ({} working days)", Day(deadline.due()), deadline.working_days());
  if (deadline.lawful_due().days() != 0 && deadline.lawful_due().days() < deadline.due().days()) {
    const std::string lawful = Day(deadline.lawful_due());
    text += lang == Lang::kZh ? fmt::format("，法定期限 {}", lawful)
                              : fmt::format(", by law {}", lawful);
  }
  if (deadline.outage_days() > 0) {
    text += lang == Lang::kZh ? fmt::format("（系统停用 {} 个工作日不计）", deadline.outage_days())
                              : fmt::format(" ({} working days of an outage do not count)",
                                            deadline.outage_days());
  }
  if (deadline.provisional()) text += Text{"（暂定）", " (provisional)"}.In(lang);
  return text;
}

std::string JsonText(const google::protobuf::Message& message, bool one_line) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = !one_line;
  options.always_print_primitive_fields = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text, options).ok()) return "{}";
  text.erase(text.find_last_not_of('\n') + 1);
  return text;
}

const google::protobuf::Descriptor* EventDescriptor(uint32_t type) {
  static const auto* types = new EventTypes(AllEvents());
  const auto it = types->find(type);
  return it == types->end() ? nullptr : it->second;
}

std::string EventName(uint32_t type) {
  const auto* descriptor = EventDescriptor(type);
  return descriptor == nullptr ? std::to_string(type) : descriptor->name();
}

}  // namespace twinline::cli
