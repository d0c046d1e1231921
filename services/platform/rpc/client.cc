// The client side: byte buffers over gRPC's generic calls.
#include "platform/rpc/client.h"

#include <charconv>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "grpc/support/time.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/impl/client_unary_call.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/support/sync_stream.h"
#include "platform/base/hash.h"
#include "platform/base/status_macros.h"
#include "platform/rpc/byte_buffers.h"
#include "platform/rpc/status_map.h"

namespace twinline::rpc {
namespace {

using google::protobuf::Message;
using grpc::internal::RpcMethod;

// "a.b.Service.Method" -> "/a.b.Service/Method".
std::string PathOf(std::string_view method) {
  std::string path("/");
  path.append(method);
  if (const size_t dot = path.rfind('.'); dot != std::string::npos) path[dot] = '/';
  return path;
}

void Prepare(grpc::ClientContext* context, const CallOptions& options) {
  if (!options.token.empty()) {
    context->AddMetadata("authorization", absl::StrCat("Bearer ", options.token));
  }
  if (!options.duty.empty()) context->AddMetadata("x-twinline-duty", options.duty);
  if (options.deadline_us > 0) {
    context->set_deadline(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                                       gpr_time_from_micros(options.deadline_us, GPR_TIMESPAN)));
  }
}

CallResult Ended(const grpc::ClientContext& context, const grpc::Status& status) {
  CallResult result{FromGrpc(status), RefusalOf(status), 0};
  const auto& trailers = context.GetServerTrailingMetadata();
  if (const auto it = trailers.find("x-twinline-time-us"); it != trailers.end()) {
    std::from_chars(it->second.data(), it->second.data() + it->second.size(),
                    result.server_time_us);
  }
  return result;
}

CallResult EndedWithReply(const grpc::ClientContext& context, const grpc::Status& status,
                          const grpc::ByteBuffer& bytes, Message* reply) {
  CallResult result = Ended(context, status);
  if (result.ok() && !ParseBytes(bytes, reply)) {
    result.status = absl::InternalError("the reply is not the message that was expected");
  }
  return result;
}

absl::StatusOr<std::string> ReadText(const std::string& path) {
  if (path.empty()) return std::string();
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  if (!stream || !(text << stream.rdbuf())) {
    return absl::NotFoundError(absl::StrCat("cannot read ", path));
  }
  return text.str();
}

}  // namespace

std::string CallResult::code() const {
  if (refusal) return refusal->code;
  return absl::StatusCodeToString(status.code());
}

absl::StatusOr<Client> Client::Connect(const ChannelOptions& options) {
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (!options.ca_file.empty()) {
    grpc::SslCredentialsOptions tls;
    TWINLINE_ASSIGN_OR_RETURN(tls.pem_root_certs, ReadText(options.ca_file));
    TWINLINE_ASSIGN_OR_RETURN(tls.pem_cert_chain, ReadText(options.certificate_file));
    TWINLINE_ASSIGN_OR_RETURN(tls.pem_private_key, ReadText(options.key_file));
    credentials = grpc::SslCredentials(tls);
  }
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  if (options.own_connection) arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return Client(grpc::CreateCustomChannel(options.target, credentials, arguments));
}

Client::Client(std::shared_ptr<grpc::Channel> channel) : channel_(std::move(channel)) {}

CallResult Client::Call(std::string_view method, const Message& request, Message* reply,
                        const CallOptions& options) const {
  grpc::ClientContext context;
  Prepare(&context, options);
  const std::string path = PathOf(method);
  const grpc::ByteBuffer in = SerialiseBytes(request);
  grpc::ByteBuffer out;
  const grpc::Status status = grpc::internal::BlockingUnaryCall(
      channel_.get(), RpcMethod(path.c_str(), RpcMethod::NORMAL_RPC), &context, in, &out);
  return EndedWithReply(context, status, out, reply);
}

void Client::CallAsync(std::string_view method, const Message& request, Message* reply,
                       const CallOptions& options, std::function<void(CallResult)> done) const {
  struct Flight {
    grpc::ClientContext context;
    std::string path;
    grpc::ByteBuffer in, out;
    std::function<void(CallResult)> done;
  };
  auto flight = std::make_shared<Flight>();
  Prepare(&flight->context, options);
  flight->path = PathOf(method);
  flight->in = SerialiseBytes(request);
  flight->done = std::move(done);
  grpc::GenericStub stub(channel_);
  stub.UnaryCall(&flight->context, flight->path, {}, &flight->in, &flight->out,
                 [flight, reply](const grpc::Status& status) {
                   flight->done(EndedWithReply(flight->context, status, flight->out, reply));
                 });
}

