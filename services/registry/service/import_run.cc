#include "registry/service/import_run.h"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <span>

#include "platform/base/status_macros.h"
#include "registry/domain/registry_domain.h"
#include "registry/service/csv.h"
#include "registry/service/import_log.h"
#include "registry/service/import_store.h"
#include "registry/service/request_ids.h"
#include "registry/service/xlsx_reader.h"
#include "registry/service/xlsx_writer.h"

namespace twinline::registry {
namespace {

constexpr size_t kChunk = 200;
constexpr int kProblemsShown = 200;
constexpr int kTriesMax = 50;
constexpr int64_t kRetryMs = 100;

using Kind = PlannedRow::Kind;

// The answers to one wave of submissions.
class Wave {
 public:
  explicit Wave(size_t count) : answers_(count), open_(count) {}

  void Answer(size_t index, engine::Answer answer) {
    std::lock_guard lock(mutex_);
    answers_[index] = std::move(answer);
    if (--open_ == 0) done_.notify_all();
  }
  std::vector<engine::Answer> Wait() {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return open_ == 0; });
    return std::move(answers_);
  }
  // A pause that nobody ends early: the queue is full and empties by itself.
  void Pause() {
    std::unique_lock lock(mutex_);
    done_.wait_for(lock, std::chrono::milliseconds(kRetryMs), [] { return false; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable done_;
  std::vector<engine::Answer> answers_;
  size_t open_;
};

class Runner {
 public:
  Runner(const Environment& environment, const ImportJob& job)
      : environment_(environment),
        job_(job),
        planner_(environment, job.scope),
        log_(environment, job.scope, [this](uint32_t type, std::string body, const base::Id16& id) {
          return Record(type, std::move(body), id);
        }) {}

  std::variant<ImportOutcome, base::Refusal, absl::Status> Run() {
    const bool xlsx = LooksLikeZip(job_.bytes);
    auto read = xlsx ? ReadXlsx(job_.bytes) : ReadCsv(job_.bytes);
    if (auto* no = std::get_if<base::Refusal>(&read)) return *no;
    const Sheet& sheet = std::get<Sheet>(read);
    auto form = ReadForm(sheet, job_.scope.school_year);
    if (auto* no = std::get_if<base::Refusal>(&form)) return *no;
    auto& rows = std::get<std::vector<FormRow>>(form);
    for (v1::RowProblem& problem : ColumnsNotTaken(sheet)) Show(std::move(problem));
    for (size_t begin = 0; begin < rows.size(); begin += kChunk) {
      if (environment_.imports != nullptr && environment_.imports->stopping()) {
        return absl::UnavailableError("the server is stopping: send the same file again");
      }
      const size_t end = std::min(rows.size(), begin + kChunk);
      if (absl::Status status = Chunk({rows.data() + begin, end - begin}); !status.ok())
        return status;
    }
    return Finish(sheet, rows, xlsx);
  }

 private:
  absl::Status Chunk(std::span<FormRow> rows) {
    const engine::ReadView view = environment_.shard->Read();
    if (view.next_pos == 0) return absl::UnavailableError("the registry is not ready yet");
    std::vector<PlannedRow> planned;
    std::vector<base::Id16> owners;
    for (FormRow& row : rows) {
      planned.push_back(planner_.Plan(*view.rows, &row));
      if (planned.back().kind == Kind::kCreate) owners.push_back(planned.back().child);
    }
    std::vector<base::Id16> keys(owners.size());
    if (!job_.dry_run && !owners.empty()) {
      auto made = environment_.vault->CreateMany(owners, "child");
      if (!made.ok()) return made.status();
      keys = *std::move(made);
    }
    size_t key = 0;
    for (size_t i = 0; i < rows.size(); ++i) {
      if (planned[i].kind != Kind::kCreate) continue;
      const absl::Status status = planner_.SealCreate(rows[i], keys[key++], &planned[i]);
      if (!status.ok()) return status;
    }
    if (job_.dry_run) {
      DecideOnly(*view.rows, rows, planned);
    } else if (absl::Status status = Submit(rows, planned); !status.ok()) {
      return status;
    }
    for (size_t i = 0; i < rows.size(); ++i) {
      Count(rows[i], planned[i]);
      if (job_.dry_run) continue;
      TWINLINE_RETURN_IF_ERROR(log_.Note(rows[i], planned[i]));
    }
    return absl::OkStatus();
  }

  // The command as answer `n` of `wave`. `content`: what it was made of, for its fingerprint.
  void Queue(const PlannedCommand& command, std::string_view content,
             const std::shared_ptr<Wave>& wave, size_t n) {
    engine::Submission submission;
    submission.command_type = command.type;
    submission.body = command.body;
    submission.request_id = command.request_id;
    const auto fingerprint = job_.fingerprint(command.request_id, content);
    if (fingerprint.ok()) submission.fingerprint = *fingerprint;
    submission.actor = job_.scope.actor;
    submission.lane = engine::Lane::kBulk;
    submission.done = [wave, n](engine::Answer answer) { wave->Answer(n, std::move(answer)); };
    environment_.shard->Submit(std::move(submission));
  }

  // One command of the import itself. A retry of the request meets the answer of its first attempt:
  // sealed text differs each time, so the file stands for the body.
  absl::Status Record(uint32_t type, const std::string& body, const base::Id16& id) {
    for (int tries = 0; tries < kTriesMax; ++tries) {
      const auto wave = std::make_shared<Wave>(1);
      Queue({type, body, id}, job_.bytes, wave, 0);
      const std::vector<engine::Answer> answers = wave->Wait();
      if (const auto* accepted = std::get_if<engine::Accepted>(&answers[0])) {
        last_pos_ = std::max(last_pos_, accepted->pos);
        written_ = true;
        return absl::OkStatus();
      }
      if (const auto* no = std::get_if<base::Refusal>(&answers[0])) {
        return absl::InternalError("the registry does not take the log of an import: " + no->code);
      }
      const absl::Status& status = std::get<absl::Status>(answers[0]);
      if (!absl::IsResourceExhausted(status)) return status;
      wave->Pause();
    }
    return absl::UnavailableError("the registry is busy: send the file again");
  }

  void DecideOnly(const base::Rows& view, std::span<FormRow> rows,
                  const std::vector<PlannedRow>& planned) {
    base::Context context;
    context.now = environment_.clock->Now();
    context.today = base::DayOf(context.now);
    context.actor = job_.scope.actor;
    context.installation = environment_.installation;
    context.demo_realm = environment_.demo_realm;
    for (size_t i = 0; i < rows.size(); ++i) {
      for (const PlannedCommand& command : planned[i].commands) {
        context.request_id = command.request_id;
        const base::Decision decision = domain_.Decide({command.type, command.body}, view, context);
        if (const auto* no = std::get_if<base::Refusal>(&decision)) Refuse(&rows[i], *no);
      }
    }
  }

  // Command by command: the next of a row goes only when the one before was accepted.
  absl::Status Submit(std::span<FormRow> rows, const std::vector<PlannedRow>& planned) {
    for (size_t step = 0;; ++step) {
      std::vector<size_t> going;
      for (size_t i = 0; i < rows.size(); ++i) {
        if (step >= planned[i].commands.size()) continue;
        if (planned[i].kind == Kind::kAlarm || !rows[i].refused()) going.push_back(i);
      }
      if (going.empty()) return absl::OkStatus();
      for (int tries = 0; !going.empty(); ++tries) {
        if (tries == kTriesMax)
          return absl::UnavailableError("the registry is busy: send the file again");
        auto again = SubmitWave(rows, planned, going, step);
        if (!again.ok()) return again.status();
        going = *std::move(again);
      }
    }
  }

  // Returns the rows that found the queue full.
  absl::StatusOr<std::vector<size_t>> SubmitWave(std::span<FormRow> rows,
                                                 const std::vector<PlannedRow>& planned,
                                                 const std::vector<size_t>& going, size_t step) {
    const auto wave = std::make_shared<Wave>(going.size());
    for (size_t n = 0; n < going.size(); ++n) {
      Queue(planned[going[n]].commands[step], rows[going[n]].content, wave, n);
    }
    std::vector<size_t> again;
    const std::vector<engine::Answer> answers = wave->Wait();
    for (size_t n = 0; n < answers.size(); ++n) {
      if (const auto* no = std::get_if<base::Refusal>(&answers[n])) {
        Refuse(&rows[going[n]], *no);
      } else if (const auto* status = std::get_if<absl::Status>(&answers[n])) {
        if (!absl::IsResourceExhausted(*status)) return *status;
        again.push_back(going[n]);
      } else {
        last_pos_ = std::max(last_pos_, std::get<engine::Accepted>(answers[n]).pos);
        written_ = true;
      }
    }
    if (!again.empty()) wave->Pause();
    return again;
  }

  static void Refuse(FormRow* row, const base::Refusal& refusal) {
    // Applied or alarmed before, or nothing left to change: the row is as it should be.
    const bool settled = refusal.code == "ROW_APPLIED_BEFORE" || refusal.code == "NOTHING_CHANGED";
    AddProblem(row, refusal, settled);
  }

  void Show(v1::RowProblem problem) {
    if (outcome_.reply.problems_size() == kProblemsShown) return;
    *outcome_.reply.add_problems() = std::move(problem);
  }

  void Count(const FormRow& row, const PlannedRow& planned) {
    v1::ImportStudentsReply& reply = outcome_.reply;
    reply.set_rows(reply.rows() + 1);
    for (const v1::RowProblem& problem : row.problems) {
      Show(problem);
    }
    if (planned.kind == Kind::kAlarm) {
      reply.set_alarmed(reply.alarmed() + 1);
      reply.set_refused(reply.refused() + 1);
    } else if (row.refused() || planned.kind == Kind::kRefused) {
      reply.set_refused(reply.refused() + 1);
    } else if (planned.kind == Kind::kUnchanged || AppliedBefore(row)) {
      reply.set_unchanged(reply.unchanged() + 1);
    } else if (planned.kind == Kind::kCreate) {
      reply.set_created(reply.created() + 1);
    } else {
      reply.set_changed(reply.changed() + 1);
    }
  }

  static bool AppliedBefore(const FormRow& row) {
    for (const auto& problem : row.problems) {
      if (problem.code() == "ROW_APPLIED_BEFORE") return true;
    }
    return false;
  }

  static std::string Explain(const FormRow& row) {
    std::string text;
    for (const v1::RowProblem& problem : row.problems) {
      if (!text.empty()) text += "；";
      text += (problem.warning() ? "提示：" : "") + problem.message_zh();
    }
    return text;
  }

  absl::Status WriteResult(const Sheet& sheet, const std::vector<FormRow>& rows, bool xlsx) {
    std::vector<std::vector<std::string>> cells;
    size_t error_column = 0;
    for (const Cell& cell : sheet.rows[0]) {
      if (cell.text == kErrorHeading) break;
      ++error_column;
    }
    const auto add = [&](const std::vector<Cell>& from, std::string last) {
      std::vector<std::string>& row = cells.emplace_back();
      for (size_t c = 0; c < error_column; ++c) row.push_back(c < from.size() ? from[c].text : "");
      row.push_back(std::move(last));
    };
    add(sheet.rows[0], std::string(kErrorHeading));
    for (const FormRow& row : rows) add(sheet.rows[row.index], Explain(row));
    outcome_.result_name = "导入结果." + std::string(xlsx ? "xlsx" : "csv");
    if (xlsx) {
      outcome_.content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
      auto bytes = WriteXlsx("导入结果", cells);
      if (!bytes.ok()) return bytes.status();
      outcome_.result_file = *std::move(bytes);
      return absl::OkStatus();
    }
    outcome_.content_type = "text/csv; charset=utf-8";
    CsvWriter writer;
    for (const auto& row : cells) writer.Row(row);
    outcome_.result_file = writer.Take();
    return absl::OkStatus();
  }

  std::variant<ImportOutcome, base::Refusal, absl::Status> Finish(const Sheet& sheet,
                                                                  const std::vector<FormRow>& rows,
                                                                  bool xlsx) {
    if (absl::Status status = WriteResult(sheet, rows, xlsx); !status.ok()) return status;
    outcome_.reply.set_dry_run(job_.dry_run);
    outcome_.reply.set_encoding(sheet.encoding);
    outcome_.reply.set_import_id(log_.import_id().str());
    if (!job_.dry_run) {
      if (absl::Status status = log_.Finish(job_.bytes, outcome_.reply); !status.ok())
        return status;
    }
    if (written_) {
      outcome_.reply.mutable_read_token()->set_journal(environment_.shard->journal_name());
      outcome_.reply.mutable_read_token()->set_pos(last_pos_);
    }
    return std::move(outcome_);
  }

  const Environment& environment_;
  const ImportJob& job_;
  const RegistryDomain domain_;
  ImportPlanner planner_;
  ImportLog log_;
  ImportOutcome outcome_;
  uint64_t last_pos_ = 0;
  bool written_ = false;
};

}  // namespace

std::variant<ImportOutcome, base::Refusal, absl::Status> RunImport(const Environment& environment,
                                                                   const ImportJob& job) {
  return Runner(environment, job).Run();
}

}  // namespace twinline::registry
