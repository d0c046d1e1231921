// twinline admin topics: the topics of a Kafka cluster against deploy/kafka/topics.tsv. Makes what
// is missing when asked to; what exists is never changed from here (ADR 0035).
#include "fmt/format.h"
#include "platform/journal/kafka_admin.h"
#include "platform/runtime/config.h"
#include "platform/runtime/journal_medium.h"
#include "tools/twinline/commands.h"
#include "tools/twinline/options.h"

namespace twinline::cli {
namespace {

struct TopicsOptions {
  std::string brokers;
  std::string prefix, ca, certificate, key;
  std::string replicas = "3";
  bool demo = false;
  bool create = false;
};

constexpr int kMonthsAhead = 2;

int TopicsBody(Cli& cli, const TopicsOptions& options) {
  config::v1::Config config = runtime::DefaultConfig();
  config.mutable_journals()->set_medium("kafka");
  config.mutable_kafka()->set_brokers(options.brokers);
  config.mutable_kafka()->set_topic_prefix(options.prefix);
  config.mutable_kafka()->set_tls_ca_file(options.ca);
  config.mutable_kafka()->set_tls_certificate_file(options.certificate);
  config.mutable_kafka()->set_tls_key_file(options.key);
  if (const absl::Status checked = runtime::CheckConfig(config); !checked.ok()) {
    return cli.Fail(checked);
  }
  const journal::KafkaOptions kafka = runtime::KafkaOptionsOf(config.kafka(), options.demo);
  const auto wanted =
      kafka.topics.Wanted(kafka.topic_prefix, options.demo, options.replicas == "1" ? 1 : 3,
                          runtime::TopicMonths(kMonthsAhead));
  const auto admin = journal::KafkaAdmin::Connect(kafka);
  if (!admin.ok()) return cli.Fail(admin.status());
  if (options.create) {
    const auto made = (*admin)->CreateMissing(wanted);
    if (!made.ok()) return cli.Fail(made.status());
    for (const std::string& name : *made) {
      cli.out() << cli.T("已建立 ", "made ") << name << '\n';
    }
  }
  const auto report = (*admin)->Compare(wanted);
  if (!report.ok()) return cli.Fail(report.status());
  for (const std::string& name : report->missing) {
    cli.out() << cli.T("缺少 ", "missing ") << name << '\n';
  }
  for (const std::string& line : report->drift) {
    cli.out() << cli.T("不符 ", "differs ") << line << '\n';
  }
  const size_t wrong = report->missing.size() + report->drift.size();
  if (wrong == 0) {
    cli.out() << fmt::format(fmt::runtime(cli.T("{} 个主题均与 topics.tsv 一致",
                                                "{} topics are as topics.tsv says")),
                             wanted.size())
              << '\n';
    return kOk;
  }
  return cli.Fail(
      kNotVerified, "TOPICS_DIFFER",
      fmt::format("{} 处与 topics.tsv 不一致。缺少的主题：新装时用 --create "
                  "建立，否则从备份恢复。设置不符的：查明由谁改动，用 kafka-configs.sh 改回",
                  wrong),
      fmt::format("{} differences from topics.tsv. Missing topics: --create for a new "
                  "installation, else restore them. Settings: find out who changed them and set "
                  "them back with kafka-configs.sh",
                  wrong));
}

}  // namespace

void AddAdminTopics(CLI::App& admin, Cli& cli) {
  auto options = std::make_shared<TopicsOptions>();
  CLI::App* command = Command(admin, cli, "topics", "核对 Kafka 主题；--create 建立缺少的",
                              "compare the topics of a Kafka cluster; --create makes missing ones");
  AddText(command, cli, "--brokers", &options->brokers, "Kafka 地址，如 kafka-1:9092,kafka-2:9092",
          "addresses, such as kafka-1:9092,kafka-2:9092")
      ->required();
  AddText(command, cli, "--prefix", &options->prefix, "主题前缀，同配置 kafka.topic_prefix",
          "what stands before every topic, as kafka.topic_prefix of the configuration");
  AddText(command, cli, "--tls-ca", &options->ca, "Kafka 的证书颁发机构（PEM）",
          "certificate authority of the brokers, PEM");
  AddText(command, cli, "--tls-certificate", &options->certificate, "管理员证书（PEM）",
          "certificate of the administrator, PEM");
  AddText(command, cli, "--tls-key", &options->key, "管理员私钥（PEM）",
          "private key of the administrator, PEM");
  AddText(command, cli, "--replicas", &options->replicas, "副本数：3，只有一台时为 1",
          "copies of each record: 3, or 1 where there is one broker")
      ->check(CLI::IsMember({"1", "3"}));
  AddFlag(command, cli, "--demo", &options->demo, "演示环境的主题",
          "the topics of a demonstration");
  AddFlag(command, cli, "--create", &options->create, "建立缺少的主题", "make what is missing");
  Run(command, cli, options, TopicsBody);
}

}  // namespace twinline::cli
