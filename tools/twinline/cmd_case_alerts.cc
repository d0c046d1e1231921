// twinline cases alerts, watch-alerts, ack, tasks, task-done, webhooks, deliveries, resend.
#include <chrono>
#include <cstdio>
#include <thread>

#include "fmt/format.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/options.h"
#include "tools/twinline/pages.h"
#include "tools/twinline/render.h"
#include "tools/twinline/resolve.h"
#include "tools/twinline/table.h"
#include "tools/twinline/words.h"
#include "twinline/accountability/v1/accountability_alerts.pb.h"

namespace twinline::cli {
namespace {

namespace av1 = accountability::v1;

struct AlertOptions {
  std::string office;
  base::Id16 alert;
  base::Id16 webhook;
  base::Id16 task;
  std::string note;
  std::string because;
  std::string after;  // pos/ordinal
  bool unanswered = false;
  bool accept = false;
  bool deny = false;
  Limit limit;
};

// The server's own label, for kinds that this program does not know yet.
std::string KindOf(Cli& cli, const av1::AlertView& alert) {
  const std::string& label = cli.lang() == Lang::kZh ? alert.label_zh() : alert.label_en();
  return label.empty() ? Word(cli.lang(), alert.kind()) : label;
}

std::string About(Cli& cli, const av1::AlertView& alert) {
  if (!alert.child_id().empty()) return Hex(alert.child_id());
  if (!alert.class_id().empty()) return cli.names().Class(alert.class_id(), alert.school_code());
  return {};
}

int AlertsBody(Cli& cli, const AlertOptions& options) {
  av1::ListAlertsRequest request;
  request.set_office(options.office);
  request.set_unanswered_only(options.unanswered);
  av1::ListAlertsReply reply;
  if (int code = CallPages(cli, "accountability.v1.AccountabilityService.ListAlerts", request,
                           &reply, options.limit, [](const auto& r) { return r.alerts_size(); })) {
    return code;
  }
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.alerts().empty())
    cli.Nothing("没有预警，这是好消息。", "no alerts; that is good news.");
  Table table({cli.T("预警编号", "alert"), cli.T("时间", "at"), cli.T("事项", "what"),
               cli.T("学生或班级", "child or class"), cli.T("学校", "school"),
               cli.T("答复", "answer"), cli.T("答复人", "by")});
  for (const auto& alert : reply.alerts()) {
    table.Add({Hex(alert.alert_id()), MomentShort(alert.offered_at_us()), KindOf(cli, alert),
               About(cli, alert), cli.names().School(alert.school_code()),
               Word(cli.lang(), alert.answer()), cli.names().Person(alert.answered_by())});
  }
  table.Print(cli.out());
  NoteMore(cli, reply.next_page_token());
  return kOk;
}

bool ReadCursor(const std::string& text, av1::AlertCursor* cursor) {
  unsigned long long pos = 0;
  unsigned ordinal = 0;
  char rest = 0;
  const int read = std::sscanf(text.c_str(), "%llu/%u%c", &pos, &ordinal, &rest);
  cursor->set_pos(pos);
  cursor->set_ordinal(ordinal);
  return read == 2;
}

void PrintAlert(Cli& cli, const av1::WatchAlertsReply& message) {
  if (cli.globals.json) {
    cli.PrintJsonLine(message);
    return;
  }
  const auto& alert = message.alert();
  cli.out() << fmt::format("{}  {}  {}  {}  [{}/{}]", Moment(alert.offered_at_us()),
                           KindOf(cli, alert), About(cli, alert), Hex(alert.alert_id()),
                           alert.cursor().pos(), alert.cursor().ordinal())
            << std::endl;
}

// A broken connection is taken up again behind the last alert that was shown, so none is lost or
// shown twice.
int WatchBody(Cli& cli, const AlertOptions& options) {
  av1::WatchAlertsRequest request;
  request.set_office(options.office);
  if (!options.after.empty() && !ReadCursor(options.after, request.mutable_after())) {
    return cli.Fail(kUsage, "CURSOR_UNREADABLE", "--after 应为方括号中的位置，如 1042/3",
                    "--after: a place such as 1042/3");
  }
  int code = kOk;
  Session* session = cli.session(&code);
  if (session == nullptr) return code;
  if (!cli.globals.json)
    cli.Note("正在等待预警，Ctrl-C 结束。", "waiting for alerts; Ctrl-C ends it.");
  constexpr int kAttempts = 10;
  for (int failed = 0;;) {
    if (const rpc::CallResult ready = session->Prepare(); !ready.ok()) return cli.Fail(ready);
    rpc::Client::Reader reader =
        session->OpenReader("accountability.v1.AccountabilityService.WatchAlerts", request);
    av1::WatchAlertsReply message;
    while (reader.Read(&message)) {
      failed = 0;
      PrintAlert(cli, message);
      *request.mutable_after() = message.alert().cursor();
      message.Clear();
    }
    const rpc::CallResult result = reader.Finish();
    if (!result.ok() && (!WorthRetrying(result.status.code()) || ++failed > kAttempts))
      return cli.Fail(result);
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
}

int AckBody(Cli& cli, const AlertOptions& options) {
  av1::AlertReply reply;
  if (options.accept || options.deny) {
    av1::AnswerAlertRequest request;
    request.set_alert_id(options.alert.str());
    request.set_accept(options.accept);
    request.set_evidence_type(options.because);
    request.set_note(options.note);
    if (int code = cli.Call("accountability.v1.AccountabilityService.AnswerAlert", request, &reply))
      return code;
  } else {
    av1::AcknowledgeAlertRequest request;
    request.set_alert_id(options.alert.str());
    if (int code =
            cli.Call("accountability.v1.AccountabilityService.AcknowledgeAlert", request, &reply))
      return code;
  }
  if (!cli.PrintedJson(reply)) cli.Note("已答复。", "answered.");
  return kOk;
}

int TasksBody(Cli& cli, const AlertOptions& options) {
  av1::ListTasksRequest request;
  request.set_office(options.office);
  av1::ListTasksReply reply;
  if (int code = CallPages(cli, "accountability.v1.AccountabilityService.ListTasks", request,
                           &reply, options.limit, [](const auto& r) { return r.tasks_size(); })) {
    return code;
  }
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.tasks().empty()) cli.Nothing("没有待办任务。", "no open tasks.");
  Table table({cli.T("任务编号", "task"), cli.T("任务", "what"), cli.T("学生编号", "child id"),
               cli.T("班级", "class"), cli.T("首日", "day"), cli.T("天数", "days"),
               cli.T("期限", "due")});
  table.AlignRight(5);
  for (const auto& line : reply.tasks()) {
    const auto& task = line.facts();
    table.Add({Hex(task.task_id()), Word(cli.lang(), task.kind()), Hex(line.child_id()),
               cli.names().Class(task.class_id(), task.school_code()), Day(task.day()),
               std::to_string(task.days()),
               DeadlineText(cli.lang(), task.deadline()) +
                   (task.overdue() ? cli.T(" 已逾期", " overdue") : "")});
  }
  table.Print(cli.out());
  NoteMore(cli, reply.next_page_token());
  return kOk;
}

int TaskDoneBody(Cli& cli, const AlertOptions& options) {
  av1::CompleteTaskRequest request;
  request.set_task_id(options.task.str());
  request.set_note(options.note);
  av1::CompleteTaskReply reply;
  if (int code = cli.Call("accountability.v1.AccountabilityService.CompleteTask", request, &reply))
    return code;
  if (!cli.PrintedJson(reply)) cli.Note("任务已完成。", "the task is done.");
  return kOk;
}

int DeliveriesBody(Cli& cli, const AlertOptions& options) {
  av1::ListDeliveriesRequest request;
  if (int code = OfficeOrOwn(cli, options.office, request.mutable_office())) return code;
  request.set_webhook_id(options.webhook.str());
  av1::ListDeliveriesReply reply;
  if (int code =
          CallPages(cli, "accountability.v1.AccountabilityService.ListDeliveries", request, &reply,
                    options.limit, [](const auto& r) { return r.deliveries_size(); })) {
    return code;
  }
  if (cli.PrintedJson(reply)) return kOk;
  if (reply.deliveries().empty())
    cli.Nothing("该地址还没有推送。", "nothing was sent to this address.");
  Table table({cli.T("预警编号", "alert"), cli.T("事项", "what"), cli.T("状态", "state"),
               cli.T("次数", "attempts"), cli.T("时间", "at"), cli.T("最近错误", "last error")});
  table.AlignRight(3);
  for (const auto& one : reply.deliveries()) {
    table.Add({Hex(one.alert_id()), Word(cli.lang(), one.kind()), Word(cli.lang(), one.state()),
               std::to_string(one.attempts()), Moment(one.changed_at_us()), one.last_error()});
  }
  table.Print(cli.out());
  NoteMore(cli, reply.next_page_token());
  return kOk;
}

int ResendBody(Cli& cli, const AlertOptions& options) {
  av1::ResendDeliveryRequest request;
  if (int code = OfficeOrOwn(cli, options.office, request.mutable_office())) return code;
  request.set_alert_id(options.alert.str());
  request.set_webhook_id(options.webhook.str());
  av1::ResendDeliveryReply reply;
  if (int code =
          cli.Call("accountability.v1.AccountabilityService.ResendDelivery", request, &reply))
    return code;
  if (!cli.PrintedJson(reply)) cli.Note("已要求重送。", "it will be sent again.");
  return kOk;
}

void AddDeliveries(CLI::App& cases, Cli& cli) {
  AddWebhookList(cases, cli, "webhooks");

  auto deliveries = std::make_shared<AlertOptions>();
  CLI::App* command =
      Command(cases, cli, "deliveries", "推送记录，新的在前", "what was sent, newest first");
  AddId(command, cli, "webhook", &deliveries->webhook, "接口编号（cases webhooks 可查）",
        "webhook id")
      ->required();
  AddOffice(command, cli, "--office", &deliveries->office, "机构，默认本机构",
            "office, by default the own one");
  AddLimit(command, cli, &deliveries->limit);
  Run(command, cli, deliveries, DeliveriesBody);

  auto resend = std::make_shared<AlertOptions>();
  command = Command(cases, cli, "resend", "要求重送一次", "send one alert again");
  AddId(command, cli, "webhook", &resend->webhook, "接口编号", "webhook id")->required();
  AddId(command, cli, "alert", &resend->alert, "预警编号", "alert id")->required();
  AddOffice(command, cli, "--office", &resend->office, "机构，默认本机构",
            "office, by default the own one");
  Run(command, cli, resend, ResendBody);
}

}  // namespace