struct Client::Reader::State {
  grpc::ClientContext context;
  std::string path;
  std::unique_ptr<grpc::ClientReader<grpc::ByteBuffer>> reader;
  bool finished = false;
};

Client::Reader::Reader(std::unique_ptr<State> state) : state_(std::move(state)) {}
Client::Reader::Reader(Reader&&) noexcept = default;
Client::Reader::~Reader() {
  if (state_ == nullptr || state_->finished) return;
  Cancel();
  static_cast<void>(Finish());
}

bool Client::Reader::Read(Message* message) {
  grpc::ByteBuffer bytes;
  return state_->reader->Read(&bytes) && ParseBytes(bytes, message);
}

CallResult Client::Reader::Finish() {
  grpc::ByteBuffer rest;
  while (state_->reader->Read(&rest)) {
  }
  state_->finished = true;
  const grpc::Status status = state_->reader->Finish();
  return Ended(state_->context, status);
}

void Client::Reader::Cancel() { state_->context.TryCancel(); }

Client::Reader Client::OpenReader(std::string_view method, const Message& request,
                                  const CallOptions& options) const {
  auto state = std::make_unique<Reader::State>();
  Prepare(&state->context, options);
  state->path = PathOf(method);
  state->reader.reset(grpc::internal::ClientReaderFactory<grpc::ByteBuffer>::Create(
      channel_.get(), RpcMethod(state->path.c_str(), RpcMethod::SERVER_STREAMING), &state->context,
      SerialiseBytes(request)));
  return Reader(std::move(state));
}

struct Client::Writer::State {
  grpc::ClientContext context;
  std::string path;
  grpc::ByteBuffer out;
  std::unique_ptr<grpc::ClientWriter<grpc::ByteBuffer>> writer;
  bool finished = false;
};

Client::Writer::Writer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Client::Writer::Writer(Writer&&) noexcept = default;
Client::Writer::~Writer() {
  if (state_ == nullptr || state_->finished) return;
  state_->context.TryCancel();
  static_cast<void>(state_->writer->Finish());
}

bool Client::Writer::Write(const Message& message) {
  return state_->writer->Write(SerialiseBytes(message));
}

CallResult Client::Writer::Finish(Message* reply) {
  state_->writer->WritesDone();
  state_->finished = true;
  const grpc::Status status = state_->writer->Finish();
  return EndedWithReply(state_->context, status, state_->out, reply);
}

Client::Writer Client::OpenWriter(std::string_view method, const CallOptions& options) const {
  auto state = std::make_unique<Writer::State>();
  Prepare(&state->context, options);
  state->path = PathOf(method);
  state->writer.reset(grpc::internal::ClientWriterFactory<grpc::ByteBuffer>::Create(
      channel_.get(), RpcMethod(state->path.c_str(), RpcMethod::CLIENT_STREAMING), &state->context,
      &state->out));
  return Writer(std::move(state));
}

absl::StatusOr<bool> Client::Healthy(const std::string& name) const {
  // grpc.health.v1.HealthCheckRequest{string service = 1}, HealthCheckResponse{enum status = 1},
  // with SERVING = 1: two fields are not worth a generated file.
  std::string request;
  if (!name.empty()) {
    request.push_back('\x0a');
    request.push_back(static_cast<char>(name.size()));
    request.append(name);
  }
  grpc::ClientContext context;
  Prepare(&context, {});
  const grpc::Slice slice(request);
  const grpc::ByteBuffer in(&slice, 1);
  grpc::ByteBuffer out;
  const grpc::Status status = grpc::internal::BlockingUnaryCall(
      channel_.get(), RpcMethod("/grpc.health.v1.Health/Check", RpcMethod::NORMAL_RPC), &context,
      in, &out);
  if (!status.ok()) return FromGrpc(status);
  grpc::Slice answer;
  if (!out.DumpToSingleSlice(&answer).ok()) return false;
  return answer.size() == 2 && answer.begin()[0] == 0x08 && answer.begin()[1] == 1;
}

bool Client::WaitConnected(int64_t timeout_us) const {
  return channel_->WaitForConnected(
      gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_micros(timeout_us, GPR_TIMESPAN)));
}

base::Id16 NewRequestId(int64_t now_us) {
  return base::MakeUuidV7(base::Timestamp{now_us}, base::RandomBytes(10));
}

}  // namespace twinline::rpc
