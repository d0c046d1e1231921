// twinline proof entry, checkpoint, consistency, key: evidence from the server, and the keys to
// check it with.
#include <charconv>
#include <vector>

#include "audit/domain/verify.h"
#include "fmt/format.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/files.h"
#include "tools/twinline/options.h"
#include "tools/twinline/render.h"
#include "tools/twinline/table.h"
#include "tools/twinline/verifier_key.h"
#include "twinline/audit/v1/audit.pb.h"

namespace twinline::cli {
namespace {

namespace av1 = audit::v1;

struct ProofOptions {
  std::string event_id;
  std::string reason;
  std::string out;
  std::string old_note;
  std::string key;
};

int CallPublic(Cli& cli, std::string_view method, google::protobuf::Message& request,
               google::protobuf::Message* reply) {
  int code = kOk;
  Session* session = cli.session(&code);
  if (session == nullptr) return code;
  const rpc::CallResult result = session->CallPublic(method, request, reply);
  return result.ok() ? static_cast<int>(kOk) : cli.Fail(result);
}

int SaveTo(Cli& cli, const std::string& path, std::string_view content) {
  Download file(path);
  if (!file.Write(content) || !file.Finish()) {
    return cli.Fail(kUsage, "FILE_NOT_WRITTEN", fmt::format("不能写入 {}", path),
                    fmt::format("cannot write {}", path));
  }
  cli.Note(fmt::format("已保存 {}", path), fmt::format("saved {}", path));
  return kOk;
}

// "registry/0/1792468800/15/0/2": the journal's own name has slashes, so it is read from the end.
// An id without the event, or without the event and epoch, is fine too.
bool ReadEventId(const std::string& text, av1::GetInclusionProofRequest* request) {
  std::vector<std::string> parts;
  size_t begin = 0;
  for (size_t slash; (slash = text.find('/', begin)) != std::string::npos; begin = slash + 1) {
    parts.push_back(text.substr(begin, slash - begin));
  }
  parts.push_back(text.substr(begin));
  constexpr size_t kTail = 4;  // epoch, pos, commit, event
  if (parts.size() < kTail + 2) return false;
  const size_t first = parts.size() - kTail;
  const auto number = [](const std::string& digits, auto* value) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), *value);
    return error == std::errc() && end == digits.data() + digits.size();
  };
  uint64_t pos = 0;
  uint32_t commit = 0;
  if (!number(parts[first + 1], &pos) || !number(parts[first + 2], &commit)) return false;
  std::string journal = parts[0];
  for (size_t i = 1; i < first; ++i) journal += "/" + parts[i];
  request->set_journal(journal);
  request->set_pos(pos);
  request->set_commit_index(commit);
  return true;
}

int EntryBody(Cli& cli, const ProofOptions& options) {
  av1::GetInclusionProofRequest request;
  if (!ReadEventId(options.event_id, &request)) {
    return cli.Fail(
        kUsage, "EVENT_ID_UNREADABLE",
        "应为事件编号，如 registry/0/1792468800/15/0/0（trail 输出的末列）",
        "expected an event id such as registry/0/1792468800/15/0/0 (last column of trail)");
  }
  request.set_reason(options.reason);
  av1::GetInclusionProofReply reply;
  if (int code = cli.Call("audit.v1.AuditService.GetInclusionProof", request, &reply)) return code;
  if (!options.out.empty()) return SaveTo(cli, options.out, JsonText(reply.bundle()) + "\n");
  cli.out() << JsonText(reply.bundle()) << '\n';
  return kOk;
}

int CheckpointBody(Cli& cli, const ProofOptions& options) {
  av1::GetCheckpointRequest request;
  av1::GetCheckpointReply reply;
  if (int code = CallPublic(cli, "audit.v1.AuditService.GetCheckpoint", request, &reply))
    return code;
  if (!options.out.empty()) return SaveTo(cli, options.out, reply.note());
  if (cli.PrintedJson(reply)) return kOk;
  cli.out() << reply.note();
  return kOk;
}

