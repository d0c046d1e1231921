#include "tools/bench/bare_server.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "twinline/attendance/v1/attendance.pb.h"

namespace twinline::bench {
namespace {

class Committer;

// One call: read the request, parse it, hand it on, answer.
class Call final : public grpc::ServerGenericBidiReactor {
 public:
  explicit Call(Committer* committer) : committer_(committer) { StartRead(&buffer_); }
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool) override { Finish(grpc::Status::OK); }
  void OnDone() override { delete this; }
  void Answer() {
    attendance::v1::SubmitRollCallReply reply;
    reply.mutable_read_token()->set_pos(1);
    const grpc::Slice slice(reply.SerializeAsString());
    buffer_ = grpc::ByteBuffer(&slice, 1);
    StartWrite(&buffer_);
  }
  const std::string& body() const { return body_; }

 private:
  Committer* const committer_;
  grpc::ByteBuffer buffer_;
  std::string body_;
};

// Collects what arrives while an fsync is under way into the next write batch.
class Committer {
 public:
  explicit Committer(std::unique_ptr<rocksdb::DB> db)
      : db_(std::move(db)), thread_([this] { Loop(); }) {}
  ~Committer() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }
  void Add(Call* call) {
    {
      std::lock_guard lock(mutex_);
      queue_.push_back(call);
    }
    wake_.notify_one();
  }

 private:
  void Loop() {
    std::vector<Call*> batch;
    for (;;) {
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
        if (queue_.empty()) return;
        batch.swap(queue_);
      }
      rocksdb::WriteBatch writes;
      for (const Call* call : batch) {
        char key[8];
        for (int i = 0; i < 8; ++i) key[i] = static_cast<char>(next_ >> (56 - 8 * i));
        ++next_;
        writes.Put(rocksdb::Slice(key, sizeof key), call->body());
      }
      rocksdb::WriteOptions options;
      options.sync = true;
      if (!db_->Write(options, &writes).ok()) std::abort();
      for (Call* call : batch) call->Answer();
      batch.clear();
    }
  }

  std::unique_ptr<rocksdb::DB> db_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Call*> queue_;
  bool stopping_ = false;
  uint64_t next_ = 0;
  std::thread thread_;
};

void Call::OnReadDone(bool ok) {
  grpc::Slice slice;
  if (!ok || !buffer_.DumpToSingleSlice(&slice).ok()) return Finish(grpc::Status::CANCELLED);
  attendance::v1::SubmitRollCallRequest request;
  body_.assign(reinterpret_cast<const char*>(slice.begin()), slice.size());
  if (!request.ParseFromString(body_))
    return Finish(grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "parse"));
  if (committer_ == nullptr) return Answer();
  committer_->Add(this);
}

class Service final : public grpc::CallbackGenericService {
 public:
  explicit Service(Committer* committer) : committer_(committer) {}
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override {
    return new Call(committer_);
  }

 private:
  Committer* const committer_;
};

class Running final : public BareServer {
 public:
  explicit Running(std::unique_ptr<Committer> committer)
      : committer_(std::move(committer)), service_(committer_.get()) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterCallbackGenericService(&service_);
    server_ = builder.BuildAndStart();
  }
  ~Running() override { server_->Shutdown(); }
  int port() const override { return port_; }

 private:
  std::unique_ptr<Committer> committer_;
  Service service_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<BareServer>> BareServer::Start(
    BareKind kind, const std::filesystem::path& directory) {
  std::unique_ptr<Committer> committer;
  if (kind == BareKind::kGroupFsync) {
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* db = nullptr;
    const rocksdb::Status opened = rocksdb::DB::Open(options, directory.string(), &db);
    if (!opened.ok()) return absl::UnavailableError(opened.ToString());
    committer = std::make_unique<Committer>(std::unique_ptr<rocksdb::DB>(db));
  }
  return std::make_unique<Running>(std::move(committer));
}

}  // namespace twinline::bench