void AddCaseAlerts(CLI::App& cases, Cli& cli) {
  auto alerts = std::make_shared<AlertOptions>();
  CLI::App* command = Command(cases, cli, "alerts", "发给本机构的预警", "alerts to the own office");
  AddOffice(command, cli, "--office", &alerts->office, "机构，默认本机构",
            "office, by default the own one");
  AddFlag(command, cli, "--unanswered", &alerts->unanswered, "只看未答复", "only unanswered ones");
  AddLimit(command, cli, &alerts->limit);
  Run(command, cli, alerts, AlertsBody);

  auto watch = std::make_shared<AlertOptions>();
  command = Command(cases, cli, "watch-alerts", "持续接收预警", "receive alerts as they come");
  AddOffice(command, cli, "--office", &watch->office, "机构，默认本机构",
            "office, by default the own one");
  AddText(command, cli, "--after", &watch->after, "从这个位置之后接着收",
          "go on behind this place");
  Run(command, cli, watch, WatchBody);

  auto ack = std::make_shared<AlertOptions>();
  command = Command(cases, cli, "ack", "已阅；乡镇可 --accept 认领或 --deny 否认",
                    "seen; a township may --accept or --deny");
  AddId(command, cli, "alert", &ack->alert, "预警编号", "alert id")->required();
  auto* accept =
      command->add_flag("--accept", ack->accept, cli.T("认领", "accept and take the case over"));
  command->add_flag("--deny", ack->deny, cli.T("不属本辖区", "not ours"))->excludes(accept);
  AddCode(command, cli, "--because", &ack->because,
          {"HUKOU_MOVED", "RESIDENCE_MOVED", "NEVER_RESIDED", "ENROLLED_ELSEWHERE"}, "否认的依据",
          "evidence of the denial");
  AddText(command, cli, "--note", &ack->note, "说明", "note");
  Run(command, cli, ack, AckBody);

  auto tasks = std::make_shared<AlertOptions>();
  command = Command(cases, cli, "tasks", "尚未立案的任务：联系、报告、核实",
                    "tasks that are no case yet");
  AddOffice(command, cli, "--office", &tasks->office, "机构，默认本机构",
            "office, by default the own one");
  AddLimit(command, cli, &tasks->limit);
  Run(command, cli, tasks, TasksBody);

  auto done = std::make_shared<AlertOptions>();
  command = Command(cases, cli, "task-done", "完成一项任务", "complete a task");
  AddId(command, cli, "task", &done->task, "任务编号", "task id")->required();
  AddText(command, cli, "--note", &done->note, "怎么做的", "what was done")->required();
  Run(command, cli, done, TaskDoneBody);

  AddDeliveries(cases, cli);
}

}  // namespace twinline::cli
