#include "audit/service/entry_view.h"

#include <google/protobuf/message.h>

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "audit/domain/event_catalog.h"
#include "audit/domain/labels.h"
#include "audit/domain/subjects.h"
#include "platform/base/decision.h"
#include "platform/base/keys.h"
#include "platform/base/status_macros.h"
#include "platform/vault/owner_key.h"
#include "twinline/audit/v1/access_events.pb.h"

namespace twinline::audit {

using google::protobuf::Message;

namespace {

constexpr int kLooksBack = 200;  // entries of a child that are searched for the facts before

base::Id16 LinkedChild(const store::IndexStore& store, const base::Id16& link) {
  const auto stored = store.Get(LinkKey(link));
  return stored.ok() && *stored ? base::AsId(**stored) : base::Id16();
}

std::string RpcOf(const journal::v1::Event& event) {
  v1::AccessNoted noted;
  if (event.type() == base::EventType<v1::AccessNoted>() && noted.ParseFromString(event.data())) {
    return noted.rpc();
  }
  v1::AccessRefused refused;
  if (event.type() == base::EventType<v1::AccessRefused>() &&
      refused.ParseFromString(event.data())) {
    return refused.rpc();
  }
  return {};
}

// The child whose list of entries holds the facts' history.
base::Id16 ChildOfFacts(const Message& facts) {
  const auto* field = facts.GetDescriptor()->FindFieldByName("child_id");
  std::string scratch;
  return base::AsId(facts.GetReflection()->GetStringReference(facts, field, &scratch));
}

}  // namespace

std::vector<base::Id16> ChildrenOf(const store::IndexStore& store,
                                   const journal::v1::Commit& commit) {
  std::set<base::Id16> children;
  for (const journal::v1::Event& event : commit.events()) {
    Subjects subjects;
    (void)FindSubjects(event.type(), event.data(), &subjects);
    children.insert(subjects.children.begin(), subjects.children.end());
    for (const base::Id16& link : subjects.links) {
      const base::Id16 child = LinkedChild(store, link);
      if (!child.empty()) children.insert(child);
    }
  }
  return {children.begin(), children.end()};
}

EntryViews::EntryViews(const store::IndexStore& store, std::shared_ptr<const IndexView> view,
                       vault::Sealer* sealer, const base::Id16& access_owner,
                       const base::Id16& child)
    : store_(store),
      view_(std::move(view)),
      sealer_(sealer),
      access_owner_(access_owner),
      child_(child) {
  if (!child_.empty()) {
    concerns_ = [this](const base::Id16& id) { return id == child_ || ChildOf(id) == child_; };
  }
}

base::Id16 EntryViews::ChildOf(const base::Id16& link) {
  if (const auto it = links_.find(link); it != links_.end()) return it->second;
  return links_[link] = LinkedChild(store_, link);
}

absl::Status EntryViews::Show(const TrailHit& hit, v1::TrailEntryView* out) {
  const JournalView* journal = view_->Find(hit.place.number);
  if (journal == nullptr) return absl::InternalError("an entry of an unknown journal");
  const journal::v1::Commit& commit = hit.message();
  out->set_journal(journal->name);
  out->set_epoch(hit.record->header().epoch());
  out->set_pos(hit.place.pos);
  out->set_commit_index(hit.commit);
  out->set_recorded_unix_us(hit.place.time_us);
  out->set_actor(commit.actor().subject());
  out->set_office(commit.actor().office());
  out->set_duty(commit.actor().duty());
  out->set_line(static_cast<types::v1::Line>(commit.actor().line()));
  out->set_on_behalf(!commit.actor().on_behalf_of().empty());
  out->set_service(commit.actor().service());
  out->set_address(AddressOf(hit));
  for (int i = 0; i < commit.events_size(); ++i) {
    const journal::v1::Event& event = commit.events(i);
    if (!child_.empty()) {
      // Of a commit with several events only those about the child, and class lists with it.
      Subjects subjects;
      (void)FindSubjects(event.type(), event.data(), &subjects);
      const bool named =
          std::any_of(subjects.children.begin(), subjects.children.end(), concerns_) ||
          std::any_of(subjects.links.begin(), subjects.links.end(), concerns_);
      if (!named && event.type() != base::EventType<v1::AccessNoted>()) continue;
    }
    ShowEvent(hit, *journal, static_cast<uint32_t>(i), event, out->add_events());
  }
  ShowChildren(commit, out);
  return absl::OkStatus();
}

void EntryViews::ShowEvent(const TrailHit& hit, const JournalView& journal, uint32_t index,
                           const journal::v1::Event& event, v1::EventView* out) {
  out->set_event_id(absl::StrCat(journal.name, "/", hit.record->header().epoch(), "/",
                                 hit.place.pos, "/", hit.commit, "/", index));
  const auto* type = EventDescriptor(event.type());
  out->set_type(type != nullptr ? type->name() : absl::StrCat(event.type()));
  const Label label = LabelOf(event.type());
  out->set_label_zh(label.zh.empty() ? out->type() : std::string(label.zh));
  out->set_label_en(label.en.empty() ? out->type() : std::string(label.en));
  if (event.effective_date() != 0) out->mutable_effective()->set_days(event.effective_date());
  out->set_rpc(RpcOf(event));
  const std::unique_ptr<Message> message = ParseEvent(event.type(), event.data());
  if (message == nullptr) return;
  ShownFields shown = audit::ShowEvent(*message, concerns_);
  for (ShownField& field : shown.fields) {
    v1::FieldView* view = out->add_fields();
    view->set_name(std::move(field.name));
    view->set_value(std::move(field.value));
  }
  out->set_sealed(shown.sealed);
  if (const Message* facts = FactsOf(*message, concerns_)) ShowFacts({hit, index}, *facts, out);
}

void EntryViews::ShowFacts(const Shown& at, const Message& facts, v1::EventView* out) {
  const std::unique_ptr<Message> before = FactsBefore(at, facts);
  for (ShownChange& change : ShowChanges(before.get(), facts)) {
    v1::FactChange* view = out->add_changes();
    view->set_name(std::move(change.name));
    view->set_before(std::move(change.before));
    view->set_after(std::move(change.after));
  }
}

// The newest facts with this key among the first `events` events of a commit.
std::unique_ptr<Message> EntryViews::FactsIn(const journal::v1::Commit& commit, uint32_t events,
                                             const std::string& key) {
  for (uint32_t i = std::min<uint32_t>(events, static_cast<uint32_t>(commit.events_size()));
       i-- > 0;) {
    const journal::v1::Event& event = commit.events(static_cast<int>(i));
    const std::unique_ptr<Message> message = ParseEvent(event.type(), event.data());
    if (message == nullptr) continue;
    const Message* facts = FactsOf(*message, concerns_);
    if (facts == nullptr || FactsKey(*facts) != key) continue;
    std::unique_ptr<Message> copy(facts->New());
    copy->CopyFrom(*facts);
    return copy;
  }
  return nullptr;
}

std::unique_ptr<Message> EntryViews::FactsBefore(const Shown& at, const Message& facts) {
  const std::string key = FactsKey(facts);
  const TrailHit& hit = at.hit;
  if (auto found = FactsIn(hit.message(), at.event, key)) return found;
  Stretch stretch{0, hit.place.time_us + 1, /*newest_first=*/true, std::nullopt};
  const auto source = MakeListSource(store_, List::kChild, ChildOfFacts(facts).bytes(), stretch);
  const JournalView* journal = view_->Find(hit.place.number);
  for (int looks = 0; source->Now() != nullptr && looks < kLooksBack; source->Next(), ++looks) {
    const Candidate& candidate = *source->Now();
    if (candidate.place.number != hit.place.number || candidate.place.pos > hit.place.pos) continue;
    const auto record = ReadIndexed(store_, *journal, candidate.place.pos, candidate.record_place);
    if (!record.ok()) return nullptr;
    for (auto commit = candidate.commits.rbegin(); commit != candidate.commits.rend(); ++commit) {
      if (candidate.place.pos == hit.place.pos && commit->commit >= hit.commit) continue;
      if (commit->commit >= (*record)->commits().size()) continue;
      if (auto found = FactsIn((*record)->commits()[commit->commit], UINT32_MAX, key)) {
        return found;
      }
    }
  }
  return nullptr;
}

// Whose data the entry shows: the asked child, or everybody it names; and of other children those
// whose id appears in what is shown of an event about two.
void EntryViews::ShowChildren(const journal::v1::Commit& commit, v1::TrailEntryView* out) {
  const std::vector<base::Id16> named = ChildrenOf(store_, commit);
  if (child_.empty()) {
    for (const base::Id16& child : named) out->add_child_id(child.str());
    return;
  }
  out->add_child_id(child_.str());
  for (const base::Id16& child : named) {
    if (child == child_) continue;
    const std::string hex = child.hex();
    bool shown = false;
    for (const v1::EventView& event : out->events()) {
      for (const v1::FieldView& field : event.fields()) shown = shown || field.value() == hex;
      for (const v1::FactChange& change : event.changes()) {
        shown = shown || change.before() == hex || change.after() == hex;
      }
    }
    if (shown) out->add_child_id(child.str());
  }
}

std::string EntryViews::AddressOf(const TrailHit& hit) {
  if (sealer_ == nullptr) return {};
  const journal::v1::Commit& commit = hit.message();
  if (commit.actor().session() != 0) {
    return ReadAddress(commit.actor().session(), hit.place.time_us);
  }
  for (const journal::v1::Event& event : commit.events()) {
    v1::AccessRefused refused;
    if (event.type() != base::EventType<v1::AccessRefused>()) continue;
    if (!refused.ParseFromString(event.data())) continue;
    return vault::OpenText(*sealer_,
                           {access_owner_, v1::AccessRefused::descriptor()->full_name(),
                            v1::AccessRefused::kAddressFieldNumber},
                           refused.address());
  }
  return {};
}

// The newest sight of the session up to that time; where record time is driven and says nothing
// about real time, whatever sight there is.
std::string EntryViews::ReadAddress(uint64_t session, int64_t time_us) {
  std::string id;
  AppendBig(&id, session, 8);
  const std::string prefix = ListPrefix(List::kSession, id);
  store::IndexCursor cursor = store_.MakeCursor();
  std::string latest = prefix;
  AppendBig(&latest, static_cast<uint64_t>(time_us) + 1, 8);
  cursor.SeekBack(latest);
  if (!cursor.valid() || !cursor.key().starts_with(prefix)) cursor.Seek(prefix);
  if (!cursor.valid() || !cursor.key().starts_with(prefix)) return {};
  const auto place = PlaceOfKey(cursor.key(), prefix.size());
  const auto value = place ? DecodeListValue(place->pos, cursor.value()) : std::nullopt;
  if (!value || value->commits.empty()) return {};
  std::string& known = addresses_[{session, place->time_us}];
  if (!known.empty()) return known;
  const JournalView* journal = view_->Find(place->number);
  if (journal == nullptr) return {};
  const auto record = ReadIndexed(store_, *journal, place->pos, value->place);
  if (!record.ok() || value->commits[0].commit >= (*record)->commits().size()) return {};
  for (const auto& event : (*record)->commits()[value->commits[0].commit].events()) {
    v1::SessionSeen seen;
    if (event.type() != base::EventType<v1::SessionSeen>()) continue;
    if (!seen.ParseFromString(event.data()) || seen.session() != session) continue;
    known = vault::OpenText(*sealer_,
                            {access_owner_, v1::SessionSeen::descriptor()->full_name(),
                             v1::SessionSeen::kAddressFieldNumber},
                            seen.address());
  }
  return known;
}

}  // namespace twinline::audit
