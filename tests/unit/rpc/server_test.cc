// What the server itself promises: errors round trip, limits, streams, health, reflection, calls
// that are dropped or cancelled, a clean stop.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/impl/client_unary_call.h"
#include "grpcpp/support/sync_stream.h"
#include "platform/rpc/method.h"
#include "platform/rpc/status_map.h"
#include "tests/unit/rpc/echo_rig.h"

namespace twinline::rpc_test {
namespace {

using test::v1::CountReply;
using test::v1::ImportRequest;
using test::v1::PingReply;
using test::v1::PingRequest;

// Waits for what another thread will do; fails loudly instead of hanging.
template <typename Condition>
bool Eventually(Condition condition) {
  const int64_t deadline = base::MonotonicUs() + 10'000'000;
  while (!condition()) {
    if (base::MonotonicUs() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

TEST(StatusMap, ARefusalTravelsWithBothLanguagesAndItsFacts) {
  const base::Refusal refusal{"TRANSFER_FROZEN_SUMMER",
                              "暑假期间不办理转学。",
                              "no transfers in summer",
                              {{"until", "2026-08-15"}}};
  const grpc::Status status = rpc::ToGrpc(refusal);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(status.error_message(), "no transfers in summer");
  const auto back = rpc::RefusalOf(status);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->code, refusal.code);
  EXPECT_EQ(back->zh, refusal.zh);
  EXPECT_EQ(back->en, refusal.en);
  EXPECT_EQ(back->details, refusal.details);
}

TEST(StatusMap, TheCodeSaysWhichKindOfNoItIs) {
  const std::map<std::string, grpc::StatusCode> expected = {
      {"UNAUTHENTICATED_TOKEN_MISSING", grpc::StatusCode::UNAUTHENTICATED},
      {"TOKEN_EXPIRED", grpc::StatusCode::UNAUTHENTICATED},
      {"SESSION_ENDED", grpc::StatusCode::UNAUTHENTICATED},
      {"PERMISSION_SCOPE", grpc::StatusCode::PERMISSION_DENIED},
      {"FIELD_DATE", grpc::StatusCode::INVALID_ARGUMENT},
      {"REQUEST_ID_EXPIRED", grpc::StatusCode::INVALID_ARGUMENT},
      {"CHILD_NOT_FOUND", grpc::StatusCode::NOT_FOUND},
      {"UNAVAILABLE_RIGHTS_STALE", grpc::StatusCode::UNAVAILABLE},
      {"BUSY_TRY_LATER", grpc::StatusCode::RESOURCE_EXHAUSTED},
      {"TRANSFER_OPEN_BUSINESS", grpc::StatusCode::FAILED_PRECONDITION}};
  for (const auto& [code, grpc_code] : expected)
    EXPECT_EQ(rpc::CodeOf({code, "", "", {}}), grpc_code) << code;
}

TEST(StatusMap, AStatusKeepsItsCodeAndHidesWhatIsInternal) {
  const grpc::Status reused = rpc::ToGrpc(
      absl::InvalidArgumentError("REQUEST_ID_REUSED: the id was used for another body"));
  EXPECT_EQ(reused.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(rpc::RefusalOf(reused)->code, "REQUEST_ID_REUSED");
  const grpc::Status internal =
      rpc::ToGrpc(absl::InternalError("/data/state/registry-0 is broken"));
  EXPECT_EQ(internal.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(internal.error_message(), ::testing::Not(::testing::HasSubstr("/data")));
  EXPECT_FALSE(rpc::RefusalOf(internal)->zh.empty());
  EXPECT_EQ(rpc::RefusalOf(rpc::ToGrpc(absl::UnavailableError("x")))->code,
            "UNAVAILABLE_TRY_AGAIN");
}

TEST(Declarations, AMethodThatCannotBeEnforcedStopsTheStart) {
  EchoRig rig;
  rpc::ServerOptions options;
  options.directory = &rig.directory;
  options.record_clock = options.real_clock = &rig.clock;
  options.completions = rig.completions.get();
  options.listen = "";
  const auto start_with = [&](const std::string& method) {
    rpc::Server server(options);
    server.Unary(method, [](rpc::CallPtr call) { call->Finish(); });
    return server.Start();
  };
  EXPECT_EQ(start_with(std::string(kService) + "Undeclared").code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(start_with(std::string(kService) + "NoSuch").code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(start_with(std::string(kService) + "Upload").code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(GrpcServer, TellsItsTimeWithEveryReply) {
  EchoRig rig;
  PingReply pong;
  EXPECT_EQ(rig.Call("Ping", PingRequest(), &pong, {}).server_time_us, rig.clock.Now().us);
  EXPECT_EQ(rig.Call("WhoAmI", PingRequest(), &pong, {}).server_time_us, rig.clock.Now().us);
}

TEST(GrpcServer, DemonstrationMethodsExistOnlyThere) {
  PingReply pong;
  EXPECT_EQ(EchoRig().Call("DemoOnly", PingRequest(), &pong, {}).status.code(),
            absl::StatusCode::kUnimplemented);
  EXPECT_TRUE(EchoRig({.demo = true}).Call("DemoOnly", PingRequest(), &pong, {}).ok());
}

TEST(GrpcServer, RefusesMoreCallsThanItCanWorkOn) {
  EchoRig rig({.in_flight_max = 2});
  PingRequest hold;
  hold.set_behaviour("hold");
  PingReply replies[3];
  std::atomic<int> done{0};
  for (int i = 0; i < 2; ++i) {
    rig.client->CallAsync(std::string(kService) + "Ping", hold, &replies[i], {},
                          [&](const rpc::CallResult& result) { done += result.ok() ? 1 : 100; });
  }
  ASSERT_TRUE(Eventually([&] { return rig.held.load() == 2; }));
  const rpc::CallResult third = rig.Call("Ping", PingRequest(), &replies[2], {});
  EXPECT_EQ(third.status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(third.code(), "BUSY_TRY_LATER");
  rig.Release();
  ASSERT_TRUE(Eventually([&] { return done.load() == 2; }));
  EXPECT_TRUE(rig.Call("Ping", PingRequest(), &replies[2], {}).ok());
}

TEST(GrpcServer, ACallThatItsHandlerForgotIsAnInternalError) {
  EchoRig rig;
  PingRequest drop;
  drop.set_behaviour("drop");
  PingReply pong;
  EXPECT_EQ(rig.Call("Ping", drop, &pong, {}).status.code(), absl::StatusCode::kInternal);
}

TEST(GrpcServer, ACancelledCallFreesItsPlace) {
  EchoRig rig({.in_flight_max = 1});
  PingRequest hold;
  hold.set_behaviour("hold");
  PingReply pong;
  rpc::CallOptions soon;
  soon.deadline_us = 50'000;
  EXPECT_EQ(rig.Call("Ping", hold, &pong, soon).status.code(), absl::StatusCode::kDeadlineExceeded);
  ASSERT_TRUE(Eventually([&] { return rig.server->in_flight() == 0; }));
  EXPECT_TRUE(rig.Call("Ping", PingRequest(), &pong, {}).ok());
}

TEST(GrpcServer, SizesAreLimitedByMethod) {
  EchoRig rig({.real_port = true});
  rig.Appoint("registrar", types::v1::ROLE_REGISTRAR, std::string("school:") + kSchoolA);
  PingRequest ping;
  ping.set_text(std::string(size_t{5} << 20, 'x'));
  PingReply pong;
  EXPECT_EQ(rig.Call("Ping", ping, &pong, {}).code(), "REQUEST_TOO_LARGE");
  ImportRequest import;
  import.set_file(std::string(size_t{7} << 20, 'x'));
  CountReply counted;
  EXPECT_TRUE(rig.Call("Import", import, &counted, rig.As("registrar")).ok());
  import.set_file(std::string(size_t{9} << 20, 'x'));
  EXPECT_EQ(rig.Call("Import", import, &counted, rig.As("registrar")).code(), "REQUEST_TOO_LARGE");
}

TEST(GrpcServer, AClientStreamIsCheckedMessageByMessage) {
  EchoRig rig;
  rig.Appoint("registrar", types::v1::ROLE_REGISTRAR, std::string("school:") + kSchoolA);
  rig.PutChild("x", "7-1", kSchoolA, "411282103");
  rig.PutChild("z", "8-1", kSchoolB, "411282103");
  test::v1::AddNoteRequest note;
  note.set_child_id(Id("x").str());
  CountReply reply;
  {
    auto writer = rig.client->OpenWriter(std::string(kService) + "Upload", rig.As("registrar"));
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(writer.Write(note));
    EXPECT_TRUE(writer.Finish(&reply).ok());
    EXPECT_EQ(reply.count(), 100);
  }
  {
    auto writer = rig.client->OpenWriter(std::string(kService) + "Upload", rig.As("registrar"));
    EXPECT_TRUE(writer.Finish(&reply).ok());
    EXPECT_EQ(reply.count(), 0);
  }
  auto writer = rig.client->OpenWriter(std::string(kService) + "Upload", rig.As("registrar"));
  writer.Write(note);
  note.set_child_id(Id("z").str());
  writer.Write(note);
  EXPECT_EQ(writer.Finish(&reply).code(), "PERMISSION_SCOPE");
  auto nobody = rig.client->OpenWriter(std::string(kService) + "Upload", {});
  EXPECT_EQ(nobody.Finish(&reply).code(), "UNAUTHENTICATED_TOKEN_MISSING");
}

TEST(GrpcServer, HealthNamesTheServerAndItsShards) {
  EchoRig rig({.real_port = true});
  EXPECT_TRUE(*rig.client->Healthy());
  rig.server->SetHealth("registry/0", true);
  EXPECT_TRUE(*rig.client->Healthy("registry/0"));
  rig.server->SetHealth("registry/0", false);
  EXPECT_FALSE(*rig.client->Healthy("registry/0"));
  EXPECT_EQ(rig.client->Healthy("nobody/0").status().code(), absl::StatusCode::kNotFound);
}

TEST(GrpcServer, ReflectionListsTheServices) {
  EchoRig rig({.real_port = true});
  // ServerReflectionRequest{list_services: "*"}: field 7.
  const grpc::Slice slice(std::string("\x3a\x01*"));
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ClientContext context;
  auto stream = std::unique_ptr<grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>>(
      grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, grpc::ByteBuffer>::Create(
          rig.client->channel().get(),
          grpc::internal::RpcMethod(
              "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
              grpc::internal::RpcMethod::BIDI_STREAMING),
          &context));
  ASSERT_TRUE(stream->Write(request));
  grpc::ByteBuffer reply;
  ASSERT_TRUE(stream->Read(&reply));
  grpc::Slice bytes;
  ASSERT_TRUE(reply.DumpToSingleSlice(&bytes).ok());
  EXPECT_THAT(std::string(reinterpret_cast<const char*>(bytes.begin()), bytes.size()),
              ::testing::HasSubstr("twinline.test.v1.EchoService"));
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST(GrpcServer, TwoServersCannotShareAPort) {
  EchoRig rig({.real_port = true});
  rpc::ServerOptions options;
  options.directory = &rig.directory;
  options.record_clock = options.real_clock = &rig.clock;
  options.completions = rig.completions.get();
  options.listen = "127.0.0.1:" + std::to_string(rig.server->port());
  rpc::Server second(options);
  EXPECT_EQ(second.Start().code(), absl::StatusCode::kUnavailable);
}

TEST(GrpcServer, StopsWithCallsStillAtWork) {
  EchoRig rig;
  PingRequest hold;
  hold.set_behaviour("hold");
  PingReply pong;
  std::atomic<bool> ended{false};
  rig.client->CallAsync(std::string(kService) + "Ping", hold, &pong, {},
                        [&](const rpc::CallResult&) { ended = true; });
  ASSERT_TRUE(Eventually([&] { return rig.held.load() == 1; }));
  rig.server->Stop(10'000);
  EXPECT_TRUE(Eventually([&] { return ended.load(); }));
}

}  // namespace
}  // namespace twinline::rpc_test
