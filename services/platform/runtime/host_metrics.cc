// What the host tells the metrics page, collected when the page is asked for.
#include <atomic>
#include <string>

#include "platform/engine/metrics.h"
#include "platform/runtime/host_parts.h"

namespace twinline::runtime {
namespace {

struct ShardCounter {
  const char* name;
  const char* help;
  std::atomic<uint64_t> engine::ShardMetrics::*value;
};
constexpr ShardCounter kShardCounters[] = {
    {"twinline_shard_records_total", "Records appended", &engine::ShardMetrics::records},
    {"twinline_shard_commits_total", "Commits appended", &engine::ShardMetrics::commits},
    {"twinline_shard_refusals_total", "Commands refused", &engine::ShardMetrics::refusals},
    {"twinline_shard_repeated_total", "Answers from stored replies",
     &engine::ShardMetrics::repeated},
    {"twinline_shard_timers_total", "Timers fired", &engine::ShardMetrics::timers},
    {"twinline_shard_reactions_total", "Reactions decided", &engine::ShardMetrics::reactions},
    {"twinline_shard_replayed_total", "Records applied that others wrote",
     &engine::ShardMetrics::replayed},
    {"twinline_shard_append_errors_total", "Appends that failed",
     &engine::ShardMetrics::append_errors},
    {"twinline_shard_epochs_total", "Epochs taken", &engine::ShardMetrics::epochs},
    {"twinline_shard_decide_us_total", "Microseconds deciding", &engine::ShardMetrics::decide_us},
    {"twinline_shard_append_us_total", "Microseconds appending", &engine::ShardMetrics::append_us},
    {"twinline_shard_apply_us_total", "Microseconds applying", &engine::ShardMetrics::apply_us},
};

void CollectShard(const engine::Shard& shard, std::vector<Sample>* samples) {
  const std::string& journal = shard.journal_name();
  const engine::ShardStatus status = shard.Status();
  const auto gauge = [&](const char* name, const char* help, double value) {
    samples->push_back({name, help, {{"journal", journal}}, value, false});
  };
  gauge("twinline_shard_serving", "1 when the shard leads and accepts commands",
        status.serving ? 1 : 0);
  gauge("twinline_shard_halted", "1 when the shard has stopped for good", status.halted ? 1 : 0);
  gauge("twinline_shard_timers_held",
        "1 when it serves but judges no deadline, since the clock is not trusted after an outage",
        status.notice.empty() ? 0 : 1);
  gauge("twinline_shard_next_pos", "Records applied", static_cast<double>(status.next_pos));
  gauge("twinline_shard_queue", "Commands waiting", static_cast<double>(status.queue));
  for (const auto& [source, next_pos] : status.sources) {
    samples->push_back({"twinline_shard_source_next_pos",
                        "Records of a followed journal that were taken",
                        {{"journal", journal}, {"source", source}},
                        static_cast<double>(next_pos),
                        false});
  }
  const engine::ShardMetrics* metrics = shard.Metrics();
  if (metrics == nullptr) return;
  for (const ShardCounter& counter : kShardCounters) {
    samples->push_back({counter.name,
                        counter.help,
                        {{"journal", journal}},
                        static_cast<double>((metrics->*counter.value).load()),
                        true});
  }
}

}  // namespace

void Host::CollectMetrics(std::vector<Sample>* samples) const {
  const auto ends = medium_->Ends();
  for (const journal::JournalEnd& end : ends.ok() ? *ends : std::vector<journal::JournalEnd>()) {
    samples->push_back({"twinline_journal_entries",
                        "Entries in the journal",
                        {{"journal", end.name}},
                        static_cast<double>(end.entries),
                        false});
  }
  for (const engine::Shard* shard : shards()) CollectShard(*shard, samples);
  samples->push_back({"twinline_rights_staleness_seconds",
                      "Age of what is known about duties",
                      {},
                      static_cast<double>(directory_->StalenessUs()) / 1e6,
                      false});
  samples->push_back({"twinline_rpc_in_flight",
                      "Calls at work",
                      {},
                      static_cast<double>(server_->in_flight()),
                      false});
  samples->push_back({"twinline_sealed_unreadable_total",
                      "Sealed values that could not be opened",
                      {},
                      static_cast<double>(vault_->sealer->unreadable()),
                      true});
  if (access_log_ != nullptr) {
    samples->push_back({"twinline_access_entries_total",
                        "Access entries made durable",
                        {},
                        static_cast<double>(access_log_->entries()),
                        true});
    samples->push_back({"twinline_access_healthy",
                        "0 when access entries cannot be written",
                        {},
                        access_log_->Health().ok() ? 1.0 : 0.0,
                        false});
  }
}

}  // namespace twinline::runtime
