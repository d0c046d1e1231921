// Following the registry without knowing its event types: every event carries complete facts after
// it (decisions.md part 10 item 8), so whatever field of an event is a child's, class's, school's
// or duty's facts is copied, in order. A later event type with such a field is understood without a
// change here.
#include <utility>

#include "google/protobuf/arena.h"
#include "platform/base/status_macros.h"
#include "platform/rpc/directory.h"
#include "twinline/registry/v1/registry_events.pb.h"
#include "twinline/types/v1/options.pb.h"

namespace twinline::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

struct EventPlan {
  const Message* prototype = nullptr;
  std::vector<const FieldDescriptor*> facts;
};

bool IsFacts(const Descriptor* type) {
  return type == registry::v1::ChildFacts::descriptor() ||
         type == registry::v1::ClassFacts::descriptor() ||
         type == registry::v1::SchoolFacts::descriptor() ||
         type == registry::v1::DutyFacts::descriptor();
}

absl::flat_hash_map<uint32_t, EventPlan> PlanEvents() {
  absl::flat_hash_map<uint32_t, EventPlan> plans;
  const auto* file = registry::v1::ChildRegistered::descriptor()->file();
  for (int i = 0; i < file->message_type_count(); ++i) {
    const Descriptor* type = file->message_type(i);
    const uint32_t number = type->options().GetExtension(types::v1::event_type);
    if (number == 0) continue;
    EventPlan plan{google::protobuf::MessageFactory::generated_factory()->GetPrototype(type), {}};
    for (int f = 0; f < type->field_count(); ++f) {
      if (IsFacts(type->field(f)->message_type())) plan.facts.push_back(type->field(f));
    }
    if (!plan.facts.empty()) plans.emplace(number, std::move(plan));
  }
  return plans;
}

void ApplyFacts(MemoryDirectory* directory, const Message& facts) {
  const Descriptor* type = facts.GetDescriptor();
  if (type == registry::v1::ChildFacts::descriptor()) {
    directory->Apply(static_cast<const registry::v1::ChildFacts&>(facts));
  } else if (type == registry::v1::ClassFacts::descriptor()) {
    directory->Apply(static_cast<const registry::v1::ClassFacts&>(facts));
  } else if (type == registry::v1::SchoolFacts::descriptor()) {
    directory->Apply(static_cast<const registry::v1::SchoolFacts&>(facts));
  } else {
    directory->Apply(static_cast<const registry::v1::DutyFacts&>(facts));
  }
}

void ApplyEvent(MemoryDirectory* directory, const EventPlan& plan, const std::string& data,
                google::protobuf::Arena* arena) {
  Message* event = plan.prototype->New(arena);
  if (!event->ParseFromString(data)) return;
  const auto* reflection = event->GetReflection();
  for (const FieldDescriptor* field : plan.facts) {
    if (field->is_repeated()) {
      for (int i = 0; i < reflection->FieldSize(*event, field); ++i) {
        ApplyFacts(directory, reflection->GetRepeatedMessage(*event, field, i));
      }
    } else if (reflection->HasField(*event, field)) {
      ApplyFacts(directory, reflection->GetMessage(*event, field));
    }
  }
}

}  // namespace

void MemoryDirectory::ApplyRecords(const std::vector<journal::Admitted>& records) {
  static const auto plans = PlanEvents();
  google::protobuf::Arena arena;
  for (const journal::Admitted& admitted : records) {
    bool wanted = false;
    for (const uint32_t type : admitted.record->header().event_types()) {
      wanted = wanted || plans.contains(type);
    }
    if (!wanted) continue;
    for (const journal::v1::Commit& commit : admitted.record->commits()) {
      for (const journal::v1::Event& event : commit.events()) {
        const auto it = plans.find(event.type());
        if (it != plans.end()) ApplyEvent(this, it->second, event.data(), &arena);
      }
    }
    arena.Reset();
  }
}

absl::Status MemoryDirectory::FollowRegistry(std::shared_ptr<journal::Journal> registry) {
  registry_ = std::make_unique<JournalFollower>(
      std::move(registry),
      [this](const std::vector<journal::Admitted>& records) { ApplyRecords(records); });
  return registry_->Start();
}

absl::Status MemoryDirectory::FollowIdentity(std::shared_ptr<journal::Journal> identity,
                                             EndedSessionOf ended) {
  identity_ = std::make_unique<JournalFollower>(
      std::move(identity),
      [this, ended = std::move(ended)](const std::vector<journal::Admitted>& records) {
        for (const journal::Admitted& admitted : records) {
          for (const journal::v1::Commit& commit : admitted.record->commits()) {
            for (const journal::v1::Event& event : commit.events()) {
              if (const auto session = ended(event)) EndSession(*session);
            }
          }
        }
      });
  return identity_->Start();
}

void MemoryDirectory::Stop() {
  registry_.reset();
  identity_.reset();
}

void MemoryDirectory::WhenCurrent(std::function<void()> ready) const {
  // The registry first, then identity: both have then reached what was durable at the call or
  // later.
  auto then = [this, ready = std::move(ready)]() mutable {
    if (identity_ == nullptr) return ready();
    identity_->WhenCurrent(std::move(ready));
  };
  if (registry_ == nullptr) return then();
  registry_->WhenCurrent(std::move(then));
}

int64_t MemoryDirectory::StalenessUs() const {
  int64_t staleness = 0;
  if (registry_ != nullptr) staleness = registry_->StalenessUs();
  if (identity_ != nullptr) staleness = std::max(staleness, identity_->StalenessUs());
  return staleness;
}

absl::Status MemoryDirectory::health() const {
  if (registry_ != nullptr) TWINLINE_RETURN_IF_ERROR(registry_->health());
  return identity_ == nullptr ? absl::OkStatus() : identity_->health();
}

}  // namespace twinline::rpc
