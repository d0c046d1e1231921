// The import stream: `start`, then chunks; the work is done on the import thread.
#include <memory>

#include "platform/base/hash.h"
#include "registry/service/handlers.h"
#include "registry/service/import_run.h"
#include "registry/service/import_store.h"
#include "registry/service/request_ids.h"

namespace twinline::registry {
namespace {

using StreamPtr = std::shared_ptr<rpc::ClientStreamCall>;

class Upload : public std::enable_shared_from_this<Upload> {
 public:
  Upload(StreamPtr call, const Environment& environment)
      : call_(std::move(call)), environment_(environment) {}

  void Message(const v1::ImportStudentsRequest& message) {
    if (message.has_start()) {
      if (started_)
        return Refuse("IMPORT_STARTED", "同一次导入只能开始一次。", "Only one start per import.");
      started_ = true;
      Begin(message.start());
    } else if (!started_) {
      return Refuse("IMPORT_NOT_STARTED", "第一条消息应为导入参数。",
                    "The first message is `start`.");
    }
    job_.bytes += message.chunk();
    if (job_.bytes.size() > kFileBytesMax) {
      return Refuse("IMPORT_TOO_LARGE", "文件大于50MB，请拆分后分批导入。",
                    "The file is larger than 50 MB.");
    }
    call_->Next();
  }

  void End() {
    const base::Id16 id = job_.scope.request_id;
    if (auto no = CheckRequestId(id, environment_.clock->Now())) return call_->Finish(*no);
    if (job_.bytes.empty()) return Refuse("IMPORT_EMPTY", "文件为空。", "The file is empty.");
    const bool queued =
        environment_.imports->Enqueue([self = shared_from_this()] { self->Work(); });
    if (!queued) call_->Finish(absl::ResourceExhaustedError("too many imports are waiting"));
  }

 private:
  void Begin(const v1::ImportStart& start) {
    job_.file_name = start.file_name();
    job_.dry_run = start.dry_run();
    job_.scope.actor = call_->actor();
    job_.scope.request_id = base::AsId(start.write().request_id());
    job_.scope.office = start.office();
    job_.scope.source = start.file_name();
    job_.scope.school_year = start.school_year() != 0 ? static_cast<int>(start.school_year())
                                                      : base::SchoolYearOf(environment_.Today());
    owner_ = call_->principal().subject;
    job_.fingerprint = [call = call_.get()](const base::Id16& id,
                                            std::string_view body) -> absl::StatusOr<std::string> {
      const rpc::WriteEnvironment* here = call->environment();
      if (here != nullptr && here->fingerprint) {
        return here->fingerprint(id, call->method_name(), body);
      }
      return std::string(base::View(base::Sha256({body})).substr(0, 16));
    };
  }

  void Work() {
    auto result = RunImport(environment_, job_);
    if (const auto* no = std::get_if<base::Refusal>(&result)) return call_->Finish(*no);
    if (const auto* status = std::get_if<absl::Status>(&result)) return call_->Finish(*status);
    auto& outcome = std::get<ImportOutcome>(result);
    environment_.imports->Put(base::AsId(outcome.reply.import_id()),
                              {owner_, std::move(outcome.result_name),
                               std::move(outcome.content_type), std::move(outcome.result_file)});
    rpc::Out<v1::ImportStudentsReply>(*call_) = std::move(outcome.reply);
    call_->Finish();
  }

  void Refuse(std::string_view code, const char* zh, const char* en) {
    call_->Finish(No(code, zh, en));
  }

  const StreamPtr call_;
  const Environment& environment_;
  ImportJob job_;
  base::Id16 owner_;
  bool started_ = false;
};

void DownloadResult(const rpc::StreamCallPtr& call, const Environment& environment) {
  constexpr size_t kChunkBytes = 256 << 10;
  const auto& request = rpc::In<v1::DownloadImportResultRequest>(*call);
  const auto result =
      environment.imports->Find(base::AsId(request.import_id()), call->principal().subject);
  if (result == nullptr) {
    return call->Finish(
        No("IMPORT_RESULT_GONE", "导入结果只保留一小时，请重新导入同一文件（不会重复登记）。",
           "Results are kept for one hour: import the file again, nothing is doubled."));
  }
  for (size_t at = 0; at < result->bytes.size(); at += kChunkBytes) {
    v1::FileChunk chunk;
    if (at == 0) {
      chunk.set_file_name(result->file_name);
      chunk.set_content_type(result->content_type);
    }
    chunk.set_data(result->bytes.substr(at, kChunkBytes));
    if (!call->Write(chunk)) break;
  }
  call->Finish();
}

}  // namespace

void RegisterImportHandlers(rpc::ServiceRegistry& registry, const Environment& environment) {
  registry.ClientStream(MethodName("ImportStudents"), [&environment](StreamPtr call) {
    auto upload = std::make_shared<Upload>(std::move(call), environment);
    return rpc::ClientStreamHandler{
        [upload](const google::protobuf::Message& message) {
          upload->Message(static_cast<const v1::ImportStudentsRequest&>(message));
        },
        [upload] { upload->End(); }};
  });
  registry.ServerStream(
      MethodName("DownloadImportResult"),
      [&environment](rpc::StreamCallPtr call) { DownloadResult(call, environment); });
}

}  // namespace twinline::registry
