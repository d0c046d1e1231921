#include "platform/runtime/journal_medium.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "fmt/format.h"
#include "platform/base/civil.h"
#include "platform/base/hash.h"
#include "platform/base/status_macros.h"
#include "platform/base/time.h"
#include "platform/journal/embedded_journal.h"
#include "platform/journal/kafka_admin.h"
#include "platform/journal/kafka_journal.h"
#include "spdlog/spdlog.h"

namespace twinline::runtime {
namespace {

using journal::KafkaOptions;
using journal::TopicSpec;

class EmbeddedMedium final : public JournalMedium {
 public:
  explicit EmbeddedMedium(std::unique_ptr<journal::EmbeddedLog> log) : log_(std::move(log)) {}
  journal::JournalProvider& journals() override { return *log_; }
  absl::StatusOr<std::vector<journal::JournalEnd>> Ends() const override { return log_->Ends(); }
  journal::EmbeddedLog* on_this_machine() override { return log_.get(); }

 private:
  std::unique_ptr<journal::EmbeddedLog> log_;
};

class KafkaMedium final : public JournalMedium {
 public:
  explicit KafkaMedium(std::unique_ptr<journal::KafkaLog> log) : log_(std::move(log)) {}
  journal::JournalProvider& journals() override { return *log_; }
  absl::StatusOr<std::vector<journal::JournalEnd>> Ends() const override { return log_->Ends(); }

 private:
  std::unique_ptr<journal::KafkaLog> log_;
};

absl::StatusOr<std::unique_ptr<JournalMedium>> OpenEmbedded(const Places& places,
                                                            const config::v1::Config& config) {
  journal::EmbeddedLogOptions options;
  options.memory_per_journal_bytes = size_t{config.journals().memory_mib()} << 20;
  TWINLINE_ASSIGN_OR_RETURN(auto log, journal::EmbeddedLog::Open(places.log.string(), options));
  for (const std::string& note : log->recovery_notes()) {
    spdlog::warn("the log dropped an unacknowledged tail when it was opened: {}", note);
  }
  return std::make_unique<EmbeddedMedium>(std::move(log));
}

// The journal's own words, and in Chinese what has happened and what to do.
absl::Status ForOperator(const absl::Status& status, const std::string& brokers) {
  std::string_view zh;
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return status;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      zh = "未启动，未作任何改动。请检查 Kafka 是否在运行、地址和防火墙是否正确，然后再启动";
      break;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kNotFound:
      zh = "主题与 topics.tsv 不一致，未启动，未作任何改动。缺少的主题：新装时用 "
           "twinline admin topics --create 建立，否则从备份恢复；"
           "设置不符的：查明由谁改动，用 kafka-configs.sh 改回";
      break;
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      zh = "Kafka 拒绝了本服务，未启动。请检查证书与主题权限";
      break;
    case absl::StatusCode::kDataLoss:
      zh = "主题被截断、删除或重建，未启动。请恢复主题或整体恢复最新备份，切勿新建空主题代替";
      break;
    default:
      zh = "无法打开 Kafka 上的日志，未启动";
  }
  const bool away = absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
  return absl::Status(
      status.code(),
      absl::StrCat("journals over Kafka at ", brokers, ": ", status.message(),
                   away ? ". Nothing was changed. See that the brokers run and that kafka.brokers "
                          "and the firewall are right, then start again"
                        : "",
                   " / ", std::string(zh)));
}

std::vector<TopicSpec> Wanted(const KafkaOptions& options, const Installation& installation,
                              const config::v1::Kafka& config,
                              const std::vector<std::string>& months) {
  return options.topics.Wanted(options.topic_prefix, installation.driven(),
                               static_cast<int32_t>(config.replicas()), months);
}

absl::StatusOr<std::unique_ptr<JournalMedium>> OpenKafka(const Installation& installation,
                                                         const config::v1::Config& config) {
  const config::v1::Kafka& kafka = config.kafka();
  KafkaOptions options = KafkaOptionsOf(kafka, installation.demo());
  options.memory_per_journal_bytes = size_t{config.journals().memory_mib()} << 20;
  const auto told = [&](const absl::Status& status) {
    return ForOperator(status, kafka.brokers());
  };
  TWINLINE_RETURN_IF_ERROR(
      told(journal::CheckTopics(options, Wanted(options, installation, kafka, TopicMonths(0)))));
  // Missing, it stops nobody today, but every read of a child on the first of the month.
  const absl::Status next_month =
      journal::CheckTopics(options, Wanted(options, installation, kafka, TopicMonths(1)));
  if (!next_month.ok()) spdlog::warn("next month: {}", next_month.ToString());
  auto log = journal::KafkaLog::Open(options);
  if (!log.ok()) return told(log.status());
  return std::make_unique<KafkaMedium>(*std::move(log));
}

}  // namespace

