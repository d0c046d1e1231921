// Whatever bytes are sent to whichever method, the server answers with an error and goes on: random
// ones, too many, none, an import of 50 MB of noise.
#include <grpc/support/time.h>
#include <grpcpp/channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <random>

#include "google/protobuf/descriptor.h"
#include "tests/support/running_county.h"
#include "tools/twinline/services.h"
#include "twinline/registry/v1/registry.pb.h"

namespace twinline::test {
namespace {

std::string Noise(size_t size, uint32_t seed) {
  std::mt19937 random(seed);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

class Garbage : public testing::Test {
 protected:
  grpc::Status Send(const std::string& path, const std::string& bytes, const base::Id16& who) {
    grpc::ClientContext context;
    context.set_deadline(
        gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_seconds(30, GPR_TIMESPAN)));
    context.AddMetadata("authorization", "Bearer " + county_.api().TokenOf(who));
    grpc::CompletionQueue queue;
    const grpc::Slice slice(bytes);
    const grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer reply;
    grpc::Status status;
    const auto call = stub_.PrepareUnaryCall(&context, path, request, &queue);
    call->StartCall();
    call->Finish(&reply, &status, this);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    return status;
  }

  bool Alive() {
    registry::v1::HeadCountsRequest request;
    request.set_office("bureau:411282");
    registry::v1::HeadCountsReply reply;
    return county_.api()
        .Call("twinline.registry.v1.RegistryService.HeadCounts", request, &reply,
              county_.loaded().bureau_official)
        .ok();
  }

  RunningCounty county_;
  grpc::GenericStub stub_{county_.api().client().channel()};
};

TEST_F(Garbage, NoMethodTakesNoiseOrTooMuchAndNoneDies) {
  uint32_t seed = 1;
  size_t methods = 0;
  for (const auto* service : cli::KnownServices()) {
    for (int m = 0; m < service->method_count(); ++m) {
      const auto* method = service->method(m);
      if (method->client_streaming() || method->server_streaming()) continue;
      const std::string path = "/" + service->full_name() + "/" + method->name();
      for (const base::Id16& who :
           {county_.loaded().bureau_director, county_.Teacher(0), county_.loaded().auditor}) {
        const grpc::Status noise = Send(path, Noise(2'000, ++seed), who);
        EXPECT_FALSE(noise.ok()) << path;
        EXPECT_NE(noise.error_code(), grpc::StatusCode::INTERNAL) << path;
      }
      ++methods;
    }
  }
  EXPECT_GT(methods, 60u);
  EXPECT_TRUE(Alive());
  // Above every method's limit.
  for (const char* path : {"/twinline.registry.v1.RegistryService/GetChild",
                           "/twinline.identity.v1.IdentityService/LogIn",
                           "/twinline.transfer.v1.ApprovalService/UploadEvidence"}) {
    const grpc::Status large =
        Send(path, Noise(size_t{50} << 20, ++seed), county_.loaded().bureau_director);
    EXPECT_FALSE(large.ok()) << path;
  }
  EXPECT_TRUE(Alive());
}

TEST_F(Garbage, AnImportOfFiftyMegabytesOfNoiseIsRefusedInWords) {
  for (const char* name : {"学生.csv", "学生.xlsx"}) {
    rpc::CallOptions options;
    options.token = county_.api().TokenOf(county_.loaded().bureau_official);
    options.deadline_us = 120'000'000;
    auto writer = county_.api().client().OpenWriter(
        "twinline.registry.v1.RegistryService.ImportStudents", options);
    registry::v1::ImportStudentsRequest start;
    start.mutable_start()->mutable_write()->set_request_id(
        rpc::NewRequestId(county_.api().now_us()).str());
    start.mutable_start()->set_file_name(name);
    start.mutable_start()->set_office("bureau:411282");
    bool open = writer.Write(start);
    registry::v1::ImportStudentsRequest chunk;
    // A zip's first bytes, so that the second one is taken for a workbook.
    std::string bytes = std::string(name).ends_with("xlsx") ? "PK\x03\x04" : "";
    bytes += Noise((size_t{1} << 20) - 64, 7);
    for (int i = 0; i < 49 && open; ++i) {
      chunk.set_chunk(bytes);
      open = writer.Write(chunk);
    }
    registry::v1::ImportStudentsReply reply;
    const rpc::CallResult result = writer.Finish(&reply);
    EXPECT_FALSE(result.ok()) << name;
    ASSERT_TRUE(result.refusal.has_value()) << result.status;
    EXPECT_FALSE(result.refusal->zh.empty());
    EXPECT_TRUE(Alive()) << name;
  }
}

}  // namespace
}  // namespace twinline::test
