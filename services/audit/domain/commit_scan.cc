#include "audit/domain/commit_scan.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include "twinline/journal/v1/record.pb.h"

namespace twinline::audit {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;
using journal::v1::Actor;
using journal::v1::Commit;
using journal::v1::Event;

// Calls `field(number, bytes)` for each length-delimited and `number(number, value)` for each
// varint field; skips the rest.
template <typename Bytes, typename Number>
bool ForEachField(std::string_view message, Bytes&& bytes, Number&& number) {
  CodedInputStream in(reinterpret_cast<const uint8_t*>(message.data()),
                      static_cast<int>(message.size()));
  for (;;) {
    const uint32_t tag = in.ReadTag();
    if (tag == 0) return in.ConsumedEntireMessage();
    const int field = WireFormatLite::GetTagFieldNumber(tag);
    switch (WireFormatLite::GetTagWireType(tag)) {
      case WireFormatLite::WIRETYPE_LENGTH_DELIMITED: {
        uint32_t size = 0;
        if (!in.ReadVarint32(&size)) return false;
        const auto at = static_cast<size_t>(in.CurrentPosition());
        if (size > message.size() - at) return false;
        bytes(field, message.substr(at, size));
        if (!in.Skip(static_cast<int>(size))) return false;
        break;
      }
      case WireFormatLite::WIRETYPE_VARINT: {
        uint64_t value = 0;
        if (!in.ReadVarint64(&value)) return false;
        number(field, value);
        break;
      }
      default:
        if (!WireFormatLite::SkipField(&in, tag)) return false;
    }
  }
}

constexpr auto kNoNumber = [](int, uint64_t) {};

bool ScanActor(std::string_view actor, ScannedCommit* out) {
  return ForEachField(
      actor,
      [out](int field, std::string_view value) {
        if (field == Actor::kSubjectFieldNumber) out->subject = value;
      },
      kNoNumber);
}

bool ScanEvent(std::string_view bytes, ScannedCommit* out) {
  ScannedEvent event;
  const bool sound = ForEachField(
      bytes,
      [&event](int field, std::string_view value) {
        if (field == Event::kDataFieldNumber) event.data = value;
      },
      [&event](int field, uint64_t value) {
        if (field == Event::kTypeFieldNumber) event.type = static_cast<uint32_t>(value);
      });
  out->events.push_back(event);
  return sound;
}

}  // namespace

bool ScanCommit(std::string_view commit, ScannedCommit* out) {
  out->subject = {};
  out->events.clear();
  bool sound = true;
  const bool whole = ForEachField(
      commit,
      [&](int field, std::string_view value) {
        if (field == Commit::kActorFieldNumber) sound = sound && ScanActor(value, out);
        if (field == Commit::kEventsFieldNumber) sound = sound && ScanEvent(value, out);
      },
      kNoNumber);
  return whole && sound;
}

}  // namespace twinline::audit
