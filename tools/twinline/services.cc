// The list, by one message of each package: that also makes the linker keep the descriptors.
#include "tools/twinline/services.h"

#include "twinline/accountability/v1/accountability.pb.h"
#include "twinline/admin/v1/admin.pb.h"
#include "twinline/attendance/v1/attendance.pb.h"
#include "twinline/audit/v1/audit.pb.h"
#include "twinline/demo/v1/demo_clock.pb.h"
#include "twinline/identity/v1/identity.pb.h"
#include "twinline/operation/v1/operation.pb.h"
#include "twinline/registry/v1/registry.pb.h"
#include "twinline/registry/v1/registry_erasure.pb.h"
#include "twinline/transfer/v1/transfer.pb.h"
#include "twinline/transfer/v1/transfer_classes.pb.h"

namespace twinline::cli {

std::vector<const google::protobuf::ServiceDescriptor*> KnownServices() {
  // accountability.proto holds no message of its own: naming its table is what makes the linker
  // keep the file.
  [[maybe_unused]] static const void* volatile keep =
      &descriptor_table_twinline_2faccountability_2fv1_2faccountability_2eproto;
  const google::protobuf::FileDescriptor* files[] = {
      registry::v1::GetChildRequest::descriptor()->file(),
      registry::v1::RequestErasureRequest::descriptor()->file(),
      transfer::v1::GetBusinessRequest::descriptor()->file(),
      transfer::v1::PlanClassRunRequest::descriptor()->file(),
      attendance::v1::GetClassDayRequest::descriptor()->file(),
      google::protobuf::DescriptorPool::generated_pool()->FindFileByName(
          "twinline/accountability/v1/accountability.proto"),
      audit::v1::GetCheckpointRequest::descriptor()->file(),
      identity::v1::WhoAmIRequest::descriptor()->file(),
      admin::v1::BackUpRequest::descriptor()->file(),
      demo::v1::GetTimeRequest::descriptor()->file(),
      operation::v1::GetClockRequest::descriptor()->file(),
  };
  std::vector<const google::protobuf::ServiceDescriptor*> services;
  for (const auto* file : files) {
    for (int i = 0; file != nullptr && i < file->service_count(); ++i) {
      services.push_back(file->service(i));
    }
  }
  return services;
}

}  // namespace twinline::cli