absl::StatusOr<std::unique_ptr<JournalMedium>> JournalMedium::Open(
    const Places& places, const Installation& installation, const config::v1::Config& config) {
  if (config.journals().medium() == "kafka") return OpenKafka(installation, config);
  return OpenEmbedded(places, config);
}

absl::Status CheckOwner(JournalMedium& medium, const Installation& installation) {
  TWINLINE_ASSIGN_OR_RETURN(const std::shared_ptr<journal::Journal> registry,
                            medium.journals().Open("registry/0"));
  TWINLINE_ASSIGN_OR_RETURN(const std::vector<journal::Entry> first,
                            registry->Read(journal::Place{1}, 1));
  if (first.empty()) return absl::OkStatus();
  if (first.front().record == nullptr) {
    return absl::DataLossError(
        "journal registry/0 begins with something that is no record: another program writes where "
        "the journals lie. Nothing was changed. Find out which / "
        "日志 registry/0 的第一条不是本系统的记录，有别的程序在写入，未启动，请先查明");
  }
  const auto& header = first.front().record->header();
  if (!header.has_journal_created()) return absl::OkStatus();  // whoever reads it judges it
  const auto& created = header.journal_created();
  if (created.installation_id() == installation.id.bytes() &&
      created.realm() == installation.realm && created.clock() == installation.clock) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "the journals belong to installation ", base::ToHex(created.installation_id()), " (",
      journal::v1::Realm_Name(created.realm()), ", ", journal::v1::ClockKind_Name(created.clock()),
      "), this directory to ", installation.id.hex(), " (",
      journal::v1::Realm_Name(installation.realm), ", ",
      journal::v1::ClockKind_Name(installation.clock),
      "). Nothing was changed. Name the right directory, or topics of its own for this "
      "installation (kafka.topic_prefix) / "
      "日志属于另一套系统，未启动，未作任何改动。请核对数据目录，"
      "或为本系统设置单独的主题前缀（kafka.topic_prefix）"));
}

KafkaOptions KafkaOptionsOf(const config::v1::Kafka& config, bool demo) {
  KafkaOptions options;
  options.brokers = config.brokers();
  options.topic_prefix = absl::StrCat(demo ? "demo." : "", config.topic_prefix());
  options.append_timeout_ms = int64_t{config.append_timeout_s()} * 1'000;
  options.request_timeout_ms = int64_t{config.request_timeout_s()} * 1'000;
  if (config.tls_ca_file().empty()) return options;
  options.client = {{"security.protocol", "ssl"}, {"ssl.ca.location", config.tls_ca_file()}};
  if (!config.tls_key_file().empty()) {
    options.client.emplace_back("ssl.certificate.location", config.tls_certificate_file());
    options.client.emplace_back("ssl.key.location", config.tls_key_file());
  }
  return options;
}

std::vector<std::string> TopicMonths(int more) {
  std::vector<std::string> months;
  const base::YearMonthDay today = base::DayOf(base::SystemClock().Now()).ymd();
  for (int ahead = 0; ahead <= more; ++ahead) {
    const int month = static_cast<int>(today.month) - 1 + ahead;
    months.push_back(fmt::format("{:04}{:02}", today.year + month / 12, month % 12 + 1));
  }
  return months;
}

}  // namespace twinline::runtime