int KeyBody(Cli& cli, const ProofOptions&) {
  av1::GetVerifierKeyRequest request;
  av1::GetVerifierKeyReply reply;
  if (int code = CallPublic(cli, "audit.v1.AuditService.GetVerifierKey", request, &reply))
    return code;
  if (cli.PrintedJson(reply)) return kOk;
  cli.out() << reply.verifier_key() << '\n';
  cli.Note("请与两线单位留存的纸质公钥核对。",
           "compare it with the printed one that both lines hold.");
  return kOk;
}

// That the newest checkpoint continues the held one: checked here, with the verifier key that the
// caller trusts.
int ConsistencyBody(Cli& cli, const ProofOptions& options) {
  const auto old_note = ReadWholeFile(options.old_note, audit::kMaxNoteBytes);
  if (!old_note.ok()) return cli.Fail(old_note.status());
  const auto verifier = LoadVerifierKey(options.key);
  if (!verifier.ok()) return cli.Fail(verifier.status());
  const auto held = audit::OpenCheckpoint(*old_note, *verifier);
  if (!held.ok()) {
    return cli.Fail(kNotVerified, "OLD_CHECKPOINT_NOT_VERIFIED",
                    fmt::format("所持检查点未通过核验：{}", std::string(held.status().message())),
                    fmt::format("the held checkpoint does not verify: {}",
                                std::string(held.status().message())));
  }
  av1::GetConsistencyProofRequest request;
  request.set_old_size(held->size);
  av1::GetConsistencyProofReply reply;
  if (int code = CallPublic(cli, "audit.v1.AuditService.GetConsistencyProof", request, &reply))
    return code;
  const std::vector<std::string> hashes(reply.consistency().begin(), reply.consistency().end());
  const auto now = audit::VerifyContinuation(*old_note, reply.note(), hashes, *verifier);
  if (!now.ok()) {
    return cli.Fail(kNotVerified, "HISTORY_REWRITTEN",
                    fmt::format("新检查点不是旧检查点的延续，历史可能被改写：{}",
                                std::string(now.status().message())),
                    fmt::format("the new checkpoint does not continue the old one: {}",
                                std::string(now.status().message())));
  }
  cli.out() << cli.T(
                   fmt::format("通过：从第 {} 条到第 {} 条，历史只增未改。", held->size, now->size),
                   fmt::format("verified: from size {} to {}, nothing was rewritten.", held->size,
                               now->size))
            << '\n';
  return options.out.empty() ? static_cast<int>(kOk) : SaveTo(cli, options.out, reply.note());
}

}  // namespace

void AddProof(CLI::App& app, Cli& cli) {
  CLI::App* proof = Family(app, cli, "proof", "证据：单条、检查点、延续性",
                           "evidence: one entry, the checkpoint, its continuation");
  auto entry = std::make_shared<ProofOptions>();
  CLI::App* command =
      Command(*proof, cli, "entry", "一条记录的存在证明", "proof that one entry is history");
  AddText(command, cli, "event", &entry->event_id, "事件编号", "event id")->required();
  AddText(command, cli, "--reason", &entry->reason, "理由", "reason");
  AddText(command, cli, "--out", &entry->out, "保存到", "file to write");
  Run(command, cli, entry, EntryBody);

  auto checkpoint = std::make_shared<ProofOptions>();
  command = Command(*proof, cli, "checkpoint", "最新签名检查点", "the newest signed checkpoint");
  AddText(command, cli, "--out", &checkpoint->out, "保存到", "file to write");
  Run(command, cli, checkpoint, CheckpointBody);

  auto key = std::make_shared<ProofOptions>();
  Run(Command(*proof, cli, "key", "验证公钥", "the verifier key"), cli, key, KeyBody);

  auto consistency = std::make_shared<ProofOptions>();
  command = Command(*proof, cli, "consistency", "核验最新检查点是所持检查点的延续",
                    "check that the newest checkpoint continues the held one");
  AddText(command, cli, "--old", &consistency->old_note, "所持检查点文件",
          "file with the held checkpoint")
      ->required();
  AddText(command, cli, "--key", &consistency->key, "验证公钥，或存有它的文件",
          "verifier key, or a file with it")
      ->required()
      ->envname("TWINLINE_VERIFIER_KEY");
  AddText(command, cli, "--out", &consistency->out, "新检查点保存到",
          "where to keep the new checkpoint");
  Run(command, cli, consistency, ConsistencyBody);
}

}  // namespace twinline::cli
