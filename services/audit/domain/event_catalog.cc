#include "audit/domain/event_catalog.h"

#include <google/protobuf/descriptor.h>

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

namespace twinline::audit {

using google::protobuf::Descriptor;
using google::protobuf::FileDescriptor;

namespace {

// One message of each event file names the file.
std::map<uint32_t, const Descriptor*> Collect() {
  std::map<uint32_t, const Descriptor*> types;
  for (const FileDescriptor* file :
       {registry::v1::ChildRegistered::descriptor()->file(),
        transfer::v1::BusinessOpened::descriptor()->file(),
        transfer::v1::ClassRunPlanned::descriptor()->file(),
        attendance::v1::RollCallTaken::descriptor()->file(),
        accountability::v1::CaseOpened::descriptor()->file(),
        identity::v1::SessionStarted::descriptor()->file(), v1::HeadsNoted::descriptor()->file(),
        v1::AccessNoted::descriptor()->file(), demo::v1::TimeAdvanced::descriptor()->file(),
        journal::v1::NoEffect::descriptor()->file()}) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      const Descriptor* type = file->message_type(i);
      const uint32_t number = type->options().GetExtension(types::v1::event_type);
      if (number != 0) types[number] = type;
    }
  }
  return types;
}

}  // namespace

const std::map<uint32_t, const Descriptor*>& EventTypes() {
  static const auto* types = new std::map<uint32_t, const Descriptor*>(Collect());
  return *types;
}

const Descriptor* EventDescriptor(uint32_t type) {
  const auto it = EventTypes().find(type);
  return it == EventTypes().end() ? nullptr : it->second;
}

std::optional<uint32_t> EventTypeByName(std::string_view name) {
  for (const auto& [number, type] : EventTypes()) {
    if (name == type->name() || name == type->full_name()) return number;
  }
  return std::nullopt;
}

}  // namespace twinline::audit
