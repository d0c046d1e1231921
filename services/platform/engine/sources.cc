#include "platform/engine/sources.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "platform/base/check.h"
#include "platform/base/hash.h"
#include "platform/base/status_macros.h"
#include "platform/engine/platform_rows.h"

namespace twinline::engine {
namespace {

constexpr size_t kReadAhead = 64;  // records
constexpr size_t kPrefixSize = 8;
constexpr int64_t kLookEveryUs = 1'000'000;

std::string Prefix(const base::Digest& chain) {
  return std::string(base::View(chain).substr(0, kPrefixSize));
}

}  // namespace

std::string Sources::Source::ChainPrefix() const {
  return Prefix(taken == 0 ? kept.chain : ahead[taken - 1].chain);
}

Sources::Sources(const base::ShardDomain* domain, std::string own_journal,
                 std::vector<std::shared_ptr<journal::Journal>> journals, ShardMetrics* metrics)
    : domain_(domain), own_journal_(std::move(own_journal)), metrics_(metrics) {
  for (std::string& rule : domain_->Rules()) rules_.insert(std::move(rule));
  for (auto& journal : journals) sources_.push_back(std::make_unique<Source>(std::move(journal)));
}

// What the batch in the making has taken counts: it is decided on.
void Sources::Source::NoteReached() {
  const journal::Place place = taken == 0              ? kept_place
                               : taken == ahead.size() ? reader.next_place()
                                                       : journal::Place{ahead[taken].place};
  // Places begin at 1: a journal nobody has written yet has been read from 0.
  if (reached || std::max(place, journal::Place{1}) < seen_end) return;
  reached = true;
  known_us = seen_us;
}

absl::Status Sources::Load(const store::StateStore& store) {
  for (const auto& source : sources_) {
    const std::string& name = source->journal->name();
    journal::Place place;
    journal::JournalState state;
    if (const auto bytes = store.ScanCursor(name)) {
      auto decoded = journal::DecodeReaderState(*bytes);
      if (!decoded) {
        return absl::DataLossError(absl::StrCat("the scan cursor of ", name, " in the state of ",
                                                own_journal_, " cannot be read"));
      }
      place = decoded->first;
      state = std::move(decoded->second);
    }
    TWINLINE_ASSIGN_OR_RETURN(const journal::Place end, source->journal->End());
    if (end < place) {
      return absl::DataLossError(absl::StrCat("journal ", name, " ends at place ", end.value,
                                              ", but ", own_journal_, " has already read up to ",
                                              place.value, ": acknowledged records are missing"));
    }
    source->kept_place = place;
    source->kept = state;
    source->reader = journal::AdmittedReader(source->journal, place, std::move(state));
    source->shown_next_pos.store(source->kept.next_pos);
    source->shown_place.store(place.value);
    source->news.store(true);
  }
  for (const auto& cursor : ReadInputCursors(store.Latest())) SetCarried(cursor);
  for (const auto& started : ReadRuleStarts(store.Latest())) SetRuleStart(started);
  opened_ = ReadProgress(store.Latest()).opened;
  return absl::OkStatus();
}

void Sources::SetCarried(const journal::v1::InputCursor& cursor) {
  for (const auto& source : sources_) {
    if (source->journal->name() != cursor.journal()) continue;
    source->carried = {cursor.next_pos(), cursor.chain_prefix()};
  }
}

void Sources::SetRuleStart(const journal::v1::ReactorRuleStarted& started) {
  auto& from = rule_starts_[started.rule()];
  for (const auto& position : started.from()) from[position.journal()] = position.next_pos();
}

bool Sources::HasStarted(const std::string& rule, const journal::v1::EventRef& ref) const {
  if (!rules_.contains(rule)) return true;
  const auto starts = rule_starts_.find(rule);
  // Not started: in a new journal it will start at the beginning, so its input must not be passed
  // over.
  if (starts == rule_starts_.end()) return !opened_;
  const auto from = starts->second.find(ref.journal());
  return from == starts->second.end() || ref.pos() >= from->second;
}

std::vector<journal::v1::ReactorRuleStarted> Sources::RulesToStart() const {
  std::vector<journal::v1::ReactorRuleStarted> to_start;
  for (const std::string& rule : rules_) {
    if (rule_starts_.contains(rule)) continue;
    journal::v1::ReactorRuleStarted& started = to_start.emplace_back();
    started.set_rule(rule);
    for (const auto& source : sources_) {
      if (!opened_) break;
      journal::v1::ScanPosition* from = started.add_from();
      from->set_journal(source->journal->name());
      from->set_next_pos(source->next_pos());
    }
  }
  return to_start;
}

void Sources::OnOwnRecord(const journal::StoredRecord& record) {
  static const uint32_t kRuleStarted = base::EventType<journal::v1::ReactorRuleStarted>();
  const journal::v1::RecordHeader& header = record.header();
  if (!opened_) {
    CommitCounts counts;
    for (const auto& commit : record.commits()) counts.Add(commit);
    opened_ = counts.others > 0;
  }
  if (std::count(header.event_types().begin(), header.event_types().end(), kRuleStarted) > 0) {
    for (const auto& commit : record.commits()) {
      for (const auto& event : commit.events()) {
        journal::v1::ReactorRuleStarted started;
        if (event.type() == kRuleStarted && started.ParseFromString(event.data())) {
          SetRuleStart(started);
        }
      }
    }
  }
  for (const auto& cursor : header.inputs()) SetCarried(cursor);
  for (const auto& scan : header.scans()) {
    for (const auto& source : sources_) {
      if (source->journal->name() == scan.journal()) source->recorded_scan = scan.next_pos();
    }
  }
}

absl::StatusOr<bool> Sources::Fetch(Source& source) {
  if (source.taken < source.ahead.size()) return true;
  if (!source.news.exchange(false, std::memory_order_acquire)) return false;
  auto read = source.reader.Next(kReadAhead);
  // More may be there, and a failing medium is asked again.
  if (!read.ok() || !read->empty()) source.news.store(true, std::memory_order_release);
  source.failing = read.status();
  if (absl::IsUnavailable(source.failing)) return false;
  if (!read.ok()) return read.status();
  for (journal::Admitted& record : *read) source.ahead.push_back(std::move(record));
  if (source.ahead.empty()) {
    // Nothing but ignored entries: the place moves although no record came.
    source.kept_place = source.reader.next_place();
    source.shown_place.store(source.kept_place.value, std::memory_order_release);
  }
  return source.taken < source.ahead.size();
}

bool Sources::CausesAreHere(const journal::v1::RecordHeader& header) const {
  for (const journal::v1::ScanPosition& scan : header.scans()) {
    for (const auto& source : sources_) {
      if (source->journal->name() == scan.journal() && source->next_pos() < scan.next_pos()) {
        return false;
      }
    }
  }
  return true;
}

absl::Status Sources::CheckCarried(const Source& source, const journal::Admitted& record) const {
  if (record.pos + 1 != source.carried.next_pos ||
      Prefix(record.chain) == source.carried.chain_prefix) {
    return absl::OkStatus();
  }
  return absl::DataLossError(absl::StrCat("source forked: journal ", source.journal->name(),
                                          " at position ", record.pos, " is not the one to which ",
                                          own_journal_, " has reacted (chain ",
                                          base::ToHex(Prefix(record.chain)), ", recorded ",
                                          base::ToHex(source.carried.chain_prefix), ")"));
}

absl::Status Sources::ReactTo(const base::SourceEvent& event,
                              std::vector<Reaction>* reactions) const {
  std::vector<base::DerivedCommand> commands = domain_->React(event);
  std::erase_if(commands,
                [&](const auto& command) { return !HasStarted(command.rule, event.ref); });
  for (size_t i = 0; i < commands.size(); ++i) {
    const auto same_rule = std::count_if(commands.begin(), commands.end(), [&](const auto& other) {
      return other.rule == commands[i].rule;
    });
    if (static_cast<size_t>(same_rule) > kReactionsPerEventMax) {
      return absl::DataLossError(absl::StrCat("rule ", commands[i].rule, " asks for ", same_rule,
                                              " commands for event ", EventIdText(event.ref),
                                              ", the limit is ", kReactionsPerEventMax));
    }
  }
  for (base::DerivedCommand& command : commands) {
    reactions->push_back({std::move(command), event.ref});
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Sources::TakeRecord(Source& source, bool reacting, store::Overlay& overlay,
                                         Taken* taken) {
  const journal::Admitted& record = source.ahead[source.taken];
  const journal::v1::RecordHeader& header = record.record->header();
  const bool beyond = record.pos >= source.carried.next_pos;
  TWINLINE_RETURN_IF_ERROR(CheckCarried(source, record));
  bool wanted = false;
  for (const uint32_t type : header.event_types()) wanted = wanted || domain_->Wants(type);
  if (!wanted) return true;

  const std::vector<journal::v1::Commit>& commits = record.record->commits();
  if (commits.size() != header.commit_count()) {
    return absl::DataLossError(absl::StrCat("journal ", header.journal(), " position ", record.pos,
                                            ": a commit cannot be parsed"));
  }
  base::SourceEvent event;
  event.header = &header;
  event.ref.set_journal(header.journal());
  event.ref.set_epoch(header.epoch());
  event.ref.set_pos(record.pos);
  std::vector<Reaction> reactions;
  // Reactions first: whether the record is ours to take must be known before any row changes.
  for (const bool following : {false, true}) {
    if (following && !reacting && !reactions.empty()) return false;
    for (uint32_t c = 0; c < commits.size(); ++c) {
      event.commit = &commits[c];
      event.ref.set_commit(c);
      for (int e = 0; e < commits[c].events_size(); ++e) {
        event.event = &commits[c].events(e);
        if (!domain_->Wants(event.event->type())) continue;
        event.ref.set_event(static_cast<uint32_t>(e));
        if (following) {
          domain_->Follow(event, overlay);
        } else if (beyond) {
          TWINLINE_RETURN_IF_ERROR(ReactTo(event, &reactions));
        }
      }
    }
  }
  if (auto violation = overlay.TakeViolation()) return absl::DataLossError(*violation);
  source.reacted = source.reacted || !reactions.empty();
  for (Reaction& reaction : reactions) {
    taken->reactions.push_back(std::move(reaction));
    taken->record_of.push_back(taken->records + 1);
  }
  return true;
}

absl::StatusOr<Sources::Taken> Sources::Take(bool reacting, const Limits& limits,
                                             store::Overlay& overlay) {
  overlay.Enter(store::Room::kFollow);
  Taken taken;
  const auto full = [&] {
    return taken.records >= limits.records || taken.reactions.size() >= limits.reactions;
  };
  // Round and round, since one source may wait for what another has next.
  for (bool progress = true; progress && !full();) {
    progress = false;
    for (const auto& source : sources_) {
      while (!full()) {
        TWINLINE_ASSIGN_OR_RETURN(const bool available, Fetch(*source));
        if (!available || !CausesAreHere(source->ahead[source->taken].record->header())) break;
        TWINLINE_ASSIGN_OR_RETURN(const bool ours, TakeRecord(*source, reacting, overlay, &taken));
        if (!ours) break;
        ++source->taken;
        ++taken.records;
        progress = true;
      }
    }
  }
  return taken;
}

void Sources::Release() {
  for (const auto& source : sources_) {
    source->taken = 0;
    source->reacted = false;
  }
}

bool Sources::moved() const {
  return std::any_of(sources_.begin(), sources_.end(),
                     [](const auto& source) { return source->taken > 0; });
}

std::vector<std::pair<std::string, std::string>> Sources::Keep() {
  std::vector<std::pair<std::string, std::string>> scans;
  for (const auto& source : sources_) {
    source->reacted = false;
    if (source->taken == 0) continue;
    for (; source->taken > 0; --source->taken) {
      const journal::Admitted& record = source->ahead.front();
      // The reader is ahead of what is kept, so its state is reached again, by the same rule.
      const journal::Admission again = journal::Admit(source->kept, *record.record);
      TWINLINE_CHECK(again.verdict == journal::Verdict::kAccept && again.pos == record.pos,
                     "a record was admitted once and not again");
      source->kept_place = journal::Place{record.place.value + 1};
      source->ahead.pop_front();
      ShardMetrics::Add(metrics_->source_records);
    }
    // Entries behind it that count for nothing have been read too; else the end is never reached.
    if (source->ahead.empty()) source->kept_place = source->reader.next_place();
    scans.emplace_back(source->journal->name(),
                       journal::EncodeReaderState(source->kept_place, source->kept));
    source->shown_next_pos.store(source->kept.next_pos, std::memory_order_release);
    source->shown_place.store(source->kept_place.value, std::memory_order_release);
  }
  return scans;
}

void Sources::FillInputs(journal::v1::RecordHeader* header) const {
  for (const auto& source : sources_) {
    const uint64_t next_pos = source->next_pos();
    if (!source->reacted && next_pos < source->carried.next_pos + kCursorEvery) continue;
    journal::v1::InputCursor* input = header->add_inputs();
    input->set_journal(source->journal->name());
    input->set_next_pos(next_pos);
    input->set_chain_prefix(source->ChainPrefix());
  }
}

void Sources::FillScans(bool all, journal::v1::RecordHeader* header) const {
  for (const auto& source : sources_) {
    const uint64_t next_pos = source->next_pos();
    if (!all && source->recorded_scan == next_pos) continue;
    journal::v1::ScanPosition* scan = header->add_scans();
    scan->set_journal(source->journal->name());
    scan->set_next_pos(next_pos);
  }
}

void Sources::LookAtEnds(int64_t now_us) {
  for (const auto& source : sources_) {
    source->NoteReached();
    if (!source->reached || now_us - source->seen_us < kLookEveryUs) continue;
    const auto end = source->journal->End();
    if (!end.ok()) continue;
    source->seen_end = *end;
    source->seen_us = now_us;
    source->reached = false;
    source->NoteReached();
  }
}

std::optional<Sources::Age> Sources::Oldest(int64_t now_us) {
  std::optional<Age> oldest;
  for (const auto& source : sources_) {
    source->NoteReached();
    const int64_t us = source->known_us ? now_us - *source->known_us : now_us;
    if (!oldest || us > oldest->us) oldest = Age{&source->journal->name(), us};
  }
  return oldest;
}

absl::Status Sources::failing() const {
  for (const auto& source : sources_) {
    if (!source->failing.ok()) return source->failing;
  }
  return absl::OkStatus();
}

absl::Status Sources::CheckReached() const {
  for (const auto& source : sources_) {
    if (source->next_pos() >= source->carried.next_pos || !source->failing.ok()) continue;
    TWINLINE_ASSIGN_OR_RETURN(const journal::Place end, source->journal->End());
    if (source->reader.next_place() < end || source->taken < source->ahead.size()) continue;
    return absl::DataLossError(
        absl::StrCat("journal ", source->journal->name(), " ends at position ", source->next_pos(),
                     ", but ", own_journal_, " has reacted up to ", source->carried.next_pos,
                     ": acknowledged records are missing"));
  }
  return absl::OkStatus();
}

bool Sources::CursorDue() const {
  return std::any_of(sources_.begin(), sources_.end(), [](const auto& source) {
    return source->next_pos() >= source->carried.next_pos + kCursorEvery;
  });
}

std::vector<std::pair<std::string, uint64_t>> Sources::Positions() const {
  std::vector<std::pair<std::string, uint64_t>> positions;
  for (const auto& source : sources_) {
    positions.emplace_back(source->journal->name(),
                           source->shown_next_pos.load(std::memory_order_acquire));
  }
  return positions;
}

bool Sources::AtEnd() const {
  return std::all_of(sources_.begin(), sources_.end(), [](const auto& source) {
    const auto end = source->journal->End();
    return end.ok() && *end <= journal::Place{source->shown_place.load(std::memory_order_acquire)};
  });
}

}  // namespace twinline::engine
